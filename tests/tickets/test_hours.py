"""Business hours against what public suites state, and properties that hold for every calendar."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.tickets.calendar import instant, micros, year_of
from bot.tickets.hours import (
    Both,
    Calendar,
    add_working_days,
    deadline,
    deadline_backward,
    elapsed,
    is_open,
    next_open,
    remaining,
)

DATA = json.loads((Path(__file__).parents[1] / "data" / "sla_cases.json").read_text("utf-8"))
CALENDARS = {name: Calendar.parse(week, name) for name, week in DATA["calendars"].items()}
MINUTE = timedelta(minutes=1)

# Where this project decides otherwise: case -> (what we say, why).
EXCEPTIONS = {
    "ZAM-17c": ("2016-11-09T09:26:36Z", "Zammad drops the seconds of the start; we keep them"),
}


def cases(kind: str) -> Any:
    found = [case for case in DATA["cases"] if case["kind"] == kind]
    assert found
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pauses(case: dict[str, Any]) -> list[tuple[datetime, datetime]]:
    return [(at(start), at(end)) for start, end in case["given"].get("pauses", ())]


def calendar(case: dict[str, Any]) -> Calendar | None:
    return CALENDARS[case["calendar"]] if case["calendar"] else None


@cases("deadline")
def test_deadlines_as_stated(case: dict[str, Any]) -> None:
    given_ = case["given"]
    due = deadline(calendar(case), at(given_["start"]), given_["minutes"] * MINUTE, pauses(case))
    assert due == at(EXCEPTIONS.get(case["id"], (case["expect"]["due"],))[0])


@cases("elapsed")
def test_elapsed_as_stated(case: dict[str, Any]) -> None:
    given_ = case["given"]
    used = elapsed(calendar(case), at(given_["from"]), at(given_["to"]), pauses(case))
    assert used == timedelta(seconds=case["expect"]["seconds"])


@cases("is_open")
def test_open_as_stated(case: dict[str, Any]) -> None:
    assert is_open(calendar(case), at(case["given"]["at"])) is case["expect"]["open"]


@cases("clock_start")
def test_clock_start_as_stated(case: dict[str, Any]) -> None:
    assert next_open(calendar(case), at(case["given"]["at"])) == at(case["expect"]["start"])


@cases("remaining")
def test_remaining_as_stated(case: dict[str, Any]) -> None:
    left = remaining(calendar(case), at(case["given"]["due"]), at(case["given"]["now"]))
    assert left == case["expect"]["minutes"] * MINUTE


@cases("deadline_backward")
def test_backward_as_stated(case: dict[str, Any]) -> None:
    given_ = case["given"]
    start = deadline_backward(calendar(case), at(given_["end"]), given_["minutes"] * MINUTE)
    assert start == at(case["expect"]["start"])


@cases("working_day_shift")
def test_working_days_as_stated(case: dict[str, Any]) -> None:
    given_ = case["given"]
    hours = CALENDARS[case["calendar"]]
    due = add_working_days(
        hours, at(given_["start"]), given_["working_days"], given_["end_of_day"]
    )
    assert due == at(case["expect"]["due"])


@cases("relative_minutes")
def test_relative_minutes_as_stated(case: dict[str, Any]) -> None:
    """All numbers are minutes after creation in a calendar that is always open."""
    said = _relative(case["given"])
    actual = next((said[key] for key in case["expect"] if key.endswith("_min")), None)
    if actual is not None:
        said["margin"] = case["given"]["target"] - actual if "margin" in case["expect"] else 0
    assert {key: said[key] for key in case["expect"]} == case["expect"]


def _relative(given_: dict[str, Any]) -> dict[str, int]:
    hours, zero = CALENDARS["h24x7"], at("2024-01-17T12:00:00Z")
    breaks = [(zero + a * MINUTE, zero + b * MINUTE) for a, b in given_.get("pauses", ())]

    def used(start: int, end: int) -> int:
        last = min(end, given_.get("closed_at", end))  # the window ends when the ticket closes
        return (
            elapsed(hours, zero + max(start, 0) * MINUTE, zero + last * MINUTE, breaks) // MINUTE
        )

    def due(start: int) -> int:
        target = given_.get("target", 1) * MINUTE
        return (deadline(hours, zero + start * MINUTE, target, breaks) - zero) // MINUTE

    customer = given_.get("customer_at", 0)
    exchanges = given_.get("exchanges", [[customer, given_.get("agent_at", customer)]])
    return {
        "due": due(given_.get("start", 0)),
        "update_due": due(customer),
        "worked_min": used(given_.get("from", 0), given_.get("to", 0)),
        "update_min": max(used(start, end) for start, end in exchanges),
        "first_response_min": used(0, given_.get("first_response_at", 0)),
        "solution_min": used(0, given_.get("closed_at", 0)),
    }


@pytest.mark.parametrize(
    ("name", "start", "end", "per_day"),
    [
        ("ZAM-43", "2024-01-16T23:45+01:00", "2024-01-17T00:45+01:00", {16: 15, 17: 45}),
        ("ZAM-44", "2024-11-15T23:45Z", "2024-11-16T00:15Z", {15: 0, 16: 30}),
        ("ZAM-45", "2024-01-10T12:00+01:00", "2024-01-15T12:00+01:00",
         {10: 720, 11: 1440, 12: 1440, 13: 1440, 14: 1440, 15: 720}),
    ],
)  # fmt: skip
def test_a_pause_is_split_by_local_days(
    name: str, start: str, end: str, per_day: dict[int, int]
) -> None:
    """What the pause takes from each local day; ZAM-42 needs states and belongs to the clocks."""
    hours = Calendar.parse({"tz": "Europe/Berlin", "week": "24x7"})
    zone, month = ZoneInfo("Europe/Berlin"), at(start).month
    for day, minutes in per_day.items():
        midnight = datetime(2024, month, day, tzinfo=zone)
        window = (midnight, datetime(2024, month, day + 1, tzinfo=zone))
        without = elapsed(hours, *window) - elapsed(hours, *window, [(at(start), at(end))])
        assert without == minutes * MINUTE, name


def test_every_exception_is_a_case() -> None:
    """That every kind of case is run is held in test_public_cases.py."""
    assert set(EXCEPTIONS) <= {case["id"] for case in DATA["cases"]}


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"tz": "UTC", "week": {"mon": [["09:00", "00:00"]]}}, "week.mon"),  # ZAM-23
        ({"tz": "UTC", "week": {}}, "week"),  # ZAM-24
        ({"tz": "UTC", "week": {"mon": []}}, "week"),
        ({"tz": "Europe/Berln", "week": "24x7"}, "tz"),
        ({"tz": "UTC", "week": {"mon": [["09:00", "12:00"], ["11:00", "17:00"]]}}, "week.mon"),
        ({"tz": "UTC", "week": {"mon": [["9", "17:00"]]}}, "week.mon"),
        ({"tz": "UTC", "week": {"mon": [["09:00", "25:00"]]}}, "week.mon"),
        ({"tz": "UTC", "week": {"mon": ["09:00"]}}, "week.mon"),
        ({"tz": "UTC", "week": {"moon": [["09:00", "17:00"]]}}, "week.moon"),
        ({"tz": "UTC", "week": {"monkey": [["09:00", "17:00"]]}}, "week.monkey"),
        ({"tz": "UTC", "week": {"mon": [["09:00", "10:00"]], "Monday": []}}, "week.Monday"),
        ({"tz": "UTC", "week": {"mon": [["22:00", "06:00"]]}}, "week.mon"),
        ({"tz": "UTC", "week": {"mon": [["09:00", "09:00"]]}}, "week.mon"),
        ({"tz": "UTC", "week": {}, "exceptions": {"2024-01-01": [["09:00", "10:00"]]}}, "week"),
        ({"tz": "UTC", "week": "24x7", "holidays": None}, "holidays"),
        ({"tz": "UTC", "week": "24x7", "holidays": "2024-01-01"}, "holidays"),
        ({"tz": "UTC", "week": "24x7", "recurring_holidays": "12-25"}, "recurring_holidays"),
        ({"tz": "UTC", "week": "24x7", "holidays": ["2024-02-30"]}, "holidays"),
        ({"tz": "UTC", "week": "24x7", "recurring_holidays": ["13-01"]}, "recurring_holidays"),
        ({"tz": "UTC", "week": "24x7", "exceptions": {"soon": []}}, "exceptions"),
    ],
)
def test_hours_that_make_no_sense_are_refused(mapping: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Calendar.parse(mapping, "calendars.office")
    assert refused.value.faults[0].startswith(f"calendars.office: {key}: ")


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        Calendar.parse({"tz": "x", "week": {"mon": [["9", "8"]]}, "holidays": ["y"]})
    assert len(refused.value.faults) >= 3


@pytest.mark.parametrize("minutes", [-60, 0])  # BIZ-03
def test_a_target_must_be_positive(minutes: int) -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        deadline(None, at("2024-01-15T10:00Z"), minutes * MINUTE)


def test_naive_times_and_reversed_pauses_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        is_open(None, datetime(2024, 1, 15))  # noqa: DTZ001 - the point of the test
    start = at("2024-01-15T10:00Z")
    with pytest.raises(ValueError, match="ends before"):
        elapsed(None, start, start + MINUTE, [(start + MINUTE, start)])


WORKWEEK = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.parse(
    {"tz": "Europe/Berlin", "week": {day: [["09:00", "18:00"]] for day in WORKWEEK}}
)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2024-03-29T17:30+01:00", "2024-04-01T07:30Z"),  # the clocks go forward in between
        ("2024-10-25T17:30+02:00", "2024-10-28T08:30Z"),  # and back
    ],
)
def test_opening_hours_follow_the_local_clock(start: str, due: str) -> None:
    assert deadline(OFFICE, at(start), 60 * MINUTE) == at(due)


def test_nights_in_which_the_clocks_change() -> None:
    night = Calendar.parse({"tz": "Europe/Berlin", "week": {"sun": [["00:00", "06:00"]]}})
    spring = (at("2024-03-30T12:00Z"), at("2024-03-31T12:00Z"))
    autumn = (at("2024-10-26T12:00Z"), at("2024-10-27T12:00Z"))
    assert elapsed(night, *spring) == timedelta(hours=5)
    assert elapsed(night, *autumn) == timedelta(hours=7)


def test_closing_time_is_kept_and_a_second_more_rolls_over() -> None:
    start = at("2024-01-15T16:00Z")  # Monday 17:00 in Berlin
    assert deadline(OFFICE, start, timedelta(hours=1)) == at("2024-01-15T17:00Z")
    second = timedelta(hours=1, seconds=1)
    assert deadline(OFFICE, start, second) == at("2024-01-16T08:00:01Z")


def test_an_exception_outranks_a_holiday() -> None:
    hours = Calendar.parse(
        {"tz": "UTC", "week": {"mon": [["09:00", "17:00"]]}, "holidays": [date(2024, 1, 15)],
         "exceptions": {"2024-01-15": [["10:00", "11:00"]], "2024-01-22": []}}
    )  # fmt: skip
    assert next_open(hours, at("2024-01-15T00:00Z")) == at("2024-01-15T10:00Z")
    assert next_open(hours, at("2024-01-15T11:00Z")) == at("2024-01-29T09:00Z")


def test_a_holiday_on_one_side_only() -> None:
    theirs = Calendar.parse(
        {"tz": "Asia/Shanghai", "week": {"mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]]},
         "holidays": ["2024-02-12"]}
    )  # fmt: skip
    both = Both(OFFICE, theirs)
    assert next_open(both, at("2024-02-12T00:00Z")) == at("2024-02-13T08:00Z")
    assert elapsed(both, at("2024-02-12T00:00Z"), at("2024-02-14T00:00Z")) == timedelta(hours=2)
    assert deadline(both, at("2024-02-12T00:00Z"), timedelta(hours=3)) == at("2024-02-19T09:00Z")


def test_without_common_hours_nothing_is_ever_due() -> None:
    morning = Calendar.parse({"tz": "UTC", "week": {"mon": [["09:00", "12:00"]]}})
    evening = Calendar.parse({"tz": "UTC", "week": {"mon": [["13:00", "17:00"]]}})
    with pytest.raises(ValueError, match="no open hours"):
        deadline(Both(morning, evening), at("2024-02-12T00:00Z"), MINUTE)


def test_working_days() -> None:
    holiday = Calendar.parse(
        {
            "tz": "Europe/Berlin",
            "week": {day: [["09:00", "18:00"]] for day in ("thu", "fri", "mon")},
            "holidays": ["2024-03-29", "2024-04-01"],
        }
    )
    thursday = at("2024-03-28T10:00+01:00")
    assert add_working_days(holiday, thursday, 1) == at("2024-04-04T10:00+02:00")
    assert add_working_days(holiday, thursday, 1, end_of_day=True) == at("2024-04-04T18:00+02:00")
    assert add_working_days(holiday, thursday, 0) == thursday
    for start, days, due in (
        ("2024-03-29T12:00+01:00", 0, "2024-04-04T12:00+02:00"),
        ("2024-03-28T22:00+01:00", 1, "2024-04-04T18:00+02:00"),  # after hours: the day's end
        ("2024-04-04T07:00+02:00", -1, "2024-03-28T09:00+01:00"),
    ):
        assert add_working_days(holiday, at(start), days) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2024-03-30T07:00Z", 1, "2024-04-02T09:00+02:00"),  # Saturday: all of Monday is left
        ("2024-03-30T23:00Z", 2, "2024-04-03T09:00+02:00"),
        ("2024-03-31T12:00Z", -1, "2024-03-28T18:00+01:00"),
    ],
)
def test_what_comes_on_a_free_day_counts_from_the_next_opening(
    start: str, days: int, due: str
) -> None:
    assert add_working_days(OFFICE, at(start), days) == at(due)


def test_a_day_that_a_place_left_out_is_no_working_day() -> None:
    """Apia went over the date line: there was no Friday 30 December 2011."""
    apia = Calendar.parse(
        {"tz": "Pacific/Apia", "week": {day: [["09:00", "17:00"]] for day in WORKWEEK}}
    )
    thursday = at("2011-12-29T10:00-10:00")
    assert add_working_days(apia, thursday, 1) == at("2012-01-02T10:00+14:00")
    assert add_working_days(apia, at("2012-01-02T10:00+14:00"), -1) == thursday
    assert deadline(apia, thursday, timedelta(hours=8)) == at("2012-01-02T10:00+14:00")


def test_pauses_in_any_shape_take_their_open_time_once() -> None:
    """Before the start, touching, one within another, of no length, and one that goes on."""
    monday, now = at("2024-01-15T09:00+01:00"), at("2024-01-16T12:00+01:00")
    hour = timedelta(hours=1)
    breaks = [
        (monday - 5 * hour, monday + hour), (monday + 2 * hour, monday + 3 * hour),
        (monday + 3 * hour, monday + 4 * hour), (monday + 3 * hour, monday + 3 * hour),
        (monday + 2.5 * hour, monday + 3.5 * hour), (monday + 8 * hour, now),
    ]  # fmt: skip
    assert elapsed(OFFICE, monday, now, breaks) == 5 * hour
    assert deadline(OFFICE, monday, 5 * hour, breaks) == monday + 8 * hour
    assert deadline(OFFICE, monday, 6 * hour, breaks) == now + hour


# properties

ZONES = sorted(zone for zone in available_timezones() if zone not in ("localtime", "Factory"))
_days = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"


def _spans(quarters: list[int]) -> list[list[str]]:
    even = quarters[: len(quarters) // 2 * 2]
    return [[_clock(a), _clock(b)] for a, b in zip(even[::2], even[1::2], strict=True)]


weeks = st.dictionaries(
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    _days.map(_spans),
    min_size=1,
)
holidays = st.lists(st.dates(date(2023, 1, 1), date(2025, 12, 31)), max_size=8)
calendars = st.builds(
    lambda zone, week, days: Calendar.parse({"tz": zone, "week": week, "holidays": days}),
    st.sampled_from(ZONES),
    weeks,
    holidays,
)
SPAN = (date(2023, 6, 1), date(2025, 6, 1))
instants = st.builds(
    lambda day, second: (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    ),
    st.dates(*SPAN),
    st.integers(0, 86_399),
)
amounts = st.integers(1, 200 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def _pauses(start: datetime, cuts: list[int]) -> list[tuple[datetime, datetime]]:
    return [
        (start + timedelta(minutes=first), start + timedelta(minutes=first + 700 * (index + 1)))
        for index, first in enumerate(cuts)
    ]


cuts = st.lists(st.integers(-1000, 20_000), max_size=4)


@settings(max_examples=150, deadline=None)
@given(calendars, instants, amounts, cuts)
def test_elapsed_until_the_deadline_is_the_target(
    hours: Calendar, start: datetime, amount: timedelta, cuts: list[int]
) -> None:
    breaks = _pauses(start, cuts)
    due = deadline(hours, start, amount, breaks)
    assert elapsed(hours, start, due, breaks) == amount
    assert elapsed(hours, start, due - timedelta(microseconds=1), breaks) < amount


@settings(max_examples=150, deadline=None)
@given(calendars, instants, amounts, cuts, st.integers(0, 20_000))
def test_a_pause_more_never_makes_it_earlier(
    hours: Calendar, start: datetime, amount: timedelta, cuts: list[int], more: int
) -> None:
    breaks = _pauses(start, cuts)
    longer = [*breaks, (start + more * MINUTE, start + (more + 500) * MINUTE)]
    assert deadline(hours, start, amount, longer) >= deadline(hours, start, amount, breaks)


@settings(max_examples=100, deadline=None)
@given(calendars, instants, amounts)
def test_backward_undoes_forward(hours: Calendar, end: datetime, amount: timedelta) -> None:
    start = deadline_backward(hours, end, amount)
    assert elapsed(hours, start, end) == amount
    assert elapsed(hours, start + timedelta(microseconds=1), end) < amount


@settings(max_examples=100, deadline=None)
@given(calendars, instants, instants, instants)
def test_parts_of_a_span_add_up(
    hours: Calendar, one: datetime, two: datetime, three: datetime
) -> None:
    first, middle, last = sorted((one, two, three))
    parts = elapsed(hours, first, middle) + elapsed(hours, middle, last)
    assert parts == elapsed(hours, first, last)
    assert remaining(hours, first, last) == -elapsed(hours, first, last)


@settings(max_examples=100, deadline=None)
@given(calendars, instants)
def test_the_next_opening_is_open_and_nothing_before_is(hours: Calendar, moment: datetime) -> None:
    opening = next_open(hours, moment)
    assert is_open(hours, opening)
    assert elapsed(hours, moment, opening) == timedelta(0)
    assert is_open(hours, moment) == (opening == moment)


def _wall_open(hours: Calendar, moment: datetime) -> bool:
    """The naive definition: what the clock on the wall shows is within the day's hours."""
    local = moment.astimezone(ZoneInfo(hours.zone))
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return any(a <= seconds < b for a, b in hours.spans_on(local.date()))


