"""Business time as the emulated platforms stamp it; real time stays with headers, signatures and floods."""

from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Real time plus an offset that only the time machine moves, and only forward."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Business time, UTC."""
        return datetime.now(UTC) + self._offset  # noqa: DTZ005 - the sandbox's one reading of the clock

    def stamp(self) -> datetime:
        """Business time, UTC, at least a microsecond after the stamp before: Slack's ts must be unique."""
        self._last = max(self.now(), self._last + timedelta(microseconds=1))
        return self._last

    def shift_to(self, offset: timedelta) -> None:
        """Follow the bot's clock, whose offset the control API tells."""
        self._offset = offset
