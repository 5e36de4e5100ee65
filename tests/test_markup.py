"""The small HTML: what is read is written again, and nothing is lost when it is cut."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import markup

LETTERS = st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\0")
TEXT = st.text(LETTERS, max_size=400)


@given(TEXT)
def test_typed_text_comes_back_as_it_was(text: str) -> None:
    assert "".join(block.text for block in markup.parse(escape(text, quote=False))) == text


@given(st.lists(TEXT, min_size=1, max_size=8), st.integers(20, 300))
def test_cutting_loses_nothing_but_white_space(paragraphs: list[str], limit: int) -> None:
    html = "\n\n".join(f"<b>{escape(one, quote=False)}</b>" for one in paragraphs)
    pieces = markup.split(html, limit)
    assert all(markup.size(markup.plain(piece)) <= limit for piece in pieces)
    together = "".join("".join(markup.plain(piece).split()) for piece in pieces)
    assert together == "".join(markup.plain(html).split())


@pytest.mark.parametrize("html", ["<script>x</script>", "<b>open", "</b>", "<b><i></b></i>"])
def test_what_is_no_small_html_is_refused(html: str) -> None:
    with pytest.raises(ValueError, match=r"small HTML|closes nothing|never closed"):
        markup.parse(html)


def test_emoji_count_as_telegram_counts_them() -> None:
    assert markup.size("a😀") == 3
    assert len(markup.split("😀" * 100, 50)) >= 4
