"""Promises that count only the hours in which both sides work: two clocks, two countries."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.tickets import policy

CONFIG = load(Path(__file__).parents[2] / "liaison.toml")


def due(zone: str, start: str, target: str = "1h", tz: str = "Asia/Shanghai") -> str:
    """When an answer is due that is asked for at this moment (UTC), by a partner of this zone."""
    office = CONFIG.calendars["office"] | {"tz": tz}
    update = {"both_sides": True, "answer_within": target}
    both = CONFIG.policies[0].model_copy(update=update)
    config = CONFIG.model_copy(update={"policies": (both,), "calendars": {"office": office}})
    terms = policy.terms(config, policy.Case("Nordwind", "gold", zone))
    assert terms is not None
    moment = terms.moment(policy.ANSWER, datetime.fromisoformat(start).replace(tzinfo=UTC))
    assert moment is not None
    return f"{moment:%Y-%m-%d %H:%M}"


# We work in Shanghai from 01:00 to 10:00 UTC; they, in Berlin or Madrid, from 08:00 in winter.
@pytest.mark.parametrize(
    ("zone", "start", "expected"),
    [
        ("Europe/Berlin", "2026-12-03T02:00", "2026-12-03 09:00"),  # they are not up yet
        ("Europe/Berlin", "2026-12-03T09:30", "2026-12-04 08:30"),  # we have gone home
        ("Europe/Berlin", "2026-12-04T09:30", "2026-12-07 08:30"),  # the weekend of both
        ("Europe/Berlin", "2026-07-03T06:30", "2026-07-03 08:00"),  # from 07:00 in summer
        ("Europe/Berlin", "2026-12-24T09:30", "2026-12-28 08:30"),  # Christmas is theirs alone
        ("Europe/Madrid", "2026-12-07T09:30", "2026-12-09 08:30"),  # the 8th is none in Berlin
        ("Europe/Berlin", "2026-12-07T09:30", "2026-12-08 08:30"),
        ("Europe/Berlin", "2027-02-05T09:30", "2027-02-10 08:30"),  # the 8th and 9th are ours
        ("UTC", "2026-12-24T09:30", "2026-12-25 09:30"),  # of no country: weekends alone
        ("America/Lima", "2026-12-03T02:00", "2026-12-03 03:00"),  # they never meet: our hours
    ],
)
def test_only_what_both_work_counts(zone: str, start: str, expected: str) -> None:
    assert due(zone, start) == expected


def test_a_weekend_that_they_work_in_exchange_counts_if_we_work_then() -> None:
    """10 October 2026 is a Saturday worked in China; an office of ours that is always open."""
    always = {"tz": "UTC", "week": "24x7"}
    both = CONFIG.policies[0].model_copy(update={"both_sides": True})
    config = CONFIG.model_copy(update={"policies": (both,), "calendars": {"office": always}})
    terms = policy.terms(config, policy.Case("Huateng", "gold", "Asia/Shanghai"))
    assert terms is not None
    saturday = datetime(2026, 10, 10, tzinfo=UTC)
    assert terms.moment(policy.ANSWER, saturday) == saturday + timedelta(hours=2)  # from 9 there


def test_working_days_are_the_hours_of_both_in_so_many_days_of_ours() -> None:
    assert due("Europe/Madrid", "2026-12-07T09:30", "2 working days") == "2026-12-09 09:30"
