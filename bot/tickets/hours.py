"""Business time: is it open, when is it due, how much has passed. Pure functions of a calendar.

Decisions: hours are half-open; what is due exactly at closing keeps the closing time; a reply at
the due instant is in time; pauses count in business time only; seconds are kept. Where no calendar
is given, every hour counts.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from bot.tickets.calendar import ALWAYS, DAY, Both, Calendar, Hours, Year, instant, micros, year_of
from bot.when.zones import local_time, place

__all__ = [
    "Both",
    "Calendar",
    "Hours",
    "add_working_days",
    "deadline",
    "deadline_backward",
    "elapsed",
    "is_open",
    "next_open",
    "remaining",
]

Pause = tuple[datetime, datetime]
_MICROSECOND = timedelta(microseconds=1)
_FARTHEST = 200  # years in which open hours are looked for


def is_open(calendar: Hours | None, at: datetime) -> bool:
    moment = micros(at)
    opening = (calendar or ALWAYS).year(year_of(moment)).opening(moment)
    return opening is not None and opening <= moment


def next_open(calendar: Hours | None, at: datetime) -> datetime:
    """`at` itself when open, else the next opening."""
    moment = micros(at)
    for year in _years_on(calendar, moment):
        opening = year.opening(moment)
        if opening is not None:
            return instant(max(opening, moment)).astimezone(at.tzinfo)
    raise _never()


def elapsed(
    calendar: Hours | None, start: datetime, end: datetime, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Business time from start to end without the pauses; nothing when the end comes first."""
    begin, until = micros(start), micros(end)
    if until <= begin:
        return timedelta(0)
    worked = _between(calendar, begin, until)
    for pause_start, pause_end in _merged(pauses) if pauses else ():
        first, last = max(pause_start, begin), min(pause_end, until)
        worked -= _between(calendar, first, last) if first < last else 0
    return timedelta(0, 0, worked)


def deadline(
    calendar: Hours | None, start: datetime, amount: timedelta, pauses: Sequence[Pause] = ()
) -> datetime:
    """The instant at which `amount` of business time has passed since `start`, pauses aside.

    Raises ValueError for an amount that is not positive: no target means no clock.
    """
    left, now = _positive(amount), micros(start)
    for pause_start, pause_end in _merged(pauses):
        if pause_end <= now:
            continue
        worked = _between(calendar, now, pause_start) if pause_start > now else 0
        if worked >= left:
            break
        left, now = left - worked, pause_end
    return instant(_forward(calendar, now, left)).astimezone(start.tzinfo)


def deadline_backward(calendar: Hours | None, end: datetime, amount: timedelta) -> datetime:
    """The last instant from which `amount` of business time passes until `end`."""
    left, now = _positive(amount), micros(end)
    for year in _years_back(calendar, now):
        worked = year.worked(min(now, year.last))
        if left <= worked:
            return instant(year.latest(worked - left)).astimezone(end.tzinfo)
        left -= worked
    raise _never()


def remaining(calendar: Hours | None, due: datetime, now: datetime) -> timedelta:
    """Business time left until due; negative once it is overdue."""
    return elapsed(calendar, now, due) - elapsed(calendar, due, now)


def add_working_days(
    calendar: Calendar, start: datetime, days: int, end_of_day: bool = False
) -> datetime:
    """So many working days on (or back), at the same local time of day, or when that day closes.

    A time of day outside the hours moves to the nearest opening or closing of that day. What comes
    on a free day counts from when the next one opens. 0 days is the day itself if it is worked,
    else the next one that is.
    """
    local = local_time(start, calendar.zone)
    day = _working_day(calendar, local.date(), days)
    spans = calendar.spans_on(day)
    midnight = datetime.combine(day, time())
    seconds = (local - datetime.combine(local.date(), time())).total_seconds()
    if days and not calendar.is_working_day(local.date()):
        seconds = 0 if days > 0 else DAY
    wanted = spans[-1][1] if end_of_day else min(max(seconds, spans[0][0]), spans[-1][1])
    return place(midnight + timedelta(seconds=wanted), calendar.zone).at.astimezone(start.tzinfo)


def _working_day(calendar: Calendar, day: date, days: int) -> date:
    step = timedelta(days=-1 if days < 0 else 1)
    left = abs(days) + (not calendar.is_working_day(day))
    idle = 0
    while left:
        day += step
        if calendar.is_working_day(day):
            left, idle = left - 1, 0
        elif (idle := idle + 1) > _FARTHEST * 366:
            raise _never()
    return day


def _positive(amount: timedelta) -> int:
    if amount <= timedelta(0):
        raise ValueError(f"a target must be longer than nothing, not {amount}")
    return amount // _MICROSECOND


def _never() -> ValueError:
    return ValueError(f"no open hours within {_FARTHEST} years")


def _merged(pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    """In order, and those that overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((micros(start), micros(end)) for start, end in pauses):
        if end < start:
            raise ValueError(f"the pause from {instant(start)} ends before it begins")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _years_on(calendar: Hours | None, at: int) -> Iterator[Year]:
    number = year_of(at)
    for year in range(number, min(number + _FARTHEST, 9998) + 1):
        yield (calendar or ALWAYS).year(year)


def _years_back(calendar: Hours | None, at: int) -> Iterator[Year]:
    number = year_of(at)
    for year in range(number, max(number - _FARTHEST, 1), -1):
        yield (calendar or ALWAYS).year(year)


def _between(calendar: Hours | None, start: int, end: int) -> int:
    hours = calendar or ALWAYS
    first = year_of(start)
    year = hours.year(first)
    if end < year.last:
        return year.worked(end) - year.worked(start)
    last = year_of(end)
    worked = hours.year(last).worked(end) - year.worked(start)
    return worked + sum(hours.year(number).total for number in range(first, last))


def _forward(calendar: Hours | None, start: int, left: int) -> int:
    now = start
    for year in _years_on(calendar, start):
        worked = year.worked(max(now, year.first))
        if worked + left <= year.total:
            return year.earliest(worked + left)
        left -= year.total - worked
    raise _never()
