"""Business time as the emulated platforms stamp it; headers and floods keep real time."""

from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Real time plus an offset that only the time machine moves, and only forward."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Business time, UTC."""
        return datetime.now(UTC) + self._offset

    def stamp(self) -> datetime:
        """Business time, UTC, always after the one before: Slack's ts are unique."""
        self._last = max(self.now(), self._last + timedelta(microseconds=1))
        return self._last

    def shift_to(self, offset: timedelta) -> None:
        """Follow the bot's clock, whose offset the control API tells."""
        self._offset = offset
