"""What is under way between the platforms and the bot, as seen on the wire, not in our tables."""

import json
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# calls that do
ACTS = ("chat.", "files.", "views.", "reactions.", "send", "edit", "answer", "create", "close")


@dataclass
class Traffic:
    """Calls without an answer, and events that were handed over and not confirmed.

    Calls that only ask (polls, start-up, look-ups) do not count: losing one proves nothing. An
    event counts from its delivery: envelopes written to a socket until their ack, the updates of
    an answered poll until the next poll, which means that the last of them was taken (of a batch
    one is being handled, the others are in memory). What still waits at a platform is a backlog
    and does not count, nor does what is written to the connections of an earlier life.
    """

    calls: set[int] = field(default_factory=set)
    envelopes: set[str] = field(default_factory=set)
    updates: set[int] = field(default_factory=set)
    life: int = 0
    _serial: int = 0

    def events(self) -> set[str]:
        return self.envelopes | {str(number) for number in self.updates}

    def forget(self) -> None:
        """Another life of the bot begins."""
        self.life += 1
        self.calls.clear()
        self.envelopes.clear()
        self.updates.clear()

    def begin(self) -> int:
        self._serial += 1
        self.calls.add(self._serial)
        return self._serial


class Wire:
    """ASGI middleware that keeps `Traffic` true."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app, self._traffic = app, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = str(scope.get("path", "")).rpartition("/")[2].lower()
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        elif method == "getupdates":
            await self._poll(scope, receive, send)
        elif scope["type"] == "http" and method.startswith(ACTS):
            await self._call(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        number = self._traffic.begin()

        async def answer(message: Message) -> None:
            self._traffic.calls.discard(number)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            self._traffic.calls.discard(number)

    async def _poll(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._traffic.updates.clear()
        life = self._traffic.life

        async def answer(message: Message) -> None:
            body = message.get("body") if message["type"] == "http.response.body" else None
            if body and life == self._traffic.life:
                given = json.loads(body).get("result") or []
                self._traffic.updates.update(update["update_id"] for update in given)
            await send(message)

        await self._app(scope, receive, answer)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        life = self._traffic.life

        async def told(message: Message) -> None:
            envelope = _envelope(message)
            await send(message)
            if envelope and life == self._traffic.life:
                self._traffic.envelopes.add(envelope)

        async def heard() -> Message:
            message = await receive()
            self._traffic.envelopes.discard(_envelope(message))
            return message

        await self._app(scope, heard, told)


def _envelope(message: Message) -> str:
    text = message.get("text")
    return str(json.loads(text).get("envelope_id", "")) if text else ""
