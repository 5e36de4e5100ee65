"""Short-lived permissions that Slack hands out, by real time: trigger ids and response URLs."""

import secrets
import time
from dataclasses import dataclass

from sandbox.slack.errors import SlackError


class Triggers:
    """A trigger_id opens one view, within three seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._open: dict[str, tuple[float, str, bool]] = {}

    def issue(self, user: str) -> str:
        now = time.monotonic()
        if len(self._open) > 10_000:
            self._open = {k: v for k, v in self._open.items() if now - v[0] < 60}
        trigger = (
            f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        )
        self._open[trigger] = (now, user, False)
        return trigger

    def exchange(self, trigger: str) -> str:
        """The person whose screen it opens; used up by this."""
        if trigger not in self._open:
            raise SlackError("invalid_trigger_id")
        issued, user, used = self._open[trigger]
        if used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - issued > self._seconds:
            raise SlackError("expired_trigger_id")
        self._open[trigger] = (issued, user, True)
        return user


@dataclass
class Ticket:
    """What a response_url may touch: `ts` is the pressed message, "" after a slash command."""

    channel: str
    user: str
    ts: str
    thread: str | None
    issued: float
    uses: int = 0


class ResponseUrls:
    """Each can be used five times within thirty minutes."""

    def __init__(self, base: str, seconds: float, uses: int) -> None:
        self._base, self._seconds, self._uses = base, seconds, uses
        self._open: dict[str, Ticket] = {}

    def issue(self, channel: str, user: str, ts: str = "", thread: str | None = None) -> str:
        key = secrets.token_hex(12)
        self._open[key] = Ticket(channel, user, ts, thread, time.monotonic())
        if len(self._open) > 10_000:
            oldest = next(iter(self._open))
            del self._open[oldest]
        return f"{self._base}/{key}"

    def use(self, key: str) -> Ticket:
        ticket = self._open.get(key)
        if ticket is None or time.monotonic() - ticket.issued > self._seconds:
            raise SlackError("expired_url")
        if ticket.uses >= self._uses:
            raise SlackError("used_url")
        ticket.uses += 1
        return ticket
