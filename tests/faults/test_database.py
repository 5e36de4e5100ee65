"""The database is locked, gone or full: what people saw, and that nothing was lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from bot.clock import Clock, pause
from bot.outbox import Class, Parcel
from storage.db import Database, Session
from tests.conversations.stage import Stage
from tests.core.test_adversary_delivery import _ended, _owe, _Platform, _sending
from tests.core.test_arrivals import _gone
from tests.core.walls import Walls, walls_on
from tests.faults.seen import answers, nothing_is_open

JO = "Jo Weber"
AWAY = 3.0  # seconds; with the time-outs of a test as good as the half minute of real life
WRITTEN = 60  # messages; the pages at hand are full before


async def test_a_database_away_only_delays(
    fragile: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is answered meanwhile; afterwards everybody is, once. The log says what it was."""
    jo, lin = fragile.telegram_person(JO), fragile.manager("Lin")
    await jo.starts()
    await fragile.settle()
    before = await answers(fragile, "telegram")
    async with _gone(fragile):
        await jo.writes("/nosuchword away")
        await lin.types("nosuchword away", room=fragile.slack.dm(lin.id).id)
        fragile.app.wake()
        await pause(AWAY)
        assert fragile.slack.delivery.undelivered == 1
        assert len(fragile.telegram.feed.pending) == 1
    await fragile.slack.delivery.idle(within=30)
    await fragile.settle()
    assert await answers(fragile, "telegram") == before + 1
    assert await answers(fragile, "slack") == 1
    assert await nothing_is_open(fragile)
    assert "trying again" in caplog.text


async def test_a_full_disk_only_delays(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite may not grow by a page: what is written then is not taken, and comes again."""
    jo = stage.telegram_person(JO)
    await jo.starts()
    await stage.settle()
    before = await answers(stage, "telegram")
    async with _full(stage):
        for number in range(WRITTEN):
            await jo.writes(f"/nosuchword {number}")
        await pause(AWAY)
        assert stage.telegram.feed.pending, "it was told that we had it"
    await stage.settle()
    assert await answers(stage, "telegram") == before + WRITTEN
    assert await nothing_is_open(stage)
    assert "full" in caplog.text


@asynccontextmanager
async def _full(stage: Stage) -> AsyncIterator[None]:
    async with stage.app.database.marking() as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
    yield
    async with stage.app.database.marking() as session:
        await session.execute(text("PRAGMA max_page_count = 1000000"))


class AnswerLost(Database):
    """A commit is made and its answer lost, as when the connection is cut at that moment."""

    lost = False

    @asynccontextmanager
    async def marking(self) -> AsyncIterator[Session]:
        async with super().marking() as session:
            yield session
            took = await session.scalar(
                text("SELECT count(*) FROM outbox WHERE state = 'sending'")
            )
        if took and not self.lost:
            self.lost = True
            raise ConnectionError("the answer to the commit was lost")


async def test_what_was_taken_unheard_is_sent_at_once_and_once(database_url: str) -> None:
    """Not after the lease of five minutes, and without any doubt: it was never called for."""

    async def answer(_parcel: Parcel) -> str:
        return "1"

    database, platform = AnswerLost(database_url, Clock()), _Platform(answer)
    async with walls_on(database_url) as walls:
        other = Walls(database, walls.config)
        await _owe(other, "news", cls=Class.DIGEST)
        async with _sending(other, platform):
            row = await _ended(other, "news")
    assert database.lost
    assert (row.state, platform.posts) == ("sent", ["news"])
    await database.close()