@settings(max_examples=60, deadline=None)
@given(calendars, instants)
def test_open_is_what_the_clock_on_the_wall_says(hours: Calendar, moment: datetime) -> None:
    for hour in range(0, 72, 3):
        probe = moment + timedelta(hours=hour)
        assert is_open(hours, probe) == _wall_open(hours, probe)


def _offsets(zone: str) -> tuple[timedelta | None, ...]:
    here = ZoneInfo(zone)
    days = (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(367))
    return tuple(day.astimezone(here).utcoffset() for day in days)


def test_every_zone_agrees_with_counting_the_minutes() -> None:
    """Three days around each of the year's clock changes, counted in steps of five minutes.

    Zones whose clocks do the same all year are counted once.
    """
    week = {day: [["00:30", "02:30"], ["22:00", "24:00"]] for day in ("sat", "sun", "mon")}
    behaviours = {_offsets(zone): zone for zone in ZONES}
    assert len(behaviours) > 60
    for offsets, zone in behaviours.items():
        hours = Calendar.parse({"tz": zone, "week": week})
        changes = [day for day in range(366) if offsets[day] != offsets[day + 1]]
        for change in changes or [0]:
            start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=change - 1)
            steps = [start + 5 * index * MINUTE for index in range(3 * 288)]
            counted = 5 * MINUTE * sum(_wall_open(hours, step) for step in steps)
            assert elapsed(hours, start, start + timedelta(days=3)) == counted, zone


