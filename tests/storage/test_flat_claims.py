"""A claim costs the same however much waits for a moment to come: every step goes by an index."""

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


async def test_each_step_of_a_claim_goes_by_its_index(sqlite_url: str) -> None:
    database = Database(sqlite_url, Clock())
    await _owe(database, 10)
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, given))

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    async with database.marking() as session:
        await _claim(session, database)
    plan: list[str] = []
    async with database.reading() as session:
        connection = await session.connection()
        for statement, given in asked:
            found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            plan += [str(row[3]) for row in found]
    await database.close()
    for index in ("ix_outbox_asleep", "ix_outbox_retry", "ix_outbox_ready", "ix_outbox_lane_open",
                  "ix_outbox_slot_open"):  # fmt: skip
        assert any(index in step for step in plan), f"{index}: {plan}"
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
