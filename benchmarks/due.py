"""Due work at scale: 1,000,000 items wait, 10,000 fall due in one second; APScheduler beside it.

`python -m benchmarks.due` (three minutes; `--quick`: a twentieth). SQLite, synchronous=FULL; each
item owes one message, as a reminder does.
"""

import argparse
import asyncio
import gc
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import func, insert, select

from bot import outbox
from bot.chat import Address
from bot.clock import Clock, pause
from bot.commands.table import DUE
from bot.config import load
from bot.due import DueKind
from bot.outbox import Class
from bot.texts import plain_message
from bot.turn import Turn
from bot.worker import Worker
from storage import due_work
from storage.db import Database
from storage.models_delivery import Delivery, DueWork
from storage.upgrade import upgrade

ROOT = Path(__file__).parents[1]
TICK = 0.005  # seconds between two looks at whether the event loop is free
MANY = 10_000  # rows of one insert while the table is filled
SAY = plain_message("Tomorrow at 15:00: quarterly review")


class Loop:
    """How long the event loop was held up at most."""

    def __init__(self) -> None:
        self.worst, self._task = 0.0, asyncio.create_task(self._look())

    async def _look(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(TICK)
            self.worst = max(self.worst, time.perf_counter() - before - TICK)

    def end(self) -> float:
        self._task.cancel()
        return self.worst


async def remind(turn: Turn, items: Sequence[DueWork]) -> None:
    await outbox.owe_many(turn, [
        outbox.Owed(Address("telegram", item.subject), SAY, key=f"r:{item.key}",
                    subject=item.subject, cls=Class.REMINDER)
        for item in items
    ])  # fmt: skip


@asynccontextmanager
async def filled(folder: Path, waiting: int) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{folder / 'due.db'}"
    await upgrade(url)
    database = Database(url, Clock())
    kinds = sorted(DUE.all)
    began = time.perf_counter()
    for start in range(0, waiting, MANY):
        async with database.transaction() as (session, now):
            later = now + timedelta(days=1)
            await session.execute(insert(DueWork.__table__), [
                _row(f"w{n}", kinds[n % len(kinds)], later + timedelta(seconds=n % 7_000_000))
                for n in range(start, min(start + MANY, waiting))
            ])  # fmt: skip
    print(f"{waiting:,} items wait; put in {time.perf_counter() - began:.0f} s")
    try:
        yield database
    finally:
        await database.close()


def _row(key: str, kind: str, due_at: datetime) -> dict[str, object]:
    return {"key": key, "kind": kind, "subject": key, "due_at": due_at, "payload": {},
            "state": "waiting", "attempts": 0, "error": ""}  # fmt: skip


async def ours(database: Database, due: int) -> None:
    config = load(ROOT / "liaison.toml")
    kinds = {**DUE.all, "bench.remind": DueKind("bench.remind", "", remind, Class.REMINDER)}
    asked = []
    for _ in range(50):
        began = time.perf_counter()
        async with database.reading() as session:
            await due_work.next_moments(session, kinds)
        asked.append(time.perf_counter() - began)
    print(f"next due: median {1e3 * statistics.median(asked):.1f} ms, worst "
          f"{1e3 * max(asked[1:]):.1f} ms (goal 5)")  # fmt: skip
    async with database.transaction() as (session, now):
        begin = now + timedelta(seconds=3)
        await session.execute(insert(DueWork.__table__), [
            _row(f"d{n}", "bench.remind", begin + timedelta(seconds=n / due)) for n in range(due)
        ])  # fmt: skip
    gc.freeze()  # as bot/serve.py does
    worker = Worker(database, database.clock, kinds, lambda: config, _given_up)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep((begin - database.clock.now()).total_seconds())
    loop, began, before = Loop(), time.perf_counter(), _memory()
    while await _owed(database) < due:
        await pause(0.02)
    took = time.perf_counter() - began
    worker.stop()
    await running
    print(f"{due:,} due within a second: all owed after {took:.2f} s (goal 1.5); the loop was "
          f"held up {1e3 * loop.end():.0f} ms at most (goal 50); memory {_memory():.0f} MB, "
          f"{_memory() - before:+.0f} (goal: under 200)")  # fmt: skip


async def _given_up(_turn: Turn, key: str, error: str) -> None:
    raise RuntimeError(f"{key}: {error}")


async def _owed(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Delivery)) or 0


def _memory() -> float:
    """The most that this process ever held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


RAN: list[float] = []


def note() -> None:
    RAN.append(time.time())


async def theirs(folder: Path, due: int, *, grace: int | None) -> None:
    """The same number of date jobs in APScheduler's table."""
    RAN.clear()
    store = SQLAlchemyJobStore(url=f"sqlite:///{folder / f'jobs{grace}.db'}")
    usual = {} if grace == 1 else {"misfire_grace_time": grace}
    scheduler = AsyncIOScheduler(jobstores={"default": store}, job_defaults=usual)
    begin = datetime.now().astimezone() + timedelta(seconds=30 + due / 300)
    for n in range(due):
        scheduler.add_job(note, "date", run_date=begin + timedelta(seconds=n / due))
    scheduler.start()
    await asyncio.sleep(max(0.0, (begin - datetime.now().astimezone()).total_seconds()))
    loop, last = Loop(), 0
    for _ in range(60):
        await asyncio.sleep(1)
        if len(RAN) == last and not scheduler.get_jobs():
            break
        last = len(RAN)
    scheduler.shutdown(wait=False)
    late = max(RAN) - begin.timestamp() if RAN else 0.0
    said = "default" if grace == 1 else "misfire_grace_time=None"
    print(f"APScheduler 3, {said}: {len(RAN):,} of {due:,} ran, the last {late:.1f} s after the "
          f"first was due; the loop was held up {loop.end():.1f} s")  # fmt: skip


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--ours", action="store_true", help="without APScheduler")
    given = parser.parse_args()
    share = 20 if given.quick else 1
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as name:
        async with filled(Path(name), 1_000_000 // share) as database:
            await ours(database, 10_000 // share)
        if not given.ours:
            await theirs(Path(name), 10_000 // share, grace=1)
            await theirs(Path(name), 10_000 // share, grace=None)


if __name__ == "__main__":
    asyncio.run(main())
