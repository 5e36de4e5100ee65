"""How fast one bot account may talk: a gap for each chat, and so many calls a second overall.

Response-clocked: a chat or a permit is free again a fixed time after the *answer* of the call that
used it, so jitter on the way can never squeeze two calls into one window (reference: delivery.md 3c).
"""

from dataclasses import dataclass, field

from bot.clock import monotonic


@dataclass
class Pace:
    """`gap` seconds between messages in one chat, `permits` calls in any second."""

    gap: float = 1.0
    permits: int = 30
    _chats: dict[str, float] = field(default_factory=dict)  # chat -> free again at
    _used: list[float] = field(default_factory=list)  # permits come back at
    _flying: int = 0
    _halted_until: float = 0.0

    def free(self) -> int:
        """How many calls may start now."""
        now = monotonic()
        if now < self._halted_until:
            return 0
        self._used = [at for at in self._used if at > now]
        return max(0, self.permits - len(self._used) - self._flying)

    def busy(self) -> list[str]:
        """Chats that must wait."""
        now = monotonic()
        self._chats = {chat: at for chat, at in self._chats.items() if at > now}
        return list(self._chats)

    def started(self, chat: str) -> None:
        self._flying += 1
        self._chats[chat] = float("inf")

    def finished(self, chat: str) -> None:
        self._flying -= 1
        now = monotonic()
        self._used.append(now + 1.0)
        self._chats[chat] = now + self.gap

    def halt(self, chat: str, seconds: float, *, wide: bool) -> None:
        """The platform asked for a rest: of this chat, or of the whole account."""
        until = monotonic() + seconds
        if wide:
            self._halted_until = max(self._halted_until, until)
        else:
            self._chats[chat] = max(self._chats.get(chat, 0.0), until)

    def wait(self) -> float | None:
        """Seconds until something is free that is not free now; None when all is free."""
        now = monotonic()
        times = [at for at in (self._halted_until, *self._chats.values(), *self._used)
                 if now < at < float("inf")]  # fmt: skip
        return min(times) - now if times else None
