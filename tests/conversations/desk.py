"""A team that works on Telegram: a group of its own, no Slack room for cards."""

from typing import Any

from bot.config import SlackSettings, TelegramSettings
from storage import people
from tests.conversations.stage import Stage, TelegramPerson
from tests.factories import a_contact, a_partner

LIN, MEI = 700000001, 700000002


async def lin_at_desk(
    stage: Stage, group: int, *, topics: bool = False, **made: Any
) -> TelegramPerson:
    """Lin, who looks after Nordwind and Jo, with Mei in that group; both read English there."""
    stage.telegram.add_person("Mei", id=MEI)
    stage.telegram.add_group("Hengda partners desk", [LIN, MEI], id=group, **made)
    stage.app.config = stage.app.config.model_copy(update={
        "slack": SlackSettings(triage_channel=""), "teams": (),
        "telegram": TelegramSettings(triage_chat=str(group), topics=topics),
    })  # fmt: skip
    async with stage.turn() as turn:
        for name, number in (("Lin", LIN), ("Mei", MEI)):
            manager = await people.manager_named(turn.session, name)
            assert manager is not None
            manager.language = "en"
            await people.claim_identity(
                turn.session, "telegram", str(number), manager.id, turn.now
            )
        partner = await a_partner(turn.session, turn.now, "Nordwind GmbH", owner="Lin")
        await a_contact(turn.session, partner, turn.now, "Jo Weber", telegram="700000011",
                        called="Jo")  # fmt: skip
    return TelegramPerson(stage, LIN)
