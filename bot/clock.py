"""Two times: business time, which the sandbox can move, and real time, which nobody can."""

import asyncio
import secrets
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Business time for due work, quiet hours and dates; real time for leases and back-off."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    @property
    def offset(self) -> timedelta:
        return self._offset

    def now(self) -> datetime:
        """Business time, UTC."""
        return self.real() + self._offset

    def real(self) -> datetime:
        """Real time, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock

    def advance(self, by: timedelta) -> None:
        """Move business time forward; only the sandbox's control API calls this."""
        if by < timedelta(0):
            raise ValueError("business time only moves forward")
        self._offset += by


def monotonic() -> float:
    """Seconds that never jump, for pacing."""
    return time.monotonic()


async def pause(seconds: float) -> None:
    """Wait in real time; loops call this, rules never."""
    await asyncio.sleep(seconds)  # noqa: TID251 - the one place that sleeps


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, at most for `seconds` of real time."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def new_id(size: int = 9) -> str:
    """A random id of letters and digits that cannot be guessed; 9 bytes are 12 characters."""
    return secrets.token_urlsafe(size)
