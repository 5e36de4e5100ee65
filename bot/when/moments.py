"""Moments as people write them, in the typist's own zone.

What the words mean (`now` is Thursday 3 December 2026 in the examples):

- "next thursday", 下周四: in the calendar week (Monday to Sunday) after this one: 10 December.
- "thursday", 周四: the next to come; today if its time is still ahead. 本周四, "this thursday":
  in this week, refused when past. 下下周一: two weeks on.
- A date without a year is the next such date, but one that passed less than 30 days ago is
  refused as a likely slip. A clock time alone is the next such time, today or tomorrow.
- "in 2 hours", 两小时后: exact. "in 3 days", 三天后: the same time of day, or the one given.
- A day without a time is refused unless the caller has a default.
- Hours are read on the 24-hour clock; "pm", 下午, 晚上 and the like move them.
- A time that the clocks jump over is moved forward and marked `shifted`; of a time that they show
  twice the first is meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.when.durations import LONGEST_DAYS, Duration, find_duration
from bot.when.grammar import ClockTime, Day, NoSuchDay, find_clock, find_day
from bot.when.zones import Placed, local_time, place

_SEARCHED = 500  # characters of a text in which a time is looked for
_LEAD = re.compile(r"(?:by|on|at|until|till|before|from|@|于|在|直?到|至)\s*(?=\S)", re.ASCII)
_BETWEEN = re.compile(r"\s*,?\s*(?:(?:at|@)\s*|的|t(?=\d))?", re.ASCII)
_DAY_AFTER = re.compile(r"\s*,?\s*(?:on\s+)?", re.ASCII)
_LATER = re.compile(r"\s*(?:from\s+now\b|later\b|之后|以后|后)", re.ASCII)
_IN = re.compile(r"in\s+", re.ASCII)
_TAIL = re.compile(r"之?前")
_START = re.compile(
    r"(?<![a-z0-9_.:/-])(?=[\da-z@])|(?<=[^\x00-\x7f])(?=[\da-z])|(?=[^\x00-\x7f])", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a time within a text; resolve() makes a moment of them."""

    start: int
    end: int
    day: Day | None = None
    clock: ClockTime | None = None
    span: Duration | None = None

    @property
    def complete(self) -> bool:
        """Names a moment, not only a day."""
        return bool(self.clock or self.span or (self.day and self.day.relative))


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that was typed. `local` is what the clock in `zone` will show, without a zone."""

    local: datetime
    zone: str
    at: datetime  # the same in UTC
    text: str  # the words that were understood
    rest: str  # the others
    shifted: bool = False  # the clocks jump over what was typed
    twice: bool = False  # the clocks show it twice; the first one is meant


def parse_time(
    text: str, now: datetime, zone: str, *, default: time | None = None, whole: bool = False
) -> Moment:
    """The moment that `text` names, for somebody in `zone`; `default` completes a day.

    Raises Refused for what is not understood, past, impossible, or a day without a time; with
    `whole` also for words beside the time, which otherwise are the moment's `rest`.
    """
    found = find_time(text)
    if found is None:
        raise _not_understood(text)
    words = text[found.start : found.end].strip()
    try:
        placed = _resolve(found, words, now.astimezone(UTC), zone, default)
    except NoSuchDay:
        raise Refused(_m("“{word}”: the calendar has no such day."), word=words) from None
    except (OverflowError, ValueError):
        raise Refused(_m("“{word}” is too far away."), word=words) from None
    around = (text[: found.start].strip(), text[found.end :].strip())
    rest = " ".join(part for part in around if part)
    if rest and whole:
        raise _not_understood(rest)
    return Moment(placed.local, zone, placed.at, words, rest, placed.shifted, placed.twice)


def _not_understood(text: str) -> Refused:
    return Refused(
        _m("“{word}” is not a time I understand. Try: next Thursday 15:00"), word=text.strip()
    )


def _resolve(found: Found, words: str, now: datetime, zone: str, default: time | None) -> Placed:
    here = local_time(now, zone)
    if found.span is not None:
        at = place(here + timedelta(days=found.span.days), zone).at if found.span.days else now
        at = _whole_minute(at + found.span.exact)
        return Placed(local_time(at, zone), at)
    for day in found.day.options(here.date()) if found.day else _today_or_tomorrow(here.date()):
        _check_weekday(found, day, words)
        placed = place(_combine(found, day, here, words, default), zone)
        if placed.at > now:
            if placed.at - now > timedelta(days=LONGEST_DAYS):
                raise OverflowError
            return placed
    raise Refused(_m("“{word}” is already past."), word=words)


def _combine(
    found: Found, day: date, here: datetime, words: str, default: time | None
) -> datetime:
    midnight = datetime.combine(day, time())
    if found.clock is not None:
        return midnight + timedelta(minutes=found.clock.minutes)
    if found.day is not None and found.day.relative:
        return datetime.combine(day, here.time().replace(second=0, microsecond=0))
    if default is not None:
        return datetime.combine(day, default)
    raise Refused(_m("“{word}” is a day. At what time? Try: {word} 15:00"), word=words)


def _check_weekday(found: Found, day: date, words: str) -> None:
    said = found.day.weekday if found.day else None
    if said is not None and said != day.weekday():
        raise Refused(_m("“{word}”: that date is another day of the week."), word=words)


def _today_or_tomorrow(today: date) -> list[date]:
    return [today, today + timedelta(days=1)]


def _whole_minute(at: datetime) -> datetime:
    """Up to the next full minute: nobody means the seconds."""
    spare = timedelta(seconds=at.second, microseconds=at.microsecond)
    return at + (timedelta(minutes=1) - spare if spare else timedelta(0))


def find_time(text: str) -> Found | None:
    """The words of a time in a text, the most telling first: moment, day, clock time."""
    every = sorted(find_times(text), key=lambda found: (_rank(found), found.start))
    return every[0] if every else None


def find_times(text: str) -> Iterator[Found]:
    """All of them, in order, none overlapping another."""
    folded, position = fold(text[:_SEARCHED]), 0
    while start := _START.search(folded, position):
        found = time_at(folded, start.start())
        yield from () if found is None else (found,)
        position = max(found.end if found else 0, start.start() + 1)


def _rank(found: Found) -> int:
    if found.span or (found.day and found.complete):
        return 0
    if found.clock:
        return 2
    return 3 if found.day and found.day.short else 1


def time_at(text: str, start: int) -> Found | None:
    """The time that begins at `start` of a folded text."""
    lead = _LEAD.match(text, start)
    first = lead.end() if lead else start
    at_hour = bool(lead and lead[0].startswith(("at", "@")))
    found = (
        _span(text, first, exact=True)
        or _day_then_clock(text, first)
        or _clock_then_day(text, first, alone=at_hour)
        or _span(text, first, exact=False)
    )
    if found is None:
        return None
    end, day, clock, span = found
    tail = _TAIL.match(text, end)
    return Found(start, tail.end() if tail else end, day, clock, span)


_Parts = tuple[int, Day | None, ClockTime | None, Duration | None]


def _span(text: str, start: int, *, exact: bool) -> _Parts | None:
    """ "in 2 hours", 两小时后, "90 minutes from now"."""
    lead = _IN.match(text, start)
    found = find_duration(text, lead.end() if lead else start)
    if found is None or (exact and not found[0].exact) or found[0].length <= timedelta(0):
        return None
    if lead:
        return found[1], None, None, found[0]
    later = _LATER.match(text, found[1])
    return (later.end(), None, None, found[0]) if later else None


def _day_then_clock(text: str, start: int) -> _Parts | None:
    day = find_day(text, start)
    if day is None:
        return None
    between = _BETWEEN.match(text, day.end)
    begin = between.end() if between else day.end
    clock = find_clock(text, begin, bare=begin > day.end, evening=day.evening)
    return (clock.end if clock else day.end), day, clock, None


def _clock_then_day(text: str, start: int, *, alone: bool) -> _Parts | None:
    """`alone`: a bare number is a time even when no day follows ("at 9")."""
    clock = find_clock(text, start, bare=True)
    if clock is None:
        return None
    between = _DAY_AFTER.match(text, clock.end)
    day = find_day(text, between.end() if between else clock.end)
    if day is not None:
        return day.end, day, clock, None
    if not alone and find_clock(text, start) is None:
        return None
    return clock.end, None, clock, None
