"""A contact is invited, opens the link, is welcomed, and decides what they receive."""

import pytest

from bot.partners.codes import hashed
from storage import people
from tests.conversations.stage import Stage, TelegramPerson, link_in
from tests.factories import a_contact, a_partner


async def nordwind(stage: Stage, *names: str) -> int:
    async with stage.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        for name in names:
            await a_contact(turn.session, partner, turn.now, name, called=name.split()[0])
        return partner.id


async def invited(stage: Stage, name: str = "Jo Weber") -> tuple[str, TelegramPerson]:
    """Nordwind with this contact, invited by Bo (who reads English); the link and the person."""
    await nordwind(stage, name)
    bo = stage.manager("Bo")
    await bo.types("/partner invite Nordwind")
    answer = await bo.sees("Link for Jo Weber, to forward:", "Hello Jo, ", "Bo (Hengda)")
    return link_in(answer.text), stage.telegram_person(name)


async def test_a_contact_opens_the_link_and_is_welcomed(stage: Stage) -> None:
    link, jo = await invited(stage)
    await jo.opens(link)
    await jo.sees("Welcome, Jo!", "I am the assistant of Hengda. Lin looks after Nordwind GmbH.",
                  "To stop: /stop, or just write “stop”.")  # fmt: skip
    lin = stage.manager("Lin")
    await lin.sees("Nordwind GmbH", "Jo Weber")
