"""Messages, forms and Homes as blocks: golden files, Slack's own rules, and what is refused."""

import json
import os
from pathlib import Path

import pytest

from bot.chat import Button, Choice, Field, FieldKind, Form, Message, Part
from bot.platforms.slack import render
from tests.platforms.slack.checks import check_message, check_view

GOLDEN = Path(__file__).parent / "golden"

TRIAGE = Message(
    (
        Part("<b>T-41</b> · Nordwind GmbH, gold · Jo Weber\n“The price list will not open”"),
        Part(
            "answer by <i>17:12</i> · nobody yet",
            (
                Button("Take", "ticket.take", "41", style="primary"),
                Button("Reply", "ticket.reply", "41"),
                Button("Drop", "ticket.drop", "41", style="danger", confirm="Really drop T-41?"),
                Button("Story", url="https://example.com/t/41?a=1&b=2"),
            ),
        ),
    ),
    speaker="Lin (Hengda)",
)
HOSTILE = Message(
    (
        Part("&lt;!channel&gt; @here *x* _y_ `z` &lt;/b&gt; :smile: &amp;amp; &lt;@U123&gt;"),
        Part("<blockquote>line one\nline &lt;two&gt;</blockquote>after"),
        Part("see <pre>a = 1\n  b &lt; 2</pre>"),
        Part('<a href="person:U0LIN">@Lin</a> and <a href="person:4711">Jo</a>, '
             '<a href="https://example.com/?a=1&amp;b=2"><b>here</b></a>, '
             "<code>x</code> <s>no</s> <u>u</u>"),
        Part('<a href="javascript:alert(1)">not a link</a>'),
    )
)  # fmt: skip
EVERY_FIELD = Form(
    "meeting.create",
    "A title that is longer than twenty-four characters",
    (
        Field("topic", "text", "Topic", required=True, initial="Review", max_length=120),
        Field("notes", "long", "Notes", help="As long as you like"),
        Field("tier", "choice", "Tier", initial="gold",
              choices=(Choice("gold", "Gold"), Choice("silver", "Silver"))),
        Field("tags", "choices", "Tags", initial="a,b",
              choices=(Choice("a", "A"), Choice("b", "B"), Choice("c", "x" * 90))),
        Field("owner", "person", "Owner", initial="U0LIN"),
        Field("partner", "partner", "Partner", required=True, initial="3",
              choices=(Choice("3", "Nordwind GmbH"),)),
        Field("at", "date", "When", initial="next thursday 15:00"),
        Field("seats", "number", "Seats", initial="12"),
        Field("papers", "files", "Papers"),
    ),
    value="7",
    submit="Create",
)  # fmt: skip


