"""The outbox without the platforms' limits: what claiming, sending and recording cost.

    python -m benchmarks.outbox [--quick] [--only WORDS] [--beside PYTHON]

On SQLite (synchronous=FULL) and on PostgreSQL (fsync on): the loop with a send that does nothing,
Procrastinate's empty jobs beside it; both platforms' clients against a server that says yes, alone
and under the loop; planning 100,000 rows; a claim when 10,000 and 1,000,000 wait.
"""

import argparse
import asyncio
import importlib.util
import itertools
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from benchmarks.yes import yes
from bot.chat import Address
from bot.clock import Clock
from bot.config import load
from bot.delivery import LEASE, Courier
from bot.outbox import Class, Owed, Parcel, Receipt, Sender, owe_many, to_json
from bot.pace import Pace
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.sender import SlackSender
from bot.platforms.telegram import account
from bot.platforms.telegram.sender import TelegramSender
from bot.platforms.telegram.settings import TelegramSettings
from bot.texts import plain_message
from bot.turn import Turn
from storage import claims, outbox
from storage.db import Database
from storage.gates import Gates
from storage.models_delivery import Delivery
from storage.upgrade import upgrade
from tests import postgres

ROOT = Path(__file__).parents[1]
SAY = plain_message("The price list for the spring stands in the folder.")
IN_FLIGHT = 16  # as delivery.md measured it
SLICE = 500  # rows a transaction plans: well under the 100 ms of DESIGN.md rule 1
ROUNDS = 3
GOALS = {"SQLite": (2_400, 2.6), "PostgreSQL": (1_800, 6.0)}  # messages a second, seconds


@dataclass(frozen=True)
class Sizes:
    """How many of everything."""

    messages: int
    calls: int
    planned: int
    waiting: tuple[int, ...]


FULL = Sizes(10_000, 2_000, 100_000, (10_000, 100_000, 1_000_000))
QUICK = Sizes(2_000, 500, 10_000, (1_000, 10_000, 100_000))


class Silent:
    """A sender whose calls cost nothing."""

    platform, slowest = "telegram", 0.0

    async def post(self, _parcel: Parcel) -> Receipt:
        return Receipt("7")


Fresh = Callable[[], AbstractAsyncContextManager[Database]]


class Counted:
    """Any sender, and when `count` posts have been answered."""

    def __init__(self, sender: Any, count: int) -> None:
        self.platform, self.slowest = sender.platform, sender.slowest
        self._sender, self._left = sender, count
        self.done = asyncio.Event()

    async def post(self, parcel: Parcel) -> Receipt:
        receipt: Receipt = await self._sender.post(parcel)
        self._left -= 1
        if not self._left:
            self.done.set()
        return receipt


@asynccontextmanager
async def sqlite() -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as folder:
        async with _opened(f"sqlite+aiosqlite:///{folder}/outbox.db") as database:
            yield database


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    await asyncio.to_thread(asyncio.run, upgrade(url))
    database = Database(url, Clock())
    try:
        yield database
    finally:
        await database.close()


def on(server: str) -> Fresh:
    """Makes databases of that PostgreSQL server."""
    numbers = itertools.count()

    @asynccontextmanager
    async def fresh() -> AsyncIterator[Database]:
        name = f"bench_{os.getpid()}_{next(numbers)}"
        await administer(server, f'CREATE DATABASE "{name}"')
        try:
            async with _opened(f"{server}/{name}") as database:
                yield database
        finally:
            await administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')

    return fresh


async def administer(server: str, statement: str) -> None:
    engine = create_async_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def plan(database: Database, count: int, platform: str = "telegram") -> float:
    """Owe `count` messages to as many chats, in slices; returns how long it took."""
    config = load(ROOT / "liaison.toml")
    began = time.perf_counter()
    for start in range(0, count, SLICE):
        async with database.transaction() as (session, now):
            await owe_many(Turn(session, now, config), [
                Owed(Address(platform, _chat(platform, n)), SAY, key=f"bench:{n}",  # type: ignore[arg-type]
                     subject=f"bench:{n}", cls=Class.DIGEST)
                for n in range(start, min(start + SLICE, count))
            ])  # fmt: skip
    return time.perf_counter() - began


