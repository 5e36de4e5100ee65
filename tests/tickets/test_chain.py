"""Who is reminded of a promise, and when: the steps of a clock over its log."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config_tickets import STEPS, Step
from bot.tickets import chain
from bot.tickets.clocks import Clock
from bot.tickets.hours import Calendar
from bot.tickets.policy import Target, Terms

START = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
OFFICE = Calendar.parse({"tz": "Asia/Shanghai", "week": {
    day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}})  # fmt: skip
HOUR = Terms("gold", "office", 1, OFFICE, OFFICE, {"answer": Target(timedelta(hours=1))})
TWO_HOURS = Terms("all", "office", 1, OFFICE, OFFICE, {"answer": Target(timedelta(hours=2))})


@dataclass
class Row:
    minute: int
    part: int
    tell: str
    data: dict[str, Any] = field(default_factory=dict)
    kind: str = "nudged"

    def __post_init__(self) -> None:
        self.data = {"clock": "answer", "number": 1, "part": self.part, "tell": self.tell,
                     **self.data}  # fmt: skip

    @property
    def at(self) -> datetime:
        return _at(self.minute)


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def _clock(terms: Terms = HOUR, **values: Any) -> Clock:
    due = terms.moment("answer", START)
    assert due is not None
    return Clock("answer", 1, START, due, terms, **values)


def _parts(log: list[Row], minute: int, clock: Clock | None = None,
           steps: tuple[Step, ...] = STEPS) -> list[tuple[int, str]]:  # fmt: skip
    """What is said at this minute."""
    found = chain.calls(clock or _clock(), log, steps, _at(minute))
    return [(call.part, call.step.tell) for call in chain.due(found, _at(minute))]


@pytest.mark.parametrize(
    ("log", "minute", "said"),
    [
        ([], 44, []),
        ([], 45, [(75, "owner")]),
        ([], 60, [(100, "owner")]),  # the warning is past: one message, not two
        ([Row(45, 75, "owner")], 59, []),
        ([Row(45, 75, "owner")], 60, [(100, "owner")]),
        ([Row(50, 100, "owner")], 60, []),  # said early, in the same message as another one
        ([Row(60, 100, "owner")], 90, [(150, "substitute"), (150, "team")]),
        ([Row(60, 100, "owner"), Row(90, 150, "substitute"), Row(90, 150, "team")], 91, []),
    ],
)
def test_each_step_is_taken_once_when_its_part_is_used_up(
    log: list[Row], minute: int, said: list[tuple[int, str]]
) -> None:
    assert _parts(log, minute) == said


def test_steps_are_counted_in_open_time() -> None:
    [*_, head] = chain.calls(_clock(), [], STEPS, START)
    assert (head.part, head.at) == (200, datetime(2026, 12, 3, 10, 0, tzinfo=UTC))  # closing
    late = Clock("answer", 1, _at(60), _at(120), HOUR)
    [*_, head] = chain.calls(late, [], STEPS, START)
    assert head.at == datetime(2026, 12, 4, 2, 0, tzinfo=UTC)  # 10:00 the next morning


def test_a_longer_promise_is_reminded_of_again_a_shorter_one_at_once() -> None:
    """A priority was changed: the log is judged by the terms of today."""
    warned = [Row(60, 100, "owner")]
    assert _parts(warned, 90, _clock(TWO_HOURS)) == [(75, "owner")]
    assert _parts([Row(90, 75, "owner")], 91, _clock(HOUR)) == [
        (100, "owner"), (150, "substitute"), (150, "team")]  # fmt: skip


def test_a_running_chain_keeps_its_steps() -> None:
    ours = (Step(at=50, tell="owner"), Step(at=80, tell="team"))
    began = Row(30, 50, "owner", {"chain": chain.snapshot(ours)})
    assert _parts([began], 50, steps=STEPS) == [(80, "team")]
    assert _parts([], 50, steps=STEPS) == [(75, "owner")]


def test_a_step_repeats_until_it_is_done_and_catches_up_with_one_word() -> None:
    steps = (Step(at=100, tell="owner", every=50),)
    assert _parts([], 60, steps=steps) == [(100, "owner")]
    assert _parts([Row(60, 100, "owner")], 90, steps=steps) == [(150, "owner")]
    assert _parts([Row(60, 100, "owner")], 120, steps=steps) == [(200, "owner")]
    assert _parts([Row(60, 100, "owner"), Row(120, 200, "owner")], 121, steps=steps) == []


def test_a_clock_that_stands_still_or_has_stopped_calls_nobody() -> None:
    assert _parts([], 600, _clock(paused=True)) == []
    assert _parts([], 600, _clock(stopped=_at(30))) == []


@pytest.mark.parametrize(
    ("minute", "standing", "next_minute"),
    [(0, "on_time", 45), (44, "on_time", 45), (45, "at_risk", 60), (60, "breached", None)],
)
def test_the_card_changes_when_its_state_does(
    minute: int, standing: str, next_minute: int | None
) -> None:
    clock, moment = _clock(), None if next_minute is None else _at(next_minute)
    assert chain.standing(clock, _at(minute)) == standing
    assert chain.next_moment([clock], [], _at(minute)) == moment


@given(st.integers(0, 24 * 60))
def test_nobody_is_disturbed_at_night(minute: int) -> None:
    for zone in ("America/Sao_Paulo", "Europe/Berlin", "Asia/Shanghai"):
        at = chain.morning(zone, _at(minute))
        clock = at.astimezone(ZoneInfo(zone))
        assert _at(minute) <= at < _at(minute) + timedelta(hours=13)
        assert 8 <= clock.hour < 20
