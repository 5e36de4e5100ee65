"""One event is one transaction: once, whole or not at all, and nothing acknowledged is lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import outbox, texts
from bot.chat import Address, Direct
from bot.errors import Refused
from bot.outbox import Class
from bot.routes import Act, Beside, Notice, Reply, Role
from tests.core.walls import Walls, an_event, by_lin, walls_on
from tests.factories import a_contact, a_partner


@pytest.fixture
async def walls(database_url: str) -> AsyncIterator[Walls]:
    async with walls_on(database_url) as ready:
        yield ready


async def _owe(act: Act, words: str) -> None:
    await outbox.owe(act, act.event.where, texts.plain_message(words), key=f"said:{words}",
                     subject="test", cls=Class.TICKET)  # fmt: skip


@pytest.fixture
def heard(walls: Walls) -> list[str]:
    """What the message route heard; it owes an echo, or does what the words ask for."""
    heard: list[str] = []

    @walls.routes.message("stranger.private", role=Role.ANYONE)
    async def hear(act: Act) -> Reply:
        words = act.event.text
        await _owe(act, words)
        if words == "refuse":
            raise Refused("Not like this: {what}.", what="<b>bold</b>")
        if words == "bug":
            raise ZeroDivisionError("a bug\x00 with NUL")
        if words == "lookup":
            raise FileNotFoundError("a template is missing")
        if words == "wrong telling":
            raise Refused("This needs {more} than was given.")
        heard.append(words)
        return None

    return heard


async def test_the_same_event_again_changes_nothing(walls: Walls, heard: list[str]) -> None:
    for _ in range(3):
        await walls.handle(an_event(text="hello"))
    assert heard == ["hello"]
    assert await walls.texts() == ["hello"]


async def test_the_same_event_at_once_is_handled_once(walls: Walls, heard: list[str]) -> None:
    await asyncio.gather(*(walls.handle(an_event(text="hello")) for _ in range(8)))
    assert heard == ["hello"]


async def test_a_refusal_rolls_back_is_told_and_stays_seen(walls: Walls, heard: list[str]) -> None:
    event = an_event(text="refuse")
    await walls.handle(event)
    await walls.handle(event)
    assert heard == []
    told = await walls.owed()
    assert [message.html for message in told] == ["Not like this: &lt;b&gt;bold&lt;/b&gt;."]
    assert await walls.seen() == {"telegram:1"}
    assert await walls.aside() == []


@pytest.mark.parametrize("words", ["bug", "lookup"])
async def test_a_bug_sets_the_event_aside_under_the_id_that_the_person_sees(
    walls: Walls, heard: list[str], words: str
) -> None:
    event = an_event(text=words)
    await walls.handle(event, '{"update_id": 1}')
    [row] = await walls.aside()
    assert (row.key, row.raw, row.state) == ("telegram:1", '{"update_id": 1}', "open")
    assert "Error" in row.error
    [told] = await walls.texts()
    assert row.error_id in told
    await walls.handle(event, '{"update_id": 1}')
    assert len(await walls.aside()) == 1, "its redelivery is a no-op"
    await walls.handle(an_event("telegram:2", text="next"))
    assert heard == ["next"]


async def test_a_broken_event_that_comes_twice_at_once_has_one_id(
    walls: Walls, heard: list[str]
) -> None:
    await asyncio.gather(*(walls.handle(an_event(text="bug")) for _ in range(4)))
    [row] = await walls.aside()
    assert heard == []
    told = await walls.texts()
    assert told
    assert all(row.error_id in words for words in told)


async def test_a_bug_in_the_telling_does_not_bring_the_event_back(
    walls: Walls, heard: list[str]
) -> None:
    event = an_event(text="wrong telling")
    assert await walls.handle(event, "raw") == Direct()
    [row] = await walls.aside()
    assert (row.raw, row.key) == ("raw", "telegram:1")
    assert heard == []
    assert await walls.seen() == {"telegram:1"}


@pytest.mark.parametrize("value", ["9" * 30 + ":1", "-1:1", "x:1", "1", ":", "1:1:99"])
async def test_a_forged_button_value_is_no_outage(walls: Walls, value: str) -> None:
    """On PostgreSQL a number too large for its column looks like an interface error."""
    direct = await walls.handle(an_event(kind="press", route="form.pick", value=value))
    assert await walls.seen() == {"telegram:1"}
    assert direct.message is not None


async def test_old_buttons_and_forms_say_so(walls: Walls) -> None:
    press = await walls.handle(an_event("t:1", "press", route="no.such", value="1"))
    assert press.message is not None
    assert "earlier version" in press.message.html
    form = by_lin("s:1", "form", route="no.such", values={})
    direct = await walls.handle(form)
    assert "过期" in direct.errors[""], "in Lin's language"


async def test_partners_cannot_use_what_is_ours(walls: Walls) -> None:
    ran: list[str] = []

    @walls.routes.command("secret show", role=Role.MANAGER, help="x", default=True)
    async def show(act: Act) -> Reply:
        ran.append(act.by)
        return None

    @walls.routes.button("secret.open", role=Role.MANAGER)
    async def press(act: Act, value: str) -> Reply:
        ran.append(f"{act.by} pressed {value}")
        return None

    @walls.routes.form("secret.fill", role=Role.LEAD)
    async def fill(act: Act, value: str, values: dict[str, object]) -> Reply:
        ran.append(f"{act.by} sent {value}{values}")
        return None

    async with walls.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram="4001")
    press_ = await walls.handle(an_event("t:1", "press", route="secret.open", value="7"))
    assert press_.message is not None
    assert "managers only" in press_.message.html
    await walls.handle(an_event("t:2", "command", route="secret", text="show"))
    await walls.handle(an_event("t:3", "command", who="4009", route="secret", text="show"))
    await walls.handle(an_event("t:4", "form", route="secret.fill"))
    assert ran == []
    await walls.handle(by_lin("s:1", route="secret", text="show"))
    await walls.handle(by_lin("s:2", "press", route="secret.open", value="7"))
    refused = await walls.handle(by_lin("s:3", "form", route="secret.fill"))
    assert ran == ["manager:1", "manager:1 pressed 7"]
    assert refused.errors, "Lin is a manager, not a lead"


async def test_what_is_committed_and_what_is_answered_are_one(walls: Walls) -> None:
    """A notice answers the very request; without a direct channel it is owed."""

    @walls.routes.command("hi there", role=Role.ANYONE, help="x", default=True)
    async def hi(act: Act) -> Reply:
        await _owe(act, "owed beside")
        return Notice(
            "tickets/mirror.html.j2",
            {"html": act.event.text or "r", "lost": [], "foreign": 0, "above": ""},
        )

    direct = await walls.handle(by_lin("s:1", route="hi", text="there"))
    assert direct.message is not None
    assert await walls.texts() == ["owed beside"]
    owed = await walls.handle(an_event("t:1", "command", route="hi", text="there"))
    assert owed == Direct()
    assert len(await walls.texts()) == 2


async def test_an_answer_in_a_shared_room_goes_to_our_person_alone(walls: Walls) -> None:
    @walls.routes.command("hi there", role=Role.ANYONE, help="x", default=True)
    async def hi(_act: Act) -> Reply:
        return Notice(
            "tickets/mirror.html.j2", {"html": "r", "lost": [], "foreign": 0, "above": ""}
        )

    event = by_lin("s:1", route="hi", direct=False, shared=True)
    await walls.handle(event)
    async with walls.database.reading() as session:
        from storage import outbox as rows

        row = await rows.find(session, "reply:s:1")
    assert row is not None
    assert Address.parse(row.address) == Address("slack", "U0LIN")


async def test_what_takes_long_is_read_beside_those_who_write(walls: Walls) -> None:
    looked: list[str] = []

    @walls.routes.button("test.look", role=Role.MANAGER)
    async def look(act: Act, value: str) -> Reply:
        await _owe(act, "begun")

        async def beside(act: Act) -> Notice:
            async with asyncio.timeout(5), walls.database.transaction():
                looked.append(value)  # somebody writes meanwhile
            if value == "none":
                raise Refused("Not there.")
            return Notice("forms/cancelled.html.j2", {"form": {"title": act.person.id}})

        raise Beside(beside)

    event = by_lin("s:1", "press", route="test.look", value="some")
    told = await walls.handle(event)
    assert told.message is not None
    assert "U0LIN" in told.message.html
    assert await walls.handle(event) == Direct()  # it came again: seen
    refused = await walls.handle(by_lin("s:2", "press", route="test.look", value="none"))
    assert refused.message is not None
    assert "Not there." in refused.message.html
    assert looked == ["some", "none"]
    assert await walls.texts() == []  # what was begun is rolled back
    assert await walls.seen() == {"s:1", "s:2"}
