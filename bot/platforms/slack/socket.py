"""Socket Mode with our own door, and a watchdog that replaces a socket which went deaf."""

import asyncio
import contextlib
import logging
import re
import time

from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
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

_TICKET = re.compile(r"ticket=[^&'\"\s]+")

LINES = 2  # of the ten sockets an app may have, so five replicas at most
PING = 5  # seconds; the SDK gives a socket up after four of them
DEAF = 25  # seconds without a greeted, answering socket before we replace the client
LOOK = 5  # seconds between looks: noticed within 60 s in the worst case


class _NoTicket(logging.Filter):
    """A socket's address lets its holder listen: the SDK's log entries go without it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TICKET.sub("ticket=…", record.getMessage()), ()
        record.exc_info = None  # its text holds the address too
        return True


sdk_log = logging.getLogger("slack_sdk.socket_mode")
sdk_log.addFilter(_NoTicket())


class Client(SocketModeClient):
    """The SDK's client, which would drop a fresh socket after goodbye and close of the old."""

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        asked_on = self.current_session
        if force and self.connect_operation_lock.locked():
            async with self.connect_operation_lock:
                force = self.current_session is asked_on
        await super().connect_to_new_endpoint(force)


class Handler(AsyncBaseSocketModeHandler):
    """Bolt's handler, but requests and malformed envelopes go through our door."""

    def __init__(self, settings: SlackSettings, client: SlackClient, door: SlackDoor) -> None:
        self.door = door
        self.active = 0
        self.greeted: object = None  # the session that said hello
        self.app = door.app
        self.client: SocketModeClient = Client(
            settings.app_token,
            logger=sdk_log,
            web_client=client.web,
            proxy=client.proxy,
            ping_interval=PING,
        )
        self.client.proxy = client.proxy  # the SDK would take one from the environment
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]
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
    """Several sockets: while one is refreshed, which leaves a gap, Slack uses another."""

    def __init__(self, settings: SlackSettings, client: SlackClient, door: SlackDoor) -> None:
        self._lines = [Line(settings, client, door) for _ in range(LINES)]

    async def start(self) -> None:
        """Raises a delivery error when Slack refuses the app token."""
        for line in self._lines:
            await line.start()

    async def stop(self) -> None:
        await asyncio.gather(*(line.stop() for line in self._lines))


class Line:
    """One live socket, replaced as a whole when the SDK cannot mend it (bolt-python#1529)."""

    def __init__(self, settings: SlackSettings, client: SlackClient, door: SlackDoor) -> None:
        self._settings, self._client, self._door = settings, client, door
        self._handler: Handler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Does nothing when started before: a second attempt after a delivery error goes on."""
        if self._watching is not None:
            return
        opened = await self._client.call(
            "apps_connections_open", reading=True, app_token=self._settings.app_token
        )
        self._handler = Handler(self._settings, self._client, self._door)
        self._handler.client.wss_uri = opened["url"]
        self._connecting = asyncio.create_task(self._handler.connect())
        await asyncio.wait([self._connecting], timeout=DEAF)
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        for task in (self._watching, self._connecting):
            if task is not None:
                task.cancel()
        if self._handler is not None:
            await self._handler.finish()

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
        old, self._handler = self._handler, Handler(self._settings, self._client, self._door)
        if self._connecting is not None:
            self._connecting.cancel()
        self._connecting = asyncio.create_task(self._handler.connect())
        if old is not None:
            await old.finish()


def _is_request(message: Raw) -> bool:
    """The SDK reads it and calls `handle`."""
    return isinstance(message.get("type"), str) and isinstance(message.get("payload"), dict | str)
