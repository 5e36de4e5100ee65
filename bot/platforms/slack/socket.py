"""Socket Mode with our own door, and a watchdog that replaces a socket which went deaf."""

import asyncio
import contextlib
import logging
import time

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.clock import monotonic, pause
from bot.platforms.slack.client import SlackClient, SlackSettings
from bot.platforms.slack.door import SlackDoor
from bot.platforms.slack.inbound import Unreadable
from bot.platforms.slack.payload import Raw

log = logging.getLogger(__name__)

PING = 5  # seconds; the SDK gives a socket up after four of them
DEAF = 25  # seconds without a greeted, answering socket before we replace the client
LOOK = 5  # seconds between looks: noticed within 60 s in the worst case


class Handler(AsyncSocketModeHandler):
    """Bolt's handler, but requests and malformed envelopes go through our door."""

    def __init__(self, settings: SlackSettings, client: SlackClient, door: SlackDoor) -> None:
        self.door = door
        self.active = 0
        self.greeted: object = None  # the session that said hello
        super().__init__(
            app=door.app,
            app_token=settings.app_token,
            web_client=client.web,
            proxy=client.proxy,
            ping_interval=PING,
        )
        self.client.proxy = client.proxy  # the SDK would take one from the environment
        self.client.message_listeners.append(self.look)  # type: ignore[arg-type]

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        started = time.time()  # noqa: TID251 - Bolt's helper logs how long it took
        self.active += 1
        try:
            response = await self.door.take_socket(req.payload, build_headers(req) or {})
            await send_async_response(client, req, response, started)
        finally:
            self.active -= 1

    async def look(self, client: SocketModeClient, message: Raw, raw: str | None) -> None:
        """What the SDK does not hand to `handle`: hello, and envelopes it cannot read."""
        if message.get("type") == "hello":
            self.greeted = client.current_session
        envelope = message.get("envelope_id")
        if not isinstance(envelope, str) or _is_request(message):
            return
        await self.door.set_aside(raw or "", Unreadable("not an envelope"))
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=envelope))

    async def is_well(self) -> bool:
        """Connected, answering pings, and greeted: an established socket may still be deaf."""
        connected = await self.client.is_connected()
        return connected and self.greeted is self.client.current_session

    async def connect(self) -> None:
        """Returns when connected; the SDK tries again until then."""
        await self.connect_async()  # type: ignore[no-untyped-call]

    async def finish(self) -> None:
        """Acknowledge what is under way, then hang up."""
        deadline = monotonic() + 5
        while self.active and monotonic() < deadline:
            await pause(0.02)
        with contextlib.suppress(Exception):
            await self.close_async()  # type: ignore[no-untyped-call]


class Sockets:
    """One live socket, replaced as a whole when the SDK cannot mend it (bolt-python#1529)."""

    def __init__(self, settings: SlackSettings, client: SlackClient, door: SlackDoor) -> None:
        self._settings, self._client, self._door = settings, client, door
        self._handler: Handler | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises a delivery error when Slack refuses the app token."""
        opened = await self._client.call(
            "apps_connections_open", reading=True, app_token=self._settings.app_token
        )
        self._handler = self._make()
        self._handler.client.wss_uri = opened["url"]
        self._tasks = [asyncio.create_task(self._handler.connect())]
        await asyncio.wait(self._tasks, timeout=DEAF)
        self._tasks.append(asyncio.create_task(self._watch()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._handler is not None:
            await self._handler.finish()

    def _make(self) -> Handler:
        return Handler(self._settings, self._client, self._door)

    async def _watch(self) -> None:
        well_at = monotonic()
        while True:
            await pause(LOOK)
            try:
                if self._handler is not None and await self._handler.is_well():
                    well_at = monotonic()
                elif monotonic() - well_at > DEAF:
                    log.warning("Slack's socket is deaf for %s s: opening a new one", DEAF)
                    well_at = monotonic()
                    await self._replace()
            except Exception:
                log.exception("the watchdog of Slack's socket stumbled and goes on")

    async def _replace(self) -> None:
        old, self._handler = self._handler, self._make()
        self._tasks[0].cancel()
        if old is not None:
            await old.finish()
        self._tasks[0] = asyncio.create_task(self._handler.connect())


def _is_request(message: Raw) -> bool:
    """The SDK reads it and calls `handle`."""
    return isinstance(message.get("type"), str) and isinstance(message.get("payload"), dict | str)
