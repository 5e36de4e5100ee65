"""When the weekly digest goes out: one local moment, reached zone by zone; pure."""

from datetime import UTC, date, datetime, time, timedelta

from bot.when import local_time, place

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
FIRST = timedelta(hours=14)  # the earliest zone's lead on UTC
LAST = timedelta(hours=12)  # the latest zone's lag
LEAD = timedelta(hours=6)  # planning comes before the first zone's moment
LATE = timedelta(hours=10)  # later than that it waits for the same time of the next day


def slot(day: date, at: str, zone: str) -> datetime:
    """The instant of the local time `at` on `day` in a zone."""
    return place(datetime.combine(day, time.fromisoformat(at)), zone).at


def planned_at(day: date, at: str) -> datetime:
    """When the slots of `day` are planned: before any zone has reached them."""
    return datetime.combine(day, time.fromisoformat(at), UTC) - FIRST - LEAD


def current(now: datetime, weekday: str, at: str) -> date:
    """The digest's day that is still ahead somewhere on earth."""
    wanted = WEEKDAYS.index(weekday)
    day = (now - FIRST - timedelta(days=7)).date()
    day += timedelta(days=(wanted - day.weekday()) % 7)
    while datetime.combine(day, time.fromisoformat(at), UTC) + LAST <= now:
        day += timedelta(days=7)
    return day


def following(day: date) -> date:
    return day + timedelta(days=7)


def next_slot(now: datetime, weekday: str, at: str, zone: str) -> datetime:
    """When somebody in a zone gets the next digest."""
    day = local_time(now, zone).date()
    day += timedelta(days=(WEEKDAYS.index(weekday) - day.weekday()) % 7)
    found = slot(day, at, zone)
    return found if found > now else slot(following(day), at, zone)


def due_at(day: date, at: str, zone: str, now: datetime) -> datetime:
    """The slot itself, or after a long outage the same time of the next day that can be met."""
    found = slot(day, at, zone)
    while found < now - LATE:
        day += timedelta(days=1)
        found = slot(day, at, zone)
    return found
