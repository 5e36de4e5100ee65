"""Telegram's HTML is read strictly and its offsets are UTF-16."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.errors import ApiError
from sandbox.telegram.html import KNOWN, parse_html, utf16
from sandbox.telegram.text import finish, formatted, typed
from sandbox.telegram.world import Json

REFUSAL = "Bad Request: can't parse entities: "
REFUSED = [
    ("🏟 🏟&lt;<abac", "Unclosed start tag at byte offset 13"),
    ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
    ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
    ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
    ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
    ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
    ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
    ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
    ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
    ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
    (
        "🏟 🏟&lt;<i>a</em   >",
        'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"',
    ),
    ("<b>a<i>b</b></i>", 'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"'),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("<b>", 'Can\'t find end tag corresponding to start tag "b"'),
    ("1 < 2 and 3 > 2", 'Unsupported start tag "" at byte offset 2'),
    ("<br>", 'Unsupported start tag "br" at byte offset 0'),
]


@pytest.mark.parametrize(("source", "words"), REFUSED)
def test_refused_in_the_servers_words(source: str, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


def entity(kind: str, offset: int, length: int, **more: str) -> Json:
    return {"type": kind, "offset": offset, "length": length, **more}


ACCEPTED = [
    ("&ge;&lt;&gt;&amp;&quot;&laquo;&#12345678;", '&ge;<>&"&laquo;&#12345678;', []),
    ("➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", [entity("italic", 5, 5)]),
    ("😀<b>😀</b>", "😀😀", [entity("bold", 2, 2)]),
    ("<B>x</B>", "x", [entity("bold", 0, 1)]),
    (
        "<b>a<i>b</i></b>",
        "ab",
        [entity("bold", 0, 2), entity("italic", 1, 1)],
    ),
    (
        '<a href="https://a.de/?x=1&amp;y=2">hi</a>',
        "hi",
        [entity("text_link", 0, 2, url="https://a.de/?x=1&y=2")],
    ),
    ("<a href='nonsense words'>hi</a>", "hi", []),
    (
        '<pre><code class="language-python">x</code></pre>',
        "x",
        [entity("pre", 0, 1, language="python")],
    ),
    ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
    ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
    ("<b></b>x", "x", []),
    ("&#60;b&#x3e;", "<b>", []),
]


@pytest.mark.parametrize(("source", "text", "entities"), ACCEPTED)
def test_read_as_the_server_reads(source: str, text: str, entities: list[Json]) -> None:
    assert parse_html(source) == (text, entities)


TAG = st.sampled_from([*sorted(KNOWN - {"span"}), "br", "p", "div", "x"])
PIECES = st.one_of(
    st.text(max_size=4),
    TAG.map(lambda t: f"<{t}>"),
    TAG.map(lambda t: f"</{t}>"),
    st.sampled_from(["😀", "&amp;", "&lt", "<", ">", "/", "<>", "</>"]),
)


def balanced(source: str) -> bool:
    """An independent reading: known tags only, closed in the opposite order."""
    stack: list[str] = []
    for found in re.finditer(r"<(/?)([^>\s]*)[^>]*>|<", source):
        if found.group() == "<":
            return False
        closing, name = found.group(1), found.group(2).lower()
        if not closing:
            if name not in KNOWN:
                return False
            stack.append(name)
        elif not stack or name not in ("", stack.pop()):
            return False
    return not stack


@given(st.lists(PIECES, max_size=12).map("".join))
def test_never_accepts_unbalanced_or_unknown_tags(source: str) -> None:
    try:
        text, _ = parse_html(source)
    except ApiError as error:
        refusal = error.description
    else:
        refusal = ""
        assert utf16(text) <= utf16(source)
    assert balanced(source) if not refusal else refusal.startswith(REFUSAL)


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "u", "s"]), st.text(min_size=1)), min_size=1))
def test_offsets_cut_out_the_very_words(parts: list[tuple[str, str]]) -> None:
    source = "".join(f"-<{tag}>{html.escape(words)}</{tag}>" for tag, words in parts)
    text, entities = parse_html(source)
    units = text.encode("utf-16-le", "surrogatepass")
    cut = [units[2 * e["offset"] : 2 * (e["offset"] + e["length"])] for e in entities]
    assert [c.decode("utf-16-le", "surrogatepass") for c in cut] == [words for _, words in parts]


@given(st.text())
def test_escaped_text_comes_back_as_it_was(words: str) -> None:
    assert parse_html(html.escape(words, quote=False)) == (words, [])


def test_outer_white_space_goes_and_entities_follow() -> None:
    text, entities = parse_html("  \n<b> hi </b> 😀 \n")
    assert finish(text, entities) == ("hi  😀", [entity("bold", 0, 3)])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start CODE", [("bot_command", 0, 6)]),
        ("😀 /help@LiaisonDemoBot", [("bot_command", 3, 20)]),
        ("ask @jo_weber or jo@weber.de", [("mention", 4, 9), ("email", 17, 11)]),
        ("see https://a.de/x, then #sale", [("url", 4, 14), ("hashtag", 25, 5)]),
        ("1/2 and a/b", []),
        ("t.me/bot?start=x", [("url", 0, 16)]),
    ],
)
def test_typed_words_get_entities(text: str, kinds: list[tuple[str, int, int]]) -> None:
    assert [(e["type"], e["offset"], e["length"]) for e in typed(text)[1]] == kinds


def test_nothing_is_found_inside_code_or_links() -> None:
    source = '<code>/start</code> <a href="https://a.de">@someone</a>'
    assert [e["type"] for e in formatted(source, "HTML", None)[1]] == ["code", "text_link"]
