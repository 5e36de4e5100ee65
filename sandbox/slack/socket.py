"""Socket Mode: up to ten WebSockets, each payload to one of them, acked by envelope_id."""

import asyncio
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.faults import Faults
from sandbox.slack.core import Timing
from sandbox.slack.delivery import NotDelivered, Parcel
from sandbox.slack.world import Raw

MAX_SOCKETS = 10
TICKET_SECONDS = 30.0  # Slack's URLs are good for one connection soon after they were given


@dataclass(eq=False)
class _Line:
    """One connected socket: what is to be sent, what waits for its ack."""

    outgoing: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    waiting: dict[str, asyncio.Future[Raw | None]] = field(default_factory=dict)
    taking: bool = True

    def hang_up(self, reason: str) -> None:
        self.taking = False
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(NotDelivered(reason))
        self.waiting.clear()


class Sockets:
    """The Transport for Socket Mode."""

    def __init__(self, app_id: str, base_url: str, timing: Timing, faults: Faults) -> None:
        self.arrived = asyncio.Event()
        self._app_id, self._base_url = app_id, base_url
        self._timing, self._faults = timing, faults
        self._tickets: dict[str, float] = {}
        self._lines: list[_Line] = []
        self._turn = itertools.count()

    @property
    def connected(self) -> int:
        return len(self._lines)

    def open_url(self) -> str:
        """What apps.connections.open answers."""
        ticket = secrets.token_urlsafe(18)
        self._tickets[ticket] = asyncio.get_running_loop().time()
        base = self._base_url.replace("http", "ws", 1)
        return f"{base}/slack/socket?ticket={ticket}&app_id={self._app_id}"

    async def carry(self, parcel: Parcel) -> Raw | None:
        """To any one socket; NotDelivered when there is none, no ack in time, or it broke."""
        fault = self._faults.take("socket", "disconnect", "refresh") if self._lines else None
        if fault is not None:
            self.disconnect(warn=fault.kind == "refresh")
        line = self._next_line()
        if line is None:
            raise NotDelivered("connection_failed")
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Raw | None] = asyncio.get_running_loop().create_future()
        line.waiting[envelope_id] = future
        line.outgoing.put_nowait(_envelope(envelope_id, parcel))
        try:
            async with asyncio.timeout(self._timing.ack):
                return await future
        except TimeoutError:
            raise NotDelivered("timeout") from None
        finally:
            line.waiting.pop(envelope_id, None)

    def _next_line(self) -> _Line | None:
        free = [line for line in self._lines if line.taking]
        return free[next(self._turn) % len(free)] if free else None

    def disconnect(self, *, warn: bool = False, everyone: bool = False) -> None:
        """Drop one socket (or all): without a word, or with Slack's refresh request first."""
        for line in list(self._lines if everyone else self._lines[:1]):
            if warn:
                line.outgoing.put_nowait(_goodbye("refresh_requested"))
            line.outgoing.put_nowait(None)
            line.hang_up("connection_failed")
            self._lines.remove(line)

    def warn(self) -> None:
        """Tell every socket that it will be closed soon; they stay open."""
        for line in self._lines:
            line.outgoing.put_nowait(_goodbye("warning"))

    async def close(self) -> None:
        self.disconnect(everyone=True)

    async def endpoint(self, socket: WebSocket) -> None:
        """One connection, from hello to its end."""
        await socket.accept()
        ticket = self._tickets.pop(socket.query_params.get("ticket", ""), None)
        now = asyncio.get_running_loop().time()
        if ticket is None or now - ticket > TICKET_SECONDS:
            await socket.close(4001, "invalid ticket")
            return
        if len(self._lines) >= MAX_SOCKETS:
            await socket.send_text(_goodbye("too_many_websockets"))
            await socket.close()
            return
        await self._serve(socket, _Line())

    async def _serve(self, socket: WebSocket, line: _Line) -> None:
        self._lines.append(line)
        await socket.send_text(self._hello())
        reading = asyncio.create_task(self._read(socket, line))
        writing = asyncio.create_task(self._write(socket, line))
        self.arrived.set()
        self.arrived.clear()
        try:
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            line.hang_up("connection_failed")
            if line in self._lines:
                self._lines.remove(line)
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)
            if socket.client_state is WebSocketState.CONNECTED:
                await _close_quietly(socket)

    async def _read(self, socket: WebSocket, line: _Line) -> None:
        try:
            while True:
                _acknowledge(line, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            return

    async def _write(self, socket: WebSocket, line: _Line) -> None:
        while True:
            text = await line.outgoing.get()
            if text is None:
                await _close_quietly(socket)
                return
            try:
                await socket.send_text(text)
            except (WebSocketDisconnect, RuntimeError):
                return

    def _hello(self) -> str:
        return json.dumps(
            {
                "type": "hello",
                "num_connections": len(self._lines),
                "debug_info": {
                    "host": "applink-sandbox",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
                "connection_info": {"app_id": self._app_id},
            }
        )


async def _close_quietly(socket: WebSocket) -> None:
    try:
        await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        return


def _acknowledge(line: _Line, text: str) -> None:
    try:
        message = json.loads(text)
    except ValueError:
        return
    future = (
        line.waiting.get(message.get("envelope_id", "")) if isinstance(message, dict) else None
    )
    if future is not None and not future.done():
        payload = message.get("payload")
        future.set_result(payload if isinstance(payload, dict) else None)


def _envelope(envelope_id: str, parcel: Parcel) -> str:
    envelope: Raw = {
        "envelope_id": envelope_id,
        "payload": parcel.payload,
        "type": parcel.kind,
        "accepts_response_payload": parcel.wants_answer,
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
    return json.dumps(envelope)


def _goodbye(reason: str) -> str:
    return json.dumps(
        {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}
    )
