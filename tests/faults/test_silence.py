"""A platform that answers nothing, or is out of reach: what then becomes of what was owed."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot import calls
from bot.calls import MAX_ATTEMPTS
from bot.clock import Clock
from bot.delivery import Courier
from bot.errors import InDoubt, TryLater
from bot.outbox import Class, Parcel, Receipt
from storage import outbox as rows
from storage.db import Database
from storage.models_delivery import Delivery
from tests.core.test_adversary_delivery import OPEN, _ended, _owe, _Platform, _sending
from tests.core.walls import Walls, walls_on


class Patient(Clock):
    """Real time passes as soon as a row rests, so that an hour of back-off takes a moment."""

    by = timedelta(0)

    def real(self) -> datetime:
        return super().real() + self.by


async def _end_of_rests(walls: Walls, courier: Courier, key: str) -> tuple[Delivery, list[float]]:
    """How a row ended, and the seconds of each of its rests."""
    clock, rests = walls.database.clock, list[float]()
    assert isinstance(clock, Patient)
    async with asyncio.timeout(30):
        while True:
            async with walls.database.reading() as session:
                row = await rows.find(session, key)
            if row is not None and row.state not in OPEN:
                return row, rests
            if row is not None and row.state == "queued" and row.retry_at is not None:
                rest = (row.retry_at - clock.real()).total_seconds()
                if rest > 0:
                    rests.append(rest)
                    clock.by += timedelta(seconds=rest)
                courier.wake()
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(("edits", "end"), [(False, "unverified"), (True, "dead")])
async def test_what_is_never_answered_is_repeated_later_and_later_and_not_for_ever(
    database_url: str, edits: bool, end: str
) -> None:
    """Such as a picture that takes too long each time: no partner gets a hundred of it."""

    async def silent(parcel: Parcel) -> str:
        if parcel.key == "first":
            return "11"
        raise InDoubt("no answer")

    platform, slot = _Platform(silent), "s" if edits else ""
    async with walls_on(database_url) as first:
        walls = Walls(Database(database_url, Patient()), first.config)
        async with _sending(walls, platform) as courier:
            if edits:
                await _owe(walls, "first", slot=slot)
                await _ended(walls, "first")
            await _owe(walls, "k", slot=slot)
            row, rests = await _end_of_rests(walls, courier, "k")
        await walls.database.close()
    assert (row.state, row.attempts) == (end, MAX_ATTEMPTS)
    assert platform.posts.count("k") == MAX_ATTEMPTS
    assert len(rests) == MAX_ATTEMPTS - 2  # the first repetition is made at once
    assert all(late > 0.9 * soon for soon, late in pairwise(rests)), rests
    assert sum(rests) > 500


async def test_nothing_is_given_up_while_the_platform_cannot_be_reached(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our line is cut for long: whoever wrote meanwhile gets the answer once it is back."""
    monkeypatch.setattr(calls, "AWAY", 0.05)
    tries = 0

    async def cut(_parcel: Parcel) -> str:
        nonlocal tries
        tries += 1
        if tries <= 2 * MAX_ATTEMPTS:
            raise TryLater("not connected: ConnectError", away=True)
        return "11"

    async with walls_on(database_url) as first:
        walls = Walls(Database(database_url, Patient()), first.config)
        async with _sending(walls, _Platform(cut)) as courier:
            await _owe(walls, "k")
            row, rests = await _end_of_rests(walls, courier, "k")
        await walls.database.close()
    assert (row.state, row.attempts) == ("sent", 2 * MAX_ATTEMPTS + 1)
    assert max(rests) <= calls.FIRST_DELAY


class _SlowToTell(_Platform):
    """Like Slack it can be asked what arrived, but answers only once it may."""

    def __init__(self) -> None:
        super().__init__(self._say)
        self.may, self.asked = asyncio.Event(), 0

    async def _say(self, parcel: Parcel) -> str:
        if parcel.key == "answer":
            return "1"
        raise InDoubt("HTTP 500")

    async def verify(self, parcel: Parcel) -> Receipt | None:
        self.asked += 1
        await self.may.wait()
        return Receipt(parcel.key)


async def test_an_answer_does_not_wait_for_what_is_looked_up(database_url: str) -> None:
    """After a burst of errors each look-up waits for its tier: some places stay free."""
    platform, many = _SlowToTell(), [f"d{n}" for n in range(20)]
    async with walls_on(database_url) as walls, _sending(walls, platform):
        for key in many:
            await _owe(walls, key, cls=Class.TICKET)
        async with asyncio.timeout(10):
            while len(platform.posts) < len(many) or not platform.asked:
                await asyncio.sleep(0.01)
        await _owe(walls, "answer", cls=Class.INTERACTIVE)
        assert (await _ended(walls, "answer")).state == "sent"
        assert platform.asked < len(many)
        platform.may.set()
        ends = [(await _ended(walls, key)) for key in many]
    assert {(row.state, row.reason) for row in ends} == {("sent", "verified")}
