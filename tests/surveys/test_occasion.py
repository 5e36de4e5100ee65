"""When nobody is asked how it was, and when the question waits: rules on plain values."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.partners.policy import Busy, Defer, Facts, Send, Skip, decide
from bot.surveys.occasion import busy, rests, unasked

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def log(*rows: str | tuple[str, dict[str, Any]]) -> list[Any]:
    told = [row if isinstance(row, tuple) else (row, {"key": row}) for row in rows]
    return [SimpleNamespace(at=NOON + number * MINUTE, kind=kind, data=data)
            for number, (kind, data) in enumerate(told)]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (("opened",), "moot"),
        (("opened", "answered", "resolved"), ""),
        (("opened", "resolved", "scored"), ""),
        (("opened", "resolved", "heard"), "moot"),
        (("opened", "resolved", "reopened", "resolved"), ""),
        (("opened", "resolved", "closed"), "closed"),
        (("opened", "remark"), "remark"),
        (("opened", "answered", "not_a_ticket"), "noise"),
        (("opened", "not_a_ticket", ("unsent", {"key": "not_a_ticket"})), "moot"),
        (("opened", "not_a_ticket", ("unsent", {"key": "not_a_ticket"}), "resolved"), ""),
        (("opened", "resolved", "reopened", "not_a_ticket"), "noise"),
        (("opened", "belongs"), "joined"),
        (("opened", "merged"), "joined"),
        (("opened", ("resolved", {"known": 4})), "fixed"),
        (("opened", ("resolved", {"known": 4}), "confirmed"), "fixed"),
        (("opened", ("resolved", {"known": 4}), "not_solved", "resolved"), ""),
    ],
)
def test_only_what_one_of_ours_solved_is_asked_about(rows: Any, why: str) -> None:
    assert unasked(log(*rows)) == why


@pytest.mark.parametrize(
    ("asked", "days", "unsolved", "until"),
    [
        ([], 7, False, None),
        ([("T-1", NOON - DAY)], 0, False, None),
        ([("T-1", NOON - DAY)], 7, False, NOON + 6 * DAY),
        ([("T-1", NOON - DAY), ("T-2", NOON - 2 * DAY)], 7, False, NOON + 6 * DAY),
        ([("T-9", NOON - DAY)], 7, False, NOON + 6 * DAY),
        ([("T-9", NOON - DAY)], 7, True, None),  # they said it was not solved: now it may be
        ([("T-9", NOON - DAY), ("T-2", NOON - 2 * DAY)], 7, True, NOON + 5 * DAY),
    ],
)
def test_a_person_rests_after_a_question(
    asked: Any, days: int, unsolved: bool, until: datetime | None
) -> None:
    assert rests(asked, "T-9", days, unsolved=unsolved) == until


@pytest.mark.parametrize(
    ("said", "standing", "found"),
    [
        (None, [], None),
        (NOON - 15 * MINUTE, [], None),
        (NOON - MINUTE, [], Busy(NOON + 14 * MINUTE, "talk")),
        (None, [("score", NOON - HOUR)], Busy(NOON + HOUR, "question")),
        (None, [("score", NOON - DAY + MINUTE)], Busy(NOON + MINUTE, "question")),
        (None, [("score", NOON - DAY)], None),
        (None, [("form", NOON - HOUR)], Busy(NOON + HOUR, "question")),
        (None, [("fix", NOON - HOUR)], Busy(NOON + HOUR, "question")),
        (None, [("words", NOON - HOUR)], None),
        (NOON, [("words", NOON - 50 * MINUTE)], Busy(NOON + 10 * MINUTE, "question")),
        (NOON, [("fix", NOON - 2 * DAY)], Busy(NOON + 15 * MINUTE, "talk")),
    ],
)
def test_a_talk_ends_in_silence_and_a_question_with_its_answer_or_a_day(
    said: datetime | None, standing: Any, found: Busy | None
) -> None:
    assert busy(said, standing, NOON) == found


def somebody(**values: Any) -> Facts:
    return Facts(7, True, True, "Europe/Berlin", values.pop("quiet", ("", "")), **values)


@pytest.mark.parametrize(
    ("facts", "lasts", "verdict"),
    [
        (somebody(moot="joined"), None, Skip("joined")),
        (somebody(rests=NOON + MINUTE), None, Skip("recent")),
        (somebody(rests=NOON), None, Send()),
        (somebody(busy=Busy(NOON + MINUTE, "talk")), None, Defer(NOON + MINUTE, "talk")),
        (somebody(busy=Busy(NOON + MINUTE, "talk")), NOON + MINUTE, Defer(NOON + MINUTE, "talk")),
        (somebody(busy=Busy(NOON + MINUTE, "question")), NOON, Skip("question")),
        (somebody(busy=Busy(NOON + MINUTE, "talk"), quiet=("13:01", "15:00")), None,
         Defer(NOON + 2 * HOUR, "quiet")),
    ],
)  # fmt: skip
def test_what_is_waited_for_has_an_end(
    facts: Facts, lasts: datetime | None, verdict: object
) -> None:
    assert decide(facts, NOON, 0, lasts) == verdict
    if isinstance(verdict, Defer) and verdict.reason == "talk":
        assert decide(facts, NOON, 60, lasts) == verdict  # nobody else becomes free with them
