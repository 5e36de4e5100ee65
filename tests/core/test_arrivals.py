"""From a platform through the real adapters: once, in order, acknowledged after the commit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot import outbox, texts
from bot.chat import Choice, Field, Form
from bot.clock import pause
from bot.outbox import Class
from bot.routes import Act, Reply, Role, Routes, merge
from sandbox.faults import Fault
from storage import db, events
from storage.models_delivery import SeenEvent
from tests.conversations.stage import Stage, staged

JO = "Jo Weber"
FORM = Form("test.order", "Order", (
    Field("what", "text", "What?", required=True),
    Field("size", "choice", "Which size?", choices=(Choice("s", "Small"), Choice("l", "Large"))),
    Field("count", "number", "How many?", required=True),
))  # fmt: skip


@dataclass
class Heard:
    """What arrived at the test's own routes."""

    words: list[str] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)


def _routes(heard: Heard) -> Routes:
    mine = Routes()

    @mine.command("probe say", role=Role.ANYONE, help="x", args="words:text", default=True)
    async def say(act: Act, words: str) -> Reply:
        if words == "bug":
            raise ZeroDivisionError("a bug")
        heard.words.append(words)
        message = texts.plain_message(f"heard {words}")
        await outbox.owe(act, act.event.where, message, key=f"heard:{act.event.key}",
                         subject="probe", cls=Class.TICKET)  # fmt: skip
        return None

    @mine.command("order new", role=Role.ANYONE, help="x", default=True)
    async def order(_act: Act) -> Reply:
        return FORM

    @mine.form("test.order", role=Role.ANYONE)
    async def ordered(_act: Act, _value: str, values: dict[str, Any]) -> Reply:
        heard.orders.append(values)
        return None

    return mine


def _teach(stage: Stage, heard: Heard) -> None:
    """Add the test's own routes to the running bot's."""
    dispatch = stage.app.dispatch
    dispatch._routes = merge([dispatch._routes, _routes(heard)])


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def taught(stage: Stage, heard: Heard) -> Stage:
    _teach(stage, heard)
    return stage


@asynccontextmanager
async def _gone(stage: Stage) -> AsyncIterator[None]:
    """While inside, the bot's database cannot be used."""
    url = stage.app.database.url
    if stage.app.database.sqlite:
        holder = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with holder.connect() as connection:
            await connection.execute(text("BEGIN EXCLUSIVE"))
            yield
            await connection.execute(text("ROLLBACK"))
    else:
        holder = create_async_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        async with holder.connect() as connection:
            allow = f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS'
            await connection.execute(text(f"{allow} false"))
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            await connection.execute(text(end), {"name": url.database})
            yield
            await connection.execute(text(f"{allow} true"))
    await holder.dispose()


