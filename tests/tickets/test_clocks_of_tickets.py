"""All clocks of a ticket: the worked example of SLA semantics 4.1, and what each decision says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tickets import clocks
from bot.tickets.clocks import Clock, Story, fold, sums
from bot.tickets.hours import Both, Calendar, elapsed
from bot.tickets.policy import Target, Terms

ZONE = ZoneInfo("Europe/Berlin")
WEEK = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = Calendar.parse({"tz": "Europe/Berlin", "week": WEEK, "holidays": ["2024-01-17"]})
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Row:
    at: datetime
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


def at(text: str) -> datetime:
    """ "16 17:30": a day and time of January 2024 in Berlin."""
    return datetime.strptime(f"2024-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def terms(**minutes: int) -> Terms:
    targets = {name: Target(open=length * MINUTE) for name, length in minutes.items()}
    return Terms("office", "office", 1, OFFICE, OFFICE, targets)


def clocks_of(log: Sequence[Row], now: str, **minutes: int) -> dict[tuple[str, int], Clock]:
    found = clocks.clocks(fold(log), lambda _: terms(**minutes), at(now))
    return {(clock.name, clock.number): clock for clock in found}


# Tue 16 the partner opens; Thu 18 an answer, then we wait for them; Fri 19 solved.
EXAMPLE = [
    Row(at("16 17:30"), "opened"), Row(at("16 17:50"), "heard"),
    Row(at("18 09:20"), "answered", {"key": "a"}), Row(at("18 09:20"), "waiting"),
    Row(at("18 11:00"), "heard"), Row(at("18 12:00"), "hold"),
    Row(at("19 10:00"), "answered", {"key": "b"}), Row(at("19 10:00"), "resumed"),
    Row(at("19 16:00"), "answered", {"key": "c"}), Row(at("19 16:00"), "resolved", {"key": "r"}),
]  # fmt: skip


def test_first_answer_of_the_example() -> None:
    clock = clocks_of(EXAMPLE, "19 16:00", answer=60)["answer", 1]
    assert clock.used(at("19 16:00")) == 50 * MINUTE
    assert clock.due == at("18 09:30")
    assert clock.moment(0.75) == at("18 09:15")
    assert clock.kept


@pytest.mark.parametrize(("target", "due", "kept"),
                         [(360, "18 17:00", False), (480, "19 10:00", True)])  # fmt: skip
def test_next_answer_of_the_example(target: int, due: str, kept: bool) -> None:
    clock = clocks_of(EXAMPLE, "19 16:00", answer=60, next=target)["answer", 2]
    assert clock.used(at("19 16:00")) == 480 * MINUTE
    assert (clock.due, clock.kept) == (at(due), kept)


def test_sums_of_the_example() -> None:
    found = sums(fold(EXAMPLE), lambda _: terms(), at("19 16:00"))
    assert (found.wait, found.work, found.hold, found.theirs) == (
        890 * MINUTE, 470 * MINUTE, 420 * MINUTE, 100 * MINUTE,
    )  # fmt: skip


def test_solution_of_the_example_leaves_out_what_we_waited_for_them() -> None:
    clock = clocks_of(EXAMPLE, "19 16:00", solve=960)["solve", 1]
    assert clock.due == at("19 17:10")
    assert clock.used(at("19 16:00")) == 890 * MINUTE
    assert clock.kept


def test_our_next_word_is_due_after_an_answer_but_not_while_they_must_act() -> None:
    log = [*EXAMPLE[:3]]
    running = clocks_of(log, "18 10:00", update=120)["update", 1]
    assert running.due == at("18 11:20")
    waiting = clocks_of([*log, Row(at("18 09:50"), "waiting")], "18 10:20", update=120)
    assert waiting["update", 1].paused
    assert waiting["update", 1].due == at("18 11:50")  # 30 minutes of pause so far


def test_there_is_no_next_word_while_the_partner_waits_for_an_answer() -> None:
    assert not [name for name, _ in clocks_of(EXAMPLE[:5], "18 11:30", update=120)
                if name == "update"]  # fmt: skip


def test_an_answer_exactly_when_it_is_due_is_in_time() -> None:
    log = [Row(at("18 09:00"), "opened"), Row(at("18 10:00"), "answered", {"key": "a"})]
    assert clocks_of(log, "18 10:00", answer=60)["answer", 1].kept
    late = [log[0], Row(at("18 10:01"), "answered", {"key": "a"})]
    assert clocks_of(late, "18 10:01", answer=60)["answer", 1].kept is False


def test_waiting_for_the_partner_does_not_pause_an_open_answer() -> None:
    log = [Row(at("18 09:00"), "opened"), Row(at("18 09:10"), "waiting")]
    clock = clocks_of(log, "18 12:00", answer=60)["answer", 1]
    assert (clock.due, clock.paused) == (at("18 10:00"), False)


def test_a_reopened_ticket_keeps_its_first_answer_and_leaves_out_the_time_it_was_solved() -> None:
    log = [
        Row(at("18 09:00"), "opened"), Row(at("18 09:30"), "answered", {"key": "a"}),
        Row(at("18 10:00"), "resolved", {"key": "r"}), Row(at("18 15:00"), "not_solved"),
    ]  # fmt: skip
    found = clocks_of(log, "18 15:30", answer=60, next=120, solve=240)
    assert found["answer", 1].kept
    assert found["answer", 2].due == at("18 17:00")
    assert found["solve", 1].due == at("18 18:00")  # 60 minutes used, 180 left from 15:00
    assert found["solve", 1].stopped is None


def test_another_priority_counts_from_the_beginning() -> None:
    """Decision 10: recomputed from the log, also if that breaks the promise at once."""
    log = [Row(at("18 09:00"), "opened"), Row(at("18 11:00"), "priority", {"value": "urgent"})]
    story = fold(log)
    assert (story.priority, story.at(at("18 10:00"), "priority", "normal")) == (
        "urgent", "normal",
    )  # fmt: skip
    [clock] = clocks.clocks(story, lambda _: terms(answer=30), at("18 11:00"))
    assert clock.due == at("18 09:30")


def test_a_clock_that_ended_is_judged_by_the_terms_of_its_end() -> None:
    log = [Row(at("18 09:00"), "opened"), Row(at("18 10:30"), "answered", {"key": "a"}),
           Row(at("18 11:00"), "heard")]  # fmt: skip
    old, new = terms(answer=60, next=60), terms(answer=600, next=600)

    def in_force(moment: datetime | None) -> Terms:
        return old if moment is not None and moment < at("18 10:45") else new

    first, second = clocks.clocks(fold(log), in_force, at("18 11:10"))
    assert first.kept is False
    assert second.due == at("19 12:00")


def test_merging_ends_the_clocks() -> None:
    log = [Row(at("18 09:00"), "opened"), Row(at("18 09:30"), "merged", {"key": "m"})]
    found = clocks_of(log, "18 12:00", answer=60, solve=600)
    assert found["answer", 1].stopped == found["solve", 1].stopped == at("18 09:30")
    assert fold(log).waits[-1].how == "merged"


def test_working_days_are_whole_days_of_ours() -> None:
    three = Terms("office", "office", 1, OFFICE, OFFICE, {"answer": Target(days=3)})
    [clock] = clocks.clocks(fold([Row(at("16 17:30"), "opened")]), lambda _: three, at("16 18:00"))
    assert clock.due == at("22 17:30")  # Wed is a holiday: Thu, Fri, Mon


@pytest.mark.parametrize("start", ["13 07:00", "14 20:00", "17 12:00"])
def test_a_working_day_from_a_free_day_is_all_of_the_next_one(start: str) -> None:
    """Saturday before opening, Sunday evening, a holiday: never due at once, nor never."""
    one = Terms("office", "office", 1, OFFICE, OFFICE, {"answer": Target(days=1)})
    [clock] = clocks.clocks(fold([Row(at(start), "opened")]), lambda _: one, at(start))
    assert clock.due == at("18 18:00" if start == "17 12:00" else "15 18:00")
    assert one.amount("answer", at(start)) == timedelta(hours=9)


def test_working_days_in_which_both_sides_never_meet_are_as_much_of_our_time() -> None:
    """We work from Sunday, they until Friday: after Thursday our next day is Sunday."""
    gulf = Calendar.parse({"tz": "Asia/Riyadh", "week": {
        day: [["09:00", "17:00"]] for day in ("sun", "mon", "tue", "wed", "thu")}})  # fmt: skip
    shared = Both(gulf, OFFICE)
    one = Terms("gulf", "gulf", 1, gulf, shared, {"answer": Target(days=1)})
    [clock] = clocks.clocks(fold([Row(at("11 20:00"), "opened")]), lambda _: one, at("12 09:00"))
    assert one.amount("answer", clock.started) == timedelta(hours=8)
    assert clock.due == at("16 11:00")  # Monday 09:00 to 15:00, two hours of Tuesday


KINDS = ("heard", "answered", "waiting", "hold", "resumed", "resolved", "not_solved", "merged",
         "note", "priority")  # fmt: skip
LOGS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 3_000)), max_size=15).map(
    lambda rows: [
        Row(at("15 09:00"), "opened"),
        *(Row(at("15 09:00") + minute * MINUTE, kind, {"key": f"{kind}{minute}", "value": "high"})
          for kind, minute in sorted(rows, key=lambda row: row[1])),
    ]
)  # fmt: skip


@given(LOGS)
def test_all_time_is_somebodys(log: list[Row]) -> None:
    """Every minute from the first word to the end is ours, on hold, theirs, or solved."""
    now, story = at("18 18:00"), fold(log)
    found = sums(story, lambda _: terms(), now)
    solved = _spent(story, "solved", now)
    assert found.work + found.hold + found.theirs + solved == _all(log, now)


@given(LOGS)
def test_a_pause_never_makes_the_solution_due_earlier(log: list[Row]) -> None:
    now = at("18 18:00")
    unpaused = [row for row in log if row.kind != "waiting"]
    [paused] = clocks.clocks(fold(log), lambda _: terms(solve=900), now)
    [without] = clocks.clocks(fold(unpaused), lambda _: terms(solve=900), now)
    if paused.stopped is None and without.stopped is None:
        assert paused.due >= without.due


@given(LOGS)
def test_used_never_shrinks(log: list[Row]) -> None:
    story = fold(log)
    for clock in clocks.clocks(story, lambda _: terms(answer=60, solve=900), at("18 12:00")):
        assert clock.used(at("18 12:00")) >= clock.used(at("18 10:00"))


def _spent(story: Story, name: str, now: datetime) -> timedelta:
    spans = story.within(name, until=now)
    return sum((elapsed(OFFICE, start, end) for start, end in spans), timedelta(0))


def _all(log: list[Row], now: datetime) -> timedelta:
    return elapsed(OFFICE, log[0].at, now)
