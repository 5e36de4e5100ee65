"""Neutral messages as Telegram's: rows, limits, people, speakers; and always valid HTML."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import markup
from bot.chat import Button, Message, Part
from bot.markup import Block, Span
from bot.platforms.telegram import render
from bot.platforms.telegram.entities import to_html, units
from sandbox.telegram.html import parse_html


def said(*html: str, speaker: str = "") -> str:
    return str(render.message(Message(tuple(Part(h) for h in html), speaker=speaker))["text"])


def rows(*labels: str) -> list[list[str]]:
    buttons = tuple(Button(label, "a.b", str(i)) for i, label in enumerate(labels))
    keyboard = render.message(Message((Part("x", buttons),)))["reply_markup"]
    return [[button["text"] for button in row] for row in keyboard["inline_keyboard"]]


def test_parts_stand_apart() -> None:
    assert said("Got it, <b>Jo</b>.", "", "Answer by 10:12 &amp; soon") == (
        "Got it, <b>Jo</b>.\n\nAnswer by 10:12 &amp; soon"
    )
    assert render.message(Message((Part("x"),)))["reply_markup"] is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="person:1001">Jo</a>', '<a href="tg://user?id=1001">Jo</a>'),
        ('<a href="person:U07">Lin</a>', "Lin"),
        ('<a href="https://a.de/?x=1&amp;y=2">link</a>', '<a href="https://a.de/?x=1&amp;y=2">link</a>'),
        ("<b><code>x</code></b>", "<code>x</code>"),
        ("<pre><b>x</b></pre>", "<pre>x</pre>"),
        ("<blockquote>“<i>late</i>”</blockquote>", "<blockquote>“<i>late</i>”</blockquote>"),
        ("&lt;!channel&gt; *x* @here", "&lt;!channel&gt; *x* @here"),
    ],
)  # fmt: skip
def test_html(html: str, text: str) -> None:
    assert said(html) == text


def test_who_speaks() -> None:
    assert said("New link", speaker="Lin (Hengda)") == "<b>Lin (Hengda):</b> New link"
    assert said("新链接", speaker="林经理(恒达)") == "<b>林经理(恒达)：</b>新链接"
    assert said("x", speaker="<b>&") == "<b>&lt;b&gt;&amp;:</b> x"
    assert render.caption(Message(speaker="Lin")) == "<b>Lin</b>"
    assert render.caption(Message()) == ""


def test_rows_of_buttons() -> None:
    assert rows("1", "2", "3", "4", "5") == [["1", "2", "3", "4", "5"]]
    assert [len(row) for row in rows(*map(str, range(11)))] == [4, 4, 3]
    assert rows("Urgent", "Only a remark") == [["Urgent", "Only a remark"]]
    assert rows("很急", "只是说一声") == [["很急", "只是说一声"]]
    long = "Give Kaito an owner before Friday"
    assert rows("Yes", long, "No") == [["Yes"], [long], ["No"]]
    assert rows("指定负责人并通知他们", "原因是什么呢", "问林经理") == [
        ["指定负责人并通知他们"], ["原因是什么呢", "问林经理"],
    ]  # fmt: skip


def test_parts_keep_their_buttons_together() -> None:
    parts = (Part("a", (Button("1", "a"),)), Part("b", (Button("2", "b", "7:x y"),)),
             Part("c", (Button("Join", url="https://a.de"),)))  # fmt: skip
    keyboard = render.message(Message(parts))["reply_markup"]["inline_keyboard"]
    assert keyboard == [
        [{"text": "1", "callback_data": "a"}],
        [{"text": "2", "callback_data": "b 7:x y"}],
        [{"text": "Join", "url": "https://a.de"}],
    ]


def test_limits_are_refused_and_nothing_is_cut() -> None:
    assert len(said("x" * 4096)) == 4096
    for message in (
        Message((Part("x" * 4097),)),
        Message((Part("😀" * 2049),)),
        Message((Part("", (Button("x", "a"),)),)),
        Message((Part(" \n"),)),
        Message((Part("x", tuple(Button("x", "a", str(i)) for i in range(101))),)),
        Message((Part("<marquee>x</marquee>"),)),
    ):
        with pytest.raises(ValueError, match=r"characters|buttons|small HTML"):
            render.message(message)
    with pytest.raises(ValueError, match="1024"):
        render.caption(Message((Part("x" * 1025),)))


def test_what_fits_the_answer_to_a_press() -> None:
    assert render.fits_toast(Message((Part("<b>" + "x" * 200 + "</b>"),)))
    assert not render.fits_toast(Message((Part("x" * 201),)))
    assert not render.fits_toast(Message((Part("x", (Button("Undo", "a"),)),)))


KINDS = ["bold", "italic", "underline", "strikethrough", "code", "pre", "blockquote", "spoiler",
         "expandable_blockquote", "text_link", "text_mention", "custom_emoji"]  # fmt: skip
TEXTS = st.text(alphabet=st.sampled_from("ab <>&\"'\n😀价é\u200b/"), min_size=1, max_size=40)
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(KINDS),
            "offset": st.integers(-3, 60),
            "length": st.integers(-3, 60),
            "url": st.sampled_from(["https://a.de/?a=1&b=<\">'", "person:x", "javascript:1", ""]),
            "user": st.just({"id": 1001, "is_bot": False, "first_name": "Jo"}),
        }
    ),
    max_size=8,
)


@given(TEXTS, ENTITIES)
def test_whatever_the_entities_the_html_is_valid(
    text: str, entities: list[dict[str, Any]]
) -> None:
    html = to_html(text, entities)
    assert "".join(block.text for block in markup.parse(html)) == text
    shown, _ = parse_html(render.html(Part(html)))
    assert shown == text


STYLED = st.builds(
    Span, TEXTS, st.frozensets(st.sampled_from(markup.INLINE)),
    st.sampled_from(["", "https://a.de/?a=1&b=2", "person:7", "person:U7", "tg://user?id=1"]),
)  # fmt: skip
BLOCKS = st.lists(
    st.builds(
        Block,
        st.sampled_from(["text", "pre", "blockquote"]),
        st.lists(STYLED, min_size=1, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


@given(BLOCKS, st.text(alphabet="Lin(<&>) 林", max_size=8))
def test_whatever_is_written_telegram_takes(blocks: list[Block], speaker: str) -> None:
    text = said("x", markup.write(blocks), speaker=speaker)
    shown, marked = parse_html(text)
    assert shown.endswith("".join(block.text for block in blocks))
    assert all(0 <= e["offset"] <= e["offset"] + e["length"] <= units(shown) for e in marked)


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("😀 bold", [("bold", 3, 4)], "😀 <b>bold</b>"),
        ("abc", [("bold", 0, 2), ("italic", 1, 2)], "<b>a</b><b><i>b</i></b><i>c</i>"),
        ("a\nq\nb", [("blockquote", 2, 1)], "a\n<blockquote>q</blockquote>\nb"),
        ("ab", [("blockquote", 0, 1), ("blockquote", 1, 1)],
         "<blockquote>a</blockquote><blockquote>b</blockquote>"),
        ("x<y", [("pre", 0, 3), ("bold", 0, 1)], "<pre>x&lt;y</pre>"),
        ("xy", [("spoiler", 0, 2), ("underline", 1, 1)], "x<u>y</u>"),
    ],
)  # fmt: skip
def test_entities(text: str, entities: list[tuple[str, int, int]], html: str) -> None:
    marks = [{"type": kind, "offset": at, "length": size} for kind, at, size in entities]
    found = to_html(text, marks)
    assert markup.parse(found) == markup.parse(html)
