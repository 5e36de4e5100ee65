"""The two families of expected errors: what a person may read, and how a delivery can fail."""

from datetime import timedelta
from typing import Any


class Refused(Exception):
    """Something a person asked for cannot be done; `message` is a marked message id.

    Never a finished sentence: it is translated and filled with `data` for the reader.
    """

    def __init__(self, message: str, /, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data
        self.field = ""

    def at(self, field: str) -> "Refused":
        """The same refusal, pinned to a field of the form that was sent."""
        self.field = field
        return self


class DeliveryError(Exception):
    """One of the four ways in which a delivery does not end as sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(DeliveryError):
    """Surely not sent. `after` is what the platform asked for, if it did.

    `wide`: the whole bot waits; `limited`: we were too fast for what this call counts against;
    `away`: the platform could not be reached at all, which says nothing of this message.
    """

    def __init__(
        self,
        reason: str,
        after: timedelta | None = None,
        *,
        wide: bool = False,
        limited: bool = False,
        away: bool = False,
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.wide = wide
        self.limited = limited
        self.away = away


class InDoubt(DeliveryError):
    """May have been sent: the answer did not arrive."""


class Rejected(DeliveryError):
    """This message is wrong and stays wrong. `gone`: what should be edited is not there."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


class Unreachable(DeliveryError):
    """This address is gone: blocked, kicked, archived, deleted."""


# What the reason of a refused topic begins with: each needs something else of people.
NO_RIGHT, NO_TOPICS, TOPIC_GONE = "no right", "no topics", "topic gone"


class ConfigError(Exception):
    """The configuration is wrong; `faults` are sentences, each naming file, key and fix."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
