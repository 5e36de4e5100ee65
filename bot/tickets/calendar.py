"""Opening hours: a week of spans in a zone, holidays and exceptions, compiled to UTC instants.

An instant is open exactly when the clock on the wall there shows a time within [open, close) of
that local day. So where clocks jump, the missing hour is not worked, and an hour shown twice is
worked twice if it is open. A year is compiled when it is first asked for, into sorted spans with
running sums; all questions are answered from these.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Protocol
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import ConfigError
from bot.when.zones import place

DAY = 86_400
SECOND = 1_000_000  # in microseconds, in which all instants are counted
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = dict(zip(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), WEEKDAYS,
    strict=True,
)) | dict(zip(WEEKDAYS, WEEKDAYS, strict=True))  # fmt: skip
ALWAYS_WORDS = ("24x7", "24/7", "always")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
_YEARLY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)

Span = tuple[int, int]  # seconds after local midnight


# The first instants of the years 1 to 10000: looked up, since a date is made far more slowly.
_NEW_YEARS = tuple((day - EPOCH.toordinal()) * DAY * SECOND
                   for day in (*(date(number, 1, 1).toordinal() for number in range(1, 10_000)),
                               date.max.toordinal() + 1))  # fmt: skip


def micros(at: datetime) -> int:
    """Microseconds since the epoch; a naive datetime is refused."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    since = at - EPOCH
    return (since.days * DAY + since.seconds) * SECOND + since.microseconds


def instant(count: int) -> datetime:
    return EPOCH + timedelta(0, 0, count)


@dataclass(frozen=True, slots=True)
class Year:
    """The open spans of one UTC year; `before[i]` is what is worked before the i-th of them."""

    first: int
    last: int  # the next year's first instant
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]

    @classmethod
    def of(cls, number: int, spans: Sequence[Span]) -> "Year":
        sums = [0]
        for start, end in spans:
            sums.append(sums[-1] + end - start)
        opens, closes = tuple(s for s, _ in spans), tuple(e for _, e in spans)
        return cls(*year_bounds(number), opens, closes, tuple(sums))

    @property
    def total(self) -> int:
        return self.before[-1]

    def worked(self, until: int) -> int:
        """What is worked from the year's first instant to this one."""
        index = bisect_right(self.closes, until)
        if index == len(self.closes):
            return self.total
        return self.before[index] + max(0, until - self.opens[index])

    def opening(self, at: int) -> int | None:
        """When the span opens that is open at this instant, or comes next."""
        index = bisect_right(self.closes, at)
        return self.opens[index] if index < len(self.opens) else None

    def earliest(self, worked: int) -> int:
        """The first instant by which so much is worked: exactly at closing stays at closing."""
        index = bisect_left(self.before, worked) - 1
        return self.opens[index] + worked - self.before[index]

    def latest(self, worked: int) -> int:
        """The last instant by which no more is worked: exactly at opening stays at opening."""
        index = bisect_right(self.before, worked) - 1
        return self.opens[index] + worked - self.before[index]


def year_bounds(number: int) -> tuple[int, int]:
    """Its first instant, and the next year's."""
    return _NEW_YEARS[number - 1], _NEW_YEARS[number]


def year_of(at: int) -> int:
    """The UTC year of an instant."""
    return bisect_right(_NEW_YEARS, at)


class Hours(Protocol):
    """Whatever has open spans: one calendar, or two sides together."""

    def year(self, number: int) -> Year: ...


