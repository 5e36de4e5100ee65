"""Slack's rate limits: off, a token bucket or a window of a minute, by real time."""

import json
import math
import time
from collections import Counter, deque
from functools import cache
from pathlib import Path
from typing import Literal

LimitKind = Literal["off", "bucket", "window"]

_PER_MINUTE = {"Tier1": 1, "Tier2": 20, "Tier3": 50, "Tier4": 100}
_SPECIAL_PER_MINUTE = 300  # "hundreds": auth.test, chat.getPermalink
_SMALLEST_BURST = 5  # tiers are "1+", "20+": Slack tolerates a little more


@cache
def _tiers() -> dict[str, str]:
    text = (Path(__file__).parent / "data" / "rate_limit_tiers.json").read_text("utf-8")
    tiers: dict[str, str] = json.loads(text)
    return tiers


class _Bucket:
    def __init__(self, per_second: float, burst: float) -> None:
        self.per_second, self.burst = per_second, burst
        self.left, self.at = burst, time.monotonic()

    def wait(self, now: float) -> float:
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / self.per_second

    def take(self, _now: float) -> None:
        self.left -= 1


class _Window:
    def __init__(self, seconds: float, most: int) -> None:
        self.seconds, self.most = seconds, most
        self.calls: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self.calls and now - self.calls[0] >= self.seconds:
            self.calls.popleft()
        return 0.0 if len(self.calls) < self.most else self.seconds - (now - self.calls[0])

    def take(self, now: float) -> None:
        self.calls.append(now)


class Limits:
    """How often each method may be called; `refused` counts the 429s by method."""

    def __init__(self, kind: LimitKind = "off", *, burst: int = 5, per_minute: int = 525) -> None:
        self.kind = kind
        self.channel_burst = burst
        self.workspace_per_minute = per_minute
        self.refused: Counter[str] = Counter()
        self._meters: dict[tuple[str, ...], _Bucket | _Window] = {}

    def wait(self, method: str, channel: str) -> int:
        """0 if the call may go on (and is counted), else the seconds for Retry-After."""
        if self.kind == "off":
            return 0
        now = time.monotonic()
        meters = [self._meter(key) for key in self._keys(method, channel)]
        longest = max((meter.wait(now) for meter in meters), default=0.0)
        if longest > 0:
            self.refused[method] += 1
            return max(1, math.ceil(longest))
        for meter in meters:
            meter.take(now)
        return 0

    def _keys(self, method: str, channel: str) -> list[tuple[str, ...]]:
        if method == "chat.postMessage":
            return [("channel", channel), ("workspace",)]
        return [("method", method)] if method in _tiers() else []

    def _meter(self, key: tuple[str, ...]) -> _Bucket | _Window:
        if key not in self._meters:
            self._meters[key] = self._make(key)
        return self._meters[key]

    def _make(self, key: tuple[str, ...]) -> _Bucket | _Window:
        if key[0] == "channel":
            if self.kind == "bucket":
                return _Bucket(1.0, self.channel_burst)
            return _Window(float(self.channel_burst), self.channel_burst)
        if key[0] == "workspace":
            minute, burst = self.workspace_per_minute, 1
        else:
            minute, burst = _PER_MINUTE.get(_tiers()[key[1]], _SPECIAL_PER_MINUTE), _SMALLEST_BURST
        if self.kind == "bucket":
            return _Bucket(minute / 60, max(minute / 6, burst))
        return _Window(60.0, max(minute, burst))
