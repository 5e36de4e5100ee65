"""The queue of updates: sequential ids, sticky allowed_updates, long poll, offset confirms."""

import asyncio
import time
from collections import deque

from sandbox.faults import Faults
from sandbox.telegram.errors import ApiError, conflict
from sandbox.telegram.world import Json

ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
CONFLICT_PAUSE = 3.0  # further conflicts are answered no faster than this
MAX_POLL = 50
FIRST_UPDATE = 100_000_000
TERMINATED = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


class Feed:
    """Updates stay until an offset above them, or the webhook's 2xx, confirms them."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.pending: deque[Json] = deque()
        self.again: list[Json] = []  # redelivered once although confirmed
        self.allowed: frozenset[str] | None = None
        self.next_id = FIRST_UPDATE
        self.confirmed = 0
        self.arrived = asyncio.Event()
        self._redeliver: set[int] = set()
        self._held: tuple[str, Json] | None = None
        self._poll: asyncio.Future[None] | None = None
        self._next_conflict = 0.0

    def allow(self, kinds: list[str] | None) -> None:
        """None keeps the setting, an empty list is the default again."""
        if kinds is not None:
            self.allowed = frozenset(str(k) for k in kinds) or None

    def wants(self, kind: str) -> bool:
        return kind not in ONLY_WHEN_ASKED if self.allowed is None else kind in self.allowed

    def put(self, kind: str, payload: Json) -> None:
        if not self.wants(kind):
            return
        reorder = None if self._held else self.faults.take("event", "reorder")
        if reorder:
            self._held = (kind, payload)
            asyncio.get_running_loop().call_later(reorder.seconds, self._release)
            return
        self._queue(kind, payload)
        self._release()

    def _release(self) -> None:
        if self._held:
            held, self._held = self._held, None
            self._queue(*held)

    def _queue(self, kind: str, payload: Json) -> None:
        twice = kind == "message" and self.faults.take("event", "new_event_id")
        for _ in range(2 if twice else 1):
            self.pending.append({"update_id": self.next_id, kind: payload})
            self.next_id += 1
        if self.faults.take("event", "redeliver"):
            self._redeliver.add(self.next_id - 1)
        self.arrived.set()
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    def confirm(self, offset: int) -> None:
        """Forget everything below `offset`; negative: all but the last -offset."""
        if offset < 0:
            while len(self.pending) > -offset:
                self._done(self.pending.popleft())
        while self.pending and self.pending[0]["update_id"] < offset:
            self._done(self.pending.popleft())

    def _done(self, update: Json) -> None:
        self.confirmed += 1
        if update["update_id"] in self._redeliver:
            self._redeliver.discard(update["update_id"])
            self.again.append(update)

    async def get(self, offset: int, limit: int, timeout: int) -> list[Json]:  # noqa: ASYNC109 - the Bot API's word
        self.terminate(conflict(TERMINATED))
        self.confirm(offset)
        if not self.pending and not self.again and timeout > 0:
            await self._wait(min(timeout, MAX_POLL))
        again, self.again = self.again[:limit], self.again[limit:]
        return [*again, *list(self.pending)[: limit - len(again)]]

    async def _wait(self, seconds: float) -> None:
        waiter = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return
        except ApiError:
            await self._pause()
            raise
        finally:
            if self._poll is waiter:
                self._poll = None

    async def _pause(self) -> None:
        now = time.monotonic()
        if now < self._next_conflict:
            await asyncio.sleep(CONFLICT_PAUSE)
        else:
            self._next_conflict = now + CONFLICT_PAUSE

    def terminate(self, error: ApiError | None) -> None:
        """End a waiting poll: with 409 for a second poller or a webhook, empty when we stop."""
        if self._poll and not self._poll.done():
            if error is None:
                self._poll.set_result(None)
            else:
                self._poll.set_exception(error)

    def dump(self) -> Json:
        return {
            "pending": list(self.pending),
            "next_id": self.next_id,
            "allowed": None if self.allowed is None else sorted(self.allowed),
        }

    def load(self, data: Json) -> None:
        self.pending = deque(data["pending"])
        self.next_id = data["next_id"]
        self.allowed = None if data["allowed"] is None else frozenset(data["allowed"])
        if self.pending:
            self.arrived.set()
