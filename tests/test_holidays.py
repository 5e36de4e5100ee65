"""Holidays of a country or a file stand in the settings as dates."""

from datetime import date
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.holidays import written_out
from bot.tickets.hours import Calendar

OFFICE = {
    "tz": "Asia/Shanghai",
    "week": {"mon": [["09:00", "18:00"]], "tue": [["10:00", "18:00"]]},
}
FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20161224
DTEND;VALUE=DATE:20161227
RRULE:FREQ=YEARLY
SUMMARY:Christmas
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20260608
SUMMARY:Works outing
END:VEVENT
END:VCALENDAR
"""


def _calendar(folder: Path, **more: object) -> Calendar:
    return Calendar.parse(written_out({"o": OFFICE | more}, folder, 2026, "liaison.toml")["o"])


def test_a_country_closes_on_its_holidays_and_works_on_weekends_in_exchange(
    tmp_path: Path,
) -> None:
    found = _calendar(tmp_path, country="CN")
    assert not found.is_working_day(date(2026, 10, 1))
    assert found.spans_on(date(2026, 1, 4)) == found.week[0]  # a Sunday, as a Monday


def test_a_part_of_a_country_has_holidays_of_its_own(tmp_path: Path) -> None:
    reformation = "2026-10-31"
    hamburg, bavaria = (
        written_out({"o": OFFICE | {"country": code}}, tmp_path, 2026, "x")["o"]["holidays"]
        for code in ("DE-HH", "DE-BY")
    )
    assert reformation in hamburg
    assert reformation not in bavaria


def test_a_file_closes_all_days_of_its_events_repeated_ones_too(tmp_path: Path) -> None:
    (tmp_path / "closed.ics").write_text(FILE)
    found = written_out({"o": OFFICE | {"ical": "closed.ics"}}, tmp_path, 2026, "x")["o"]
    assert "2026-06-08" in found["holidays"]
    assert {"2025-12-24", "2026-12-26", "2029-12-25"} <= set(found["holidays"])
    assert not {day for day in found["holidays"] if not "2025" <= day[:4] <= "2029"}


def test_what_the_settings_say_by_themselves_outranks_both(tmp_path: Path) -> None:
    found = _calendar(tmp_path, country="CN", exceptions={"2026-01-04": []},
                      holidays=["2026-03-02"])  # fmt: skip
    assert not found.is_working_day(date(2026, 1, 4))
    assert not found.is_working_day(date(2026, 3, 2))
    assert not found.is_working_day(date(2026, 10, 1))


@pytest.mark.parametrize("given", [{"country": "XX"}, {"country": "DE-QQ"}, {"ical": "no.ics"},
                                   {"ical": "wrong.ics"}])  # fmt: skip
def test_faults_name_file_and_key(tmp_path: Path, given: dict[str, str]) -> None:
    (tmp_path / "wrong.ics").write_text("nothing of the kind")
    with pytest.raises(ConfigError, match=r"^liaison.toml: calendars\.office: (country|ical)"):
        written_out({"office": OFFICE | given}, tmp_path, 2026, "liaison.toml")
