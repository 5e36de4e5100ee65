"""Durations as people write them: "1h", "90 min", "2 days", 两小时, 一个半小时.

Days and weeks are nominal (the same time of day, whatever the clocks did), hours and minutes
are exact.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.when.numbers import NUMBER, number

_PIECES = 4  # "1 week, 2 days, 3 hours and 4 minutes"
LONGEST_DAYS = 3660  # ten years: beyond that it is a slip of the finger

_UNITS: tuple[tuple[str, timedelta, bool], ...] = (
    (r"weeks?\b|wks?\b|w\b|个?星期|个?礼拜|周", timedelta(weeks=1), True),
    (r"days?\b|d\b|天|日", timedelta(days=1), True),
    (r"hours?\b|hrs?\b|h(?=\d|\b)|个?小时|个?钟头", timedelta(hours=1), False),
    (r"minutes?\b|mins?\b|m\b|'|分钟|分", timedelta(minutes=1), False),
    (r"刻钟", timedelta(minutes=15), False),
)
_UNIT = "|".join(f"(?P<u{index}>{unit})" for index, (unit, _, _) in enumerate(_UNITS))
_PIECE = re.compile(
    rf"\s*(?:and\s+|,\s*)?(?:(?P<half>half\s+(?:an?\s+)?|半)|(?P<number>{NUMBER})\s*-?\s*"
    rf"(?P<more>个半)?)\s*(?:{_UNIT})\.?(?P<plus>\s+and\s+a\s+half|半)?",
    re.ASCII,
)
_BARE_MINUTES = re.compile(
    r"(?P<minutes>\d{1,2})(?![\d:.]|\s*(?:[a-z]|分|刻))", re.ASCII
)  # the 30 of "1h30"


@dataclass(frozen=True, slots=True)
class Duration:
    """`days` are nominal, `exact` is not."""

    days: int = 0
    exact: timedelta = timedelta(0)

    @property
    def length(self) -> timedelta:
        """As if every day had 24 hours."""
        return timedelta(days=self.days) + self.exact

    def __str__(self) -> str:
        """The shortest form that reads back as the same: "1w", "1d", "24h", "1h30m"."""
        minutes = int(self.exact.total_seconds() // 60)
        weeks, days = divmod(self.days, 7)
        parts = ((weeks, "w"), (days, "d"), (minutes // 60, "h"), (minutes % 60, "m"))
        return "".join(f"{count}{unit}" for count, unit in parts if count) or "0m"


def find_duration(text: str, start: int = 0) -> tuple[Duration, int] | None:
    """The duration that begins at `start` of a folded text, and where it ends."""
    total, end = Duration(), start
    for _ in range(_PIECES):
        found = _PIECE.match(text, end)
        if found is None:
            break
        piece = _read(found)
        if piece is None or abs(piece.days) > LONGEST_DAYS or piece.exact.days > LONGEST_DAYS:
            break
        total = Duration(total.days + piece.days, total.exact + piece.exact)
        end = found.end()
        if text[end - 1] == "h" and (minutes := _BARE_MINUTES.match(text, end)):
            exact = total.exact + timedelta(minutes=int(minutes["minutes"]))
            return Duration(total.days, exact), minutes.end()
    return (total, end) if end > start else None


def _read(found: re.Match[str]) -> Duration | None:
    index = next(index for index in range(len(_UNITS)) if found[f"u{index}"])
    _, unit, nominal = _UNITS[index]
    try:
        amount = 0.5 if found["half"] else number(found["number"])
    except ValueError:
        return None
    amount += 0.5 * bool(found["more"]) + 0.5 * bool(found["plus"])
    if amount > LONGEST_DAYS * 24 * 60:
        return None
    if nominal and (amount * unit.days).is_integer():
        return Duration(days=int(amount * unit.days))
    return Duration(exact=timedelta(seconds=round(amount * unit.total_seconds())))


def read_duration(text: str) -> Duration:
    """Raises Refused unless the whole text is one duration longer than nothing."""
    folded = fold(text).strip()
    found = find_duration(folded)
    if found is None or found[1] != len(folded) or found[0].length <= timedelta(0):
        raise Refused(
            _m("“{word}” is not a duration I understand. Try: 1h, 90 min or 2 days"), word=text
        )
    if found[0].length > timedelta(days=LONGEST_DAYS):
        raise Refused(_m("“{word}” is longer than ten years."), word=text)
    return found[0]


def parse_duration(text: str) -> timedelta:
    """A length of time; a day counts 24 hours. Raises Refused."""
    return read_duration(text).length
