"""Business time a second: ours beside the libraries of the package index, and minute by minute.

    python -m benchmarks.clocks [--seconds S]

One calendar: ten years, three spans a day, fifteen holidays a year, Europe/Berlin. Every library
answers the same questions, and where its answer differs from ours this is counted. Libraries that
are not installed are left out: pip install businesstimedelta business-duration timegrid
"""

import argparse
import importlib.util
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.tickets.hours import Calendar, deadline, elapsed

ZONE = "Europe/Berlin"
HERE = ZoneInfo(ZONE)
FIRST, YEARS, HOLIDAYS = 2021, 10, 15
SPANS = (("08:00", "10:00"), ("10:15", "12:30"), ("13:15", "17:00"))
DAYS = ("mon", "tue", "wed", "thu", "fri")
SAMPLE = 200  # questions of each length
ROUNDS = 3  # their median counts
ZONED, UNZONED = ("businesstimedelta",), ("timegrid", "business_duration")
NEEDED = ("businesstimedelta", "business_duration", "timegrid")
LENGTHS = {
    "an hour": timedelta(hours=1), "a day": timedelta(days=1), "a week": timedelta(days=7),
    "a month": timedelta(days=30), "3 months": timedelta(days=91), "a year": timedelta(days=364),
}  # fmt: skip

Question = tuple[datetime, datetime]  # from, to
Elapsed = Callable[[datetime, datetime], timedelta]
Deadline = Callable[[datetime, timedelta], datetime]


@dataclass
class Library:
    """`deadline` is None where it has none."""

    name: str
    elapsed: Elapsed
    deadline: Deadline | None


def holidays(chance: random.Random) -> list[date]:
    """Fifteen weekdays of each year."""
    found: list[date] = []
    for year in range(FIRST, FIRST + YEARS):
        days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
        found += chance.sample([day for day in days if day.weekday() < 5], HOLIDAYS)
    return sorted(found)


def libraries(free: list[date]) -> Iterator[Library]:
    """Ours first, then those that are installed, then stepping."""
    yield _ours(free)
    for name, make in (("businesstimedelta", _businesstimedelta), ("timegrid", _timegrid),
                       ("business_duration", _business_duration)):  # fmt: skip
        if importlib.util.find_spec(name) is not None:
            yield make(free)
    yield _stepping(free)


def _ours(free: list[date]) -> Library:
    week = {day: [list(span) for span in SPANS] for day in DAYS}
    calendar = Calendar.parse({"tz": ZONE, "week": week, "holidays": free})
    return Library(
        "Liaison",
        lambda start, end: elapsed(calendar, start, end),
        lambda start, amount: deadline(calendar, start, amount),
    )


def _clocks() -> list[tuple[clock, clock]]:
    return [(clock.fromisoformat(a), clock.fromisoformat(b)) for a, b in SPANS]


def _businesstimedelta(free: list[date]) -> Library:
    import businesstimedelta as library
    import pytz

    zone = pytz.timezone(ZONE)
    rules = [library.WorkDayRule(start, end, [0, 1, 2, 3, 4], tz=zone) for start, end in _clocks()]
    calendar = library.Rules([*rules, library.HolidayRule(set(free), tz=zone)])
    return Library(
        "businesstimedelta",
        lambda start, end: calendar.difference(start, end).timedelta,
        lambda start, amount: start + library.BusinessTimeDelta(calendar, timedelta=amount),
    )


def _timegrid(free: list[date]) -> Library:
    """Written in Rust; knows no zones, so it is asked in local time, which is not counted."""
    import timegrid as library

    spans = _clocks()
    calendar = library.TimeGridCalendar.weekdays(spans[0][0], spans[-1][1])
    for (_, end), (start, _) in pairwise(spans):
        calendar = calendar.break_weekdays(end, start)
    for day in free:
        calendar = calendar.close(day)
    line = calendar.compile(datetime(FIRST, 1, 1), datetime(FIRST + YEARS, 1, 1))  # noqa: DTZ001

    def due(start: datetime, amount: timedelta) -> datetime:
        here = start.astimezone(HERE).replace(tzinfo=None)
        result: datetime = calendar.at(here).trace_work_duration(amount).result
        return result

    return Library("timegrid", line.get_working_duration, due)


def _business_duration(free: list[date]) -> Library:
    """Knows one span a day and no zones: asked once for each span, in local time."""
    from business_duration import businessDuration

    closed = dict.fromkeys(free, "closed")

    def worked(start: datetime, end: datetime) -> timedelta:
        seconds = [businessDuration(start, end, opening, closing, [5, 6], closed, "sec")
                   for opening, closing in _clocks()]  # fmt: skip
        return timedelta(seconds=float(sum(seconds)))

    return Library("business_duration", worked, None)


