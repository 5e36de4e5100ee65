"""The machine's clock is set by an hour, either way: nothing is lost, doubled or an hour late."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot import delivery
from bot.clock import Clock, monotonic, pause
from bot.errors import TryLater
from bot.outbox import Parcel
from storage import outbox as rows
from storage.db import Database
from tests.core.test_adversary_delivery import _ended, _owe, _Platform, _sending
from tests.core.walls import Walls, walls_on

HOUR = timedelta(hours=1)


class SetClock(Clock):
    """A clock that somebody sets; what runs on meanwhile is the monotonic one."""

    by = timedelta(0)

    def real(self) -> datetime:
        return super().real() + self.by


async def test_set_back_a_second_of_rest_stays_a_second(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    clock, tries = SetClock(), 0

    async def answer(_parcel: Parcel) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise TryLater("busy", after=timedelta(seconds=1))
        return "1"

    async with walls_on(database_url) as first:
        walls, platform = Walls(Database(database_url, clock), first.config), _Platform(answer)
        async with _sending(walls, platform):
            await _owe(walls, "hello")
            await _rests(walls, "hello")
            clock.by, began = -HOUR, monotonic()
            await _owe(walls, "other")  # any traffic; else it is noticed within 20 s
            row = await _ended(walls, "hello")
        assert row.state == "sent"
        assert sorted(platform.posts) == ["hello", "hello", "other"]
        assert monotonic() - began < 5
        await walls.database.close()
    assert "clock was set back by 3600 s" in caplog.text


@pytest.mark.parametrize("by", [HOUR, -HOUR])
async def test_a_call_under_way_is_made_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    """Set forward, all leases look as if they were over."""
    monkeypatch.setattr(delivery, "LOOK", 0.1)
    clock, under_way = SetClock(), asyncio.Event()

    async def answer(parcel: Parcel) -> str:
        if parcel.key == "slow":
            under_way.set()
            await pause(1.5)
        return parcel.key

    async with walls_on(database_url) as first:
        walls, platform = Walls(Database(database_url, clock), first.config), _Platform(answer)
        async with _sending(walls, platform):
            await _owe(walls, "slow")
            await under_way.wait()
            clock.by = by
            for number in range(5):
                await _owe(walls, f"other {number}")
                await pause(0.2)
            row = await _ended(walls, "slow")
        assert (row.state, row.platform_id) == ("sent", "slow")
        assert platform.posts.count("slow") == 1
        await walls.database.close()


async def _rests(walls: Walls, key: str) -> None:
    async with asyncio.timeout(5):
        while True:
            async with walls.database.reading() as session:
                row = await rows.find(session, key)
            if row is not None and row.retry_at is not None:
                return
            await asyncio.sleep(0.01)
