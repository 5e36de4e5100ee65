"""Slack's published tiers for what is read and uploaded: each method waits for its turn here.

What the outbox posts, edits and deletes is paced before it is claimed (bot/pace.py); a read is one
of many calls that one question needs (who is in this room: a call for each member), so it waits
between them.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.clock import monotonic, pause
from bot.errors import TryLater
from bot.pace import Shaper, per_minute

PATIENCE = 30.0  # seconds for one turn, so that a row's lease does not end meanwhile
ANSWERING = 0.02  # seconds: all permits are in the air, one comes back with the next answer

TIER_2, TIER_3, TIER_4 = (
    20,
    50,
    100,
)  # calls a minute; "auth.test" has hundreds and is asked rarely
PER_MINUTE = {
    "conversations_history": TIER_3,
    "conversations_info": TIER_3,
    "conversations_list": TIER_2,
    "conversations_members": TIER_4,
    "conversations_open": TIER_3,
    "conversations_replies": TIER_3,
    "files_completeUploadExternal": TIER_4,
    "files_delete": TIER_3,
    "files_getUploadURLExternal": TIER_4,
    "files_info": TIER_4,
    "team_info": TIER_3,
    "users_info": TIER_4,
    "users_list": TIER_2,
}


class Tiers:
    """One shaper a method, and a queue before it."""

    def __init__(self) -> None:
        self._shapers = {name: Shaper(*per_minute(calls)) for name, calls in PER_MINUTE.items()}
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, method: str) -> AsyncIterator[None]:
        """Wait until `method` may be called; raises TryLater when that takes too long."""
        shaper = self._shapers.get(method)
        if shaper is None:
            yield
            return
        await self._wait(method, shaper)
        try:
            yield
        finally:
            shaper.finished(monotonic())

    def refused(self, method: str, error: TryLater) -> None:
        """Slack answered 429: this method alone rests."""
        shaper = self._shapers.get(method)
        if shaper is not None and error.after is not None:
            shaper.refused(monotonic(), error.after.total_seconds())

    async def _wait(self, method: str, shaper: Shaper) -> None:
        try:
            async with asyncio.timeout(PATIENCE), self._queues[method]:
                shaper.forget(monotonic())
                while not shaper.free(now := monotonic()):
                    opens = shaper.opens_at(now)
                    await pause(opens - now if opens is not None else ANSWERING)
                shaper.started(now)
        except TimeoutError:
            rest = timedelta(seconds=PATIENCE)
            raise TryLater(f"{method} has no turn within its tier", rest) from None
