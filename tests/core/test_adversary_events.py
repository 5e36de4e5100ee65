"""Refusals and faults: told once, in the right place, and never in the way of a later answer."""

from typing import Any

import pytest

from bot.chat import Address
from bot.errors import Refused
from bot.routes import Act, Notice, Reply, Role
from storage import events
from tests.core.walls import Walls, an_event, by_lin, walls_on
from tests.factories import a_contact, a_partner, a_room

GROUP = Address("telegram", "-77")


@pytest.fixture
async def walls(sqlite_url: str) -> Any:
    async with walls_on(sqlite_url) as ready:
        yield ready


async def _in_a_room(walls: Walls) -> None:
    async with walls.turn() as turn:
        partner = await a_partner(turn.session, turn.now)
        await a_contact(turn.session, partner, turn.now, telegram="4001")
        await a_room(turn.session, partner, turn.now, "telegram", "-77")


async def test_a_fault_in_recording_room_talk_is_not_told_in_the_room(walls: Walls) -> None:
    await _in_a_room(walls)

    @walls.routes.message("partner.room", role=Role.PARTNER)
    async def hear(_act: Act) -> Reply:
        raise ZeroDivisionError("a bug")

    talk = an_event("t:1", where=GROUP, private=False, shared=True, text="lunch at noon?")
    await walls.handle(talk)
    assert len(await walls.aside()) == 1
    assert await walls.texts() == []


async def test_who_speaks_to_the_bot_in_a_room_is_told_of_a_fault(walls: Walls) -> None:
    await _in_a_room(walls)

    @walls.routes.message("partner.addressed", role=Role.PARTNER)
    async def hear(_act: Act) -> Reply:
        raise ZeroDivisionError("a bug")

    await walls.handle(an_event("t:1", where=GROUP, private=False, shared=True, text="help",
                                mentions_bot=True))  # fmt: skip
    [row] = await walls.aside()
    [told] = await walls.texts()
    assert row.error_id in told


async def test_an_event_handled_again_is_answered(walls: Walls) -> None:
    """The operator retries what was set aside: the person was told sorry, and now hears more."""
    broken = [True]

    @walls.routes.message("stranger.private", role=Role.ANYONE)
    async def hear(_act: Act) -> Reply:
        if broken:
            raise ZeroDivisionError("a bug")
        return Notice(
            "tickets/mirror.html.j2", {"html": "the answer", "lost": [], "above": "", "foreign": 0}
        )

    event = an_event("t:1", text="hello")
    await walls.handle(event)
    broken.clear()
    async with walls.turn() as turn:
        await events.forget(turn.session, event.key)
    await walls.handle(event)
    sorry, answer = await walls.texts()
    assert "went wrong" in sorry
    assert "the answer" in answer


@pytest.mark.parametrize("text", ["order　new", "order\nnew", "／order new", " order  new "])
async def test_any_white_space_parts_a_spoken_command(walls: Walls, text: str) -> None:
    ran: list[str] = []

    @walls.routes.command("order new", role=Role.MANAGER, help="x", zh="新建")
    async def new(act: Act) -> Reply:
        ran.append(act.by)
        return None

    await walls.handle(by_lin("s:1", "message", where=Address("slack", "U0LIN"), private=True,
                              direct=False, text=text))  # fmt: skip
    assert len(ran) == 1, await walls.texts()


async def test_a_refusal_by_role_is_whole_in_chinese(walls: Walls) -> None:
    @walls.routes.button("t.lead", role=Role.ADMIN)
    async def press(_act: Act, _value: str) -> Reply:
        return None

    direct = await walls.handle(by_lin("s:1", "press", route="t.lead", value="1"))
    assert direct.message is not None
    assert direct.message.html == "这项操作仅限管理员。"


@pytest.mark.parametrize("evil", ["{0.__class__}", "{what}", "{{ 7*7 }}", "%(what)s", "%s", "{"])
async def test_what_people_type_is_never_a_template(walls: Walls, evil: str) -> None:
    @walls.routes.message("stranger.private", role=Role.ANYONE)
    async def hear(act: Act) -> Reply:
        if act.event.text.endswith("?"):
            return Notice(
                "tickets/mirror.html.j2",
                {"html": f"{evil} {evil}", "lost": [], "above": "", "foreign": 0},
            )
        raise Refused("Not like this: {what}.", what=act.event.text)

    await walls.handle(an_event("t:1", text=evil))
    await walls.handle(an_event("t:2", text=f"{evil}?"))
    refused, noticed = await walls.texts()
    assert refused == f"Not like this: {evil}."
    assert noticed.count(evil) == 2
    assert await walls.aside() == []
