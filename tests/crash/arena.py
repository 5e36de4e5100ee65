"""Both emulated platforms in this process, the bot as a process of its own that can be killed."""

import asyncio
import logging
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bot import outbox, texts
from bot.chat import Address
from bot.clock import Clock, monotonic, pause
from bot.config import Config, load
from bot.outbox import Class
from bot.settings import adopt
from bot.turn import Turn
from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.world import build
from storage.claims import OPEN_STATES
from storage.db import Database
from storage.models_delivery import Delivery, DueWork
from tests.conversations.stage import _served
from tests.crash.wire import Traffic, Wire

ROOT = Path(__file__).parents[2]
ANSWER_DELAY = 0.05  # seconds that the platforms take: so long each call is in flight
LAST_WORDS = 0.05  # seconds until all is read that the killed had still sent
ROOMS = 12  # Slack channels that are written to
CHATS = 30  # Telegram people who have started the bot
UP_WITHIN = 30.0  # seconds for a start on a busy machine
OURS = ("U0LIN", "U0BO", "U0ANA", "U0MEI", "U0CHEN")


@dataclass
class Load:
    """What was owed and written so far; `chance` decides where and how urgent."""

    chance: random.Random
    owed: int = 0
    slack_said: int = 0
    telegram_said: int = 0


@dataclass
class Arena:
    """One world, one database, one bot that comes and goes."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    database: Database
    config: Config
    url: str
    log: Path
    load: Load
    traffic: Traffic
    rooms: list[str] = field(default_factory=list)
    chats: list[int] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    async def populate(self) -> None:
        """Rooms for the bot to write in, and people who have pressed Start."""
        self.rooms = [
            self.slack.add_channel(f"probe-{n}", members=["U0LIN"]).id for n in range(ROOMS)
        ]
        self.chats = list(self.telegram.world.people)[:CHATS]
        for chat in self.chats:
            await self.telegram.start(chat)
            self.load.telegram_said += 1

    async def start(self) -> None:
        """`main.py run`; returns once it says that it is up."""
        self.traffic.forget()
        ups = self._ups()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "main.py", "run", cwd=ROOT, env=self._environment(),
                stdout=log, stderr=log,
            )  # fmt: skip
        async with asyncio.timeout(UP_WITHIN):
            while self._ups() == ups:
                if self.process.returncode is not None:
                    raise AssertionError(f"the bot ended: {self.log.read_text()[-3_000:]}")
                await pause(0.01)

    async def kill(self) -> tuple[int, int]:
        """kill -9; how many calls were without an answer then, how many events in hand.

        An ack that was sent before the death may not be read yet: it is waited for.
        """
        assert self.process is not None
        self.process.kill()
        calls, events = len(self.traffic.calls), self.traffic.events()
        await self.process.wait()
        await pause(LAST_WORDS)
        return calls, len(events & self.traffic.events())

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(30):
            return await self.process.wait()

    async def owe(self) -> None:
        """Owe one row for each platform through a connection of our own, as a command would."""
        chance = self.load.chance
        async with self.database.transaction() as (session, now):
            turn = Turn(session, now, self.config)
            for chat in (Address("slack", chance.choice(self.rooms)),
                         Address("telegram", str(chance.choice(self.chats)))):  # fmt: skip
                number = self.load.owed
                await outbox.owe(turn, chat, texts.plain_message(f"owed {number}"),
                                 key=f"probe:{number}", subject=f"probe:{number}",
                                 cls=chance.choice(list(Class)))  # fmt: skip
                self.load.owed += 1

    async def write(self) -> None:
        """Somebody of ours writes to the bot in Slack, somebody else in Telegram."""
        chance = self.load.chance
        who = chance.choice(OURS)
        await self.slack.post(who, self.slack.dm(who), f"nosuchword {self.load.slack_said}")
        self.load.slack_said += 1
        person = chance.choice(self.chats)
        await self.telegram.write(person, person, f"/nosuchword {self.load.telegram_said}")
        self.load.telegram_said += 1

    async def claimed(self) -> int:
        """Rows that the process just killed may have sent and has not recorded the end of."""
        async with self.database.reading() as session:
            query = select(func.count()).where(Delivery.state == "sending")
            return int(await session.scalar(query) or 0)

    def unacknowledged(self) -> int:
        """Events that a platform has and the bot has not confirmed, delivered or not."""
        return self.slack.delivery.undelivered + len(self.telegram.feed.pending)

    async def drained(self, within: float) -> None:
        """Until nothing is open on either side."""
        deadline = monotonic() + within
        while (left := await self._open()) or self.unacknowledged():
            assert monotonic() < deadline, f"open: {left}, {self.unacknowledged()} events"
            await pause(0.2)

    async def _open(self) -> list[str]:
        async with self.database.reading() as session:
            rows = await session.scalars(select(Delivery).where(Delivery.state.in_(OPEN_STATES)))
            work = await session.scalars(
                select(DueWork).where(DueWork.state == "waiting", DueWork.due_at <= func.now())
            )
            return [*(f"{row.key} {row.state} {row.reason} {row.attempts}" for row in rows),
                    *(f"{item.key} {item.error}" for item in work)]  # fmt: skip

    def _ups(self) -> int:
        return self.log.read_text().count("Liaison is up") if self.log.exists() else 0

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "SLACK_BOT_TOKEN": self.slack.app.bot_token,
            "SLACK_APP_TOKEN": self.slack.app.app_token,
            "SLACK_API_URL": f"{self.slack.base_url}/slack/api/",
            "TELEGRAM_BOT_TOKEN": self.telegram.bot.token,
            "TELEGRAM_API_URL": self.telegram.api_url,
            "DATABASE_URL": self.url,
            "LIAISON_CONFIG": str(ROOT / "liaison.toml"),
        }


@asynccontextmanager
async def arena(database_url: str, log: Path, seed: int) -> AsyncIterator[Arena]:
    """The world without the bot; it is started by `Arena.start`."""
    clock, journal = SandboxClock(), Journal()
    async with _served() as (server, base_url):
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # the killed hang up
        slack = SlackEmulator(clock, journal, base_url, delay=ANSWER_DELAY)
        telegram = TelegramEmulator(clock, journal, base_url, privacy=False, delay=ANSWER_DELAY)
        build(slack, telegram)
        traffic = Traffic()
        server.config.app.add_middleware(Wire, traffic=traffic)  # type: ignore[union-attr]
        server.config.app.router.routes.extend([*slack.routes(), *telegram.routes()])  # type: ignore[union-attr]
        database = Database(database_url, Clock())
        config = await adopt(database, load(ROOT / "liaison.toml"), "test")
        load_ = Load(random.Random(seed))  # noqa: S311 - not for secrets
        place = Arena(slack, telegram, database, config, database_url, log, load_, traffic)
        await place.populate()
        try:
            yield place
        finally:
            if place.process is not None and place.process.returncode is None:
                await place.kill()
            await database.close()
            await slack.close()
            await telegram.close()
