"""When a series takes place: local start + IANA zone + RRULE + EXDATE/RDATE, as instants.

Decisions: an occurrence that falls into the gap of a clock change moves forward by the gap and
keeps its place in COUNT (nobody wants a lost meeting); of a time that the clocks show twice the
first is meant, and it takes place once. UNTIL is inclusive; as a date it means the end of that
local day. COUNT counts before EXDATE; EXDATE matches instants. A start that does not fit its rule
is moved to the first one that does (aligned) when a series is made.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from dateutil.rrule import rrulestr

from bot.when.durations import Duration
from bot.when.zones import Placed, local_time, place

HORIZON = timedelta(days=366 * 20)  # how far ahead anything is looked for
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_KNOWN = frozenset(
    [
        "FREQ",
        "INTERVAL",
        "COUNT",
        "UNTIL",
        "WKST",
        "BYSETPOS",
        "BYMONTH",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYDAY",
        "BYHOUR",
        "BYMINUTE",
        "BYSECOND",
    ]
)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`nominal` is what the rule says, without a zone: it names the occurrence in keys.

    `local` is what the clock in the series' zone will show; it differs only when `shifted`.
    """

    nominal: datetime
    local: datetime
    at: datetime
    shifted: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """`start`, `rdates` and `exdates` are local; an exdate may also be an instant.

    Raises ValueError for a rule that is wrong or can never come true.
    """

    start: datetime
    zone: str
    rule: str = ""  # "" = once
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or any(extra.tzinfo for extra in self.rdates):
            raise ValueError("a series starts at a local time, which has no zone of its own")
        place(self.start, self.zone)
        if self.rule:
            _check(_parts(self.rule))
            _locals(self)


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.upper().strip(";").split(";")]
    return {key: value for key, _, value in pairs}


def _check(parts: dict[str, str]) -> None:
    if unknown := parts.keys() - _KNOWN:
        raise ValueError(f"no such part of a rule: {', '.join(sorted(unknown))}")
    if "FREQ" not in parts:
        raise ValueError("a rule needs a FREQ")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("a rule ends by COUNT or by UNTIL, not by both")
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        longest = max(_LONGEST_MONTH[int(month) - 1] for month in parts["BYMONTH"].split(","))
        if all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(",")):
            raise ValueError("these months have no such day")


def _locals(series: Series) -> Iterator[datetime]:
    """The rule's local times without UNTIL, which is a matter of instants."""
    parts = _parts(series.rule)
    parts.pop("UNTIL", None)
    rule = ";".join(f"{key}={value}" for key, value in parts.items())
    return iter(rrulestr(rule, dtstart=series.start))


def _until(series: Series) -> datetime | None:
    """The last instant that UNTIL allows."""
    said = _parts(series.rule).get("UNTIL", "") if series.rule else ""
    if not said:
        return None
    if said.endswith("Z"):
        return datetime.strptime(said, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    if "T" in said:
        return place(datetime.fromisoformat(said), series.zone).at
    end = datetime.combine(datetime.fromisoformat(said), time.max)
    return place(end, series.zone).at


def occurrences(
    series: Series,
    after: datetime,
    *,
    before: datetime | None = None,
    limit: int | None = None,
) -> Iterator[Occurrence]:
    """Those at or after `after` and before `before`, at most `limit`, made as they are read.

    Never looks further than HORIZON beyond `after`, so that it ends.
    """
    end = min(before or after + HORIZON, after + HORIZON)
    left = -1 if limit is None else limit
    for occurrence in _all(series, end):
        if left == 0 or occurrence.at >= end:
            return
        if occurrence.at >= after:
            left -= 1
            yield occurrence


def _all(series: Series, end: datetime) -> Iterator[Occurrence]:
    """Rule and RDATEs in order, each instant once, without the EXDATEs."""
    gone = {
        exdate.astimezone(UTC) if exdate.tzinfo else place(exdate, series.zone).at
        for exdate in series.exdates
    }
    extra = sorted((_placed(local, series.zone) for local in series.rdates), key=_instant)
    last: datetime | None = None
    for occurrence in heapq.merge(_by_rule(series, end), extra, key=_instant):
        if occurrence.at != last and occurrence.at not in gone:
            yield occurrence
        last = occurrence.at


def _by_rule(series: Series, end: datetime) -> Iterator[Occurrence]:
    """In order of instants: what a gap moved forward waits for what it was moved behind."""
    until = _until(series)
    moved: list[Occurrence] = []
    for local in _locals(series) if series.rule else iter((series.start,)):
        occurrence = _placed(local, series.zone)
        if (until and occurrence.at > until) or occurrence.at > end + timedelta(days=1):
            break
        if occurrence.shifted:
            moved.append(occurrence)
            continue
        while moved and moved[0].at <= occurrence.at:
            yield moved.pop(0)
        yield occurrence
    yield from moved


def _placed(local: datetime, zone: str) -> Occurrence:
    placed: Placed = place(local, zone)
    return Occurrence(local, placed.local, placed.at, placed.shifted)


def _instant(occurrence: Occurrence) -> datetime:
    return occurrence.at


def aligned(series: Series) -> Series:
    """The series with its start moved to the first local time that fits the rule.

    Raises ValueError when none does.
    """
    first = next(_locals(series), None) if series.rule else series.start
    if first is None or first - series.start > HORIZON:
        raise ValueError("this rule never comes true")
    return replace(series, start=first)


def reminder_at(occurrence: Occurrence, zone: str, offset: Duration) -> datetime:
    """The instant `offset` before an occurrence: days keep the local time of day, hours are exact.

    "1 day before" Sunday 10:00 is Saturday 10:00 there, also when the clocks change at night;
    "24h" is Saturday 09:00 then.
    """
    at = occurrence.at
    if offset.days:
        at = place(occurrence.local - timedelta(days=offset.days), zone).at
    return at - offset.exact


def reminders(
    occurrence: Occurrence, zone: str, offsets: Sequence[Duration], now: datetime
) -> list[tuple[Duration, datetime]]:
    """Those still ahead, earliest first: what was missed is not made up for."""
    times = [(offset, reminder_at(occurrence, zone, offset)) for offset in dict.fromkeys(offsets)]
    return sorted((found for found in times if found[1] > now), key=lambda found: found[1])


@dataclass(frozen=True, slots=True)
class Shift:
    """From `occurrence` on, clocks in `zone` show another time for the series than before."""

    zone: str
    occurrence: Occurrence
    was: time
    becomes: time


def shifts(
    series: Series, zones: Sequence[str], after: datetime, horizon: timedelta = timedelta(days=366)
) -> list[Shift]:
    """Where the series' time of day changes for somebody in one of these zones, in order.

    A meeting at 15:00 in Shenzhen is at 08:00 in Hamburg, in summer at 09:00. A gap in the series'
    own zone is no change of its time.
    """
    shown: dict[str, time] = {}
    found = []
    for occurrence in occurrences(series, after, before=after + horizon):
        for zone in dict.fromkeys(zones):
            clock = local_time(occurrence.at, zone).time()
            if occurrence.shifted and zone == series.zone:
                continue
            was = shown.setdefault(zone, clock)
            if was != clock:
                found.append(Shift(zone, occurrence, was, clock))
                shown[zone] = clock
    return found
