"""A meeting on everybody's clock: hints, the better hour, quiet hours, summer time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reminders import clocks
from bot.reminders.recurrence import Series
from bot.when import local_time, place

LOCAL = datetime.fromisoformat
HOUR = timedelta(hours=1)
NOW = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")
moments = st.datetimes(
    LOCAL("2026-01-01T00:00"), LOCAL("2028-01-01T00:00"), timezones=st.just(UTC)
)


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("07:00", "early"), ("08:00", "early"), ("08:01", ""), ("19:59", ""), ("20:00", "late"),
     ("23:30", "late"), ("00:00", "early")],
)  # fmt: skip
def test_hint(clock: str, expected: str) -> None:
    assert clocks.hint(datetime.fromisoformat(f"2026-12-10T{clock}")) == expected


def test_another_date_is_told() -> None:
    at = place(LOCAL("2026-12-10T15:00"), "America/New_York").at
    [side] = clocks.sides(at, "America/New_York", ["Pacific/Auckland", "Pacific/Auckland"])
    assert (side.local, side.hint, side.other_day) == (LOCAL("2026-12-11T09:00"), "", True)


@pytest.mark.parametrize(
    ("local", "zones", "expected"),
    [
        ("15:00", ["Europe/Berlin"], "16:00"),  # Moment D
        ("16:00", ["Europe/Berlin"], None),  # nobody is bothered
        ("15:30", ["Europe/Berlin"], None),
        ("21:00", ["Europe/Berlin"], "17:00"),  # the organiser's own evening
        ("09:00", ["America/New_York"], None),  # no hour suits both
        ("15:00", ["Europe/Berlin", "Asia/Kolkata"], "16:00"),
    ],
)
def test_better_hour(local: str, zones: list[str], expected: str | None) -> None:
    wish = datetime.fromisoformat(f"2026-12-10T{local}")
    found = clocks.better_hour(wish, HOUR, "Asia/Shanghai", zones, NOW)
    assert (found and f"{found:%H:%M}") == expected


@given(st.integers(0, 23), st.lists(st.sampled_from(ZONES), min_size=1, max_size=4))
def test_a_better_hour_is_in_everybodys_day(hour: int, zones: list[str]) -> None:
    wish = LOCAL(f"2026-12-10T{hour:02}:00")
    found = clocks.better_hour(wish, HOUR, "Asia/Shanghai", zones, NOW)
    if found is None:
        return
    for zone in ["Asia/Shanghai", *zones]:
        begin = local_time(place(found, "Asia/Shanghai").at, zone)
        assert time(9) <= begin.time() <= time(17)
        assert not clocks.hint(begin)


def test_what_comes_later_names_the_first_change_of_a_clock() -> None:
    weekly = Series(LOCAL("2026-12-10T15:00"), "Asia/Shanghai", "FREQ=WEEKLY;BYDAY=TH")
    first = place(weekly.start, weekly.zone).at
    soon, changed = clocks.later(weekly, first, ["Europe/Berlin"])
    assert (soon.at.isoformat()[:10], soon.season) == ("2026-12-17", "")
    assert (changed.at.isoformat()[:10], changed.season) == ("2027-04-01", "summer")
    assert changed.sides[0].local.time() == time(9)


def test_without_summer_time_the_next_two_are_named() -> None:
    daily = Series(LOCAL("2026-12-10T15:00"), "Asia/Shanghai", "FREQ=DAILY")
    first = place(daily.start, daily.zone).at
    shown = clocks.later(daily, first, ["Asia/Tokyo"])
    assert [one.at.day for one in shown] == [11, 12]
    assert {one.season for one in shown} == {""}


def test_a_single_meeting_has_nothing_later() -> None:
    once = Series(LOCAL("2026-12-10T15:00"), "Asia/Shanghai")
    assert clocks.later(once, place(once.start, once.zone).at, ["Europe/Berlin"]) == []