def golden(name: str, made: dict[str, object]) -> None:
    path = GOLDEN / f"{name}.json"
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("LIAISON_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize(("name", "said"), [("triage", TRIAGE), ("hostile", HOSTILE)])
def test_a_message_is_what_the_golden_file_says(name: str, said: Message) -> None:
    made = render.message(said)
    check_message(made)
    golden(name, made)


def test_a_form_is_what_the_golden_file_says() -> None:
    made = render.form(EVERY_FIELD)
    check_view(made)
    golden("every_field", made)


def test_a_home_is_what_the_golden_file_says() -> None:
    made = render.home(TRIAGE)
    check_view(made)
    golden("home", made)


def test_nothing_typed_becomes_markup_or_a_mention() -> None:
    made = render.message(HOSTILE)
    assert made["text"].startswith("&lt;!channel&gt; @here *x*")
    kinds = {element["type"] for block in made["blocks"] for part in block["elements"]
             for element in part["elements"]}  # fmt: skip
    assert kinds == {"text", "user", "link"}
    assert "broadcast" not in json.dumps(made["blocks"])
    assert "javascript:" not in json.dumps(made)


def test_buttons_alone_are_notified_by_their_labels() -> None:
    made = render.message(Message((Part("", (Button("Take & go", "t"), Button("Drop", "d"))),)))
    check_message(made)
    assert made["text"] == "Take &amp; go · Drop"


def test_line_breaks_around_a_quote_are_not_doubled() -> None:
    made = render.message(Message((Part("one\n\ntwo\n<blockquote>q\n</blockquote>\nthree"),)))
    words = [e["elements"][0]["text"] for e in made["blocks"][0]["elements"]]
    assert words == ["one\n\ntwo", "q", "three"]


def test_buttons_stand_in_rows_of_five_with_ids_of_their_own() -> None:
    buttons = tuple(Button(str(n), "survey.answer", f"812:2:{n}") for n in range(11))
    made = render.message(Message((Part("How likely?", buttons), Part("", buttons[:1]))))
    check_message(made)
    rows = [block["elements"] for block in made["blocks"] if block["type"] == "actions"]
    assert [len(row) for row in rows] == [5, 5, 1, 1]
    assert rows[-1][0]["action_id"] == "survey.answer#11"


@pytest.mark.parametrize("parts", [(), (Part("  \n".strip()),), (Part("<b></b>"),)])
def test_an_empty_message_is_refused(parts: tuple[Part, ...]) -> None:
    with pytest.raises(ValueError, match="without words"):
        render.message(Message(parts))


def test_too_many_blocks_are_refused_and_not_cut() -> None:
    parts = tuple(Part(f"line {n}") for n in range(51))
    with pytest.raises(ValueError, match="51 blocks"):
        render.message(Message(parts))
    check_view(render.home(Message(parts)))
    with pytest.raises(ValueError, match="101 blocks"):
        render.home(Message(parts + parts[:50]))


def test_too_long_a_text_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="12001 characters"):
        render.message(Message((Part("x" * 12_001),)))
    check_message(render.message(Message((Part("x" * 12_000),))))


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        (Field("a", "choice", "A"), "nothing to choose"),
        (Field("a", "choice", "A", choices=(Choice("", "x"),)), "needs a label"),
        (Field("a", "choice", "A", choices=(Choice("x" * 151, "x"),)), "1 to 150"),
        (Field("a", "choice", "A", choices=tuple(Choice(str(n), "x") for n in range(101))), "101"),
        (Field("a", "text", "x" * 2_001), "label"),
        (Field("a", "text", "A", max_length=3_001), "3001 characters"),
        (Field("a", "long", "A", initial="12345", max_length=4), "4 characters"),
        (Field("a", "text", "A", help="x" * 2_001), "hint"),
    ],
)
def test_a_field_that_slack_would_refuse_is_refused_here(field: Field, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        render.form(Form("r", "T", (field,)))


def test_a_form_needs_fields_and_a_value_that_fits() -> None:
    with pytest.raises(ValueError, match="0 fields"):
        render.form(Form("r", "T", ()))
    with pytest.raises(ValueError, match="metadata"):
        render.form(Form("r", "T", (Field("a", "text"),), value="x" * 3_001))


@pytest.mark.parametrize("kind", ["text", "long", "person", "partner", "date", "number", "files"])
def test_a_bare_field_of_every_kind_is_valid(kind: FieldKind) -> None:
    check_view(render.form(Form("r", "T", (Field("a", kind),))))


def test_an_owner_of_another_platform_is_no_initial_user() -> None:
    view = render.form(Form("r", "T", (Field("owner", "person", initial="4711"),)))
    assert "initial_user" not in view["blocks"][0]["element"]


def test_options_are_shortened_only_in_their_label() -> None:
    made = render.options([Choice("3", "x" * 100)])
    assert made[0]["value"] == "3"
    assert made[0]["text"]["text"] == "x" * 74 + "…"


def test_a_notice_is_a_modal_without_submit() -> None:
    view = render.notice(Message((Part("Done"),)))
    check_view(view)
    assert "submit" not in view
