"""When a campaign stops by itself, what its owner is told, how long it will take."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.campaigns import rules

SECONDS = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("failed", "ended", "stops"),
    [(9, 9, False), (10, 10, True), (10, 200, True), (10, 201, False), (50, 1_000, True),
     (49, 1_000, False), (0, 0, False)],
)  # fmt: skip
def test_five_per_cent_and_at_least_ten(failed: int, ended: int, stops: bool) -> None:
    assert rules.broken(failed, ended) is stops


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 100))
def test_another_failure_never_mends_it(failed: int, others: int, more: int) -> None:
    if rules.broken(failed, failed + others):
        assert rules.broken(failed + more, failed + more + others)


@pytest.mark.parametrize(
    ("total", "seconds", "over", "failed", "told"),
    [(31, 1, False, False, True), (30, 60, False, False, False), (3, 61, False, False, True),
     (3, 61, True, False, False), (3, 1, True, True, True)],
)  # fmt: skip
def test_what_is_worth_a_message(
    total: int, seconds: int, over: bool, failed: bool, told: bool
) -> None:
    assert rules.worth_telling(total, seconds * SECONDS, over=over, failed=failed) is told


def test_the_pace_of_late_says_how_long_it_takes() -> None:
    assert rules.remaining(7_200, 300, 10 * SECONDS) == timedelta(minutes=4)
    assert rules.remaining(7_200, 0, 10 * SECONDS) is None
    assert rules.remaining(0, 300, 10 * SECONDS) is None


def test_nobody_looks_hard_at_what_does_not_move() -> None:
    wait = rules.LOOK
    for _ in range(20):
        wait = rules.next_wait(wait, changed=False)
    assert wait == rules.SELDOM
    assert rules.next_wait(wait, changed=True) == rules.LOOK


def test_failures_are_grouped_by_what_they_mean() -> None:
    failed = {"unreachable: blocked": 3, "unreachable: kicked": 2, "rejected: too long": 6,
              "gave up after 12 attempts: HTTP 500": 1}  # fmt: skip
    assert list(rules.grouped(failed).items()) == [("refused", 6), ("gone", 5), ("gave_up", 1)]
