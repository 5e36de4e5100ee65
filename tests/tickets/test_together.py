"""Which words go with a press, and what clocks make of words that went elsewhere."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.tickets.clocks import Phase, fold, last_end
from bot.tickets.together import WITHIN, counted, last_group

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
    assert last_end([OPENED, belongs]) is belongs
    assert fold([OPENED, belongs]).phase == "solved"
    assert last_end([OPENED, belongs, back]) is None
    assert fold([OPENED, belongs, back]).waiting_since == OPENED.at


def _took_in(minute: int, since: int | None, phases: tuple[tuple[str, int], ...] = ()) -> Row:
    moment = "" if since is None else (NINE + timedelta(minutes=since)).isoformat()
    return Row("took_in", minute, {
        "key": f"took_in:{minute}", "since": moment,
        "phases": [(name, (NINE + timedelta(minutes=at)).isoformat()) for name, at in phases],
    })  # fmt: skip


def test_who_waits_longest_counts_when_two_become_one() -> None:
    earlier = fold([OPENED, _took_in(20, -30, (("open", -30),))])
    assert earlier.waiting_since == NINE - timedelta(minutes=30)
    assert fold([OPENED, _took_in(20, 10, (("open", 10),))]).waiting_since == NINE
    answered = Row("answered", 15, {"key": "x"})
    again = fold([OPENED, answered, _took_in(20, 10)])  # the answer was not about that question
    assert (again.waiting_since, again.round) == (NINE + timedelta(minutes=10), 2)
    nobody = fold([OPENED, answered, _took_in(20, None)])
    assert (nobody.waiting_since, nobody.round) == (None, 1)


def test_work_counts_from_the_earlier_beginning_without_its_pauses() -> None:
    theirs = (("open", -60), ("waiting", -40), ("open", 30))
    story = fold([OPENED, _took_in(20, None, theirs)])
    assert [(one.name, (one.since - NINE) / timedelta(minutes=1)) for one in story.phases] == [
        ("open", -60), ("waiting", -40), ("open", 0),
    ]  # fmt: skip
    waiting = Row("waiting", 10)
    assert fold([OPENED, waiting, _took_in(20, 5)]).phase == "open"
    assert fold([OPENED, waiting, _took_in(20, None)]).phase == "waiting"


def test_what_was_taken_out_again_was_never_there() -> None:
    waiting = Row("waiting", 10)
    back = Row("unsent", 30, {"key": "took_in:20"})
    log = [OPENED, Row("answered", 5, {"key": "x"}), waiting, _took_in(20, -30, (("open", -60),))]
    assert fold(log).phase == "open"
    assert fold([*log, back]) == fold(log[:-1])
    assert fold([OPENED]).phases == (Phase("open", NINE, "opened"),)


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
