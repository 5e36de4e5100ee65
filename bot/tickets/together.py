"""What belongs together: what one person says in a chat within minutes. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.tickets.clocks import Entry, stays

WITHIN = timedelta(minutes=5)  # people press Enter in the middle of a thought


def last_group(log: Sequence[Entry]) -> list[int]:
    """What joined a ticket last and has not been answered, as ids of messages, oldest first.

    It is what a press splits off: all that was said together, or only the newest message when
    that was still said together with the first one.
    """
    rows = [row for row in stays(log) if row.kind in ("opened", "heard", "answered")]
    group: list[int] = []
    before: datetime | None = None
    for row in reversed(rows):
        if row.kind == "answered" or (before is not None and before - row.at > WITHIN):
            break
        if row.kind == "opened":
            return group[-1:]
        group.insert(0, int(row.data["said"]))
        before = row.at
    return group


def counted(log: Sequence[Entry]) -> list[int]:
    """What a ticket is about, as ids of messages, without mere thanks."""
    return [int(row.data["said"]) for row in stays(log)
            if row.kind in ("opened", "heard") and "said" in row.data]  # fmt: skip
