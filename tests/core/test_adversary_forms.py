"""Forms asked in chats: only the person's own answer counts, and nobody is caught in one."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import outbox
from bot.chat import Address, Event, Field, Form
from bot.outbox import Class
from bot.routes import Act, Reply, Role
from bot.texts import plain_message
from storage import messages
from storage.models_delivery import Delivery, Draft, Slot
from tests.core.walls import Walls, an_event, by_lin, walls_on
from tests.factories import a_contact, a_partner, a_room

ORDER = Form("t.order", "Order", (Field("what", "text", "What?", required=True),
                                  Field("why", "text", "Why?", required=True)))  # fmt: skip
GROUP = Address("telegram", "-77")
CHANNEL = Address("slack", "C0SHARED")


@pytest.fixture
async def walls(sqlite_url: str) -> Any:
    async with walls_on(sqlite_url) as ready:
        async with ready.turn() as turn:
            partner = await a_partner(turn.session, turn.now)
            await a_contact(turn.session, partner, turn.now, telegram="4001", slack="U4001")
            await a_contact(turn.session, partner, turn.now, "Kim Roth", telegram="4002",
                            slack="U4002")  # fmt: skip
            for platform, chat in (("telegram", "-77"), ("slack", "C0SHARED")):
                await a_room(turn.session, partner, turn.now, platform, chat)
        yield ready


@pytest.fixture
def filled(walls: Walls) -> list[dict[str, Any]]:
    """What the form's handler got."""
    got: list[dict[str, Any]] = []

    @walls.routes.command("order new", role=Role.ANYONE, help="x", default=True)
    async def new(_act: Act) -> Reply:
        return ORDER

    @walls.routes.form("t.order", role=Role.PARTNER)
    async def taken(_act: Act, _value: str, values: dict[str, Any]) -> Reply:
        got.append(values)
        return None

    return got


@pytest.fixture
def talk(walls: Walls) -> list[str]:
    """What was heard as talk and not as an answer."""
    heard: list[str] = []
    for name in ("partner.private", "partner.room", "partner.addressed"):

        @walls.routes.message(name, role=Role.PARTNER)
        async def hear(act: Act) -> Reply:
            heard.append(act.event.text)
            return None

    return heard


def _said(key: str, text: str, who: str = "4001", where: Address = GROUP, **more: Any) -> Event:
    event = an_event(key, "message", who, platform=where.platform, where=where, text=text,
                     **({"private": False, "shared": True} | more))  # fmt: skip
    return replace(event, message_id=event.message_id or key)


async def _start(walls: Walls, who: str = "4001", where: Address = GROUP, **more: Any) -> None:
    event = an_event(f"start:{who}", "command", who, platform=where.platform, where=where,
                     route="order", text="new", private=False, shared=True, direct=False,
                     message_id="500", **more)  # fmt: skip
    await walls.handle(event)


async def _posted(walls: Walls, number: str) -> None:
    """The question stands in the chat under this id."""
    async with walls.turn() as turn:
        await turn.session.execute(update(Slot).where(Slot.name.not_like("%~%"))
                                   .values(message_id=number))  # fmt: skip
        await turn.session.execute(update(Delivery).values(state="sent"))


async def _drafts(walls: Walls) -> list[Draft]:
    async with walls.database.reading() as session:
        return list(await session.scalars(select(Draft)))


async def test_in_a_group_only_a_reply_to_the_question_is_an_answer(
    walls: Walls, filled: list[dict[str, Any]], talk: list[str]
) -> None:
    await _start(walls)
    await _posted(walls, "900")
    async with walls.turn() as turn:  # something else that the bot said there
        await outbox.owe(turn, GROUP, plain_message("a ticket"), key="other", subject="o",
                         cls=Class.TICKET, slot="ticket:1:card")  # fmt: skip
        slot = await turn.session.scalar(select(Slot).where(Slot.name == "ticket:1:card"))
        assert slot is not None
        slot.message_id = "901"
        await messages.record_out(turn.session, GROUP, "words", key="k", at=turn.now)
        said = await messages.by_delivery(turn.session, "k")
        assert said is not None
        said.platform_id = "902"
    reply = {"reply_to_bot": True, "mentions_bot": True}
    await walls.handle(_said("1", "just talk"))
    await walls.handle(_said("2", "to the card", reply_to="901", **reply))
    await walls.handle(_said("3", "to what Lin said", reply_to="902", **reply))
    await walls.handle(_said("4", "of somebody else", "4002", reply_to="900", **reply))
    assert talk == ["just talk", "to the card", "to what Lin said", "of somebody else"]
    await walls.handle(_said("5", "bolts", reply_to="900", **reply))
    [draft] = await _drafts(walls)
    assert draft.values == {"what": "bolts"}
    assert filled == []


