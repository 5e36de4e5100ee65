"""Planning and slices on both engines: everybody once, nobody twice, whatever is cut off."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from bot.clock import Clock
from bot.config import load
from bot.digests import weekly
from bot.settings import adopt
from bot.turn import Turn
from bot.worker import Worker
from storage import news
from storage.db import Database
from storage.models_delivery import Delivery, DueWork
from storage.models_people import Contact, Partner, Room
from storage.models_work import NewsItem, NewsReceipt

ROOT = Path(__file__).parents[2]
THURSDAY = datetime.fromisoformat("2026-12-03T08:12:00+00:00")
MONDAY = datetime.fromisoformat("2026-12-07T08:00:00+00:00")  # 09:00 in Berlin
PEOPLE, EACH = 250, 3  # contacts, and how many of them a partner has


class Office:
    """A database with many contacts in Berlin, and the worker that does what is due."""

    def __init__(self, database: Database, clock: Clock, worker: Worker, turn: Turn) -> None:
        self.database, self.clock, self.worker, self._turn = database, clock, worker, turn

    async def until(self, moment: datetime) -> None:
        self.clock.advance(moment - self.clock.now())
        while await self.worker.work():
            pass

    async def add(self, text: str) -> None:
        async with self.database.transaction() as (session, now):
            await news.add(session, NewsItem(text=text, created_by=1, created_at=now, texts={}))

    async def arm(self) -> None:
        async with self.database.transaction() as (session, now):
            await weekly.arm(Turn(session, now, self._turn.config))

    async def keys(self) -> list[str]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Delivery.key).order_by(Delivery.id)))


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    clock = Clock(THURSDAY - Clock().real())
    database = Database(database_url, clock)
    config = await adopt(database, load(ROOT / "liaison.toml"), "test", replace=True)
    async with database.transaction() as (session, now):
        await _people(session, now)
        turn = Turn(session, now, config)

    async def dead(_turn: Turn, key: str, error: str) -> None:
        raise AssertionError(f"{key}: {error}")

    worker = Worker(database, clock, weekly.due.all, lambda: config, dead)
    yield Office(database, clock, worker, turn)
    await database.close()


async def _people(session: object, now: datetime) -> None:
    count = -(-PEOPLE // EACH)
    partner = {"zone": "Europe/Berlin", "language": "en", "tier": "", "region": "", "search": "",
               "tags": [], "created_at": now}  # fmt: skip
    execute = session.execute  # type: ignore[attr-defined]
    await execute(insert(Partner), [{"id": n, "name": f"P{n}", "name_key": f"p{n}", **partner}
                                    for n in range(1, count + 1)])  # fmt: skip
    contact = {"called": "", "email": "", "language": "", "zone": "", "wants_news": True,
               "wants_reminders": True, "wants_surveys": True, "quiet_from": "",
               "quiet_to": ""}  # fmt: skip
    await execute(insert(Contact), [
        {"id": n, "partner_id": (n - 1) // EACH + 1, "name": f"C{n}", **contact}
        for n in range(1, PEOPLE + 1)
    ])  # fmt: skip
    await execute(insert(Room), [
        {"platform": "telegram", "chat": str(n), "thread": "", "kind": "private", "title": "",
         "language": "", "unreachable_reason": "", "contact_id": n,
         "partner_id": (n - 1) // EACH + 1} for n in range(1, PEOPLE + 1)
    ])  # fmt: skip


async def test_everybody_gets_it_once_in_slices(office: Office) -> None:
    await office.arm()
    await office.arm()  # a second start changes nothing
    await office.add("First")
    await office.until(MONDAY.replace(hour=7))
    assert await office.keys() == []
    await office.until(MONDAY)
    expected = {f"digest:2026-12-07:contact:{n}" for n in range(1, PEOPLE + 1)}
    assert set(await office.keys()) == expected
    assert len(await office.keys()) == PEOPLE
    async with office.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(NewsReceipt)) == PEOPLE
    await office.until(MONDAY.replace(day=15))
    assert len(await office.keys()) == PEOPLE  # a week later there is nothing new


async def test_what_never_arrived_goes_again(office: Office) -> None:
    await office.arm()
    await office.add("First")
    await office.until(MONDAY)
    async with office.database.transaction() as (session, _):
        for key in ("digest:2026-12-07:contact:7", "digest:2026-12-07:contact:8"):
            await session.execute(update(Delivery).where(Delivery.key == key).values(state="dead"))
    await office.until(MONDAY.replace(day=15))
    assert (await office.keys())[PEOPLE:] == [
        "digest:2026-12-14:contact:7", "digest:2026-12-14:contact:8",
    ]  # fmt: skip


async def test_after_an_outage_over_monday_it_comes_the_next_morning(office: Office) -> None:
    await office.arm()
    await office.add("First")
    await office.until(MONDAY.replace(hour=20))  # planned only now, at 21:00 in Berlin
    assert await office.keys() == []
    await office.until(MONDAY.replace(day=8))
    assert len(await office.keys()) == PEOPLE


async def test_the_next_week_is_always_planned(office: Office) -> None:
    await office.arm()
    await office.until(MONDAY.replace(day=20))
    async with office.database.reading() as session:
        rows = select(DueWork.key).where(DueWork.state == "waiting")
        assert list(await session.scalars(rows)) == ["digest:plan:2026-12-21"]
