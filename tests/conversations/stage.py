"""A stage for conversations: both emulated platforms and the real bot, in one event loop."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import update
from starlette.applications import Starlette

from bot.app import App
from bot.clock import Clock
from bot.config import Config, Environment, load
from bot.control import TimeMachine
from bot.pace import Pace
from bot.turn import Turn
from sandbox.clock import SandboxClock
from sandbox.journal import Entry, Journal
from sandbox.slack.emulator import SlackEmulator
from sandbox.slack.play_talk import Upload
from sandbox.telegram.emulator import TelegramEmulator
from sandbox.world import build
from storage.db import Database
from storage.models_delivery import Held

ROOT = Path(__file__).parents[2]
THURSDAY = datetime.fromisoformat("2026-12-03T09:12:00+01:00")  # MOMENTS A: 16:12 in Shenzhen
WITHIN = 15.0  # seconds for something to appear, on a busy machine; it is there in well under one
SETTLED = 60.0  # seconds for all that was said to be heard


def unpaced() -> Pace:
    return Pace(gap=0.0, permits=1_000)


class Stage:
    """The world (sandbox/demo), the bot, and the time machine."""

    def __init__(self, app: App, slack: SlackEmulator, telegram: TelegramEmulator,
                 journal: Journal, clock: SandboxClock) -> None:  # fmt: skip
        self.app, self.slack, self.telegram, self.journal = app, slack, telegram, journal
        self.mark = -1  # the last journal entry before the latest act of anybody
        self._clock = clock

    async def _follow(self, offset: float) -> None:
        self._clock.shift_to(timedelta(seconds=offset))

    def manager(self, name: str) -> "SlackPerson":
        """One of ours by name: "Lin"."""
        return SlackPerson(self, f"U0{name.upper()}")

    def slack_person(self, user_id: str) -> "SlackPerson":
        return SlackPerson(self, user_id)

    def telegram_person(self, name: str) -> "TelegramPerson":
        """A Telegram person by full name: "Jo Weber"."""
        for person in self.telegram.world.people.values():
            if name in (f"{person.first_name} {person.last_name}".strip(), person.first_name):
                return TelegramPerson(self, person.id)
        raise LookupError(name)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """A transaction, for factories and for looking at rows."""
        async with self.app.database.transaction() as (session, now):
            yield Turn(session, now, self.app.config)

    @property
    def machine(self) -> TimeMachine:
        """Of the bot that runs now: a test may have restarted it."""
        return TimeMachine(self.app, self._follow)

    async def settle(self) -> None:
        """Wait until all was heard, and the bot has nothing to do and nothing to send."""
        await asyncio.sleep(0.02)
        async with asyncio.timeout(SETTLED):
            while self.telegram.feed.pending:
                await asyncio.sleep(0.01)
        await self.slack.delivery.idle(SETTLED)
        await self.machine.settle()

    async def later(self, **how: float) -> None:
        """Business time moves on: later(hours=1)."""
        self.mark = len(self.journal.entries) - 1
        await self.machine.move(self.app.clock.now() + timedelta(**how))

    async def until(self, moment: str) -> None:
        """Business time moves to an ISO instant with its offset."""
        self.mark = len(self.journal.entries) - 1
        await self.machine.move(datetime.fromisoformat(moment))

    async def outage(self, *, hours: float, clean: bool = True) -> None:
        """The bot stops, is off for a while, and starts again on the same database."""
        old, off = self.app, timedelta(hours=hours)
        await old.stop()
        database = Database(old.environment.database_url, old.clock)
        async with database.marking() as session:
            seen = old.clock.real() - off
            await session.execute(update(Held).values(seen_at=seen, clean=clean))
        await database.close()
        old.clock.advance(off)
        self._clock.shift_to(old.clock.offset)
        self.app = App(old.environment, load(ROOT / "liaison.toml"), old.clock, pace=unpaced)
        self.mark = len(self.journal.entries) - 1
        await self.app.start()

    def acted(self) -> None:
        self.mark = len(self.journal.entries) - 1


class _Person:
    platform = ""

    def __init__(self, stage: Stage, id: str) -> None:
        self.stage, self.id = stage, id

    def _entries(self, after: int) -> list[Entry]:
        entries = self.stage.journal.entries[after + 1 :]
        return [e for e in entries if e.platform == self.platform and self.id in e.readers]

    async def sees(self, *words: str, room: str | None = None, kind: str = "",
                   buttons: tuple[str, ...] | None = None) -> Entry:  # fmt: skip
        """The first thing on their screen since the last act that has all these words."""

        def matches(entry: Entry) -> bool:
            return (
                entry.platform == self.platform and self.id in entry.readers
                and all(word in entry.text for word in words)
                and (room is None or entry.room == room) and (not kind or entry.kind == kind)
                and (buttons is None or entry.buttons == buttons)
            )  # fmt: skip

        try:
            return await self.stage.journal.wait_for(matches, after=self.stage.mark, within=WITHIN)
        except TimeoutError:
            shown = "\n".join(_shown(e) for e in self._entries(self.stage.mark)) or "(nothing)"
            raise AssertionError(f"{self.id} does not see {words}; but:\n{shown}") from None

    async def sees_nothing(self, *words: str) -> None:
        """Once everything has settled: nothing with these words (nothing at all without words)."""
        await self.stage.settle()
        for entry in self._entries(self.stage.mark):
            if all(word in entry.text for word in words) and entry.by_bot:
                raise AssertionError(f"{self.id} should not see:\n{_shown(entry)}")

    def screen(self, room: str | None = None) -> list[Entry]:
        """What stands on the screen now: the last state of each message, oldest first."""
        latest: dict[tuple[str, str], Entry] = {}
        for entry in self._entries(-1):
            if entry.kind in ("new", "edit", "delete") and room in (None, entry.room):
                latest[entry.room, entry.message] = entry
        return [entry for entry in latest.values() if entry.kind != "delete"]

    def showing(self, label: str, where: Callable[[Entry], bool] = lambda _: True) -> Entry:
        """The newest message that still has a button with this label."""
        for entry in sorted(self.screen(), key=lambda e: e.seq, reverse=True):
            if label in entry.buttons and where(entry):
                return entry
        shown = "\n".join(_shown(e) for e in self.screen())
        raise AssertionError(f"{self.id} has no button {label!r}:\n{shown}")


class SlackPerson(_Person):
    platform = "slack"

    async def types(self, text: str, room: str = "C0TEAM", thread: str | None = None) -> Any:
        """A slash command, or a message."""
        self.stage.acted()
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return await self.stage.slack.command(self.id, room, command, rest, thread_ts=thread)
        return await self.stage.slack.post(self.id, room, text, thread_ts=thread)

    async def sends_photo(
        self, room: str, name: str, data: bytes, thread: str | None = None, text: str = ""
    ) -> Any:
        self.stage.acted()
        upload = Upload(name, data, "image/png")
        return await self.stage.slack.post(self.id, room, text, thread_ts=thread, files=[upload])

    async def presses(self, label: str, entry: Entry | None = None) -> Any:
        """The newest button of that label, or the one on `entry`."""
        on = entry or self.showing(label)
        self.stage.acted()
        return await self.stage.slack.press(self.id, on.room, on.message, label=label)

    async def fills(self, **values: Any) -> Any:
        """Send the open modal with these values."""
        self.stage.acted()
        return await self.stage.slack.submit_modal(self.id, values)

    async def uses(self, shortcut: str, room: str, message: str) -> Any:
        """A shortcut on a message."""
        self.stage.acted()
        return await self.stage.slack.shortcut(self.id, shortcut, message=(room, message))

    async def opens_home(self) -> Any:
        self.stage.acted()
        return await self.stage.slack.home(self.id)


class TelegramPerson(_Person):
    platform = "telegram"

    def __init__(self, stage: Stage, id: int) -> None:
        super().__init__(stage, str(id))
        self.number = id

    async def opens(self, link: str, group: int | None = None) -> Any:
        """Open a t.me link and press Start, or add the bot to `group`."""
        self.stage.acted()
        if group is None:
            return await self.stage.telegram.open_link(self.number, link)
        return await self.stage.telegram.open_link(self.number, link, group)

    async def starts(self) -> Any:
        self.stage.acted()
        return await self.stage.telegram.start(self.number)

    async def writes(self, text: str, chat: int | None = None, **how: Any) -> Any:
        """In the private chat with the bot, or in a group."""
        self.stage.acted()
        return await self.stage.telegram.write(self.number, chat or self.number, text, **how)

    async def sends_photo(self, data: bytes, caption: str = "", chat: int | None = None) -> Any:
        self.stage.acted()
        return await self.stage.telegram.photo(self.number, chat or self.number, data, caption)

    async def presses(self, label: str, entry: Entry | None = None) -> str | None:
        """The newest button of that label; returns the toast."""
        on = entry or self.showing(label)
        self.stage.acted()
        return await self.stage.telegram.press(self.number, int(on.room), int(on.message), label)

    async def forges(self, data: str, entry: Entry) -> str:
        """A changed client sends what it likes as the press of a button; returns the toast."""
        self.stage.acted()
        shown = self.stage.telegram.messages(int(entry.room))
        message = next(one for one in shown if one.id == int(entry.message))
        return await self.stage.telegram.core.open_query(self.number, message, data).answer


def link_in(text: str) -> str:
    """The t.me link in a message."""
    found = re.search(r"https://t\.me/\S+", text)
    assert found, f"no link in {text!r}"
    return found[0]


def _shown(entry: Entry) -> str:
    buttons = list(entry.buttons)
    return f"[{entry.kind} in {entry.room or '-'}] {entry.author}: {entry.text} {buttons}"


@asynccontextmanager
async def staged(database_url: str, start: datetime = THURSDAY, *, privacy: bool = False,
                 changed: Callable[[Config], Config] = lambda config: config
                 ) -> AsyncIterator[Stage]:  # fmt: skip
    """The stage, with business time at `start`, on settings as `changed` makes them."""
    offset = start - Clock().real()
    clock, journal = SandboxClock(offset), Journal()
    async with _served() as (server, base_url):
        slack = SlackEmulator(clock, journal, base_url)
        telegram = TelegramEmulator(clock, journal, base_url, privacy=privacy)
        build(slack, telegram)
        server.config.app.router.routes.extend([*slack.routes(), *telegram.routes()])  # type: ignore[union-attr]
        environment = Environment(
            slack_bot_token=slack.app.bot_token, slack_app_token=slack.app.app_token,
            slack_api_url=f"{base_url}/slack/api/", telegram_bot_token=telegram.bot.token,
            telegram_api_url=telegram.api_url, database_url=database_url,
        )  # fmt: skip
        config = changed(load(ROOT / "liaison.toml"))
        app = App(environment, config, Clock(offset), pace=unpaced)
        stage = Stage(app, slack, telegram, journal, clock)
        await app.start()
        try:
            yield stage
        finally:
            await stage.app.stop()  # a test may have restarted it
            await telegram.close()


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[uvicorn.Server, str]]:
    config = uvicorn.Config(Starlette(), host="127.0.0.1", port=0, log_level="warning",
                            lifespan="off", ws="websockets-sansio")  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield server, f"http://127.0.0.1:{port}"
    finally:  # at once: uvicorn's own way out takes up to 0.2 s
        for listener in server.servers:
            listener.close()
        for connection in [*server.server_state.connections]:
            connection.shutdown()
        task.cancel()
        await asyncio.gather(task, *server.server_state.tasks, return_exceptions=True)
