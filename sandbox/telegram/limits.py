"""Flood limits: off, or the documented numbers as a token bucket or as a sliding window."""

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Literal

from sandbox.telegram.errors import flood

LimitMode = Literal["off", "bucket", "window"]
OVERALL_PER_SECOND = 30
CHAT_PER_SECOND = 1
GROUP_PER_MINUTE = 20


class Bucket:
    """`size` tokens, refilled evenly over `seconds`."""

    def __init__(self, size: int, seconds: float) -> None:
        self.size, self.rate = size, size / seconds
        self.tokens = float(size)
        self.seen = -math.inf

    def wait(self, now: float, cost: int) -> float:
        if now > self.seen:
            self.tokens = min(self.size, self.tokens + (now - self.seen) * self.rate)
            self.seen = now
        # a cost above the size (an album to one chat) passes on a full bucket and leaves a debt
        missing = min(cost, self.size) - self.tokens
        return max(0.0, missing / self.rate)

    def use(self, cost: int) -> None:
        self.tokens -= cost


class Window:
    """At most `size` in any `seconds`."""

    def __init__(self, size: int, seconds: float) -> None:
        self.size, self.seconds = size, seconds
        self.stamps: deque[float] = deque()
        self.now = 0.0

    def wait(self, now: float, cost: int) -> float:
        self.now = now
        while self.stamps and self.stamps[0] <= now - self.seconds:
            self.stamps.popleft()
        over = len(self.stamps) + min(cost, self.size) - self.size
        return self.stamps[over - 1] + self.seconds - now if over > 0 else 0.0

    def use(self, cost: int) -> None:
        self.stamps.extend([self.now] * cost)


class Limits:
    """Who may post now; `counts` tells how often each limit let through or refused."""

    def __init__(self, mode: LimitMode = "off", now: Callable[[], float] = time.monotonic) -> None:
        self.counts: Counter[str] = Counter()
        self._now = now
        self.set_mode(mode)

    def set_mode(self, mode: LimitMode) -> None:
        """Choose the way of counting; what was counted before is forgotten."""
        self.mode = mode
        kind: type[Bucket] | type[Window] = Bucket if mode == "bucket" else Window
        self._overall: Bucket | Window = kind(OVERALL_PER_SECOND, 1)
        self._chat: defaultdict[int, Bucket | Window] = defaultdict(
            lambda: kind(CHAT_PER_SECOND, 1)
        )
        self._group: defaultdict[int, Bucket | Window] = defaultdict(
            lambda: kind(GROUP_PER_MINUTE, 60)
        )

    def take(self, chat: int, cost: int = 1, *, edit: bool = False) -> None:
        """Count `cost` messages to `chat`, or refuse with 429 and the seconds to wait.

        Edits count for the bot and for the group, not for "one message a second in a chat".
        """
        if self.mode == "off":
            self.counts["allowed"] += cost
            return
        now = self._now()
        applying = {"overall": self._overall}
        if not edit:
            applying["chat"] = self._chat[chat]
        if chat < 0:
            applying["group"] = self._group[chat]
        waits = {name: limit.wait(now, cost) for name, limit in applying.items()}
        longest = max(waits, key=lambda name: waits[name])
        if waits[longest] > 1e-9:
            self.counts[f"refused_{longest}"] += 1
            raise flood(max(1, math.ceil(waits[longest])))
        for limit in applying.values():
            limit.use(cost)
        self.counts["allowed"] += cost
