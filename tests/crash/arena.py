"""Both emulated platforms in this process, bots as processes of their own that can be killed."""

import asyncio
import json
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bot.clock import Clock, monotonic, pause
from bot.config import load
from bot.settings import adopt
from sandbox.clock import SandboxClock
from sandbox.journal import Journal
from sandbox.slack.core import Timing
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.world import build
from storage.claims import OPEN_STATES
from storage.db import Database
from storage.models_delivery import Delivery, DueWork
from tests.conversations.stage import _served
from tests.crash.load import PLATFORMS, Load
from tests.crash.wire import Traffic, Wire

ROOT = Path(__file__).parents[2]
ANSWER_DELAY = 0.05  # seconds that the platforms take: so long each call is in flight
SHARE_DELAY = 0.3  # seconds from a file's completion until it stands in the channel
LAST_WORDS = 0.05  # seconds until all is read that the killed had still sent
UP_WITHIN = 30.0  # seconds for a start on a busy machine
UP = "Liaison is up"


class Victim:
    """A bot that lives again and again: `main.py run` in tests/crash/victim.py."""

    def __init__(self, log: Path, environment: Mapping[str, str]) -> None:
        self._log, self._environment = log, environment
        self._nurse: asyncio.subprocess.Process | None = None
        self._ending: asyncio.Task[int] | None = None
        self._pid = self._ups = 0

    async def start(self, **more: str) -> None:
        """Begin; `up` waits until it says that it is up."""
        assert self.dead
        nurse = self._nurse = self._nurse or await self._engage()
        self._ups = self.said(UP)
        assert nurse.stdin is not None
        nurse.stdin.write(f"{json.dumps(more)}\n".encode())
        self._pid = await self._told()
        self._ending = asyncio.create_task(self._told())

    async def up(self) -> bool:
        """False when it killed itself before."""
        async with asyncio.timeout(UP_WITHIN):
            while self.said(UP) == self._ups:
                if self.dead:
                    assert await self.ended() == -signal.SIGKILL, self._log.read_text()[-3_000:]
                    return False
                await pause(0.01)
        return True

    @property
    def dead(self) -> bool:
        return self._ending is None or self._ending.done()

    @property
    def pid(self) -> int:
        return self._pid

    def send(self, number: signal.Signals) -> None:
        if not self.dead:
            with suppress(ProcessLookupError):  # it has killed itself: we are told soon
                os.kill(self._pid, number)

    async def ended(self, within: float = 30.0) -> int:
        """Wait for the end; the exit code."""
        assert self._ending is not None
        return await asyncio.wait_for(asyncio.shield(self._ending), within)

    def said(self, words: str) -> int:
        """How often, in all its lives."""
        return self._log.read_text().count(words) if self._log.exists() else 0

    async def bury(self) -> None:
        """End it for good."""
        if not self.dead:
            self.send(signal.SIGKILL)
            await self.ended()
        if self._nurse is not None and self._nurse.stdin is not None:
            self._nurse.stdin.close()
            await self._nurse.wait()

    async def _engage(self) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.crash.victim", cwd=ROOT, env=self._environment,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip

    async def _told(self) -> int:
        assert self._nurse is not None
        assert self._nurse.stdout is not None
        return int(await self._nurse.stdout.readline())


@dataclass
class Arena:
    """One world, one database, and the bots that come and go."""

    slack: SlackEmulator
    telegram: TelegramEmulator
    database: Database
    folder: Path
    load: Load
    traffic: Traffic
    victims: list[Victim] = field(default_factory=list)

    def victim(self) -> Victim:
        """Another one, not started."""
        made = Victim(self.folder / f"bot{len(self.victims)}.log", self._environment())
        self.victims.append(made)
        return made

    async def claimed(self, platforms: tuple[str, ...] = PLATFORMS) -> int:
        """Rows that the process just killed may have sent and has not recorded the end of."""
        async with self.database.reading() as session:
            query = select(func.count()).where(
                Delivery.state == "sending", Delivery.platform.in_(platforms)
            )
            return int(await session.scalar(query) or 0)

    async def drained(self, within: float) -> None:
        """Until nothing is open on either side."""
        deadline = monotonic() + within
        while (left := await self._open()) or self._unacknowledged():
            assert monotonic() < deadline, f"open: {left}, {self._unacknowledged()} events"
            await pause(0.2)

    def _unacknowledged(self) -> int:
        """Events that a platform has and the bot has not confirmed, delivered or not."""
        return self.slack.delivery.undelivered + len(self.telegram.feed.pending)

    async def _open(self) -> list[str]:
        async with self.database.reading() as session:
            now = self.database.clock.now()
            rows = await session.scalars(select(Delivery).where(Delivery.state.in_(OPEN_STATES)))
            work = await session.scalars(
                select(DueWork).where(
                    DueWork.state == "waiting",
                    (DueWork.due_at <= now) | (DueWork.kind == "probe.decide"),
                )
            )
            return [*(f"{row.key} {row.state} {row.reason} {row.attempts}" for row in rows),
                    *(f"{item.key} {item.error}" for item in work)]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", ""),
            "SLACK_BOT_TOKEN": self.slack.app.bot_token,
            "SLACK_APP_TOKEN": self.slack.app.app_token,
            "SLACK_API_URL": f"{self.slack.base_url}/slack/api/",
            "TELEGRAM_BOT_TOKEN": self.telegram.bot.token,
            "TELEGRAM_API_URL": self.telegram.api_url,
            "DATABASE_URL": self.database.url.render_as_string(hide_password=False),
            "LIAISON_CONFIG": str(ROOT / "liaison.toml"),
        }


@asynccontextmanager
async def arena(database_url: str, folder: Path, seed: int) -> AsyncIterator[Arena]:
    """The world without the bot; its processes are started by the test."""
    clock, journal = SandboxClock(), Journal()
    async with _served() as (server, base_url):
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # the killed hang up
        slack = SlackEmulator(clock, journal, base_url, delay=ANSWER_DELAY,
                              timing=Timing(share=SHARE_DELAY))  # fmt: skip
        telegram = TelegramEmulator(clock, journal, base_url, privacy=False, delay=ANSWER_DELAY)
        build(slack, telegram)
        traffic = Traffic()
        server.config.app.add_middleware(Wire, traffic=traffic)  # type: ignore[union-attr]
        server.config.app.router.routes.extend([*slack.routes(), *telegram.routes()])  # type: ignore[union-attr]
        database = Database(database_url, Clock())
        config = await adopt(database, load(ROOT / "liaison.toml"), "test")
        acts = Load(slack, telegram, database, config, random.Random(seed))  # noqa: S311
        place = Arena(slack, telegram, database, folder, acts, traffic)
        await acts.populate()
        try:
            yield place
        finally:
            for victim in place.victims:
                await victim.bury()
            await database.close()
            await slack.close()
            await telegram.close()
