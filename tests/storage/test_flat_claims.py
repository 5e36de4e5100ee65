"""A claim costs the same however much waits for a moment to come: every step goes by an index."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event, text

from bot.chat import Address
from bot.clock import Clock
from storage import claims
from storage import outbox as rows
from storage.db import Database, Session
from storage.gates import Gates

EMPTY: dict[str, Any] = {"parts": [], "files": [], "speaker": ""}
WAITING = 3_000


async def _owe(database: Database, count: int, subject: str = "d", **how: Any) -> None:
    async with database.transaction() as (session, now):
        await rows.add_many(session, [
            (rows.New(key=f"{subject}{n}", address=Address("telegram", str(n)), subject=subject,
                      cls=4, now=now, **how), EMPTY, 0)
            for n in range(count)
        ])  # fmt: skip


async def _claim(session: Session, database: Database) -> list[claims.Claimed]:
    now, real = database.clock.now(), database.clock.real()
    await claims.wake_up(session, "telegram", now, real)
    return await claims.claim(session, "telegram", now=now, real=real, limit=8, gates=Gates(),
                              lease=timedelta(seconds=90), choose=list, epoch=0)  # fmt: skip


async def _steps(database: Database, act: Callable[[Session], Awaitable[Any]]) -> list[str]:
    """How SQLite finds what an act asks for and changes."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE")):
            asked.append((statement, given))

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    async with database.marking() as session:
        await act(session)
    event.remove(database._writer.sync_engine, "before_cursor_execute", note)
    plan: list[str] = []
    async with database.reading() as session:
        connection = await session.connection()
        for statement, given in asked:
            found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            plan += [str(row[3]) for row in found]
    return plan


async def test_each_step_of_a_claim_goes_by_its_index(sqlite_url: str) -> None:
    database = Database(sqlite_url, Clock())
    await _owe(database, 10)
    plan = await _steps(database, lambda session: _claim(session, database))
    await database.close()
    for index in ("ix_outbox_asleep", "ix_outbox_retry", "ix_outbox_ready", "ix_outbox_lane_open",
                  "ix_outbox_slot"):  # fmt: skip
        assert any(index in step for step in plan), f"{index}: {plan}"
    assert not [step for step in plan if step.startswith("SCAN outbox")]


async def test_what_is_looked_for_now_and_then_goes_by_an_index_too(sqlite_url: str) -> None:
    """What is in doubt, what must be emptied, and what a message that lives on says."""
    database, real = Database(sqlite_url, Clock()), Clock().real()
    await _owe(database, 10)
    card = rows.New("card", Address("telegram", "1"), "card", 1, real)

    async def act(session: Session) -> None:
        await claims.orphaned(session, "telegram", real, 0)
        await claims.any_in_doubt(session, "telegram")
        await claims.in_doubt(session, "telegram", real, 8, 0)
        await claims.empty_old(session, real, 100)
        for key in ("one", "two"):
            await rows.put_slot(session, replace(card, key=key), EMPTY, "card", fresh=False)
        await rows.put_slot(session, card, EMPTY, "card", fresh=True)

    plan = await _steps(database, act)
    await database.close()
    assert any("ix_outbox_slot" in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN outbox")]


async def test_who_may_go_is_found_behind_all_who_wait(database_url: str) -> None:
    database = Database(database_url, Clock())
    later = database.clock.now() + timedelta(days=3)
    await _owe(database, WAITING, not_before=later)
    await _owe(database, 1, "now")
    async with database.marking() as session:
        [found] = await _claim(session, database)
    assert found.address == "telegram:0:"
    async with database.reading() as session:
        business, real = await claims.next_moment(
            session, "telegram", database.clock.now(), database.clock.real()
        )
    assert (business, real) == (later, None)
    await database.close()


async def test_all_wake_when_their_moment_comes_the_most_urgent_first(database_url: str) -> None:
    clock = Clock()
    database = Database(database_url, clock)
    soon = clock.now() + timedelta(hours=1)
    await _owe(database, WAITING, not_before=soon)
    async with database.transaction() as (session, now):
        urgent = rows.New(key="urgent", address=Address("telegram", "x"), subject="t", cls=1,
                          now=now, not_before=soon + timedelta(seconds=1))  # fmt: skip
        await rows.add(session, urgent, [EMPTY])
    clock.advance(timedelta(hours=2))
    async with database.marking() as session:
        first = await _claim(session, database)
    assert first[0].key == "urgent"
    for _ in range(WAITING // claims.AT_ONCE + 1):
        async with database.marking() as session:
            more = await claims.wake_up(session, "telegram", clock.now(), clock.real())
    assert not more
    async with database.reading() as session:
        asleep = await session.scalar(text("SELECT count(*) FROM outbox WHERE asleep"))
    assert asleep == 0
    await database.close()
