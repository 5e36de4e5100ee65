"""Words that are nothing but an answer to "is it solved?" or "how was that?". Pure."""

import re
import unicodedata
from typing import Literal

from bot.chat import Event

Verdict = Literal["", "yes", "no"]

YES = frozenset((
    "yes", "yes solved", "solved", "it is solved", "fixed", "it is fixed", "works", "it works",
    "it works now", "works now", "yes it works", "yes thanks", "yes thank you", "是", "是的",
    "好了", "解决了", "已解决", "可以了", "现在好了", "已经好了", "都好了",
))  # fmt: skip
NO = frozenset((
    "no", "nope", "not yet", "no not yet", "not solved", "not solved yet", "no not solved",
    "it is not solved", "it is not solved yet", "not fixed", "not fixed yet", "it is not fixed",
    "not working", "it is not working", "does not work", "it does not work",
    "still does not work", "it still does not work", "still not", "still not working",
    "still not solved", "still broken", "it is still broken", "没", "没有", "还没", "还没有",
    "没好", "还没好", "没解决", "没有解决", "还没解决", "还没有解决", "未解决", "没修好",
    "还没修好", "不行", "还不行", "还是不行", "没用", "还是没用",
))  # fmt: skip
PARTICLES = "啊呀呢哦哈啦"
_SCORE = re.compile(r"([1-5])(?:\s*(?:/|of|out of)\s*5|\s*分|\s*stars?)?")
_POINTS = re.compile(r"([一二三四五])(?:分|星)")


def verdict_of(event: Event) -> Verdict:
    """The same of a message: who sends a file with it says more than that."""
    return "" if event.files else verdict(event.text)


def verdict(text: str) -> Verdict:
    """Whether the words say that it is solved, or that it is not, and nothing else."""
    plain = _plain(text)
    if plain in YES:
        return "yes"
    return "no" if plain in NO or plain.rstrip(PARTICLES) in NO else ""


def score(text: str) -> int:
    """The points from 1 to 5 that are all that somebody wrote; 0 = it is something else."""
    said = unicodedata.normalize("NFKC", text).casefold().strip().rstrip(".!。")
    if points := _POINTS.fullmatch(said):
        return "一二三四五".index(points[1]) + 1
    found = _SCORE.fullmatch(said)
    return int(found[1]) if found else 0


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    folded = folded.replace("n't", " not").replace("'s", " is")
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())
