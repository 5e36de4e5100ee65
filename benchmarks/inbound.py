"""How fast events are acknowledged: the bot beside bare Bolt and PTB handlers, in one run.

The emulated platforms and the people live in this process; what is measured is a process of its
own (benchmarks/subject.py). `--quick` is a sanity check, whose figures mean little.
"""

import argparse
import asyncio
import logging
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402 - a script finds the project by its own place

from bot import outbox  # noqa: E402
from bot.chat import Address, Button, Message, Part  # noqa: E402
from bot.clock import Clock  # noqa: E402
from bot.config import load  # noqa: E402
from bot.outbox import Class  # noqa: E402
from bot.settings import adopt  # noqa: E402
from bot.turn import Turn  # noqa: E402
from sandbox.clock import SandboxClock  # noqa: E402
from sandbox.journal import Journal  # noqa: E402
from sandbox.slack.emulator import SlackEmulator  # noqa: E402
from sandbox.telegram.emulator import TelegramEmulator  # noqa: E402
from sandbox.world import build  # noqa: E402
from storage import due_work  # noqa: E402
from storage.db import Database  # noqa: E402
from storage.due_work import Work  # noqa: E402
from storage.models_delivery import Delivery  # noqa: E402
from storage.upgrade import upgrade  # noqa: E402
from tests.conversations.stage import _served  # noqa: E402

PEOPLE = 60  # who press and write in Telegram: no chat is asked for two answers in a second
WARM_UP = 20  # events before the clock counts
PLAN_TIMEOUT = 120.0  # seconds


