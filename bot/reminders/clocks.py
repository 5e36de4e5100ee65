"""A meeting on everybody's clock: too early, too late, moved by summer time; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.reminders.recurrence import Occurrence, Series, occurrences, shifts
from bot.when import local_time, place

EARLY = time(8)  # up to here a meeting is early (Moment D)
LATE = time(20)  # from here on it is late
DAY_BEGINS, DAY_ENDS = 9, 18  # hours in which nobody minds a meeting
SHOWN = 2  # occurrences that a preview names beside the first
AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Side:
    """One zone of a meeting. `hint`: "early", "late" or ""; `other_day`: not the date at home."""

    zone: str
    local: datetime
    hint: str
    other_day: bool


@dataclass(frozen=True, slots=True)
class Later:
    """An occurrence after the first; `season` is "summer" or "winter" where a clock has moved."""

    at: datetime
    sides: tuple[Side, ...]
    season: str


def hint(local: datetime) -> str:
    """Whether people sit there gladly at this time of day."""
    if local.time() <= EARLY:
        return "early"
    return "late" if local.time() >= LATE else ""


def sides(at: datetime, home: str, zones: Sequence[str]) -> tuple[Side, ...]:
    """The moment in each of the zones, as seen from `home`."""
    here = local_time(at, home).date()
    found = []
    for zone in dict.fromkeys(zones):
        local = local_time(at, zone)
        found.append(Side(zone, local, hint(local), local.date() != here))
    return tuple(found)


def later(series: Series, first: datetime, zones: Sequence[str]) -> list[Later]:
    """The next two occurrences; a clock that changes within a year is among them."""
    everywhere = [series.zone, *zones]
    soon = occurrences(series, first + timedelta(minutes=1), before=first + AHEAD, limit=SHOWN)
    shown = [occurrence.at for occurrence in soon]
    moved = shifts(series, everywhere, first, AHEAD)
    if moved and moved[0].occurrence.at not in shown:
        shown[-1:] = [moved[0].occurrence.at]
    was = _clocks(first, everywhere)
    found = []
    for at in shown:
        now = _clocks(at, everywhere)
        season = _season(at, everywhere) if now != was else ""
        found.append(Later(at, sides(at, series.zone, zones), season))
        was = now
    return found


def _clocks(at: datetime, zones: Sequence[str]) -> list[time]:
    return [local_time(at, zone).time() for zone in zones]


def _season(at: datetime, zones: Sequence[str]) -> str:
    in_summer = any(at.astimezone(ZoneInfo(zone)).dst() for zone in zones)
    return "summer" if in_summer else "winter"


def better_hour(
    local: datetime, length: timedelta, home: str, zones: Sequence[str], now: datetime
) -> datetime | None:
    """The full hour of that day, nearest to `local`, in everybody's working day; None if none is.

    Also None when nobody is bothered by `local`.
    """
    everywhere = list(dict.fromkeys([home, *zones]))
    at = place(local, home).at
    if not any(hint(local_time(at, zone)) for zone in everywhere):
        return None
    midnight = local.replace(hour=0, minute=0)
    hours = [midnight + timedelta(hours=hour) for hour in range(DAY_BEGINS, DAY_ENDS)]
    for wish in sorted(hours, key=lambda wish: (abs(wish - local), wish)):
        begin = place(wish, home).at
        if begin > now and all(_fits(begin, length, zone) for zone in everywhere):
            return wish
    return None


def _fits(begin: datetime, length: timedelta, zone: str) -> bool:
    start, end = local_time(begin, zone), local_time(begin + length, zone)
    opens = start.replace(hour=DAY_BEGINS, minute=0)
    return opens <= start and end <= start.replace(hour=DAY_ENDS, minute=0)


def seen_from(occurrence: Occurrence, zone: str) -> Occurrence:
    """The occurrence on a clock of `zone`: "a day before" is the same time of day there."""
    return Occurrence(occurrence.nominal, local_time(occurrence.at, zone), occurrence.at)
