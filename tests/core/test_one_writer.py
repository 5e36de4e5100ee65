"""One writer at a time on both engines, also between processes; settings are versions."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.clock import Clock, pause
from bot.settings import adopt
from storage import db, settings
from storage.db import Database, is_gone
from storage.models_delivery import DueWork
from tests.core.walls import Walls, walls_on


@pytest.fixture
async def walls(database_url: str) -> AsyncIterator[Walls]:
    async with walls_on(database_url) as ready:
        yield ready


@pytest.fixture
async def beside(walls: Walls) -> AsyncIterator[Database]:
    """The same database as another process would open it."""
    other = Database(walls.database.url.render_as_string(hide_password=False), Clock())
    yield other
    await other.close()


async def test_transactions_never_interleave(walls: Walls, beside: Database) -> None:
    async with walls.database.transaction() as (session, now):
        session.add(DueWork(key="n", kind="x", due_at=now, payload={}, state="done"))
    spans = []

    async def count_up(database: Database) -> None:
        async with database.transaction() as (session, now):
            row = (await session.scalars(text("SELECT attempts FROM due_work"))).one()
            await pause(0.002)
            more = text("UPDATE due_work SET attempts = :more")
            await session.execute(more, {"more": row + 1})
            spans.append((now, database.clock.now()))

    await asyncio.gather(*(count_up(db) for _ in range(20) for db in (walls.database, beside)))
    async with walls.database.reading() as session:
        assert (await session.scalars(text("SELECT attempts FROM due_work"))).one() == 40
    spans.sort()
    assert all(end <= start for (_, end), (start, _) in pairwise(spans)), (
        "`now` is read under the lock, so it never runs against the order of commits"
    )


async def test_readers_do_not_wait_for_the_writer(walls: Walls, beside: Database) -> None:
    async with walls.database.transaction() as (session, now):
        session.add(DueWork(key="n", kind="x", due_at=now, payload={}, state="done"))
        await session.flush()
        async with asyncio.timeout(2), beside.reading() as reader:
            assert list(await reader.scalars(text("SELECT key FROM due_work"))) == []


async def test_what_a_reader_changes_is_thrown_away(walls: Walls) -> None:
    async with walls.database.reading() as session:
        await session.execute(text("UPDATE managers SET language = 'xx'"))
    async with walls.database.reading() as session:
        assert (
            len(list(await session.scalars(text("SELECT id FROM managers WHERE language = 'xx'"))))
            == 0
        )


async def test_a_frozen_holder_loses_the_lock(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replica that stops in the middle of a transaction must not stop the others."""
    monkeypatch.setattr(db, "IDLE_IN_TRANSACTION_MS", 2_000)
    frozen, other = Database(postgres_database, Clock()), Database(postgres_database, Clock())

    async def hold() -> None:
        async with frozen.transaction() as (session, _now):
            async with asyncio.timeout(6), other.transaction():
                pass
            await session.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError) as lost:
        await hold()
    assert is_gone(lost.value), "its own event is not acknowledged, so it comes again"
    await frozen.close()
    await other.close()


async def test_each_change_of_the_settings_is_a_version(walls: Walls) -> None:
    first = walls.config
    other = first.model_copy(update={"zone": "Europe/Berlin"})
    assert first.version == 1
    assert (await adopt(walls.database, first, "start")).version == 1, "nothing changed"
    assert (await adopt(walls.database, other, "SIGHUP")).version == 2
    again = await adopt(walls.database, first, "start")
    assert again.version == 3, "also when it equals an older one"
    async with walls.database.reading() as session:
        newest = await settings.newest(session)
    assert newest is not None
    assert newest.created_by == "start"


async def test_a_replica_goes_by_the_newest_version(walls: Walls) -> None:
    old = walls.config.model_copy(update={"zone": "Europe/Berlin"})
    used = await adopt(walls.database, old, "start", replace=False)
    assert (used.version, used.zone) == (1, "Asia/Shanghai")


async def test_what_was_changed_in_chat_outlives_a_restart(walls: Walls) -> None:
    async with walls.database.transaction() as (session, _now):
        await session.execute(text("UPDATE managers SET language = 'en' WHERE key = 'Lin'"))
    await adopt(walls.database, walls.config, "start")
    async with walls.database.reading() as session:
        query = text("SELECT language FROM managers WHERE key = 'Lin'")
        assert (await session.scalars(query)).one() == "en"