@dataclass(frozen=True)
class Calendar:
    """Opening hours of one place. Build it with parse(), which refuses what makes no sense."""

    zone: str
    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    _years: dict[int, Year] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def parse(cls, mapping: Mapping[str, Any], name: str = "calendar") -> "Calendar":
        """Reads {"tz", "week": {"mon": [["09:00", "17:00"]]} or "24x7", "holidays",
        "recurring_holidays", "exceptions": {date: spans}}. Raises ConfigError with all faults.
        """
        reader = _Reader(name)
        zone = reader.zone(mapping)
        week = reader.week(mapping.get("week", {}))
        holidays = frozenset(reader.dates("holidays", mapping.get("holidays", ())))
        yearly = frozenset(reader.yearly(mapping.get("recurring_holidays", ())))
        exceptions = reader.exceptions(mapping.get("exceptions", {}))
        if reader.faults:
            raise ConfigError(reader.faults)
        return cls(zone, week, holidays, yearly, exceptions)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Opening hours of a local day; an exception outranks a holiday, a holiday the week."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day in self.holidays or (day.month, day.day) in self.yearly:
            return ()
        return self.week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Not a day that the place left out when it crossed the date line."""
        noon = datetime.combine(day, time(12))
        return bool(self.spans_on(day)) and place(noon, self.zone).local.date() == day

    def year(self, number: int) -> Year:
        compiled = self._years.get(number)
        if compiled is None:
            compiled = self._years[number] = Year.of(number, _merged(self._compile(number)))
        return compiled

    def _compile(self, number: int) -> Iterator[Span]:
        """Open spans in UTC, in order; each clock change begins a new stretch of local days."""
        for start, end, offset in _stretches(self.zone, number):
            for index in range((start + offset) // DAY, (end + offset - 1) // DAY + 1):
                midnight = index * DAY - offset
                for opening, closing in self.spans_on(date.fromordinal(EPOCH.toordinal() + index)):
                    first, last = max(midnight + opening, start), min(midnight + closing, end)
                    if first < last:
                        yield first * SECOND, last * SECOND


@dataclass(frozen=True)
class Both:
    """Only the hours in which two sides work."""

    ours: Hours
    theirs: Hours
    _years: dict[int, Year] = field(default_factory=dict, repr=False, compare=False)

    def year(self, number: int) -> Year:
        compiled = self._years.get(number)
        if compiled is None:
            spans = list(_common(self.ours.year(number), self.theirs.year(number)))
            compiled = self._years[number] = Year.of(number, spans)
        return compiled


def _common(left: Year, right: Year) -> Iterator[Span]:
    mine, theirs = 0, 0
    while mine < len(left.opens) and theirs < len(right.opens):
        start = max(left.opens[mine], right.opens[theirs])
        end = min(left.closes[mine], right.closes[theirs])
        if start < end:
            yield start, end
        if left.closes[mine] <= right.closes[theirs]:
            mine += 1
        else:
            theirs += 1


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _stretches(zone: str, number: int) -> Iterator[tuple[int, int, int]]:
    """(start, end, offset) in seconds of the parts of a UTC year between two clock changes."""
    here = ZoneInfo(zone)
    first, last = (bound // SECOND for bound in year_bounds(number))
    start, offset = first, _offset(here, first)
    for noon in range(first + DAY, last + DAY, DAY):
        probe = min(noon, last - 1)
        if _offset(here, probe) != offset:
            change = _change(here, probe - DAY, probe, offset)
            yield start, change, offset
            start, offset = change, _offset(here, probe)
    yield start, last, offset


def _change(here: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The second at which the offset stops being `offset`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(here, middle) == offset else (low, middle)
    return high


def _offset(here: ZoneInfo, second: int) -> int:
    shown = (EPOCH + timedelta(seconds=second)).astimezone(here).utcoffset()
    return round(shown.total_seconds()) if shown is not None else 0


class _Reader:
    """Reads a calendar's mapping and collects what is wrong with it, each fault with its key."""

    def __init__(self, name: str) -> None:
        self.name, self.faults = name, list[str]()

    def fault(self, key: str, why: str) -> None:
        self.faults.append(f"{self.name}: {key}: {why}")

    def zone(self, mapping: Mapping[str, Any]) -> str:
        zone = str(mapping.get("tz") or mapping.get("zone") or "")
        if zone not in available_timezones():
            self.fault("tz", f"{zone!r} is no IANA time zone; write one such as Europe/Berlin")
            return "UTC"
        return zone

    def week(self, week: Any) -> tuple[tuple[Span, ...], ...]:
        if isinstance(week, str) and week in ALWAYS_WORDS:
            return (((0, DAY),),) * 7
        days: list[tuple[Span, ...]] = [()] * 7
        if not isinstance(week, Mapping):
            self.fault("week", 'must be "24x7" or give spans for days')
            return tuple(days)
        seen = set[str]()
        for name, spans in week.items():
            day = _DAY_NAMES.get(str(name).lower(), "")
            if not day or day in seen:
                why = "is there twice" if day else f"is no day; write {', '.join(WEEKDAYS)}"
                self.fault(f"week.{name}", why)
                continue
            seen.add(day)
            days[WEEKDAYS.index(day)] = self.spans(f"week.{name}", spans)
        if not any(days) and not self.faults:
            self.fault("week", "has no open hours; give at least one day a span")
        return tuple(days)

    def spans(self, key: str, spans: Any) -> tuple[Span, ...]:
        found: list[Span] = []
        for span in (
            spans if isinstance(spans, Sequence) and not isinstance(spans, str) else [spans]
        ):
            if isinstance(span, str) or not isinstance(span, Sequence) or len(span) != 2:
                self.fault(key, f'{span!r} is no span; write ["09:00", "17:00"]')
                continue
            opening, closing = self.clock(key, span[0]), self.clock(key, span[1], closing=True)
            if opening is None or closing is None:
                continue
            if closing <= opening:
                self.fault(key, f"{span[0]} to {span[1]} ends before it begins")
            found.append((opening, closing))
        found.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
            self.fault(key, "its spans overlap")
        return tuple(found)

    def clock(self, key: str, said: Any, *, closing: bool = False) -> int | None:
        """Seconds after midnight; 24:00 and, as an end, 23:59 are the end of the day."""
        text = f"{said:%H:%M}" if isinstance(said, time) else str(said)
        found = _CLOCK.fullmatch(text)
        seconds = int(found[1]) * 3600 + int(found[2]) * 60 if found else -1
        if found is None or int(found[2]) > 59 or seconds > DAY:
            self.fault(key, f"{text!r} is no time of day; write 09:00")
            return None
        return DAY if closing and text == "23:59" else seconds

    def dates(self, key: str, dates: Any) -> Iterator[date]:
        for said in self.listed(key, dates):
            if isinstance(said, date) and not isinstance(said, datetime):
                yield said
                continue
            try:
                yield date.fromisoformat(str(said))
            except ValueError:
                self.fault(key, f"{said!r} is no date; write 2026-12-25")

    def listed(self, key: str, said: Any) -> Sequence[Any]:
        if isinstance(said, Sequence) and not isinstance(said, str):
            return said
        self.fault(key, 'must be a list; write ["2026-12-25"]')
        return ()

    def yearly(self, days: Any) -> Iterator[tuple[int, int]]:
        for said in self.listed("recurring_holidays", days):
            found = _YEARLY.fullmatch(str(said))
            try:
                day = date(2024, int(found[1]), int(found[2])) if found else None
            except ValueError:
                day = None
            if day is None:
                self.fault("recurring_holidays", f"{said!r} is no day of the year; write 12-25")
            else:
                yield day.month, day.day

    def exceptions(self, exceptions: Any) -> dict[date, tuple[Span, ...]]:
        if not isinstance(exceptions, Mapping):
            self.fault("exceptions", "must give spans for dates; an empty list closes the day")
            return {}
        return {
            day: self.spans(f"exceptions.{said}", spans)
            for said, spans in exceptions.items()
            for day in self.dates("exceptions", [said])
        }


ALWAYS = Calendar("UTC", (((0, DAY),),) * 7)
