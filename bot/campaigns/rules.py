"""When a campaign stops by itself, how long it will take, and why it failed, in words; pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

SHARE, LEAST = 0.05, 10  # of what has ended since the last resume; fewer failures stop nothing
DOZENS = 30  # more deliveries than that, or more time than LONG, are worth a message
LONG = timedelta(seconds=60)
LOOK = timedelta(seconds=10)  # between two looks, and so between two edits of the message
DELETABLE = timedelta(hours=47)  # Telegram: 48, and many deletions take their time
SELDOM = timedelta(hours=1)  # between two looks at what only back-off holds up


def broken(failed: int, ended: int) -> bool:
    """Whether so many failures of so many deliveries are more than bad luck."""
    return failed >= LEAST and failed >= SHARE * ended


def worth_telling(total: int, age: timedelta, *, over: bool, failed: bool) -> bool:
    """Whether its owner wants a message about it; what is over at once was seen to leave."""
    return failed or total > DOZENS or (age > LONG and not over)


def remaining(ready: int, ended: int, within: timedelta) -> timedelta | None:
    """How long what is ready will take at the pace of late; None while there is none."""
    if ended <= 0 or ready <= 0 or within <= timedelta(0):
        return None
    return within * ready / ended


def next_wait(wait: timedelta, *, changed: bool) -> timedelta:
    """Until the next look while something is on its way: longer each time nothing moves."""
    return LOOK if changed else min(2 * wait, SELDOM)


def why(reason: str) -> str:
    """ "gone", "refused" or "gave_up": what the reason of a failed delivery means to people."""
    kind = reason.partition(": ")[0]
    return {"unreachable": "gone", "rejected": "refused"}.get(kind, "gave_up")


def grouped(failed: Mapping[str, int]) -> dict[str, int]:
    """Failures by what they mean, the most frequent first."""
    found = Counter[str]()
    for reason, number in failed.items():
        found[why(reason)] += number
    return dict(found.most_common())
