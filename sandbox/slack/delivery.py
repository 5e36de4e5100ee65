"""Carries events and requests to the app: acks within three seconds, retries for events only."""

import asyncio
import copy
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sandbox.faults import Faults
from sandbox.slack.core import Timing
from sandbox.slack.events import new_event_id
from sandbox.slack.world import Raw

ParcelKind = Literal["events_api", "slash_commands", "interactive"]


class NotDelivered(Exception):
    """The app did not take it; the text is Slack's retry reason."""


class NoRetry(NotDelivered):
    """The app answered x-slack-no-retry."""


@dataclass(frozen=True)
class Parcel:
    """One payload on its way; `attempt` counts retries."""

    kind: ParcelKind
    payload: Raw
    wants_answer: bool = False
    attempt: int = 0
    reason: str = ""


class Transport(Protocol):
    """Sockets or HTTP."""

    arrived: asyncio.Event  # set each time somebody new can be reached

    async def carry(self, parcel: Parcel) -> Raw | None:
        """The payload of the ack, or NotDelivered."""
        ...

    async def close(self) -> None: ...


class Delivery:
    """Events are kept until acked; commands, presses and submissions are tried once."""

    def __init__(self, transport: Transport, timing: Timing, faults: Faults) -> None:
        self.transport = transport
        self.undelivered = 0
        self.given_up: list[Raw] = []
        self._timing, self._faults = timing, faults
        self._running: set[asyncio.Task[None]] = set()
        self._held: Raw | None = None
        self._settled = asyncio.Event()
        self._settled.set()

    def event(self, payload: Raw) -> None:
        """Send an event, now or in the order that faults ask for."""
        is_message = payload["event"]["type"] == "message"
        if self._held is not None:
            held, self._held = self._held, None
            self._start(payload)
            self._start(held)
        elif self._faults.take("event", "reorder"):
            self._held = payload
        else:
            self._start(payload)
        if is_message and self._faults.take("event", "new_event_id"):
            again = copy.deepcopy(payload)
            again["event_id"] = new_event_id()
            self._start(again)

    async def request(self, parcel: Parcel) -> Raw | None:
        """One try; the caller shows the person what NotDelivered means for them."""
        return await self.transport.carry(parcel)

    def _count(self, change: int) -> None:
        self.undelivered += change
        if self.undelivered:
            self._settled.clear()
        else:
            self._settled.set()

    def _start(self, payload: Raw) -> None:
        self._count(1)
        twice = self._faults.take("event", "redeliver") is not None
        self.spawn(self._deliver(payload, twice=twice))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run beside everything else until close()."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _deliver(self, payload: Raw, *, twice: bool) -> None:
        reason = ""
        delays = (
            0.0,
            *self._timing.retries,
            *[self._timing.delayed_every] * self._timing.delayed_times,
        )
        for attempt, delay in enumerate(delays):
            await self._pause(delay)
            try:
                await self.transport.carry(
                    Parcel("events_api", payload, attempt=attempt, reason=reason)
                )
            except NoRetry:
                break
            except NotDelivered as problem:
                reason = str(problem)
                continue
            if twice:
                await self._deliver(payload, twice=False)
            else:
                self._count(-1)
            return
        self._count(-1)
        self.given_up.append(payload)

    async def _pause(self, delay: float) -> None:
        if delay <= 0:
            return
        if not self._timing.flush_on_connect:
            await asyncio.sleep(delay)
            return
        try:
            async with asyncio.timeout(delay):
                await self.transport.arrived.wait()
        except TimeoutError:
            pass

    async def idle(self, within: float = 5.0) -> None:
        """Until every event was acked or given up."""
        async with asyncio.timeout(within):
            await self._settled.wait()

    async def close(self) -> None:
        """Stop all sending; for the end of a test or of the process."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.transport.close()
