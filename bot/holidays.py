"""Public holidays for calendars: of a country, or of an iCal file, written out as dates.

Written out when the settings are read, so that a stored version of them says by itself what was
closed: neither a newer library nor another file changes what was promised.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import ConfigError

BEFORE, AHEAD = 1, 3  # years around this one; the next start reads on
LONGEST = 31  # days of one holiday; a longer event is something else
WORKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def written_out(
    calendars: Mapping[str, Any], folder: Path, year: int, name: str
) -> dict[str, Any]:
    """The calendars without `country` and `ical`, their days among holidays and exceptions.

    A weekend on which a country works in exchange has the hours of the week's first working day.
    Raises ConfigError with all faults.
    """
    years, faults, found = range(year - BEFORE, year + AHEAD + 1), list[str](), dict[str, Any]()
    for key, given in calendars.items():
        found[key] = given
        if not isinstance(given, Mapping) or not {"country", "ical"} & given.keys():
            continue
        rest = {word: value for word, value in given.items() if word not in ("country", "ical")}
        try:
            found[key] = _filled(given, rest, folder, years)
        except ValueError as error:
            faults.append(f"{name}: calendars.{key}: {error}")
    if faults:
        raise ConfigError(faults)
    return found


def _filled(
    given: Mapping[str, Any], rest: dict[str, Any], folder: Path, years: range
) -> dict[str, Any]:
    closed = {str(day) for day in rest.get("holidays", ())}
    worked: set[date] = set()
    if country := str(given.get("country", "")):
        public, worked = _of_country(country, years)
        closed |= {day.isoformat() for day in public}
    if file := str(given.get("ical", "")):
        try:
            closed |= {day.isoformat() for day in _of_file(folder / file, years)}
        except (ValueError, OSError) as error:
            raise ValueError(f"ical: {file} cannot be read as iCal: {error}") from error
    week = rest.get("week")
    hours: list[Any] = []
    if isinstance(week, Mapping):
        hours = next((week[day] for day in WORKDAYS if week.get(day)), [])
    extra = {day.isoformat(): hours for day in sorted(worked) if hours}
    return rest | {"holidays": sorted(closed),
                   "exceptions": extra | dict(rest.get("exceptions", {}))}  # fmt: skip


def _of_country(code: str, years: range) -> tuple[set[date], set[date]]:
    """When a country (DE) or a part of it (DE-HH) is closed, and the weekends it works on."""
    import holidays  # costs memory that only those pay who use it

    country, _, part = code.upper().partition("-")
    try:
        public = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError as error:
        raise ValueError(
            f"country: no holidays are known of {code!r}; write DE or DE-HH"
        ) from error
    return set(public), {day for day in public.weekend_workdays if day.year in years}


def _of_file(path: Path, years: range) -> Iterator[date]:
    """Each day of the events of an iCal file, repeated ones too."""
    from dateutil.rrule import rrulestr
    from icalendar import Calendar

    first, last = datetime(years[0], 1, 1), datetime(years[-1], 12, 31)  # noqa: DTZ001 - days
    for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
        start = _day(event.decoded("dtstart"))
        end = _day(event.decoded("dtend")) if "dtend" in event else start + timedelta(days=1)
        length = max(1, (end - start).days)
        if length > LONGEST:
            raise ValueError(f"“{event.get('summary', '')}” lasts {length} days")
        starts = [start]
        if "rrule" in event:
            noon = datetime(start.year, start.month, start.day)  # noqa: DTZ001 - days
            rule = rrulestr(_text(event["rrule"].to_ical()), dtstart=noon)
            starts = [found.date() for found in rule.between(first, last, inc=True)]
        for begun in starts:
            days = (begun + timedelta(days=number) for number in range(length))
            yield from (day for day in days if day.year in years)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
