"""A stretch of time as people write it: "tomorrow to Friday", "3 Dec - 9 Dec", 明天到周五.

Days are whole: they begin at midnight, and the last one counts. "until Friday", "for a week" and
clock times are taken as they stand.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.when.durations import find_duration
from bot.when.moments import parse_time, time_at
from bot.when.zones import place

_FROM = re.compile(r"(?:from|starting|as of|从|自)\s*")
_TO = re.compile(
    r"\s*(?:起|开始)?\s*,?\s*(?P<word>to|through|thru|until|till|-|—|~|直?到|至)\s*(?=\S)"
)
_FOR = re.compile(r"\s*(?:起|开始|,?\s*for\s)\s*,?\s*")
_LAST = time(23, 59)  # of a day: the minute after it the day is over
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """`start` None: it has begun."""

    start: datetime | None
    end: datetime


def parse_stretch(text: str, now: datetime, zone: str, *, back: time) -> Stretch:
    """What `text` names for somebody in `zone`; "until Friday" ends that day at `back`.

    Raises Refused for what is not understood, ends before it begins, or has no end.
    """
    folded = fold(text)
    lead = _FROM.match(folded)
    begin = lead.end() if lead else 0
    first = time_at(folded, begin)
    if first is not None and (to := _TO.match(folded, first.end)):
        start = _start(text[begin : first.end], now, zone)
        until = to["word"] in ("until", "till")
        end = _end(text[to.end() :], max(start, now), now, zone, back if until else None)
    elif first is not None and (length := _length(folded, first.end)) is not None:
        start = _start(text[begin : first.end], now, zone)
        days, exact = length
        local = parse_time(text[begin : first.end], now, zone, default=_LAST).local
        if not first.complete:
            local = datetime.combine(local.date(), time())
        end = place(local + timedelta(days=days), zone).at + exact
    elif lead:
        raise Refused(_m("Until when? Example: /liaison away Monday to Friday"))
    else:
        return Stretch(None, parse_time(text, now, zone, default=back, whole=True).at)
    return Stretch(start if start > now else None, end)


def _length(folded: str, position: int) -> tuple[int, timedelta] | None:
    """ "for a week", 起一周: the days and the time of the rest."""
    lead = _FOR.match(folded, position)
    found = find_duration(folded, lead.end()) if lead else None
    if found is None or folded[found[1] :].strip() or found[0].length <= timedelta(0):
        return None
    return found[0].days, found[0].exact


def _start(words: str, now: datetime, zone: str) -> datetime:
    """A day begins at midnight, today too."""
    moment = parse_time(words, now, zone, default=_LAST, whole=True)
    found = time_at(fold(words), 0)
    if found is not None and found.complete:
        return moment.at
    return place(datetime.combine(moment.local.date(), time()), zone).at


def _end(
    words: str, start: datetime, now: datetime, zone: str, back: time | None
) -> datetime:  # fmt: skip
    """The end of that day, or the moment that is named."""
    try:
        moment = parse_time(words, start, zone, default=back or _LAST, whole=True)
    except Refused:
        parse_time(words, now, zone, default=_LAST, whole=True)  # that says what is wrong
        raise Refused(_m("“{word}”: that ends before it begins."), word=words.strip()) from None
    found = time_at(fold(words), 0)
    whole_day = back is None and found is not None and not found.complete
    return place(moment.local + _MINUTE, zone).at if whole_day else moment.at
