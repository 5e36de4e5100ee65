"""Series against what RFC 5545 and public suites state, reminders, and clocks that move apart."""
# ruff: noqa: DTZ001 - local times carry no zone

import json
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reminders.recurrence import (
    Series,
    aligned,
    occurrences,
    reminder_at,
    reminders,
    shifts,
)
from bot.when import parse_rhythm, read_duration

FILE = Path(__file__).parents[1] / "data" / "recurrence_cases.json"
DATA = json.loads(FILE.read_text("utf-8"))

# Where this project reads otherwise: case -> the local times we give, and why.
EXCEPTIONS: dict[str, list[str]] = {
    # The RFC's own example contradicts its UNTIL, which is 17:00Z = 13:00 there: read literally.
    "rr-035": ["1997-09-02T09:00:00", "1997-09-02T12:00:00"],
    # The source drops what falls into the gap on this path only; we always move it forward.
    "rr-071": [
        "2023-03-11T02:00:00",
        "2023-03-11T14:00:00",
        "2023-03-12T02:00:00",
        "2023-03-12T14:00:00",
        "2023-03-25T02:00:00",
        "2023-03-25T14:00:00",
        "2023-03-26T03:00:00",
        "2023-03-26T14:00:00",
    ],
}


def series_of(case: dict[str, Any]) -> Series:
    return Series(
        datetime.fromisoformat(case["dtstart"]),
        case["tz"] or "UTC",  # floating times are read as UTC here
        case["rrule"],
        tuple(datetime.fromisoformat(text) for text in case["exdates"]),
        tuple(datetime.fromisoformat(text) for text in case["rdates"]),
    )


@pytest.mark.parametrize("case", DATA["cases"], ids=[case["id"] for case in DATA["cases"]])
def test_occurrences_as_stated(case: dict[str, Any]) -> None:
    expected = EXCEPTIONS.get(case["id"], case["expected_local"])
    series = series_of(case)
    after = series.start.replace(tzinfo=UTC) - timedelta(days=2)
    found = list(islice(occurrences(series, after), len(expected) + 1))
    if case["complete"]:
        assert len(found) == len(expected)
    shown = [occurrence.local.isoformat() for occurrence in found[: len(expected)]]
    assert shown == [datetime.fromisoformat(text).isoformat() for text in expected]
    if case["expected_utc"] and case["id"] not in EXCEPTIONS:
        instants = [occurrence.at for occurrence in found[: len(expected)]]
        assert instants == [datetime.fromisoformat(text) for text in case["expected_utc"]]


def test_the_quarterly_review_of_hamburg_and_shenzhen() -> None:
    start = datetime(2026, 12, 10, 15)
    series = Series(start, "Asia/Shanghai", parse_rhythm("每季度", start))
    now = datetime(2026, 12, 3, tzinfo=UTC)
    found = list(occurrences(series, now, limit=3))
    assert [f"{one.local:%d %b %H:%M}" for one in found] == [
        "10 Dec 15:00",
        "11 Mar 15:00",
        "10 Jun 15:00",
    ]
    moved = shifts(series, ["Asia/Shanghai", "Europe/Berlin"], now, timedelta(days=250))
    assert [
        (one.zone, f"{one.occurrence.local:%d %b}", one.was, one.becomes) for one in moved
    ] == [("Europe/Berlin", "10 Jun", time(8), time(9))]


@pytest.mark.parametrize(
    ("day", "hour"),
    [("2026-03-16", 9), ("2026-03-23", 9), ("2026-03-30", 8), ("2026-10-26", 9)],
)
def test_a_weekly_meeting_follows_its_own_clock(day: str, hour: int) -> None:
    series = Series(datetime(2026, 3, 2, 10), "Europe/Berlin", "FREQ=WEEKLY;BYDAY=MO")
    after = datetime.fromisoformat(f"{day}T00:00+00:00")
    assert next(occurrences(series, after)).at == after + timedelta(hours=hour)


def test_shifts_both_ways_for_new_york() -> None:
    series = Series(datetime(2026, 3, 2, 22), "Asia/Shanghai", "FREQ=WEEKLY;BYDAY=MO")
    found = shifts(series, ["America/New_York"], datetime(2026, 3, 1, tzinfo=UTC))
    assert [
        (f"{one.occurrence.local:%m-%d}", one.was.hour, one.becomes.hour) for one in found
    ] == [
        ("03-09", 9, 10),
        ("11-02", 10, 9),
    ]


