"""One application: both platforms, the page, and what the page plays with; its state on disk."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from sandbox.clock import SandboxClock
from sandbox.control import Control, ControlError
from sandbox.journal import Journal
from sandbox.page.live import Live
from sandbox.page.play import Play
from sandbox.page.site import Site
from sandbox.page.stage import Stage
from sandbox.page.time_machine import TimeMachine
from sandbox.slack.emulator import SlackEmulator
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.world import PARTNERS, Cast, build

STATE_FILE = "platforms.json"
SAVE_EVERY = 5.0  # seconds; a crash of the sandbox loses at most this much of the play
RECORD_CAP = 20_000  # rows of the platforms' own account in an interactive run
GRACE = 2  # seconds for open pages and sockets at a stop
BOT_ASKED_EVERY = 1.0  # seconds between questions for the clock until the bot is up


@dataclass(frozen=True)
class Options:
    """How a sandbox is started."""

    base_url: str
    control_url: str = ""
    control_token: str = ""
    state: Path | None = None
    fresh: bool = False
    csv_path: Path = PARTNERS
    manifest: Path | None = None


def create_stage(options: Options) -> Stage:
    """Both platforms with the demo world, or as they were when they were last stopped."""
    clock, journal = SandboxClock(), Journal()
    slack = SlackEmulator(clock, journal, options.base_url, record_cap=RECORD_CAP)
    telegram = TelegramEmulator(
        clock, journal, options.base_url, privacy=False, record_cap=RECORD_CAP
    )
    people = build(slack, telegram, options.csv_path)
    if options.manifest is not None:
        manifest = json.loads(options.manifest.read_text("utf-8"))
        people = install(slack, people, manifest)
    control = None
    if options.control_url:
        control = Control(options.control_url, options.control_token)
    return Stage(clock, journal, slack, telegram, people, options.base_url, control)


def install(slack: SlackEmulator, people: Cast, manifest: Mapping[str, Any]) -> Cast:
    """Install the app as its manifest says: scopes, events, commands, shortcuts."""
    features = manifest.get("features", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot")
    events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events")
    commands = features.get("slash_commands", [])
    if scopes is not None:
        slack.app.scopes = set(scopes)
    if events is not None:
        slack.app.events = set(events)
    slack.app.commands = {one["command"] for one in commands}
    return replace(people, commands=commands, shortcuts=features.get("shortcuts", []))


def create_app(stage: Stage, state: Path | None = None) -> Starlette:
    """The application on one stage; with `state` it is kept on disk while it runs."""
    live = Live(stage)
    time_machine = TimeMachine(stage, live)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        keeper = Keeper(stage, state) if state is not None else None
        if keeper is not None:
            keeper.load()
        tasks = [asyncio.create_task(keeper.run())] if keeper is not None else []
        if stage.control is not None:
            tasks.append(asyncio.create_task(meet_bot(stage.control, time_machine)))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if keeper is not None:
            keeper.save()

    routes = [
        *stage.slack.routes(),
        *stage.telegram.routes(),
        *live.routes(),
        *Play(stage, time_machine).routes(),
        *Site(stage).routes(),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


class Server(uvicorn.Server):
    """Hangs up on the bot before it waits for open requests: a long poll would hold it."""

    def __init__(self, stage: Stage, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stage = stage

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self.stage.slack.close()
        await self.stage.telegram.close()
        await super().shutdown(sockets)


async def meet_bot(control: Control, time_machine: TimeMachine) -> None:
    """Take over the bot's offset once it is up: after a restart its clock may stand ahead."""
    while True:
        try:
            moved = await control.clock()
        except ControlError:
            await asyncio.sleep(BOT_ASKED_EVERY)
            continue
        await time_machine.follow(moved.offset)
        return


class Keeper:
    """Writes both platforms to one file, whole and by rename, when something was said."""

    def __init__(self, stage: Stage, state: Path) -> None:
        self._stage = stage
        self._path = state / STATE_FILE
        self._saved = -1

    def load(self) -> None:
        """Go on from the file; one that cannot be read is kept aside and the world is fresh."""
        if not self._path.exists():
            return
        try:
            data = json.loads(self._path.read_text("utf-8"))
            self._stage.slack.load(data["slack"])
            self._stage.telegram.load(data["telegram"])
        except (ValueError, KeyError, TypeError) as error:
            aside = self._path.with_suffix(".unreadable.json")
            self._path.replace(aside)
            raise StateUnreadable(f"{aside} cannot be read ({error!r}); start again.") from error

    def save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        data = {"slack": self._stage.slack.dump(), "telegram": self._stage.telegram.dump()}
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        draft.replace(self._path)

    async def run(self) -> None:
        """Save whenever the journal grew, every few seconds."""
        while True:
            await asyncio.sleep(SAVE_EVERY)
            grown = len(self._stage.journal.entries)
            if grown != self._saved:
                self.save()
                self._saved = grown


class StateUnreadable(Exception):
    """The state file is broken; the text says where it was put."""


def forget(state: Path) -> None:
    """--fresh: the conversation so far is thrown away."""
    (state / STATE_FILE).unlink(missing_ok=True)


def create(options: Options, host: str, port: int) -> Server:
    """The whole sandbox, ready to run."""
    if options.fresh and options.state is not None:
        forget(options.state)
    stage = create_stage(options)
    config = uvicorn.Config(
        create_app(stage, options.state),
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=GRACE,
        ws="websockets-sansio",
    )
    return Server(stage, config)
