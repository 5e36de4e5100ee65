"""What people type, and what it is read as."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.parse import Arg, Spec, parse, possible_names, quote, reference
from bot.errors import Refused

PARTNER = (
    Spec.of("show", "partner", default=True, zh="查看"),
    Spec.of("link", "partner room", zh="关联", example="partner link Nordwind #room"),
    Spec.of("tell", "partner text", zh="告诉"),
    Spec.of("add", "name:text", keys="tier region tz lang owner:person tags", zh="添加"),
    Spec.of("list"),
    Spec.of("hand-over", "partner person"),
    Spec.of("invite", "partner", zh="邀请"),
)
MEETING = (
    Spec.of("", "partner title:text", keys="at:time every:rhythm length:duration where"),
    Spec.of("list", "partner?"),
    Spec.of("move", "meeting at:time"),
    Spec.of("cancel", "meeting"),
)
NEWS = (
    Spec.of("add", "text", keys="product to"),
    Spec.of("show", "news"),
    Spec.of("digest preview", "partner?", zh="摘要 预览"),
    Spec.of("digest send"),
)
TICKET = (
    Spec.of("show", "ticket", default=True),
    Spec.of("new", "partner? text"),
    Spec.of("reply", "ticket text", zh="回复"),
    Spec.of("assign", "ticket person"),
    Spec.of("known add", "text"),
    Spec.of("link", "ticket known"),
    Spec.of("list", "filter:word?"),
)
LIAISON = (Spec.of("mine"), Spec.of("today"), Spec.of("away"))
NOUNS = {
    "partner": PARTNER,
    "meeting": MEETING,
    "news": NEWS,
    "ticket": TICKET,
    "liaison": LIAISON,
}
NAMES = ("acme industrial", "nordwind")


def is_partner(words: list[str]) -> int:
    for count in range(len(words), 0, -1):
        said = " ".join(words[:count]).lower()
        if any(name == said or name.startswith(f"{said} ") for name in NAMES):
            return count
    return 0


def read(line: str) -> tuple[str, dict[str, str]]:
    noun, _, text = line.partition(" ")
    parsed = parse(noun, text, NOUNS[noun], is_partner)
    return parsed.spec.verb, parsed.args


@pytest.mark.parametrize(
    ("line", "verb", "args"),
    [
        ("partner link Nordwind #room", "link", {"partner": "Nordwind", "room": "#room"}),
        ("partner Nordwind link #room", "link", {"partner": "Nordwind", "room": "#room"}),
        ("partner Nordwind #room link", "link", {"partner": "Nordwind", "room": "#room"}),
        ("partner 关联 Nordwind #room", "link", {"partner": "Nordwind", "room": "#room"}),
        ("partner LINK Nordwind #room", "link", {"partner": "Nordwind", "room": "#room"}),
        ("partner nordwind", "show", {"partner": "nordwind"}),
        ("partner", "show", {}),
        (
            "partner Acme Industrial link <#C123|nord west>",
            "link",
            {"partner": "Acme Industrial", "room": "<#C123|nord west>"},
        ),
        ("partner hand over acme @lin", "hand-over", {"partner": "acme", "person": "@lin"}),
        (
            "partner handover nordwind <@U123|lin wang>",
            "hand-over",
            {"partner": "nordwind", "person": "<@U123|lin wang>"},
        ),
        ("partner 邀请Nordwind", "invite", {"partner": "Nordwind"}),
        (
            'partner tell acme industrial It\'s a 5" screen,  and "ok"',
            "tell",
            {"partner": "acme industrial", "text": 'It\'s a 5" screen,  and "ok"'},
        ),
        (
            "partner tell “Acme Industrial” hi",
            "tell",
            {"partner": "Acme Industrial", "text": "hi"},
        ),
        ("partner tell 「北方 风」 「你好」", "tell", {"partner": "北方 风", "text": "你好"}),
        (
            'partner add Foo GmbH tier=gold tz="Europe/Berlin"',
            "add",
            {"name": "Foo GmbH", "tier": "gold", "tz": "Europe/Berlin"},
        ),
        ("partner add Foo 级别=金牌", "add", {"name": "Foo", "tier": "gold"}),
        ("partner add Foo 级别：银牌", "add", {"name": "Foo", "tier": "silver"}),
        ("partner add Foo　ＴＩＥＲ＝gold", "add", {"name": "Foo", "tier": "gold"}),
        ("ticket T-12", "show", {"ticket": "T-12"}),
        ("ticket t12 reply hello", "reply", {"ticket": "T-12", "text": "hello"}),
        ("ticket Ｔ－１２ reply ok", "reply", {"ticket": "T-12", "text": "ok"}),
        (
            "ticket 回复T-12 你好，请看：链接",
            "reply",
            {"ticket": "T-12", "text": "你好，请看：链接"},
        ),
        ("ticket reply no reference here", "reply", {"text": "no reference here"}),
        ("ticket T-12 link K-4", "link", {"ticket": "T-12", "known": "K-4"}),
        ("ticket link K-4 T-12", "link", {"ticket": "T-12", "known": "K-4"}),
        ("ticket new acme it fails", "new", {"partner": "acme", "text": "it fails"}),
        ("ticket new it fails", "new", {"text": "it fails"}),
        ("ticket known add Price list", "known add", {"text": "Price list"}),
        ("ticket list 我的", "list", {"filter": "mine"}),
        ("news digest preview", "digest preview", {}),
        ("news 摘要 预览 nordwind", "digest preview", {"partner": "nordwind"}),
        ("news N-5 show", "show", {"news": "N-5"}),
        ("news add a=b and c product=pump", "add", {"text": "a=b and c", "product": "pump"}),
        ("liaison mine", "mine", {}),
        (
            "meeting move M-3 next friday 10:00",
            "move",
            {"meeting": "M-3", "at": "next friday 10:00"},
        ),
        ("meeting M-3 move blursday", "move", {"meeting": "M-3", "at": "blursday"}),
        ("meeting list bluepine", "list", {"partner": "bluepine"}),
    ],
)
def test_words_find_their_arguments(line: str, verb: str, args: dict[str, str]) -> None:
    assert read(line) == (verb, args)


@pytest.mark.parametrize(
    ("line", "args"),
    [
        (
            "nordwind 下周四下午三点 季度回顾 每季度",
            {"at": "下周四下午三点", "title": "季度回顾", "every": "每季度"},
        ),
        (
            "nordwind 下周四下午三点季度回顾每季度",
            {"at": "下周四下午三点", "title": "季度回顾", "every": "每季度"},
        ),
        (
            'Nordwind Quarterly review at="next thursday 15:00" every=quarterly',
            {"at": "next thursday 15:00", "title": "Quarterly review", "every": "quarterly"},
        ),
        (
            "nordwind Quarterly review at=next thursday 15:00 every=every 2 weeks",
            {"at": "next thursday 15:00", "title": "Quarterly review", "every": "every 2 weeks"},
        ),
        (
            "nordwind Quarterly review next thursday 15:00",
            {"at": "next thursday 15:00", "title": "Quarterly review"},
        ),
        (
            "nordwind next thursday 15:00 quarterly Review",
            {"at": "next thursday 15:00", "title": "Review", "every": "quarterly"},
        ),
        (
            "nordwind sales monday 9:00 weekly 1h",
            {"at": "monday 9:00", "title": "sales", "every": "weekly", "length": "1h"},
        ),
        (
            "nordwind 时间=下周四下午三点 季度回顾 重复=每季度 时长=1小时",
            {"at": "下周四下午三点", "title": "季度回顾", "every": "每季度", "length": "1小时"},
        ),
        (
            "nordwind at=下周四下午三点季度回顾",
            {"at": "下周四下午三点季度回顾"},
        ),
        ("nordwind lunch in 2 hours with Jo", {"at": "in 2 hours", "title": "lunch with Jo"}),
        ("nordwind Fun in the sun", {"title": "Fun in the sun"}),
        ("nordwind review thursday", {"at": "thursday", "title": "review"}),
        (
            'nordwind "Review monday 9:00" tomorrow 10:00',
            {"at": "tomorrow 10:00", "title": "Review monday 9:00"},
        ),
        ("nordwind “weekly”", {"title": "weekly"}),
    ],
)
def test_a_time_or_rhythm_needs_no_key(line: str, args: dict[str, str]) -> None:
    verb, found = read(f"meeting {line}")
    assert verb == ""
    assert {name: said for name, said in found.items() if name != "partner"} == args
    assert found["partner"].lower() == "nordwind"


@pytest.mark.parametrize(
    ("line", "data"),
    [
        (
            "partner lnik Nordwind #room",
            {"nearest": "link", "example": "partner link Nordwind #room"},
        ),
        ("partner Nordwind lnik #room", {"nearest": "link"}),
        ("news digset preview", {"nearest": "digest preview"}),
        ("liaison mien", {"nearest": "mine", "example": "liaison mine"}),
        ("liaison xyz", {"word": "xyz", "verbs": "mine, today, away"}),
        ("liaison", {"verbs": "mine, today, away"}),
        ("partner list foo", {"word": "foo"}),
        ("partner add Foo teir=gold", {"key": "teir", "nearest": "tier"}),
        ("partner list x=3", {"key": "x"}),
        ("meeting nordwind Review at=", {"key": "at"}),
        ("meeting nordwind Review at=x at=y", {"key": "at"}),
        ('partner link "Acme #room', {"start": '"Acme'}),
        ('ticket new acme "price list', {"start": '"price'}),
        ('meeting nordwind Review at="next thursday', {"start": '"next'}),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(line: str, data: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        read(line)
    assert data.items() <= refused.value.data.items()
    refused.value.message.format(**refused.value.data)  # all placeholders are there


def test_an_inner_quote_in_free_text_is_text() -> None:
    assert read('ticket reply T-1 he said "ok')[1]["text"] == 'he said "ok'


def test_without_knowing_partners_the_verb_ends_the_name() -> None:
    parsed = parse("partner", "Big Blue Ocean link #room", PARTNER)
    assert parsed.args == {"partner": "Big Blue Ocean", "room": "#room"}
    assert parse("partner", "tell Big hello", PARTNER).args == {"partner": "Big", "text": "hello"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("link Acme Industrial #room", ["link Acme Industrial", "Acme Industrial"]),
        ("Acme Industrial link #room", ["Acme Industrial link"]),
        ("邀请Nordwind", ["邀请 Nordwind", "Nordwind"]),
        ('tell "Acme Industrial" hi', ["tell", "Acme Industrial"]),
        ("", []),
    ],
)
def test_the_caller_learns_which_names_to_look_up(text: str, names: list[str]) -> None:
    assert possible_names(text, PARTNER) == names


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("T-12", "T-12"), ("t12", "T-12"), ("Ｋ－０４", "K-4"), ("n‑5", "N-5"), ("T-0", None),
     ("X-1", None), ("T-12345678901", None), ("T-1x", None), ("", None)],
)  # fmt: skip
def test_references(word: str, wanted: str | None) -> None:
    assert reference(word) == wanted


def test_a_kind_that_does_not_exist_fails_at_import() -> None:
    with pytest.raises(ValueError, match="colour"):
        Arg.of("x:colour")


_typed = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs",)),
        st.sampled_from('"“”「」=：＝<@#>- TtMm12每周四点下后'),
    ),
    max_size=60,
)
_fragments = st.lists(
    st.sampled_from(
        [
            "link",
            "nordwind",
            "acme",
            "#room",
            "<@U1|lin w>",
            "at=",
            'at="',
            "every=",
            "时间：",
            "T-12",
            "下周四",
            "下午三点",
            "next",
            "thursday",
            "15:00",
            "quarterly",
            "每季度",
            "1h",
            '"',
            "“",
            "」",
            "tell",
            "digest",
            "preview",
            "add",
            "级别=金牌",
            "hand-over",
            "在",
            "@",
            "，",
            "new",
            "30 feb",
        ]
    ),
    max_size=9,
).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(st.one_of(_typed, _fragments), st.sampled_from(sorted(NOUNS)), st.booleans())
def test_any_input_is_read_or_refused(text: str, noun: str, known: bool) -> None:
    try:
        parsed = parse(noun, text, NOUNS[noun], is_partner if known else None)
    except Refused as refused:
        refused.message.format(**refused.data)
    else:
        names = {arg.name for arg in (*parsed.spec.args, *parsed.spec.keys)}
        assert set(parsed.args) <= names


@given(st.text(max_size=40), st.text(min_size=1, max_size=40))
def test_quoting_reads_back_as_it_was(partner: str, text: str) -> None:
    parsed = parse("partner", f"tell {quote(partner)} {quote(text)}", PARTNER)
    assert parsed.args == {"partner": partner, "text": text}


@given(st.text(min_size=1, max_size=40))
def test_a_quoted_key_reads_back_as_it_was(text: str) -> None:
    if not text.strip():
        return
    parsed = parse("news", f"add hello to={quote(text)}", NEWS)
    assert parsed.args["text"] == "hello"
