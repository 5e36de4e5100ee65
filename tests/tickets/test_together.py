"""Which words go with a press, and what clocks make of words that went elsewhere."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.clocks import fold
from bot.tickets.together import WITHIN, belongs_to, counted, last_group

NINE = datetime(2026, 12, 3, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    kind: str
    minute: int
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return NINE + timedelta(minutes=self.minute)


def _heard(said: int, minute: int) -> Row:
    return Row("heard", minute, {"said": said})


OPENED = Row("opened", 0, {"said": 1})


def test_what_was_said_together_goes_together() -> None:
    assert last_group([OPENED]) == []
    assert last_group([OPENED, _heard(2, 20), _heard(3, 24), _heard(4, 29)]) == [2, 3, 4]
    assert last_group([OPENED, _heard(2, 20), _heard(3, 26)]) == [3]


def test_of_what_came_with_the_first_word_only_the_newest_goes() -> None:
    assert last_group([OPENED, _heard(2, 2), _heard(3, 5)]) == [3]


def test_what_was_answered_stays() -> None:
    answered = Row("answered", 21, {"key": "x"})
    assert last_group([OPENED, _heard(2, 20), answered]) == []
    assert last_group([OPENED, _heard(2, 20), answered, _heard(3, 22)]) == [3]


def test_words_that_went_elsewhere_make_nobody_wait_until_they_are_back() -> None:
    answered = Row("answered", 10, {"key": "x"})
    went = Row("split_off", 30, {"moved": [2], "other": 7})
    came = Row("joined", 40, {"moved": [2], "other": 7})
    log = [OPENED, answered, _heard(2, 20)]
    assert fold(log).waiting_since == _heard(2, 20).at
    assert fold([*log, went]).waiting_since is None
    assert (fold([*log, went]).round, fold([*log, went]).heard) == (1, 1)
    assert fold([*log, went, came]).waiting_since == _heard(2, 20).at
    assert counted([*log, went]) == [1]
    assert counted([*log, went, came]) == [1, 2]


def test_a_ticket_that_belongs_elsewhere_waits_for_nobody_and_can_come_back() -> None:
    belongs = Row("belongs", 5, {"other": 7, "key": "belongs:5"})
    back = Row("unsent", 9, {"key": "belongs:5"})
    assert belongs_to([OPENED]) == 0
    assert (belongs_to([OPENED, belongs]), fold([OPENED, belongs]).phase) == (7, "solved")
    assert belongs_to([OPENED, belongs, back]) == 0
    assert fold([OPENED, belongs, back]).waiting_since == OPENED.at
    again = Row("belongs", 12, {"other": 8, "key": "belongs:12"})
    assert belongs_to([OPENED, belongs, back, again]) == 8


@given(st.lists(st.integers(0, 30), max_size=12))
def test_a_group_is_always_the_end_of_what_was_heard(gaps: list[int]) -> None:
    """Never the first message, never with a gap inside, always up to the newest."""
    rows, minute = [OPENED], 0
    for number, gap in enumerate(gaps, 2):
        minute += gap
        rows.append(_heard(number, minute))
    group = last_group(rows)
    assert group == list(range(len(rows) - len(group) + 1, len(rows) + 1))
    at = {row.data["said"]: row.at for row in rows}
    assert all(at[b] - at[a] <= WITHIN for a, b in pairwise(group))
    assert bool(group) == bool(gaps)