def _stepping(free: list[date]) -> Library:
    """What one writes first: is this minute open? the next?"""
    closed, spans, minute = frozenset(free), _clocks(), timedelta(minutes=1)

    def is_open(at: datetime) -> bool:
        local = at.astimezone(HERE)
        if local.weekday() > 4 or local.date() in closed:
            return False
        return any(start <= local.time() < end for start, end in spans)

    def worked(start: datetime, end: datetime) -> timedelta:
        total, now = timedelta(), start
        while now < end:
            total, now = total + minute * is_open(now), now + minute
        return total

    def due(start: datetime, amount: timedelta) -> datetime:
        now = start
        while amount > timedelta():
            amount, now = amount - minute * is_open(now), now + minute
        return now

    return Library("minute by minute", worked, due)


def questions(length: timedelta, chance: random.Random) -> list[Question]:
    """Somewhere in the ten years, at whole minutes."""
    last = datetime(FIRST + YEARS, 1, 1, tzinfo=UTC) - 2 * length - timedelta(days=30)
    first = datetime(FIRST, 1, 2, tzinfo=UTC)
    minutes = int((last - first) / timedelta(minutes=1))
    starts = [first + timedelta(minutes=chance.randrange(minutes)) for _ in range(SAMPLE)]
    return [(start, start + length) for start in starts]


def a_second(
    ask: Callable[[Any, Any], Any], asked: list[tuple[Any, Any]], seconds: float
) -> float:
    """Answers a second: the median of the rounds, each at most so long."""
    rates = []
    for _ in range(ROUNDS):
        began, done = time.perf_counter(), 0
        while (spent := time.perf_counter() - began) < seconds:
            ask(*asked[done % len(asked)])
            done += 1
        rates.append(done / spent)
    return median(rates)


def local(asked: list[Question]) -> list[Question]:
    """The same by the clock on the wall, for libraries without zones."""
    return [(a.astimezone(HERE).replace(tzinfo=None), b.astimezone(HERE).replace(tzinfo=None))
            for a, b in asked]  # fmt: skip


def compare(every: list[Library], name: str, seconds: float) -> dict[str, float]:
    """Prints a row for each library; returns what was measured as "what of whom"."""
    asked = questions(LENGTHS[name], random.Random(name))  # noqa: S311 - a sample
    ours, found = every[0], dict[str, float]()
    truth = [ours.elapsed(*one) for one in asked]
    amounts = [(one[0], worked) for one, worked in zip(asked, truth, strict=True)
               if worked > timedelta()]  # fmt: skip
    for library in every:
        naive = library.name in UNZONED
        given = local(asked) if naive else asked
        few = 5 if library.name == "minute by minute" else SAMPLE
        wrong = sum(library.elapsed(*one) != right
                    for one, right in list(zip(given, truth, strict=True))[:few])  # fmt: skip
        rate = a_second(library.elapsed, given, seconds)
        found[f"elapsed {library.name}"] = rate
        due = ""
        if library.deadline is not None:
            found[f"deadline {library.name}"] = a_second(library.deadline, amounts, seconds)
            due = f"{found[f'deadline {library.name}']:,.0f}"
        note = f"{wrong} of {few}" if wrong else ""
        print(f"| {name} | {library.name} | {rate:,.0f} | {due} | {note} |", flush=True)
    return found


def best(found: dict[str, float], what: str, *, zoned: bool) -> str:
    """How many times as fast we are as the fastest library that knows zones, or does not."""
    others = {
        name.removeprefix(what).strip(): rate for name, rate in found.items()
        if name.startswith(what) and name.endswith(ZONED if zoned else UNZONED)
    }  # fmt: skip
    if not others:
        return ""
    name = max(others, key=lambda one: others[one])
    kind = "with zones" if zoned else "without"
    return f"{found[f'{what} Liaison'] / others[name]:,.1f} times {name} ({kind}); "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.3, help="for each measurement")
    given = parser.parse_args()
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    every = list(libraries(holidays(random.Random(12))))  # noqa: S311 - a sample
    print("| span | who | elapsed a second | deadlines a second | answers unlike ours |\n"
          "|---|---|---|---|---|")  # fmt: skip
    measured = {name: compare(every, name, given.seconds) for name in LENGTHS}
    print()
    for name, found in measured.items():
        for what in ("elapsed", "deadline"):
            beside = "".join(best(found, what, zoned=zoned) for zoned in (True, False))
            stepping = found[f"{what} Liaison"] / found[f"{what} minute by minute"]
            print(f"{what}, {name}: {beside}{stepping:,.0f} times minute by minute")
    for what in ("elapsed", "deadline"):
        rates = [found[f"{what} Liaison"] for found in measured.values()]
        print(f"{what}: slowest span costs {max(rates) / min(rates):.2f} times the quickest")
    if missing:
        print(f"not measured: pip install {' '.join(missing).replace('_', '-')}")


if __name__ == "__main__":
    main()
