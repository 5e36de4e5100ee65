"""How long we wait for a partner until they are reminded, and their manager is told. Pure.

Counted in working days where they are, from our last word or from when one of ours said that we
wait. What was done is in the ticket's log, so that an answer, a solution or a hold ends it, and a
delay of ours shortens no later step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.partners.policy import Defer, Facts, IsFree, decide
from bot.tickets.clocks import Entry, Story
from bot.when import local_time, place

CHASED, SILENT = "chased", "silent"  # rows of the log: they were reminded; their manager was told
ANSWERED_WITHIN = 1  # working days after the last reminder; then their manager is told
NIGHT = ("18:00", "09:00")  # of whoever has said no quiet hours


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next, and when; `number` of the reminder, 0: their manager is told."""

    number: int
    at: datetime


def them(zone: str, quiet: tuple[str, str] = ("", "")) -> Facts:
    """Whoever is reminded, as the contact policy sees them: it is about their own ticket, so only
    the hour matters.
    """
    return Facts(0, True, True, zone, quiet if all(quiet) else NIGHT, works=True)


def next_step(
    story: Story, log: Sequence[Entry], days: Sequence[int], whom: Facts, is_free: IsFree,
    sooner: int = 0,
) -> Step | None:  # fmt: skip
    """None when nothing is to be said any more; `sooner`: as if it were so many days sooner."""
    since = _asked(story, log)
    if since is None or not days:
        return None
    done = [row for row in log if row.at >= since and row.kind in (CHASED, SILENT)]
    if any(row.kind == SILENT for row in done):
        return None
    number = len(done)
    if number == len(days):
        return Step(0, after(done[-1].at, ANSWERED_WITHIN, whom, is_free))
    at = after(since, days[number] - sooner, whom, is_free)
    if number:  # also where the one before came late
        gap = days[number] - days[number - 1]
        at = max(at, after(done[-1].at, gap - sooner, whom, is_free))
    return Step(number + 1, at)


def _asked(story: Story, log: Sequence[Entry]) -> datetime | None:
    """Since when it is their turn; None while it is not."""
    if story.phase != "waiting":
        return None
    said = [row.at for row in log if row.kind == "waiting"]
    return max([*said, *([story.answered_at] if story.answered_at else [])])


def after(start: datetime, days: int, whom: Facts, is_free: IsFree) -> datetime:
    """At the same time of day, so many working days of theirs later, or when it is welcome."""
    local = local_time(start, whom.zone)
    day = local.date()
    while days > 0:
        day += timedelta(days=1)
        days -= not is_free(whom.zone, day)
    return welcome(place(datetime.combine(day, local.time()), whom.zone).at, whom, is_free)


def welcome(at: datetime, whom: Facts, is_free: IsFree) -> datetime:
    """`at`, or when it disturbs nobody: on a working day of theirs, outside of quiet hours."""
    verdict = decide(whom, at, 0, is_free=is_free)
    return verdict.until if isinstance(verdict, Defer) else at
