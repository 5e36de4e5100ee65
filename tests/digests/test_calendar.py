"""The digest's hour in every zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests import calendar
from bot.when import local_time

LOCAL = datetime.fromisoformat
MONDAY = date(2026, 12, 7)
ZONES = sorted(zone for zone in available_timezones() if zone != "localtime")
moments = st.datetimes(
    LOCAL("2026-01-01T00:00"), LOCAL("2028-01-01T00:00"), timezones=st.just(UTC)
)


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Pacific/Kiritimati", "2026-12-06T19:00Z"), ("Pacific/Auckland", "2026-12-06T20:00Z"),
        ("Asia/Shanghai", "2026-12-07T01:00Z"), ("Europe/Berlin", "2026-12-07T08:00Z"),
        ("America/New_York", "2026-12-07T14:00Z"), ("Etc/GMT+12", "2026-12-07T21:00Z"),
    ],
)  # fmt: skip
def test_monday_nine_in_every_zone(zone: str, at: str) -> None:
    assert calendar.slot(MONDAY, "09:00", zone) == datetime.fromisoformat(at)


@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_planning_comes_before_every_zone(zone: str, day: date) -> None:
    assert calendar.planned_at(day, "09:00") < calendar.slot(day, "09:00", zone)


@given(moments)
def test_the_current_day_is_ahead_somewhere_and_the_first_such(now: datetime) -> None:
    day = calendar.current(now, "monday", "09:00")
    assert day.weekday() == 0
    assert calendar.slot(day, "09:00", "Etc/GMT+12") > now
    assert calendar.slot(day - timedelta(days=7), "09:00", "Etc/GMT+12") <= now


@given(moments, st.sampled_from(ZONES))
def test_the_next_slot_is_ahead_within_a_week(now: datetime, zone: str) -> None:
    at = calendar.next_slot(now, "monday", "09:00", zone)
    assert timedelta(0) < at - now <= timedelta(days=7, hours=2)
    assert local_time(at, zone).weekday() == 0


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-06T13:00Z", "2026-12-07T08:00Z"),  # in good time
        ("2026-12-07T17:59Z", "2026-12-07T08:00Z"),  # a few hours late: at once
        ("2026-12-07T19:00Z", "2026-12-08T08:00Z"),  # in the evening: the next morning
        ("2026-12-10T12:00Z", "2026-12-10T08:00Z"),
    ],
)
def test_after_an_outage_nobody_is_woken(now: str, expected: str) -> None:
    found = calendar.due_at(MONDAY, "09:00", "Europe/Berlin", datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(expected)
