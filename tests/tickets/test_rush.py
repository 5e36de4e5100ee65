"""Many promises run out at once: each is told once, to whom it concerns, a few a transaction."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from bot.clock import Clock
from bot.config import load
from bot.settings import adopt
from bot.tickets import nudges
from bot.turn import Turn
from bot.worker import Worker
from storage import people, tickets
from storage.db import Database
from storage.models_delivery import Delivery, DueWork
from storage.models_people import Identity
from storage.models_work import Ticket, TicketLog
from tests.factories import a_partner, due_rows

ROOT = Path(__file__).parents[2]
BEGAN = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)  # Thursday 16:12 in Shenzhen
PROMISED = timedelta(hours=1)
EACH = 11


class Rush:
    """Tickets of several owners, all opened in the same minute, and the worker that looks."""

    def __init__(self, database: Database, worker: Worker) -> None:
        self.database, self.worker = database, worker

    async def opened(self, owners: Sequence[str], each: int) -> None:
        """By turns one of each owner's."""
        async with self.database.transaction() as (session, _):
            partner = await a_partner(session, BEGAN, owner=None)
            for number in range(each * len(owners)):
                owner = await people.manager_named(session, owners[number % len(owners)])
                assert owner is not None
                ticket = await tickets.add(session, Ticket(
                    partner_id=partner.id, owner_id=owner.id, address="telegram:1:", title="Hi",
                    status="open", opened_at=BEGAN, follow_up_at=BEGAN + PROMISED,
                    settings_version=1,
                ))  # fmt: skip
                await tickets.log(session, ticket, "opened", at=BEGAN)
                await due_rows(session, {
                    "key": f"ticket:{ticket.id}:clock:1", "kind": "ticket.due",
                    "subject": f"ticket:{ticket.id}:clock", "due_at": BEGAN + PROMISED,
                    "payload": {"ticket": ticket.id},
                })  # fmt: skip

    async def cannot_be_met(self) -> None:
        async with self.database.transaction() as (session, _):
            await session.execute(delete(Identity))

    async def works(self) -> int:
        """How many transactions it took."""
        for number in count():
            assert number < 100
            if not await self.worker.work():
                return number
        raise AssertionError

    async def told(self) -> Counter[str]:
        async with self.database.reading() as session:
            return Counter(await session.scalars(select(Delivery.chat)))

    async def nudged(self) -> list[int]:
        """How often somebody was reminded of each ticket."""
        async with self.database.reading() as session:
            rows = await session.execute(
                select(TicketLog.ticket_id, func.count())
                .where(TicketLog.kind == "nudged")
                .group_by(TicketLog.ticket_id)
            )
            return [number for _, number in rows]

    async def due(self) -> int:
        now = self.database.clock.now()
        async with self.database.reading() as session:
            return len(list(await session.scalars(select(DueWork.id).where(
                DueWork.state == "waiting", DueWork.kind == "ticket.due", DueWork.due_at <= now
            ))))  # fmt: skip


@pytest.fixture
async def rush(database_url: str) -> AsyncIterator[Rush]:
    late = BEGAN + PROMISED + timedelta(minutes=1)
    database = Database(database_url, Clock(late - Clock().real()))
    config = await adopt(database, load(ROOT / "liaison.toml"), "test")

    async def dead(_turn: Turn, key: str, error: str) -> None:
        raise AssertionError(f"{key}: {error}")

    kinds = {"ticket.due": nudges.due.all["ticket.due"]}
    yield Rush(database, Worker(database, database.clock, kinds, lambda: config, dead))
    await database.close()


async def test_what_is_too_much_for_one_transaction_is_told_in_the_next(rush: Rush) -> None:
    owners = ("Lin", "Mei", "Bo", "Chen")
    await rush.opened(owners, EACH)
    assert await rush.works() >= len(owners)
    assert await rush.nudged() == [1] * EACH * len(owners)
    told = await rush.told()
    assert set(told) == {f"slack:U0{name.upper()}" for name in owners}
    assert max(told.values()) <= 2  # ten in one, and what is left
    assert await rush.due() == 0
    assert await rush.works() == 0


async def test_a_room_reads_of_all_who_have_no_chat_at_once(rush: Rush) -> None:
    await rush.opened(("Lin", "Bo"), 3)
    await rush.cannot_be_met()
    await rush.works()
    assert await rush.told() == {"slack:C0TEAM": 1}
    assert await rush.nudged() == [1] * 6