@pytest.fixture
async def fragile(
    database_url: str, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """A stage whose bot waits for a locked file no longer than a moment."""
    monkeypatch.setattr(db, "BUSY_MS", 50)
    async with staged(database_url) as stage:
        _teach(stage, heard)
        yield stage


async def test_one_slack_message_under_two_event_ids_is_heard_once(
    taught: Stage, heard: Heard
) -> None:
    lin = taught.manager("Lin")
    taught.slack.faults.add(Fault("new_event_id"))
    room = taught.slack.dm(lin.id).id
    await lin.types("probe twice", room=room)
    await lin.sees("heard twice")
    await taught.slack.delivery.idle()
    await taught.settle()
    assert heard.words == ["twice"]


async def test_a_redelivered_event_is_heard_once(taught: Stage, heard: Heard) -> None:
    lin, jo = taught.manager("Lin"), taught.telegram_person(JO)
    await jo.starts()
    taught.slack.faults.add(Fault("redeliver"))
    taught.telegram.faults.add(Fault("redeliver"))
    await lin.types("probe slack", room=taught.slack.dm(lin.id).id)
    await lin.sees("heard slack")
    await jo.writes("/probe telegram")
    await jo.sees("heard telegram")
    await taught.slack.delivery.idle()
    await jo.writes("/probe last")
    await jo.sees("heard last")
    assert heard.words == ["slack", "telegram", "last"]


async def test_a_bug_is_told_by_its_id_and_the_next_event_is_handled(
    taught: Stage, heard: Heard
) -> None:
    jo, lin = taught.telegram_person(JO), taught.manager("Lin")
    await jo.starts()
    await jo.writes("/probe bug")
    await jo.writes("/probe well")
    await jo.sees("heard well")
    told = [entry.text for entry in jo.screen() if "went wrong" in entry.text]
    await lin.types("/probe bug")
    async with taught.app.database.reading() as session:
        rows = await events.list_aside(session)
    assert [row.platform for row in rows] == ["telegram", "slack"]
    assert [rows[0].error_id in text for text in told] == [True]
    await lin.sees(rows[1].error_id)
    assert '"update_id"' in rows[0].raw
    assert heard.words == ["well"]


async def test_slack_sends_again_what_was_not_committed(fragile: Stage, heard: Heard) -> None:
    lin = fragile.manager("Lin")
    room = fragile.slack.dm(lin.id).id
    async with _gone(fragile):
        await lin.types("probe during the outage", room=room)
        outcome = await lin.types("/probe command")
        assert not outcome.ok
        assert "operation_timeout" in outcome.shown
        assert fragile.slack.delivery.undelivered == 1
    await lin.sees("heard during the outage")
    await fragile.slack.delivery.idle(within=10)
    await fragile.settle()
    assert heard.words == ["during the outage"]


async def test_telegrams_offset_does_not_move_past_what_was_not_committed(
    fragile: Stage, heard: Heard
) -> None:
    jo = fragile.telegram_person(JO)
    await jo.starts()
    await fragile.settle()
    waiting = fragile.telegram.feed.pending
    async with _gone(fragile):
        for n in range(3):
            await jo.writes(f"/probe {n}")
        await pause(1.0)
        assert [update["message"]["text"] for update in waiting][-3:] == [
            "/probe 0", "/probe 1", "/probe 2"
        ]  # fmt: skip
    await jo.sees("heard 2")
    assert heard.words == ["0", "1", "2"]
    async with fragile.app.database.reading() as session:
        keys = await session.scalars(
            text("SELECT key FROM seen_events WHERE key LIKE 'telegram%'")
        )
        assert len(set(keys)) == 4


async def test_a_form_is_asked_field_by_field(taught: Stage, heard: Heard) -> None:
    jo = taught.telegram_person(JO)
    await jo.starts()
    await jo.writes("/order")
    await jo.sees("What?")
    await jo.writes("Catalogues")
    await jo.sees("Which size?", buttons=("Small", "Large", "Skip", "Back", "Later", "Cancel"))
    await jo.presses("Back")
    await jo.sees("What?")
    await jo.writes("Price lists")
    await jo.sees("Which size?")
    await jo.presses("Large")
    await jo.sees("How many?")
    await jo.writes("a dozen")
    await jo.sees("number")
    await jo.writes("12")
    await taught.settle()
    assert heard.orders == [{"what": "Price lists", "size": "l", "count": "12"}]
    assert all("Cancel" not in entry.buttons for entry in jo.screen())


async def test_a_form_can_wait_and_skip_and_be_cancelled(taught: Stage, heard: Heard) -> None:
    jo = taught.telegram_person(JO)
    await jo.starts()
    await jo.writes("/order")
    await jo.sees("What?")
    await jo.writes("Samples")
    await jo.sees("Which size?")
    await jo.presses("Skip")
    await jo.sees("How many?")
    await jo.presses("Later")
    await taught.settle()
    await jo.writes("/probe between")
    await jo.sees("heard between")
    await taught.settle()
    assert heard.orders == []
    await jo.presses("Go on")
    await jo.sees("How many?")
    await jo.writes("3")
    await taught.settle()
    assert heard.orders == [{"what": "Samples", "size": "", "count": "3"}]
    await jo.writes("/order")
    await jo.sees("What?")
    await jo.presses("Cancel")
    await taught.settle()
    await jo.writes("too late")
    await taught.settle()
    assert len(heard.orders) == 1


async def test_only_the_latest_question_of_a_form_counts(taught: Stage, heard: Heard) -> None:
    jo = taught.telegram_person(JO)
    await jo.starts()
    await jo.writes("/order")
    await jo.sees("What?")
    await jo.writes("Samples")
    asked = await jo.sees("Which size?")
    taught.telegram.faults.add(Fault("slow", on="editMessageText", seconds=1.5))
    await jo.presses("Small")
    await jo.presses("Large", asked)  # pressed twice before the buttons are gone
    await jo.sees("How many?")
    await jo.writes("4")
    await taught.settle()
    assert heard.orders == [{"what": "Samples", "size": "s", "count": "4"}]


async def test_a_restart_in_the_middle_of_a_form_harms_nothing(
    database_url: str, heard: Heard
) -> None:
    async with staged(database_url) as stage:
        _teach(stage, heard)
        jo = stage.telegram_person(JO)
        await jo.starts()
        await jo.writes("/order")
        await jo.sees("What?")
        await jo.writes("Catalogues")
        await jo.sees("Which size?")
        await stage.settle()
        await _restart(stage)
        _teach(stage, heard)
        await jo.presses("Small")
        await jo.sees("How many?")
        await jo.writes("2")
        await stage.settle()
    assert heard.orders == [{"what": "Catalogues", "size": "s", "count": "2"}]


async def _restart(stage: Stage) -> None:
    """Stop the bot and start it anew on the same database."""
    old = stage.app
    await old.stop()
    stage.app = replace(old)
    await stage.app.start()


async def test_seen_marks_are_forgotten_after_a_day_and_not_before(taught: Stage) -> None:
    async with taught.turn() as turn:
        turn.session.add(SeenEvent(key="old", at=turn.now - events.REMEMBERED * 2))
        turn.session.add(SeenEvent(key="young", at=turn.now - events.REMEMBERED / 2))
    async with taught.turn() as turn:
        assert await events.forget_old(turn.session, turn.now, 100) == 1
    async with taught.turn() as turn:
        assert not await events.first_time(turn.session, "young", turn.now)
        assert await events.first_time(turn.session, "old", turn.now)
