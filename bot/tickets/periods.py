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
LONGEST = 366  # days: a report takes as long as its period has tickets
_LAST = r"last week|上周|上星期"
_THIS = r"this week|week|本周|这周|本星期"
_WORDS = re.compile(rf"(?:^|\s)(?:(?P<last>{_LAST})|(?P<this>{_THIS}))(?=\s|$)")
_DAY, _YEAR = timedelta(days=1), timedelta(days=365)


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
    """The period that was typed, else the last weeks, and the words about something else."""
    week = monday(now.astimezone(ZoneInfo(zone)).date())
    begin = week - 7 * (WEEKS - 1) * _DAY
    period, rest = named(words, since, until, now, zone, begin)
    period = period or Period(begin, week + 7 * _DAY)
    if (period.until - period.since).days > LONGEST:
        raise Refused(_m("At most a year at once, please."))
    return period, rest


def named(
    words: str, since: str, until: str, now: datetime, zone: str, earliest: date
) -> tuple[Period | None, str]:
    """The period that was typed, if one was, and the words that were about something else.

    `earliest` is where one begins of which only the end was said.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    found = _WORDS.search(fold(words))
    rest = f"{words[: found.start()]} {words[found.end() :]}".strip() if found else words.strip()
    if since or until:
        begin = _day(since, now, zone) if since else earliest
        end = (_day(until, now, zone) if until else today) + _DAY
        if begin >= end:
            raise Refused(_m("That period ends before it begins."))
        return Period(begin, end), rest
    if found is None:
        return None, rest
    begin = monday(today) - 7 * _DAY if found["last"] else monday(today)
    return Period(begin, begin + 7 * _DAY), rest


def _day(word: str, now: datetime, zone: str) -> date:
    """A day of the past year: reports look back."""
    try:
        return date.fromisoformat(fold(word))
    except ValueError:
        if not any(letter.isdecimal() for letter in word):
            raise Refused(_m("“{word}” is no day. Try: from=2026-11-01"), word=word) from None
    return parse_time(word, now - _YEAR, zone, default=time(12), whole=True).local.date()
