"""A stopped campaign leaves nothing to the sender at once, in slices, on both engines."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot import outbox
from bot.campaigns import rules, service, watch
from bot.chat import Address
from bot.clock import Clock
from bot.config import Config, load
from bot.outbox import Class, Owed
from bot.partners import reach
from bot.settings import adopt
from bot.texts import plain_message
from bot.turn import Turn
from bot.worker import Worker
from storage import campaigns, claims
from storage import marks as recorded
from storage.db import Database
from storage.gates import Gates
from storage.models_delivery import Campaign, Delivery, DueWork

ROOT = Path(__file__).parents[2]
MANY = 2_500  # more than two slices each way
LEASE = timedelta(seconds=90)


class Office:
    """A campaign of many deliveries, and a sender that is played by hand."""

    def __init__(self, database: Database, config: Config, worker: Worker) -> None:
        self.database, self.config, self.worker = database, config, worker
        self.id = 0

    async def begin(self, size: int = MANY, words: int = 1) -> None:
        async with self.database.transaction() as (session, now):
            turn = Turn(session, now, self.config)
            found = await service.begin(turn, key="digest:now", kind="digest", title="",
                                        owner_id=None)  # fmt: skip
            self.id = found.id
            text = plain_message("a word " * words)
            await outbox.owe_many(turn, [
                Owed(Address("telegram", str(n)), text, f"d:{n}", f"d:{n}", Class.DIGEST,
                     campaign=found.id) for n in range(size)
            ])  # fmt: skip

    async def later(self, seconds: float = 11) -> None:
        self.database.clock.advance(timedelta(seconds=seconds))
        await self.work()

    async def work(self) -> None:
        while await self.worker.work():
            pass

    async def claim(self, limit: int = 100) -> list[claims.Claimed]:
        clock = self.database.clock
        async with self.database.marking() as session:
            return await claims.claim(
                session, "telegram", now=clock.now(), real=clock.real(), lease=LEASE, limit=limit,
                gates=Gates(), choose=lambda found: found, epoch=1,
            )  # fmt: skip

    async def mark(self, rows: list[claims.Claimed], state: str, reason: str = "") -> None:
        async with self.database.marking() as session:
            marks = [claims.Mark(row, state, reason) for row in rows]
            await recorded.mark(session, marks, self.database.clock.now(), 1)

    async def turn_into(self, state: str) -> None:
        """As a press does."""
        async with self.database.transaction() as (session, now):
            row = await session.get(Campaign, self.id)
            assert row is not None
            row.state = state
            await service.look_at(Turn(session, now, self.config), self.id, now)

    async def state(self) -> str:
        async with self.database.reading() as session:
            row = await campaigns.find(session, self.id)
            return row.state if row is not None else ""

    async def states(self) -> dict[str, int]:
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Delivery.state, func.count())
                .where(Delivery.campaign_id == self.id)
                .group_by(Delivery.state)
            )
            return {state: number for state, number in rows}


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    database = Database(database_url, Clock())
    config = await adopt(database, load(ROOT / "liaison.toml"), "test")

    async def dead(_turn: Turn, key: str, error: str) -> None:
        raise AssertionError(f"{key}: {error}")

    kinds = watch.due.all | reach.due.all
    yield Office(database, config, Worker(database, database.clock, kinds, lambda: config, dead))
    await database.close()


async def test_ten_failures_stop_it_and_a_resume_forgives_them(office: Office) -> None:
    await office.begin()
    await office.mark(await office.claim(190), "sent")
    await office.mark(await office.claim(9), "dead", "rejected: no")
    await office.work()
    assert await office.state() == "running"
    await office.mark(await office.claim(1), "dead", "rejected: no")
    await office.work()  # at once, not at the next look
    assert await office.state() == "stopped"
    assert await office.states() == {"sent": 190, "dead": 10, "stopped": MANY - 200}
    assert await office.claim() == []
    await office.turn_into("running")
    async with office.database.transaction() as (session, now):
        row = await campaigns.find(session, office.id)
        assert row is not None
        count = await campaigns.count(session, office.id, now)
        row.forgiven, row.tried = count.failures, count.ended
    await office.work()
    assert (await office.states())["queued"] == MANY - 200
    await office.mark(await office.claim(9), "dead", "rejected: no")
    await office.later()
    assert await office.state() == "running"
    await office.mark(await office.claim(1), "dead", "rejected: no")
    await office.later()
    assert await office.state() == "stopped"


async def test_nothing_leaves_from_the_moment_on_though_rows_move_in_slices(
    office: Office,
) -> None:
    await office.begin()
    async with office.database.transaction() as (session, _):
        await session.execute(update(Campaign).values(state="stopped"))
    assert await office.claim() == []
    assert await office.states() == {"queued": MANY}
    await office.later()
    assert await office.states() == {"stopped": MANY}
    await office.turn_into("running")
    await office.work()
    assert await office.states() == {"queued": MANY}
    assert len(await office.claim()) == 100


async def test_what_comes_back_to_a_recalled_campaign_ends_too(office: Office) -> None:
    await office.begin()
    flying = await office.claim(5)
    await office.turn_into("recalled")
    await office.work()
    assert await office.states() == {"skipped": MANY - 5, "sending": 5}
    await office.mark(flying, "queued", "try later")
    assert await office.claim() == []
    await office.later()
    assert await office.states() == {"skipped": MANY}


async def test_a_long_message_counts_once_and_stops_whole(office: Office) -> None:
    await office.begin(10, words=800)
    async with office.database.reading() as session:
        now = office.database.clock.now()
        count = await campaigns.count(session, office.id, now)
    assert (count.total, count.open) == (10, 20)
    await office.turn_into("stopped")
    await office.work()
    assert await office.claim() == []


async def test_it_is_done_when_nothing_is_open_and_nothing_more_will_be_owed(
    office: Office,
) -> None:
    await office.begin()
    async with office.database.transaction() as (session, now):
        session.add(DueWork(key="more", kind="digest.slice", subject="digest:now", payload={},
                            due_at=now + timedelta(hours=1), state="waiting"))  # fmt: skip
        await session.execute(update(Delivery).values(state="sent", done_at=now))
    await office.later()
    assert await office.state() == "running"
    async with office.database.transaction() as (session, now):
        await session.execute(update(DueWork).where(DueWork.key == "more").values(state="done"))
    await office.later(rules.SELDOM.total_seconds() + 20)
    assert await office.state() == "done"
    async with office.database.reading() as session:
        waiting = select(func.count()).select_from(DueWork).where(DueWork.state == "waiting")
        assert await session.scalar(waiting) == 0


async def test_what_waits_for_its_moment_is_counted_apart(office: Office) -> None:
    await office.begin()
    moment = office.database.clock.now() + timedelta(hours=9)
    async with office.database.transaction() as (session, now):
        await session.execute(
            update(Delivery).where(Delivery.key == "d:7").values(not_before=moment)
        )
        count = await campaigns.count(session, office.id, now)
        last = await campaigns.last(session, office.id, now)
        assert (count.waiting, count.later) == (MANY, 1)
        assert last is not None
        assert (last.key, last.not_before) == ("d:7", moment)
        assert await campaigns.next_moment(session, office.id, now) == moment