def _chat(platform: str, number: int) -> str:
    return f"C{number:09d}" if platform == "slack" else str(100_000 + number)


async def drained(database: Database, sender: Any, count: int) -> float:
    """Messages a second through the loop, without limits."""
    counted = Counted(sender, count)
    pace = Pace(gap=0.0, permits=1_000_000, in_flight=IN_FLIGHT)
    courier = Courier(database, database.clock, counted, _not_asked, pace=pace)  # type: ignore[arg-type]
    began = time.perf_counter()
    running = asyncio.create_task(courier.run())
    await counted.done.wait()
    courier.stop()
    await running
    return count / (time.perf_counter() - began)


async def loop(fresh: Fresh, sizes: Sizes) -> float:
    async with fresh() as database:
        await plan(database, sizes.messages)
        return await drained(database, Silent(), sizes.messages)


@asynccontextmanager
async def senders(url: str) -> AsyncIterator[dict[str, Sender]]:
    """The real ones, before the server that says yes."""
    ours = account.build(TelegramSettings("1:bench", url))
    await ours.introduce("")
    client = SlackClient(SlackSettings("xoxb-bench", "-", api_url=f"{url}/"))
    await client.start()
    try:
        yield {"Telegram": TelegramSender(ours.bot, _no_file, _nothing),
               "Slack": SlackSender(client, Clock(), _no_file, _nothing)}  # fmt: skip
    finally:
        await client.stop()
        await ours.close()


async def bare(sender: Sender, count: int) -> float:
    """Posts a second of the same sender, as many at once as the loop has in flight."""
    places = asyncio.Semaphore(IN_FLIGHT)
    clock = Clock()

    async def one(number: int) -> None:
        async with places:
            chat = _chat(sender.platform, number)
            await sender.post(Parcel(
                number, str(number), Address(sender.platform, chat), SAY, {}, "", "id",  # type: ignore[arg-type]
                clock.real(), "",
            ))  # fmt: skip

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - began)


async def share(fresh: Fresh, sender: Sender, sizes: Sizes) -> tuple[float, float, float]:
    """Bare posts a second, through the outbox, and the share; taken one after the other."""
    alone = await bare(sender, sizes.calls)
    async with fresh() as database:
        await plan(database, sizes.calls, sender.platform)
        ours = await drained(database, sender, sizes.calls)
    return alone, ours, ours / alone


async def fill(database: Database, begin: int, end: int) -> None:
    """Rows that may go at once, written without the bot's own code: a million take a minute."""
    payload = to_json(SAY)
    for start in range(begin, end, 5_000):
        async with database.transaction() as (session, now):
            await session.execute(insert(Delivery.__table__), [  # type: ignore[arg-type]
                outbox.New(f"w:{n}", Address("telegram", str(100_000 + n)), f"w:{n}",
                           int(Class.DIGEST), now).row(payload)
                for n in range(start, min(start + 5_000, end))
            ])  # fmt: skip


async def claim_of_eight(database: Database) -> float:
    """Milliseconds of one claim of 8 rows, with its transaction; the median of many."""
    times = []
    for _ in range(60):
        real = database.clock.real()
        began = time.perf_counter()
        async with database.marking() as session:
            taken = await claims.claim(
                session, "telegram", now=database.clock.now(), real=real, limit=8,
                lease=LEASE, gates=Gates(), choose=list, epoch=0,
            )  # fmt: skip
        times.append((time.perf_counter() - began) * 1_000)
        assert len(taken) == 8
    return median(times)


async def flat(fresh: Fresh, sizes: Sizes) -> list[float]:
    found = []
    async with fresh() as database:
        done = 0
        for waiting in sizes.waiting:
            await fill(database, done, waiting)
            done = waiting
            found.append(await claim_of_eight(database))
    return found


