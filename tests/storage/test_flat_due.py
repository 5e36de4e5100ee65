"""Finding due work costs the same however much waits: every step goes by an index."""

from datetime import timedelta
from typing import Any

from sqlalchemy import event, text

from bot.clock import Clock
from bot.commands.table import DUE
from storage import due_work
from storage.db import Database
from tests.factories import due_rows


async def test_each_step_goes_by_its_index(database_url: str) -> None:
    """Also behind ten thousand that wait, a hundred that failed, and what nobody here knows."""
    database = Database(database_url, Clock())
    async with database.transaction() as (session, now):
        later = now + timedelta(days=1)
        await due_rows(session, *(
            {"key": f"w{n}", "kind": "ticket.due", "due_at": later} for n in range(10_000)
        ), *(
            {"key": f"f{n}", "kind": "survey.close", "due_at": now, "retry_at": later}
            for n in range(100)
        ), *({"key": f"x{n}", "kind": "unheard.of", "due_at": now} for n in range(100)),
            {"key": "k", "kind": "meeting.remind", "due_at": now})  # fmt: skip
    if not database.sqlite:
        async with database.transaction() as (session, _):
            await session.execute(text("ANALYZE due_work"))
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        if statement.startswith("SELECT") and "due_work" in statement:
            asked.append((statement, given))

    event.listen(database._writer.sync_engine, "before_cursor_execute", note)
    async with database.transaction() as (session, now):
        real = database.clock.real()
        found = await due_work.due(session, now, real, DUE.all)
        assert [row.key for row in found] == ["k"]
        steps = await _plan(database, session, asked)
    await database.close()
    assert any("ix_due_work_fresh" in step for step in steps), steps
    assert any("ix_due_work_retry" in step for step in steps), steps
    assert not [step for step in steps if step.strip().startswith(("SCAN due", "Seq Scan on due"))]


async def _plan(database: Database, session: Any, asked: list[tuple[str, Any]]) -> list[str]:
    explain = "EXPLAIN QUERY PLAN" if database.sqlite else "EXPLAIN"
    connection, steps = await session.connection(), []
    for statement, given in list(asked):
        rows = await connection.exec_driver_sql(f"{explain} {statement}", given)
        steps += [str(row[-1]) for row in rows]
    return steps
