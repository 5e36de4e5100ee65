"""The small Slack world of these tests: people, rooms, a recording door and parcels to send."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.chat import Address, Choice, Direct, Event, File, Message, Part
from bot.clock import Clock, pause
from bot.outbox import Parcel
from bot.platforms.slack.app import SlackPlatform, SlackSettings
from sandbox.journal import Entry
from sandbox.slack import SlackEmulator
from sandbox.slack.world import Channel, User

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


async def serve(app: Any) -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    """Run an ASGI app on a free port of this machine, in this event loop."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    return server, task, server.servers[0].sockets[0].getsockname()[1]


async def until(true: Callable[[], bool], within: float = 5.0) -> None:
    """Wait for something that announces itself nowhere."""
    async with asyncio.timeout(within):
        while not true():
            await pause(0.005)


@dataclass
class RecordingDoor:
    """A Door that keeps every event and answers with what the test prepared."""

    events: list[Event] = field(default_factory=list)
    aside: list[tuple[str, str, Exception]] = field(default_factory=list)
    answer: Direct = field(default_factory=Direct)
    choices: list[Choice] = field(default_factory=list)
    broken: Exception | None = None

    async def handle(self, event: Event, raw: str) -> Direct:
        assert isinstance(raw, str)
        if self.broken is not None:
            raise self.broken
        self.events.append(event)
        return self.answer

    async def options(self, event: Event) -> list[Choice]:
        self.events.append(event)
        return self.choices

    async def set_aside(self, platform: str, key: str, raw: str, error: Exception) -> str:
        assert platform == "slack"
        if self.broken is not None:
            raise self.broken
        self.aside.append((key, raw, error))
        return f"E-{len(self.aside)}"

    async def next(self, kind: str, within: float = 5.0) -> Event:
        """The last event of this kind, waiting until there is one."""
        await until(lambda: any(e.kind == kind for e in self.events), within)
        return [e for e in self.events if e.kind == kind][-1]


class LateClock(Clock):
    """A clock whose real time can be moved, for waits that are counted in real time."""

    late = timedelta(0)

    def real(self):  # type: ignore[no-untyped-def]
        return super().real() + self.late


@dataclass
class World:
    """Three people of ours, a partner's one, and rooms; the platform is connected by `start`."""

    slack: SlackEmulator
    app: Starlette
    url: str
    lin: User
    bo: User
    jo: User
    general: Channel
    shared: Channel
    door: RecordingDoor = field(default_factory=RecordingDoor)
    clock: LateClock = field(default_factory=LateClock)
    progress: dict[int, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    platform: SlackPlatform | None = None

    @classmethod
    def build(cls, slack: SlackEmulator, app: Starlette, url: str) -> "World":
        nordwind = slack.add_team("Nordwind")
        lin = slack.add_user("lin", "Lin Wei", tz="Asia/Shanghai", locale="zh-CN")
        bo = slack.add_user("bo", "Bo Chen")
        jo = slack.add_user("jo", "Jo Weber", team=nordwind, tz="Europe/Berlin", locale="de-DE")
        general = slack.add_channel("general", members=[lin, bo])
        shared = slack.add_channel("nordwind", members=[lin, jo])
        return cls(slack, app, url, lin, bo, jo, general, shared)

    def settings(self, **changed: str) -> SlackSettings:
        settings = SlackSettings(
            bot_token=self.slack.app.bot_token,
            app_token=self.slack.app.app_token,
            api_url=f"{self.url}/slack/api/",
        )
        return replace(settings, **changed)

    async def start(self, settings: SlackSettings | None = None) -> SlackPlatform:
        self.platform = SlackPlatform(
            settings or self.settings(),
            self.door,
            clock=self.clock,
            fetch=self.fetch,
            save_progress=self.save_progress,
        )
        self.app.router.routes.extend(self.platform.http_routes())
        await self.platform.start()
        if (settings or self.settings()).app_token:
            await until(lambda: self.slack.sockets.connected > 0)
        return self.platform

    async def stop(self) -> None:
        if self.platform is not None:
            await self.platform.stop()
            self.platform = None

    async def fetch(self, file: File) -> bytes:
        return self.blobs[file.source]

    async def save_progress(self, parcel: int, progress: str) -> None:
        self.progress[parcel] = progress

    def seen_by(self, user: User) -> list[Entry]:
        return [entry for entry in self.slack.journal.entries if user.id in entry.readers]

    def parcel(
        self, to: str | Channel | User, html: str = "", *, thread: str | None = None, **more: Any
    ) -> Parcel:
        chat = to if isinstance(to, str) else to.id
        message: Message | None = Message((Part(html),)) if html else None
        given: dict[str, Any] = {
            "id": 1,
            "key": "k:1",
            "address": Address("slack", chat, thread),
            "message": message,
            "question": {},
            "message_id": "",
            "delivery_id": "d-1",
            "started_at": self.clock.real(),
            "progress": "",
        }
        return Parcel(**{**given, **more})


def texts(entries: Iterable[Entry]) -> list[str]:
    return [entry.text for entry in entries]