# Half an hour of daylight saving, none in Ramadan, a winter time that is the saving, a day left
# out, two hours at once, midnights that do not exist, quarters of an hour.
ODD = [("Australia/Lord_Howe", 2024), ("Africa/Casablanca", 2024), ("Europe/Dublin", 2024),
       ("Pacific/Apia", 2011), ("Pacific/Kwajalein", 1993), ("Antarctica/Troll", 2024),
       ("America/Sao_Paulo", 2018), ("Asia/Beirut", 2024), ("Asia/Gaza", 2023),
       ("Africa/Cairo", 2014), ("Pacific/Chatham", 2024), ("Asia/Kathmandu", 1985),
       ("America/St_Johns", 2006), ("Asia/Pyongyang", 2018)]  # fmt: skip


@pytest.mark.parametrize(("zone", "year"), ODD)
def test_odd_clocks_agree_with_counting_the_minutes(zone: str, year: int) -> None:
    """A day and a half on each side of the year's changes, forward and backward too."""
    here, hour = ZoneInfo(zone), timedelta(hours=1)
    first = datetime(year, 1, 1, tzinfo=UTC)
    probes = [first + index * hour for index in range(366 * 24)]
    offsets = [probe.astimezone(here).utcoffset() for probe in probes]
    changes = [after for after, (a, b) in zip(probes[1:], pairwise(offsets), strict=True)
               if a != b]  # fmt: skip
    assert changes
    day = f"{changes[0].astimezone(here):%Y-%m-%d}"
    week = {name: [["00:00", "01:30"], ["02:45", "09:00"], ["22:01", "23:59"]]
            for name in ("sun", "mon", "wed", "fri", "sat")}  # fmt: skip
    exceptions = {day: [["00:10", "03:07"], ["23:00", "24:00"]]}
    hours = Calendar.parse({"tz": zone, "week": week, "exceptions": exceptions})
    for change in changes:
        steps = [change - 36 * hour + index * MINUTE for index in range(72 * 60)]
        worked = [step for step in steps if _wall_open(hours, step)]
        assert elapsed(hours, steps[0], steps[-1] + MINUTE) == len(worked) * MINUTE
        middle = len(worked) // 2
        assert deadline(hours, steps[0], middle * MINUTE) == worked[middle - 1] + MINUTE
        backward = deadline_backward(hours, steps[-1] + MINUTE, middle * MINUTE)
        assert backward == worked[-middle]


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_are_counted_without_loss(there: datetime) -> None:
    assert instant(micros(there)) == there
    assert year_of(micros(there)) == there.year


def test_the_cost_does_not_grow_with_the_span() -> None:
    """Counted, not timed: a year's span touches two compiled years and no single day."""
    hours = Calendar.parse({"tz": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}})
    start = at("2024-06-03T09:00Z")
    elapsed(hours, start, start + timedelta(days=1))
    assert set(hours._years) == {2024}
    elapsed(hours, start, start + timedelta(days=365))
    assert set(hours._years) == {2024, 2025}
