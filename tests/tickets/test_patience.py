"""When a partner is reminded that we wait for them: working days where they are, and the log."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from bot.config_tickets import TicketSettings
from bot.partners.workdays import is_free
from bot.tickets import clocks, patience
from bot.tickets.patience import Step

DAYS = (2, 5)
BERLIN, SHANGHAI, NEW_YORK = "Europe/Berlin", "Asia/Shanghai", "America/New_York"


@dataclass
class Row:
    kind: str
    when: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.when)


def step(*rows: Row, zone: str = BERLIN, days: tuple[int, ...] = DAYS,
         quiet: tuple[str, str] = ("", ""), sooner: int = 0) -> Step | None:  # fmt: skip
    log = [Row("opened", "2026-11-01T00:00:00+00:00"), *rows]
    whom = patience.them(zone, quiet)
    return patience.next_step(clocks.fold(log), log, days, whom, is_free, sooner)


def at(found: Step | None) -> datetime | None:
    return found.at if found is not None else None


@pytest.mark.parametrize(("since", "zone", "first"), [
    # Thursday; the weekend is not counted
    ("2026-12-03T10:00:00+01:00", BERLIN, "2026-12-07T10:00:00+01:00"),
    # Christmas Eve is worked in Germany, 25 and 26 December are not, nor is the Sunday
    ("2026-12-23T10:00:00+01:00", BERLIN, "2026-12-28T10:00:00+01:00"),
    # the same in New York, where the 26th is a Saturday like any other and Monday is worked
    ("2026-12-23T10:00:00-05:00", NEW_YORK, "2026-12-28T10:00:00-05:00"),
    # asked in Shenzhen's morning, which is New York's Wednesday evening: the night is spared
    ("2026-12-03T09:30:00+08:00", NEW_YORK, "2026-12-07T09:00:00-05:00"),
    # Sunday 20 September 2026 is worked in China in exchange, 1 to 7 October are free
    ("2026-09-18T10:00:00+08:00", SHANGHAI, "2026-09-21T10:00:00+08:00"),
    ("2026-09-30T10:00:00+08:00", SHANGHAI, "2026-10-09T10:00:00+08:00"),
    # said on a Sunday: Monday is the first day
    ("2026-12-06T11:00:00+01:00", BERLIN, "2026-12-08T11:00:00+01:00"),
    # summer time ends in between: ten stays ten
    ("2026-10-23T10:00:00+02:00", BERLIN, "2026-10-27T10:00:00+01:00"),
])  # fmt: skip
def test_two_working_days_where_they_are(since: str, zone: str, first: str) -> None:
    found = step(Row("waiting", since), zone=zone)
    assert found == Step(1, datetime.fromisoformat(first))


def test_the_second_after_five_days_then_their_manager_is_told() -> None:
    asked, first = Row("waiting", "2026-12-03T10:00:00+01:00"), "2026-12-07T10:00:00+01:00"
    second = "2026-12-10T10:00:00+01:00"
    assert step(asked, Row("chased", first)) == Step(2, datetime.fromisoformat(second))
    told = Step(0, datetime.fromisoformat("2026-12-11T10:00:00+01:00"))
    both = (asked, Row("chased", first), Row("chased", second))
    assert step(*both) == told
    silent = Row("silent", told.at.isoformat())
    assert step(*both, silent) is None
    again = Row("waiting", "2026-12-14T12:00:00+01:00")  # the manager waits on
    assert step(*both, silent, again) == Step(
        1, datetime.fromisoformat("2026-12-16T12:00:00+01:00")
    )


def test_a_first_one_that_came_late_does_not_bring_the_second_at_once() -> None:
    asked, late = Row("waiting", "2026-12-03T10:00:00+01:00"), "2026-12-11T16:00:00+01:00"
    assert at(step(asked, Row("chased", late))) == datetime.fromisoformat(
        "2026-12-16T16:00:00+01:00"
    )


@pytest.mark.parametrize("what", ["heard", "resolved", "hold", "resumed"])
def test_nothing_is_said_when_it_is_not_their_turn(what: str) -> None:
    asked, then = Row("waiting", "2026-12-03T10:00:00+01:00"), "2026-12-04T10:00:00+01:00"
    assert step(asked, Row(what, then)) is None


def test_a_hold_that_was_taken_back_changes_nothing() -> None:
    asked = Row("waiting", "2026-12-03T10:00:00+01:00")
    held = Row("hold", "2026-12-03T11:00:00+01:00", {"key": "hold:3"})
    undone = Row("unsent", "2026-12-03T11:01:00+01:00", {"key": "hold:3"})
    assert step(asked, held, undone) == step(asked)


def test_our_own_later_word_counts_and_without_days_nothing_does() -> None:
    asked = Row("waiting", "2026-12-03T10:00:00+01:00")
    word = Row("answered", "2026-12-04T15:00:00+01:00")
    assert at(step(asked, word)) == datetime.fromisoformat("2026-12-08T15:00:00+01:00")
    assert step(asked, days=()) is None


@pytest.mark.parametrize("days", [(5, 2), (2, 2), (0,), (251,)])
def test_days_that_make_no_sense_are_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError, match="working days from 1 to 250, each later than"):
        TicketSettings(chase_after=days)


def test_their_own_quiet_hours_count_and_what_comes_soon_goes_along() -> None:
    asked = Row("waiting", "2026-12-03T10:00:00+01:00")
    late = step(asked, quiet=("20:00", "11:00"))
    assert at(late) == datetime.fromisoformat("2026-12-07T11:00:00+01:00")
    soon = step(asked, sooner=1)
    assert at(soon) == datetime.fromisoformat("2026-12-04T10:00:00+01:00")
