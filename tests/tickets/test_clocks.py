"""Who waits since when: the log folded, whatever order its rows came in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load
from bot.tickets import clocks, policy
from bot.tickets.clocks import STARTS, STOPS, fold

CONFIG = load(Path(__file__).parents[2] / "liaison.toml")
START = datetime(2026, 12, 3, 8, 12, tzinfo=UTC)  # Thursday 16:12 in Shanghai


@dataclass
class Row:
    kind: str
    minute: int
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return START + timedelta(minutes=self.minute)


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


ANSWER = {"key": "a", "held": True}


@pytest.mark.parametrize(
    ("log", "since", "answered", "round", "held"),
    [
        ([Row("opened", 0)], 0, None, 1, False),
        ([Row("opened", 0), Row("heard", 5)], 0, None, 1, False),
        ([Row("opened", 0), Row("answered", 9, ANSWER)], None, 9, 1, True),
        ([Row("opened", 0), Row("answered", 9, ANSWER), Row("sent", 10, {"key": "a"})],
         None, 9, 1, False),
        ([Row("opened", 0), Row("answered", 9, ANSWER), Row("unsent", 10, {"key": "a"})],
         0, None, 1, False),
        ([Row("opened", 0), Row("answered", 9, {"key": "a"}), Row("heard", 20)], 20, 9, 2, False),
        ([Row("opened", 0), Row("answered", 9, ANSWER), Row("heard", 20),
          Row("unsent", 21, {"key": "a"})], 0, None, 1, False),
        ([Row("opened", 0), Row("remark", 1, {"key": "r"})], None, None, 1, False),
        ([Row("opened", 0), Row("remark", 1, {"key": "r"}), Row("unsent", 2, {"key": "r"})],
         0, None, 1, False),
        ([Row("opened", 0), Row("resolved", 9, {"key": "x"}), Row("not_solved", 30)],
         30, None, 2, False),
        ([Row("opened", 0), Row("note", 3), Row("taken", 4), Row("nudged", 60)],
         0, None, 1, False),
    ],
)  # fmt: skip
def test_fold(log: list[Row], since: int | None, answered: int | None, round: int, held: bool
              ) -> None:  # fmt: skip
    story = fold(log)
    assert story.waiting_since == (None if since is None else _at(since))
    assert story.answered_at == (None if answered is None else _at(answered))
    assert (story.round, story.held) == (round, held)


def test_the_last_word_about_urgency_counts() -> None:
    assert fold([Row("opened", 0), Row("urgent", 1)]).urgent
    assert not fold([Row("opened", 0), Row("urgent", 1), Row("calm", 2)]).urgent


ROWS = st.lists(
    st.builds(
        lambda kind, key: Row(kind, 0, {"key": key}),
        st.sampled_from(
            [
                *STARTS,
                *STOPS,
                "sent",
                "unsent",
                "note",
                "urgent",
                "calm",
                "waiting",
                "hold",
                "resumed",
            ]
        ),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=20,
)


@given(ROWS)
def test_a_second_message_never_moves_the_clock(rows: list[Row]) -> None:
    log = [Row(row.kind, minute, row.data) for minute, row in enumerate(rows)]
    before = fold(log)
    after = fold([*log, Row("heard", 50)])
    assert after.waiting_since == (before.waiting_since or _at(50))
    assert after.round == before.round + (before.waiting_since is None)


@given(ROWS)
def test_an_answer_taken_back_changes_nothing_but_itself(rows: list[Row]) -> None:
    log = [Row(row.kind, minute, row.data) for minute, row in enumerate(rows)]
    undone = [*log, Row("answered", 30, {"key": "z"}), Row("unsent", 31, {"key": "z"})]
    assert fold(undone).waiting_since == fold(log).waiting_since


def _terms(tier: str, priority: str = "normal") -> policy.Terms | None:
    return policy.terms(CONFIG, policy.Case("Nordwind", tier, "Europe/Berlin", priority=priority))


@pytest.mark.parametrize(
    ("tier", "priority", "due", "late"),
    [
        ("gold", "normal", "2026-12-03T17:12:00+08:00", "2026-12-03T17:42:00+08:00"),
        ("gold", "urgent", "2026-12-03T16:42:00+08:00", "2026-12-03T16:57:00+08:00"),
        ("gold", "high", "2026-12-03T17:12:00+08:00", "2026-12-03T17:42:00+08:00"),
        ("silver", "normal", "2026-12-04T11:12:00+08:00", "2026-12-04T13:12:00+08:00"),
        ("", "urgent", "2026-12-03T17:12:00+08:00", "2026-12-03T17:42:00+08:00"),
    ],
)
def test_promise(tier: str, priority: str, due: str, late: str) -> None:
    [clock] = clocks.clocks(fold([Row("opened", 0)]), lambda _: _terms(tier, priority), START)
    assert (clock.name, clock.number, clock.stopped) == ("answer", 1, None)
    assert clock.due == datetime.fromisoformat(due)
    assert clock.moment(1.5) == datetime.fromisoformat(late)


CASE = policy.Case("Nordwind", "gold", "UTC", "order", "ERP")


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"partners": ("Acme", "Nordwind")}, True),
        ({"partners": ("Acme",)}, False),
        ({"products": ("ERP",)}, True),
        ({"products": ("CRM",)}, False),
        ({"kinds": ("order", "request"), "tiers": ("gold",)}, True),
        ({"kinds": ("problem",), "tiers": ("gold",)}, False),
        ({"kinds": ("order",), "tiers": ("silver",), "partners": ("Nordwind",)}, False),
    ],
)
def test_the_first_policy_whose_conditions_all_fit(conditions: dict[str, Any], fits: bool) -> None:
    one, *_, rest = CONFIG.policies
    asked = one.model_copy(update={"tiers": (), "name": "asked", **conditions})
    behind = one.model_copy(update={"tiers": (), "name": "behind"})
    found = policy.choose(CONFIG.model_copy(update={"policies": (asked, behind, rest)}), CASE)
    assert found == (asked if fits else behind)


def test_no_policy_promises_nothing() -> None:
    only_gold = CONFIG.model_copy(update={"policies": CONFIG.policies[:1]})
    assert policy.terms(only_gold, policy.Case("", "silver", "UTC")) is None
    assert clocks.clocks(fold([Row("opened", 0)]), lambda _: None, START) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-03T16:12:00+08:00", "2026-12-04T17:00:00+08:00"),
        ("2026-12-04T16:12:00+08:00", "2026-12-07T17:00:00+08:00"),  # over the weekend
        ("2026-12-31T10:00:00+08:00", "2027-01-04T17:00:00+08:00"),  # and a holiday
    ],
)
def test_the_next_working_day(now: str, expected: str) -> None:
    found = clocks.next_day_at(CONFIG, "gold", datetime.fromisoformat(now), 17)
    assert found == datetime.fromisoformat(expected)
