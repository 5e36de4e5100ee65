"""The days that a report is about: "last week", 本周, from= to=. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.when import parse_time

WEEKS = 4  # without a word: this week and the three before
LONGEST = 92  # days: a report takes as long as its period has tickets
_LAST = r"last week|上周|上星期"
_THIS = r"this week|week|本周|这周|本星期"
_WORDS = re.compile(rf"(?:^|\s)(?:(?P<last>{_LAST})|(?P<this>{_THIS}))(?=\s|$)")
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days on the company's clock; `until` is the first day that is not in it."""

    since: date
    until: date

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        begin, end = (datetime.combine(day, time(), zone) for day in (self.since, self.until))
        return begin, end

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.since:%Y%m%d}:{self.until:%Y%m%d}"

    @classmethod
    def parse(cls, since: str, until: str) -> "Period":
        """The inverse of str(); raises ValueError."""
        return cls(date.fromisoformat(since), date.fromisoformat(until))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def read(words: str, since: str, until: str, now: datetime, zone: str) -> tuple[Period, str]:
    """The period that was typed, and the words that were about something else."""
    today = now.astimezone(ZoneInfo(zone)).date()
    week, day = monday(today), timedelta(days=1)
    found = _WORDS.search(fold(words))
    rest = f"{words[: found.start()]} {words[found.end() :]}".strip() if found else words.strip()
    if since or until:
        begin = _day(since, now, zone) if since else week - 7 * (WEEKS - 1) * day
        end = _day(until, now, zone) + day if until else today + day
        _check(begin, end)
        return Period(begin, end), rest
    if found is None:
        return Period(week - 7 * (WEEKS - 1) * day, week + 7 * day), rest
    begin = week - 7 * day if found["last"] else week
    return Period(begin, begin + 7 * day), rest


def _day(word: str, now: datetime, zone: str) -> date:
    """A day of the past year: reports look back."""
    try:
        return date.fromisoformat(fold(word))
    except ValueError:
        if not any(letter.isdecimal() for letter in word):
            raise Refused(_m("“{word}” is no day. Try: from=2026-11-01"), word=word) from None
    return parse_time(word, now - _YEAR, zone, default=time(12), whole=True).local.date()


def _check(begin: date, end: date) -> None:
    if begin >= end:
        raise Refused(_m("That period ends before it begins."))
    if (end - begin).days > LONGEST:
        raise Refused(_m("At most three months at once, please."))
