"""What appeared on whose screen, in order: the page shows it, the tour and the tests read it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EntryKind = Literal["new", "edit", "delete", "toast", "modal", "modal_error", "home", "reaction"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change on a screen, as a person would read it.

    `readers` are the people (platform ids) who can see it: the members of a room, or the one
    person an ephemeral message, toast, modal or Home belongs to. `text` is plain text, `buttons`
    the labels.
    `raw` is the platform's own object (message, view), for checks that need more than words.
    """

    seq: int
    platform: Literal["slack", "telegram"]
    kind: EntryKind
    room: str  # chat id, or "" for toasts, modals and Home
    thread: str | None  # Slack thread_ts or Telegram message_thread_id
    message: str  # ts, message_id, view id or callback id
    author: str  # the name shown
    by_bot: bool
    text: str
    buttons: tuple[str, ...]
    files: tuple[str, ...]
    readers: frozenset[str]
    private: bool  # seen by one person only, though the room has more
    at: datetime  # business time, UTC
    raw: dict[str, object]


class Journal:
    """Append-only; readers keep a cursor of their own."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._grown = asyncio.Condition()
        self._waiting: set[asyncio.Task[None]] = set()

    def add(self, make: Callable[[int], Entry]) -> Entry:
        """Append what `make(seq)` returns and wake everyone who waits."""
        entry = make(len(self.entries))
        self.entries.append(entry)
        task = asyncio.ensure_future(self._wake())
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        return entry

    async def _wake(self) -> None:
        async with self._grown:
            self._grown.notify_all()

    async def wait_for(
        self, matches: Callable[[Entry], bool], *, after: int = -1, within: float = 5.0
    ) -> Entry:
        """The first entry with seq > `after` that matches; TimeoutError after `within` seconds."""
        async with asyncio.timeout(within), self._grown:
            while True:
                for entry in self.entries[after + 1 :]:
                    if matches(entry):
                        return entry
                await self._grown.wait()

    async def grown(self, after: int) -> list[Entry]:
        """Entries with seq > `after`, waiting until there is at least one."""
        async with self._grown:
            await self._grown.wait_for(lambda: len(self.entries) > after + 1)
            return self.entries[after + 1 :]
