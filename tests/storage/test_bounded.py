"""What operators and reports ask costs the same however much was sent and done before."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from bot.clock import Clock
from storage import deliveries, due_work, standing
from storage.db import Database, Session
from storage.models_delivery import Delivery, DueWork

MANY = 20_000
DAY = timedelta(days=1)
Ask = Callable[[Session, datetime], Awaitable[Any]]


def sent(key: str, at: datetime, **values: Any) -> dict[str, Any]:
    return {"key": key, "platform": "telegram", "address": "telegram:1:", "chat": "telegram:1",
            "lane": "telegram:1|x", "cls": 1, "kind": "message", "payload": {}, "state": "sent",
            "created_at": at, "done_at": at, "not_before": None, "reason": "",
            "emptied": True, **values}  # fmt: skip


def done(key: str, at: datetime, **values: Any) -> dict[str, Any]:
    return {"key": key, "kind": "ticket.due", "due_at": at, "payload": {}, "state": "done",
            "done_at": at, **values}  # fmt: skip


async def _filled(url: str) -> Database:
    """A history of a month, and little that is of interest: an outage in the last hour."""
    database = Database(url, Clock())
    async with database.transaction() as (session, now):
        old, hour = now - 30 * DAY, timedelta(hours=1)
        await session.execute(insert(Delivery), [sent(f"s{n}", old) for n in range(MANY)])
        await session.execute(insert(Delivery), [
            sent("dead", old, state="dead", emptied=False),
            sent("unverified", old, state="unverified", emptied=False),
            sent("held", old, emptied=False, not_before=now - hour, done_at=now),
            sent("in time", now - 2 * hour, emptied=False, done_at=now - 2 * hour),
            sent("late", now - hour, emptied=False, done_at=now),
            sent("waits", now - hour, state="queued", emptied=False, done_at=None),
        ])  # fmt: skip
        await session.execute(insert(DueWork), [done(f"d{n}", old) for n in range(MANY)])
        await session.execute(insert(DueWork), [
            done("caught up", now - hour, done_at=now), done("dead", old, state="dead"),
        ])  # fmt: skip
    if not database.sqlite:
        async with database.transaction() as (session, _):
            await session.execute(text("ANALYZE"))
    return database


BAD = ("dead", "unverified")
LOOKED_AT = ("queued", "stopped", "sending", "in_doubt", *BAD)
PERIOD = timedelta(minutes=90)


async def _status(session: Session, now: datetime) -> Any:
    found = await standing.status(session, now)
    return found.queued, found.dead, found.unverified, found.due, found.due_dead


ASKED: dict[str, tuple[Ask, Any]] = {
    "status": (_status, (1, 1, 1, 0, 1)),
    "what needs a look": (
        lambda session, _: deliveries.listed(session, states=LOOKED_AT),
        ["waits", "unverified", "dead"],
    ),
    "what ended badly": (
        lambda session, _: deliveries.listed(session, states=BAD),
        ["unverified", "dead"],
    ),
    "given up": (lambda session, _: due_work.given_up(session, 10), ["dead"]),
    "owed in an outage": (
        lambda session, now: deliveries.owed_within(session, now - PERIOD, now - DAY / 1_000),
        3,
    ),
    "made up for": (
        lambda session, now: due_work.done_late(session, now - PERIOD, now - DAY / 1_000),
        1,
    ),
}


@pytest.mark.parametrize("what", ASKED)
async def test_what_is_over_is_not_gone_through(what: str, database_url: str) -> None:
    database, (ask, expected) = await _filled(database_url), ASKED[what]
    asked: list[tuple[str, Any]] = []  # not the last row before a moment: it ends at the first

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        if statement.startswith("SELECT") and "outbox.created_at < " not in statement:
            asked.append((statement, given))

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    async with database.transaction() as (session, now):
        found = await ask(session, now)
        assert ([row.key for row in found] if isinstance(found, list) else found) == expected
        plan = await _plan(database, session, asked)
    await database.close()
    whole = ("SCAN outbox", "SCAN due_work", "Seq Scan on outbox", "Seq Scan on due_work")
    scans = [step for step in plan if step.strip(" ->").startswith(whole)]
    assert not [step for step in scans if "INDEX" not in step], plan


async def test_a_status_goes_through_what_is_queued_by_index_alone(sqlite_url: str) -> None:
    """One step for each statement: where many wait, a row behind each entry is what costs."""
    database, asked = await _filled(sqlite_url), list[tuple[str, Any]]()

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        asked.append((statement, given))

    event.listen(database._reader.sync_engine, "before_cursor_execute", note)
    async with database.reading() as session:
        asked.clear()  # the transaction's beginning
        await standing.status(session, now := database.clock.now())
        assert (await standing.theirs(session, now, 1)).by_class == {}
        plan = await _plan(database, session, asked)
    await database.close()
    steps = [step for step in plan if "outbox" in step]
    for index in ("ready", "asleep", "retry"):
        assert any(f"ix_outbox_{index}" in step for step in steps), plan
    assert sum("ix_outbox_subject_queued" in step for step in steps) == 1, plan  # the bare count


async def _plan(database: Database, session: Session, asked: list[tuple[str, Any]]) -> list[str]:
    explain = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"
    connection, steps = await session.connection(), []
    for statement, given in list(asked):
        rows = await connection.exec_driver_sql(f"{explain} {statement}", given)
        steps += [str(row[-1]) for row in rows]
    return steps
