"""Scores as the reference counts them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.surveys.scoring import SCALE, asks_why, csat, is_low


def test_the_worked_example() -> None:
    scores = [1] * 2 + [2] * 3 + [3] * 5 + [4] * 15 + [5] * 25
    found = csat(scores)
    assert found is not None
    assert (found.answered, found.percent, found.mean) == (50, 80.0, 4.16)


def test_no_answers_are_no_score() -> None:
    assert csat([]) is None


@pytest.mark.parametrize(("score", "low", "why"), [(1, True, True), (2, True, True),
                                                   (3, False, True), (4, False, False),
                                                   (5, False, False)])  # fmt: skip
def test_who_is_called_and_who_is_asked(score: int, low: bool, why: bool) -> None:
    assert (is_low(score), asks_why(score)) == (low, why)


@given(st.lists(st.sampled_from(SCALE), min_size=1))
def test_a_better_answer_never_lowers_the_score(scores: list[int]) -> None:
    before, after = csat(scores), csat([5, *scores[1:]])
    assert before is not None
    assert after is not None
    assert after.percent >= before.percent
    assert after.mean >= before.mean