@dataclass
class Scene:
    """The platforms, and how the subject is reached."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    people: list[int]
    folder: Path

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'bench.db'}"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ, "SLACK_BOT_TOKEN": self.slack.app.bot_token,
            "SLACK_APP_TOKEN": self.slack.app.app_token,
            "SLACK_API_URL": f"{self.slack.base_url}/slack/api/",
            "TELEGRAM_BOT_TOKEN": self.telegram.bot.token,
            "TELEGRAM_API_URL": self.telegram.api_url, "DATABASE_URL": self.database_url,
            "LIAISON_CONFIG": str(ROOT / "liaison.toml"),
        }  # fmt: skip

    async def command(self, _number: int) -> bool:
        outcome = await self.slack.command("U0BO", "C0TEAM", "/liaison", "help")
        return outcome.ok

    async def press(self, number: int) -> bool:
        person = self.people[number % len(self.people)]
        shown = [m for m in self.telegram.messages(person) if m.body.get("reply_markup")]
        await self.telegram.press(person, person, shown[-1].id, "Probe")
        return True


@asynccontextmanager
async def staged() -> AsyncIterator[Scene]:
    """The demo world on a free port."""
    clock, journal = SandboxClock(), Journal()
    with tempfile.TemporaryDirectory(prefix="liaison-bench-") as name:
        async with _served() as (server, url):
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            slack = SlackEmulator(clock, journal, url, record_cap=20_000)
            telegram = TelegramEmulator(clock, journal, url, privacy=False)
            build(slack, telegram)
            routes = [*slack.routes(), *telegram.routes()]
            server.config.app.router.routes.extend(routes)  # type: ignore[union-attr]
            yield Scene(slack, telegram, list(telegram.world.people)[:PEOPLE], Path(name))
            await slack.close()
            await telegram.close()


@asynccontextmanager
async def subject(scene: Scene, which: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that is measured, from "is up" until SIGTERM."""
    log = scene.folder / f"{which}-{time.monotonic()}.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__).parent / "subject.py"), which,
            env=scene.environment(), stdout=out, stderr=out,
        )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while "Liaison is up" not in log.read_text():
                if process.returncode is not None:
                    raise SystemExit(log.read_text()[-3_000:])
                await asyncio.sleep(0.02)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def at_rate(act: Callable[[int], Awaitable[bool]], rate: int, count: int) -> list[float]:
    """Milliseconds of each of `count` acts, begun `rate` a second whatever the others do."""

    async def one(number: int) -> float:
        began = time.perf_counter()
        if not await act(number):
            raise RuntimeError("not acknowledged")
        return (time.perf_counter() - began) * 1_000

    for number in range(WARM_UP):
        await one(number)
    begin, running = time.perf_counter(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        running.append(asyncio.create_task(one(number)))
    return list(await asyncio.gather(*running))


def p(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def say(what: str, values: list[float], bare: list[float] | None = None) -> None:
    ratio = (
        f"   x{p(values, 50) / p(bare, 50):.2f} / x{p(values, 99) / p(bare, 99):.2f}"
        if bare
        else ""
    )
    print(
        f"{what:46} p50 {p(values, 50):7.1f} ms   p99 {p(values, 99):7.1f} ms{ratio}", flush=True
    )


async def acks(scene: Scene, seconds: int) -> dict[tuple[str, int], list[float]]:
    """Commands and presses at 20 and 100 a second."""
    found = {}
    for rate in (20, 100):
        found["slash command", rate] = await at_rate(scene.command, rate, rate * seconds)
        found["press", rate] = await at_rate(scene.press, rate, rate * seconds)
    return found


async def commit_to_send(scene: Scene, database: Database, count: int) -> list[float]:
    """Milliseconds from the moment of the transaction to the call's arrival at the platform."""
    since = len(scene.telegram.record)
    for number in range(count):
        person = scene.people[number % len(scene.people)]
        await scene.telegram.write(person, person, f"/nosuchword {number}")
        await asyncio.sleep(0.2)
    await asyncio.sleep(2.0)
    wall = time.time() - time.monotonic()
    async with database.reading() as session:
        query = select(Delivery.platform_id, Delivery.chat, Delivery.created_at).where(
            Delivery.platform == "telegram", Delivery.platform_id != ""
        )
        owed: dict[tuple[str, str], datetime] = {
            (row.chat.partition(":")[2], row.platform_id): row.created_at
            for row in await session.execute(query)
        }
    calls = [row for row in scene.telegram.record[since:] if row.method == "sendMessage"]
    return [(row.at + wall - owed[str(row.chat), str(row.message)].timestamp()) * 1_000
            for row in calls if (str(row.chat), str(row.message)) in owed]  # fmt: skip


async def while_planning(scene: Scene, database: Database) -> tuple[list[float], float]:
    """Commands at 20 a second while 100,000 rows are planned; and how long that took."""
    async with database.transaction() as (session, now):
        await due_work.put(session, [Work("bench.plan", "bench.plan", now, payload={"cursor": 0})])
    began, times = time.monotonic(), []
    async with subject(scene, "bot"):
        while time.monotonic() - began < PLAN_TIMEOUT:
            times += await at_rate(scene.command, 20, 40)
            async with database.reading() as session:
                planned = select(func.count()).where(Delivery.key.like("planned:%"))
                if await session.scalar(planned) == 100_000:
                    return times, time.monotonic() - began
    raise SystemExit("the rows were not planned in time")


async def people_have_buttons(scene: Scene, database: Database) -> None:
    """Each person sees a message of the bot's with a button."""
    config = await adopt(database, load(ROOT / "liaison.toml"), "benchmark")
    async with database.transaction() as (session, now):
        for person in scene.people:
            message = Message((Part("Press", (Button("Probe", "bench.press", "1"),)),))
            await outbox.owe(Turn(session, now, config), Address("telegram", str(person)), message,
                             key=f"bench:{person}", subject="bench", cls=Class.TICKET)  # fmt: skip


async def until_shown(scene: Scene) -> None:
    async with asyncio.timeout(60):
        for person in scene.people:
            while not any(  # noqa: ASYNC110 - the emulator announces it nowhere
                m.body.get("reply_markup") for m in scene.telegram.messages(person)
            ):
                await asyncio.sleep(0.05)


def memory(process: asyncio.subprocess.Process) -> float:
    """Resident megabytes."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1_000_000


async def main(quick: bool) -> None:
    seconds, sends = (2, 10) if quick else (15, 60)
    async with staged() as scene:
        for person in scene.people:
            await scene.telegram.start(person)
        async with subject(scene, "bare"):
            await until_shown(scene)
            bare = await acks(scene, seconds)
    async with staged() as scene:
        await upgrade(scene.database_url)
        database = Database(scene.database_url, Clock())
        for person in scene.people:
            await scene.telegram.start(person)
        await people_have_buttons(scene, database)
        async with subject(scene, "bot") as process:
            await until_shown(scene)
            await asyncio.sleep(3)
            idle = memory(process)
            ours = await acks(scene, seconds)
            sent = await commit_to_send(scene, database, sends)
        report(bare, ours, sent, idle)
        planning, took = await while_planning(scene, database)
        say(f"command while 100,000 rows are planned in {took:.0f} s", planning)
        await database.close()


def report(
    bare: dict[tuple[str, int], list[float]], ours: dict[tuple[str, int], list[float]],
    sent: list[float], idle: float,
) -> None:  # fmt: skip
    print("\nTo the ack; ratios are p50 / p99 to the bare handler of this run")
    for what, rate in ours:
        say(f"{what}, {rate}/s, bare", bare[what, rate])
        say(f"{what}, {rate}/s, with commit", ours[what, rate], bare[what, rate])
    say("commit to send, idle queue (goal p99 50)", sent)
    print(f"bot's memory, idle: {idle:.0f} MB (goal 120)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a sanity check in half a minute")
    asyncio.run(main(parser.parse_args().quick))
