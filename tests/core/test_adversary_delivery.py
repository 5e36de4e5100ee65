"""The sending loop against hostile platforms and rows: none stops the others or is sent twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from bot import outbox
from bot.chat import Address
from bot.delivery import Courier
from bot.errors import InDoubt
from bot.outbox import Class, Parcel, Receipt
from bot.pace import Pace
from bot.texts import plain_message
from storage import messages
from storage import outbox as rows
from storage.models_delivery import Delivery
from tests.core.walls import Walls, walls_on

JO = Address("telegram", "4001")
OPEN = ("queued", "sending", "in_doubt")


class _Platform:
    """Posts as `answer` says; like Telegram it cannot be asked what arrived."""

    platform = "telegram"
    slowest = 1.0

    def __init__(self, answer: Callable[[Parcel], Awaitable[str]]) -> None:
        self._answer = answer
        self.posts: list[str] = []

    async def post(self, parcel: Parcel) -> Receipt:
        self.posts.append(parcel.key)
        return Receipt(await self._answer(parcel))

    async def edit(self, parcel: Parcel) -> Receipt:
        self.posts.append(parcel.key)
        return Receipt(await self._answer(parcel))

    async def delete(self, _parcel: Parcel) -> None:
        return None

    async def verify(self, _parcel: Parcel) -> Receipt | None:
        raise InDoubt("cannot be asked")

    async def ask(self, _parcel: Parcel) -> dict[str, Any]:
        return {}


@asynccontextmanager
async def _sending(walls: Walls, platform: _Platform) -> AsyncIterator[Courier]:
    courier = Courier(walls.database, walls.database.clock, platform, walls.dispatch.answered,
                      pace=Pace(gap=0.0, permits=1_000))  # fmt: skip
    walls.database.on_wake("outbox", courier.wake)
    running = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        courier.stop()
        await running


async def _ended(walls: Walls, key: str) -> Delivery:
    async with asyncio.timeout(10):
        while True:
            async with walls.database.reading() as session:
                row = await rows.find(session, key)
            if row is not None and row.state not in OPEN:
                return row
            await asyncio.sleep(0.01)


async def _owe(walls: Walls, key: str, **how: Any) -> None:
    async with walls.turn() as turn:
        await outbox.owe(turn, JO, plain_message(key), key=key, subject=key,
                         **{"cls": Class.TICKET, **how})  # fmt: skip


async def test_an_end_that_cannot_be_recorded_stops_nobody(database_url: str) -> None:
    """Such as an id that a platform gives twice: our log of messages refuses the second."""

    async def same(_parcel: Parcel) -> str:
        return "11"

    async with walls_on(database_url) as walls:
        async with walls.turn() as turn:
            for key in ("first", "second"):
                await messages.record_out(turn.session, JO, key, key=key, at=turn.now)
        platform = _Platform(same)
        async with _sending(walls, platform):
            await _owe(walls, "first")
            assert (await _ended(walls, "first")).state == "sent"
            await _owe(walls, "second")
            await _owe(walls, "third")
            assert (await _ended(walls, "third")).state == "sent"
            second = await _ended(walls, "second")
        assert (second.state, platform.posts.count("second")) == ("unverified", 1)
        assert "cannot be recorded" in second.reason


async def test_what_may_have_arrived_in_time_is_not_called_skipped(database_url: str) -> None:
    """In doubt, and by now too late to send again: nobody knows, so it is listed as unverified."""
    async with walls_on(database_url) as walls:

        async def slow(_parcel: Parcel) -> str:
            walls.database.clock.advance(timedelta(hours=2))
            raise InDoubt("no answer")

        platform = _Platform(slow)
        async with _sending(walls, platform):
            await _owe(walls, "soon", cls=Class.REMINDER,
                       expires_at=walls.database.clock.now() + timedelta(hours=1))  # fmt: skip
            row = await _ended(walls, "soon")
        assert (row.state, platform.posts) == ("unverified", ["soon"])