async def test_somebody_elses_press_does_not_count(
    walls: Walls, filled: list[dict[str, Any]]
) -> None:
    await _start(walls)
    [draft] = await _drafts(walls)
    press = an_event("p1", "press", "4002", where=GROUP, private=False, route="form.cancel",
                     value=f"{draft.id}:{draft.asked}")  # fmt: skip
    direct = await walls.handle(press)
    assert direct.message is not None
    assert "closed" in direct.message.html
    assert len(await _drafts(walls)) == 1
    assert filled == []


async def test_in_a_slack_channel_a_form_stays_in_its_thread(
    walls: Walls, filled: list[dict[str, Any]], talk: list[str]
) -> None:
    await _start(walls, "U4001", CHANNEL)
    [draft] = await _drafts(walls)
    assert draft.address == "slack:C0SHARED:500"
    thread = replace(CHANNEL, thread="500")
    await walls.handle(_said("1", "good morning all", "U4001", CHANNEL))
    await walls.handle(_said("2", "what is this?", "U4002", thread))
    assert talk == ["good morning all", "what is this?"]
    await walls.handle(_said("3", "bolts", "U4001", thread))
    await walls.handle(_said("4", "they broke", "U4001", thread))
    assert filled == [{"what": "bolts", "why": "they broke"}]


async def test_a_manager_is_not_asked_in_a_partners_channel(
    walls: Walls, filled: list[dict[str, Any]]
) -> None:
    event = by_lin("s1", "message", where=CHANNEL, shared=True, direct=False, text="order new",
                   mentions_bot=True, message_id="500")  # fmt: skip
    await walls.handle(event)
    [draft] = await _drafts(walls)
    assert draft.address == "slack:U0LIN:"
    assert filled == []


@pytest.mark.parametrize("form", [
    {"route": "t.gone", "title": "Old", "value": "", "submit": ""},
    {"route": "t.order", "title": "Old", "value": "", "submit": "", "kind": "unknown"},
])  # fmt: skip
async def test_nobody_stays_caught_in_a_form_that_changed(
    walls: Walls, filled: list[dict[str, Any]], talk: list[str], form: dict[str, Any]
) -> None:
    private = Address("telegram", "4001")
    await _start(walls, where=private)
    field = {"name": "what", "label": "What?", "no_such_setting": 1, "choices": []}
    async with walls.turn() as turn:
        await turn.session.execute(update(Draft).values(form={**form, "fields": [field]}))
    await walls.handle(_said("1", "nothing works", where=private, private=True))
    assert talk == ["nothing works"], "it is heard like any message"
    assert await _drafts(walls) == []
    assert "cancelled" in (await walls.texts())[-1]
    assert filled == []


async def test_a_button_of_a_form_that_changed_closes_it(
    walls: Walls, filled: list[dict[str, Any]]
) -> None:
    await _start(walls, where=Address("telegram", "4001"))
    del walls.routes.all["form", "t.order"]
    [draft] = await _drafts(walls)
    await walls.handle(an_event("p", "press", route="form.later",
                                value=f"{draft.id}:{draft.asked}"))  # fmt: skip
    assert await _drafts(walls) == []
    assert filled == []


async def test_in_private_a_reply_to_something_else_is_no_answer(
    walls: Walls, filled: list[dict[str, Any]], talk: list[str]
) -> None:
    private = Address("telegram", "4001")
    await _start(walls, where=private)
    await _posted(walls, "900")
    async with walls.turn() as turn:
        turn.session.add(Slot(name="ticket:1:confirmation", address=str(private),
                              message_id="800"))  # fmt: skip
    await walls.handle(_said("1", "still broken", where=private, private=True, reply_to="800"))
    await walls.handle(_said("2", "bolts", where=private, private=True))
    assert talk == ["still broken"]
    [draft] = await _drafts(walls)
    assert draft.values == {"what": "bolts"}
    assert filled == []