async def procrastinate(server: str, python: str, count: int) -> str:
    """Its empty jobs a second, in a process of its own; or why not."""
    await administer(server, "CREATE DATABASE procrastinate")
    process = await asyncio.create_subprocess_exec(
        python, "-m", "benchmarks.jobs", f"{server}/procrastinate".replace("+asyncpg", ""),
        str(count), str(IN_FLIGHT), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    return said.decode().strip() if process.returncode == 0 else "it failed"


@contextmanager
def engines() -> Iterator[tuple[dict[str, Fresh], str]]:
    """How to make a fresh database of each kind there is here; and the PostgreSQL server."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.server(durable=True))
        except postgres.NoPostgres as reason:
            print(f"no PostgreSQL: {reason}")
            yield {"SQLite": sqlite}, ""
        else:
            yield {"SQLite": sqlite, "PostgreSQL": on(url)}, url


def say(name: str, engine: str, figure: str, goal: str = "", kept: bool | None = None) -> None:
    verdict = {None: "", True: " kept", False: " MISSED"}[kept]
    print(f"| {name} | {engine} | {figure} | {goal}{verdict} |", flush=True)


async def measure(engine: str, fresh: Fresh, sizes: Sizes, only: str) -> None:
    speed, planned = GOALS[engine]
    planned *= sizes.planned / FULL.planned
    if only in "loop":
        found = median([await loop(fresh, sizes) for _ in range(ROUNDS)])
        say("loop, send does nothing", engine, f"{found:,.0f}/s", f"{speed:,}/s", found >= speed)
    if only in "share":
        async with yes() as url, senders(url) as real:
            for name, sender in real.items():
                await bare(sender, 100)  # connections stand
                runs = [await share(fresh, sender, sizes) for _ in range(ROUNDS)]
                alone, ours, part = (median(run[n] for run in runs) for n in range(3))
                say(f"{name}'s client, a server that says yes", engine,
                    f"{ours:,.0f}/s of {alone:,.0f}/s bare: {part:.2f}")  # fmt: skip
    if only in "plan":
        took = []
        for _ in range(ROUNDS):
            async with fresh() as database:
                took.append(await plan(database, sizes.planned))
        say(f"{sizes.planned:,} rows planned in slices of {SLICE}", engine,
            f"{median(took):.2f} s", f"{planned:.2f} s", median(took) <= planned)  # fmt: skip
    if only in "flat":
        times = await flat(fresh, sizes)
        ratio = max(times) / min(times)
        shown = ", ".join(
            f"{ms:.1f} ms at {n:,}" for n, ms in zip(sizes.waiting, times, strict=True)
        )
        say("a claim of 8", engine, shown, "x1.50", ratio <= 1.5)


async def run(sizes: Sizes, only: str, beside: str) -> None:
    print("| what | on | median | goal |\n|---|---|---|---|")
    with engines() as (found, server):
        for engine, fresh in found.items():
            await measure(engine, fresh, sizes, only)
        if server and only in "loop":
            given = beside or (sys.executable if importlib.util.find_spec("procrastinate") else "")
            figure = "not installed: pip install procrastinate 'psycopg[binary]'"
            if given:
                figure = await procrastinate(server, given, sizes.messages // 5)
            say("Procrastinate, jobs that do nothing", "PostgreSQL", figure)


async def _no_file(_file: Any) -> bytes:
    raise LookupError("no files here")


async def _nothing(*_: Any) -> None:
    return


async def _not_asked(_event: Any) -> None:
    return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer of everything")
    parser.add_argument("--only", default="", help="loop, share, plan or flat")
    parser.add_argument("--beside", default="", help="the Python that has Procrastinate")
    given = parser.parse_args()
    asyncio.run(run(QUICK if given.quick else FULL, given.only, given.beside))


if __name__ == "__main__":
    main()