def test_a_day_before_is_nominal_and_24_hours_are_exact() -> None:
    series = Series(datetime(2026, 3, 29, 10), "Europe/Berlin")
    meeting = next(occurrences(series, datetime(2026, 1, 1, tzinfo=UTC)))
    day = reminder_at(meeting, series.zone, read_duration("1d"))
    hours = reminder_at(meeting, series.zone, read_duration("24h"))
    assert day == datetime(2026, 3, 28, 9, tzinfo=UTC)
    assert hours == datetime(2026, 3, 28, 8, tzinfo=UTC)


def test_missed_reminders_are_not_made_up_for() -> None:
    series = Series(datetime(2026, 3, 29, 10), "Europe/Berlin")
    now = datetime(2026, 3, 29, 6, tzinfo=UTC)
    meeting = next(occurrences(series, now))
    offsets = [read_duration(text) for text in ("1h", "1d", "30 min", "1h")]
    ahead = reminders(meeting, series.zone, offsets, now)
    assert [str(offset) for offset, _ in ahead] == ["1h", "30m"]


def test_exdates_match_instants() -> None:
    rule = "FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3"
    gone = (datetime(2026, 10, 15, 14, 15, tzinfo=UTC), datetime(2026, 12, 15, 15, 15, tzinfo=UTC))
    series = Series(datetime(2026, 10, 15, 16, 15), "Europe/Berlin", rule, exdates=gone)
    found = occurrences(series, datetime(2026, 1, 1, tzinfo=UTC))
    assert [one.local.month for one in found] == [11]


def test_the_fold_happens_once() -> None:
    series = Series(datetime(2026, 10, 25, 2, 30), "Europe/Berlin", "FREQ=DAILY;COUNT=1")
    found = list(occurrences(series, datetime(2026, 1, 1, tzinfo=UTC)))
    assert [one.at for one in found] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_two_times_that_the_gap_makes_one_happen_once_and_in_order() -> None:
    rule = "FREQ=MINUTELY;INTERVAL=30;COUNT=6"
    series = Series(datetime(2026, 3, 29, 1, 30), "Europe/Berlin", rule)
    found = [one.at for one in occurrences(series, datetime(2026, 1, 1, tzinfo=UTC))]
    assert found == sorted(set(found))
    assert len(found) == 4


def test_until_as_a_date_includes_that_day() -> None:
    rule = "FREQ=DAILY;UNTIL=20260303"
    series = Series(datetime(2026, 3, 1, 23), "America/New_York", rule)
    found = list(occurrences(series, datetime(2026, 1, 1, tzinfo=UTC)))
    assert [one.local.day for one in found] == [1, 2, 3]


def test_an_endless_series_ends_at_the_horizon() -> None:
    series = Series(datetime(2026, 1, 1, 9), "UTC", "FREQ=MONTHLY;BYDAY=1MO")
    assert 200 < sum(1 for _ in occurrences(series, datetime(2026, 1, 1, tzinfo=UTC))) < 260


def test_a_start_beside_its_rule_is_moved_to_the_first_fit() -> None:
    series = Series(datetime(2026, 12, 10, 15), "UTC", "FREQ=MONTHLY;BYDAY=-1FR")
    assert aligned(series).start == datetime(2026, 12, 25, 15)
    assert aligned(aligned(series)) == aligned(series)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SOMETIMES", "."),
        ("INTERVAL=2", "FREQ"),
        ("FREQ=DAILY;COLOUR=RED", "COLOUR"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not by both"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no such day"),
        ("nonsense", "NONSENSE"),
    ],
)
def test_wrong_rules_are_refused(rule: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Series(datetime(2026, 1, 1), "UTC", rule)


def test_a_start_with_a_zone_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="local time"):
        Series(datetime(2026, 1, 1, tzinfo=UTC), "UTC")


@settings(max_examples=60)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe",
                     "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia"]),
    st.sampled_from(["daily", "weekly", "biweekly", "monthly", "quarterly", "yearly"]),
    st.integers(0, 900),
)  # fmt: skip
def test_a_window_shows_the_same_as_the_whole(
    start: datetime, zone: str, rhythm: str, days: int
) -> None:
    local = start.replace(second=0, microsecond=0)
    series = Series(local, zone, parse_rhythm(rhythm, local))
    begin = datetime(2025, 12, 30, tzinfo=UTC)
    middle, end = begin + timedelta(days=days), begin + timedelta(days=900)
    whole = list(occurrences(series, begin, before=end))
    parts = [
        *occurrences(series, begin, before=middle),
        *occurrences(series, middle, before=end),
    ]
    assert parts == whole
    assert whole == sorted(whole, key=lambda one: one.at)
    assert all(one.local.time() == local.time() for one in whole if not one.shifted)
    if whole:
        assert whole[0].nominal == local  # the start always fits a rule made from it
