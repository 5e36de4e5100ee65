"""The emulator's own account of what was asked and done: the judge in crash tests."""

import time
from dataclasses import dataclass

from sandbox.telegram.world import Json


@dataclass(slots=True)
class CallRow:
    """One call of the bot ("sendMessage") or one act of a person ("play.write").

    `outcome` is "ok" or "CODE description". `answered` is False when the connection was dropped
    after the work: the caller cannot know what the row knows.
    """

    seq: int
    method: str
    args: Json
    chat: int | None
    message: int | None
    outcome: str
    at: float  # monotonic, real
    answered: bool = True

    @property
    def ok(self) -> bool:
        return self.outcome == "ok"


class Record(list[CallRow]):
    """Append-only; with a cap it forgets the oldest rows (for long interactive runs)."""

    def __init__(self, cap: int | None = None) -> None:
        super().__init__()
        self.cap = cap
        self._seq = 0

    def add(
        self, method: str, args: Json, chat: int | None, message: int | None, outcome: str = "ok"
    ) -> CallRow:
        row = CallRow(self._seq, method, args, chat, message, outcome, time.monotonic())
        self._seq += 1
        self.append(row)
        if self.cap is not None and len(self) > 2 * self.cap:
            del self[: -self.cap]
        return row
