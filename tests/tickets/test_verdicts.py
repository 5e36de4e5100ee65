"""What is only an answer to "is it solved?" or "how was that?"."""

import pytest

from bot.tickets.verdicts import score, verdict

SAID = {
    "yes": ("Yes!", "It's fixed.", "yes, solved", "ＹＥＳ", "好了。", "解决了", "可以了！"),
    "no": ("No, not yet", "no", "It isn't solved", "doesn't work", "Still doesn’t work!",
           "还没有", "没解决。", "还是不行", "还没呢", "没有啊"),
    "": ("", "no idea", "not yet, and the order form fails too", "没有发票", "还没有收到货",
         "yes, and the invoice?", "是不是坏了", "?", "啊"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "meant"), [(w, m) for m, all_ in SAID.items() for w in all_])
def test_a_verdict_is_nothing_else(words: str, meant: str) -> None:
    assert verdict(words) == meant


@pytest.mark.parametrize(
    ("words", "points"),
    [("5", 5), (" 4. ", 4), ("3/5", 3), ("2 of 5", 2), ("４分", 4), ("五分", 5), ("1 star", 1),
     ("6", 0), ("0", 0), ("15", 0), ("5 pieces", 0), ("5 个", 0), ("", 0), ("4/6", 0)],
)  # fmt: skip
def test_points_are_nothing_else(words: str, points: int) -> None:
    assert score(words) == points
