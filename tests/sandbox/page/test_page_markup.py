"""What people and bots send is drawn with its meaning, and never as markup of its own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from sandbox.page.entities import with_entities
from sandbox.page.links import is_deep_link, link
from sandbox.page.model import initials
from sandbox.page.mrkdwn import mrkdwn, rich_text, text_object
from sandbox.page.reader import Reader
from tests.sandbox.page.gallery import RICH_TEXT

LIN = Reader(
    "Asia/Shanghai", "en", {"U0LIN": "Lin", "U0MEI": "Mei"}, {"C0TEAM": "channel-team"}, "U0LIN"
)


@pytest.mark.parametrize(
    ("wire", "drawn"),
    [
        ("*bold* _it_ ~gone~", "<strong>bold</strong> <em>it</em> <s>gone</s>"),
        ("`a*b*c`", "<code>a*b*c</code>"),
        ("```x &lt; y```", "<pre>x &lt; y</pre>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("a &amp; b &lt;i&gt;", "a &amp; b &lt;i&gt;"),
        ("<@U0MEI>", '<span class="mention">@Mei</span>'),
        ("<@U0LIN>", '<span class="mention me">@Lin</span>'),
        ("<#C0TEAM|x>", '<span class="mention">#channel-team</span>'),
        ("<!channel>", '<span class="mention me">@channel</span>'),
        ("<!date^1796258400^{date_short} {time}|later>",
         '<time title="later">Thu 3 Dec 08:40</time>'),
        ("<javascript:alert(1)|press>", "press"),
        ("&gt; quoted", '<span class="quote">quoted</span>'),
        (":eyes: :nosuchname:", "👀 :nosuchname:"),
    ],
)  # fmt: skip
def test_mrkdwn_is_drawn_as_slack_shows_it(wire: str, drawn: str) -> None:
    assert str(mrkdwn(wire, LIN)) == drawn


def test_a_link_opens_elsewhere_and_tells_nobody() -> None:
    drawn = str(mrkdwn("<https://prices.hengda.example/?a=1&amp;b=2|the list>", LIN))
    assert 'href="https://prices.hengda.example/?a=1&amp;b=2"' in drawn
    assert 'rel="noopener noreferrer nofollow"' in drawn
    assert ">the list</a>" in drawn


def test_a_start_link_leads_to_the_other_side_of_the_page() -> None:
    url = "https://t.me/LiaisonDemoBot?start=abc"
    assert 'data-act="deep-link"' in str(link(url, url))
    assert is_deep_link("t.me/LiaisonDemoBot?startgroup=x")
    assert not is_deep_link("https://t.me/LiaisonDemoBot")
    assert not is_deep_link("https://evil.example/t.me/Bot?start=1")


def test_rich_text_has_one_mark_for_each_style() -> None:
    drawn = str(rich_text(RICH_TEXT, LIN))
    for part in (
        "<strong>10:12</strong>",
        "<em>slanted</em>",
        "<s>gone</s>",
        "<code>code()</code>",
        "<blockquote>They wrote this.</blockquote>",
        "<pre>GET /prices 404</pre>",
        '<span class="mention me">@Lin</span>',
        "#channel-team",
        "👀",
        "Thu 3 Dec 08:40",
        '<ul class="indent-0"><li>',
    ):
        assert part in drawn


def test_plain_text_objects_know_no_marks() -> None:
    plain = {"type": "plain_text", "text": "*x* <b> :eyes:"}
    assert str(text_object(plain, LIN)) == "*x* &lt;b&gt; 👀"


@given(st.text())
def test_no_typed_text_becomes_a_tag(typed: str) -> None:
    """Only our own tags may stand in what is drawn; any other `<` is escaped."""
    wire = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    drawn = str(mrkdwn(wire, LIN))
    for tag in ("strong", "em", "s", "code", "pre"):
        drawn = drawn.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    drawn = drawn.replace('<span class="quote">', "").replace("</span>", "")
    assert "<" not in drawn


@given(
    st.text(max_size=40),
    st.lists(
        st.tuples(
            st.integers(0, 50),
            st.integers(0, 50),
            st.sampled_from(["bold", "italic", "code", "url", "text_link", "spoiler", "what"]),
        ),
        max_size=6,
    ),
)
def test_entities_never_lose_or_add_a_letter(text: str, spans: list[tuple[int, int, str]]) -> None:
    """Whatever overlaps: all letters once, in order, and no tag that was typed."""
    entities = [
        {"offset": o, "length": n, "type": t, "url": "https://a.example"} for o, n, t in spans
    ]
    drawn = with_entities(text, entities)
    if not any(kind in ("url", "text_link") for _, _, kind in spans):
        assert drawn.striptags() == escape(text).striptags()
    assert str(drawn).count("<") == str(drawn).count(">")


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "drawn"),
    [
        ("a bold b", [entity("bold", 2, 4)], "a <strong>bold</strong> b"),
        ("😀 bold", [entity("bold", 3, 4)], "😀 <strong>bold</strong>"),
        ("both", [entity("bold", 0, 4), entity("italic", 0, 2)],
         "<strong><em>bo</em>th</strong>"),
        ("<b>x</b>", [entity("code", 0, 8)], "<code>&lt;b&gt;x&lt;/b&gt;</code>"),
        ("say", [entity("text_link", 0, 3, url="javascript:x")], "say"),
        ("quote", [entity("blockquote", 0, 5)], "<blockquote>quote</blockquote>"),
    ],
)  # fmt: skip
def test_entities_count_in_utf16_and_nest(text: str, entities: list[Any], drawn: str) -> None:
    assert str(with_entities(text, entities)) == drawn


@pytest.mark.parametrize(("name", "shown"), [
    ("Jo Weber", "JW"), ("Lucía Ferrer", "LF"), ("Élodie", "É"), ("Ōta Ren", "ŌR"),
    ("王总", "王总"), ("李嘉欣", "嘉欣"), ("🎉", "?"),
])  # fmt: skip
def test_an_avatar_shows_initials(name: str, shown: str) -> None:
    assert initials(name) == shown
