"""What answers on the scale 1 to 5 amount to. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

SCALE = (1, 2, 3, 4, 5)
LOW = 2  # up to here somebody calls
MIDDLING = 3  # up to here we ask what went wrong
SATISFIED = 4  # from here on: the top two of five


@dataclass(frozen=True, slots=True)
class Csat:
    """`percent`: satisfied of those who answered; skipped questions count nowhere."""

    answered: int
    percent: float
    mean: float


def csat(scores: Sequence[int]) -> Csat | None:
    """None without answers: "no score" is not a score of 0."""
    if not scores:
        return None
    satisfied = sum(1 for score in scores if score >= SATISFIED)
    count = len(scores)
    return Csat(count, round(satisfied * 100 / count, 2), round(sum(scores) / count, 2))


def is_low(score: int) -> bool:
    return score <= LOW


def asks_why(score: int) -> bool:
    return score <= MIDDLING
