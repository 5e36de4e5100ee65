"""Usual words reach each reader in their own language; anything else stays as it was typed."""

import pytest

from bot.texts import Reader, usual

LIN, JO = Reader("zh", "Asia/Shanghai"), Reader("en", "Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "reader", "read"),
    [
        ("季度回顾", JO, "Quarterly review"),
        ("quarterly  REVIEW", LIN, "季度回顾"),
        ("Quarterly review", JO, "Quarterly review"),
        ("Quarterly review of pumps", LIN, "Quarterly review of pumps"),
        ("", JO, ""),
    ],
)
def test_a_usual_word_is_known_in_every_language(typed: str, reader: Reader, read: str) -> None:
    assert usual(typed, reader) == read
