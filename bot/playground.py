"""`sandbox`: the emulated platforms in one process, the bot in this one, and a page for both."""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import uvicorn

from bot import logs
from bot.app import App
from bot.clock import Clock, new_id, pause
from bot.config import Config, Environment, load
from bot.control import TimeMachine, api, tell_sandbox
from bot.errors import ConfigError
from bot.imports import import_partners
from bot.manifests import slack_manifest
from bot.rules import faults
from storage.upgrade import upgrade

STATE = Path(".sandbox")
READY_WITHIN = 30.0  # seconds for the emulators to answer
TOUR_WITHIN = 120.0  # seconds; the story itself takes well under 60
# What the emulated platforms hand out; they open nothing anywhere else.
SLACK_BOT, SLACK_APP = "xoxb-sandbox", "xapp-sandbox"
TELEGRAM_BOT = "7000000001:AAExampleSandboxTokenOpensNothingAtAll0"
PROJECT = Path(__file__).parent.parent
PARTNERS = PROJECT / "sandbox" / "demo" / "partners.csv"
TOUR_STARTS = datetime.fromisoformat("2026-12-03T15:40:00+08:00")  # a Thursday afternoon in China


@dataclass
class Playground:
    """One run of the sandbox; `start` is where business time begins."""

    port: int
    fresh: bool = False
    tour: bool = False
    start: datetime | None = None

    async def run(self) -> int:
        """Until Ctrl-C, or until the tour is over; the exit code."""
        config = _config()
        if self.tour:
            with tempfile.TemporaryDirectory(prefix="liaison-tour-") as name:
                return await self._play(Path(name), config, _free_port())
        with _alone(STATE):
            _check_free(self.port)
            if self.fresh:
                _empty(STATE)
            return await self._play(STATE, config, self.port)

    async def _play(self, state: Path, config: Config, port: int) -> int:
        logs.configure(level="WARNING")
        if self.tour:  # the platforms end with the story, before the bot does
            logging.disable(logging.ERROR)
        control_port, token = _free_port(), new_id(24)
        url = f"http://127.0.0.1:{port}"
        manifest = state / "manifest.json"
        manifest.write_text(slack_manifest(config, socket=True, url=""), "utf-8")
        control = f"http://127.0.0.1:{control_port}"
        command = ["--port", str(port), "--control", control,
                   f"--token={token}", "--state", str(state),
                   "--manifest", str(manifest)]  # fmt: skip
        if self.tour:
            command.append("--tour")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", *command,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},  # from whatever folder
            start_new_session=True,  # Ctrl-C is for the bot, which then ends the platforms
        )  # fmt: skip
        try:
            await _ready(url, child)
            async with _bot(url, state, config, self._offset(state), control_port, token):
                return await self._until_over(url, child)
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGINT)
            await child.wait()

    def _offset(self, state: Path) -> timedelta:
        kept = state / "clock.json"
        if kept.exists():
            return timedelta(seconds=json.loads(kept.read_text("utf-8"))["offset"])
        start = TOUR_STARTS if self.tour else self.start
        return start - Clock().real() if start is not None else timedelta(0)

    async def _until_over(self, url: str, child: asyncio.subprocess.Process) -> int:
        if self.tour:
            return await asyncio.wait_for(child.wait(), TOUR_WITHIN)
        print(f"\n  Liaison's sandbox is open:  {url}\n  Stop it with Ctrl-C.\n", flush=True)
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        ends = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(child.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        ends[0].cancel()
        return 0 if stop.is_set() else 1


@contextlib.asynccontextmanager
async def _bot(
    url: str, state: Path, config: Config, offset: timedelta, port: int, token: str
) -> AsyncIterator[App]:
    """The bot as `run` starts it, and the control API beside it."""
    database = f"sqlite+aiosqlite:///{state / 'liaison.db'}"
    await upgrade(database)
    environment = Environment(
        slack_bot_token=SLACK_BOT, slack_app_token=SLACK_APP, slack_api_url=f"{url}/slack/api/",
        telegram_bot_token=TELEGRAM_BOT, telegram_api_url=f"{url}/telegram",
        database_url=database,
    )  # fmt: skip
    app = App(environment, config, Clock(offset))
    await tell_sandbox(url)(offset.total_seconds())
    await app.prepare()
    await import_partners(app.database, app.config, PARTNERS)
    await app.start()
    machine = TimeMachine(app, tell_sandbox(url), state / "clock.json")
    settings = uvicorn.Config(api(app, machine, token), host="127.0.0.1", port=port,
                              log_level="warning", access_log=False, lifespan="off")  # fmt: skip
    server = uvicorn.Server(settings)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve())
    try:
        yield app
    finally:
        server.should_exit = True
        await serving
        await app.stop()


async def _ready(url: str, child: asyncio.subprocess.Process) -> None:
    """Wait until the emulators answer; their early end is told by its exit code."""
    async with asyncio.timeout(READY_WITHIN), aiohttp.ClientSession() as client:
        while True:
            if child.returncode is not None:
                raise SystemExit(f"The sandbox ended with code {child.returncode}.")
            with contextlib.suppress(aiohttp.ClientError):
                async with client.get(url) as answer:
                    if answer.status < 500:
                        return
            await pause(0.05)


def _config() -> Config:
    path = os.environ.get("LIAISON_CONFIG", "liaison.toml")
    config = load(Path(path))
    if found := faults(config, path):
        raise ConfigError(found)
    return config


@contextlib.contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Two bots on one folder would take each other's messages: the second one is refused."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        (state / "manifest.json").touch()
        folder = os.open(state, os.O_RDONLY)
    except OSError as error:
        fix = f"it cannot be written ({error.strerror}); go to a folder of your own"
        raise ConfigError([f"{state.absolute()}: {fix}"]) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(folder)
        fix = "a sandbox runs here already; use its page, or stop it with Ctrl-C"
        raise ConfigError([f"{state.absolute()}: {fix}"]) from error
    try:
        yield
    finally:
        os.close(folder)


def _empty(state: Path) -> None:
    """What was played before; the folder itself stays, for it is locked."""
    for kept in state.iterdir():
        shutil.rmtree(kept) if kept.is_dir() else kept.unlink()


def _check_free(port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError as error:
        raise ConfigError([f"--port: {port} cannot be used ({error.strerror}); try another: "
                           f"main.py sandbox --port {port % 65535 + 1}"]) from error  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
