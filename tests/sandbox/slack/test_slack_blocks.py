"""Block Kit is refused where Slack refuses it, and read as a person reads it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sandbox.slack.blocks import check_blocks, check_view
from sandbox.slack.errors import SlackError
from sandbox.slack.plain import Reader, buttons
from sandbox.slack.typed import Typed
from sandbox.slack.world import User, World

VIEWS = json.loads((Path(__file__).parent / "data" / "samples.json").read_text("utf-8"))["views"]
SCHEMA = json.loads(Path("sandbox/slack/data/block-kit.schema.json").read_text("utf-8"))


def words(text: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": text}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": words("Go"), **more}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": words("hello", "mrkdwn"), **more}


def select(options: int) -> dict[str, Any]:
    offered = [{"text": words(str(n)), "value": str(n)} for n in range(options)]
    return {"type": "static_select", "placeholder": words("Pick"), "options": offered}


def faults(blocks: Any) -> list[str]:
    with pytest.raises(SlackError) as caught:
        check_blocks(blocks)
    assert caught.value.code == "invalid_blocks"
    return list(caught.value.extra["response_metadata"]["messages"])


LIMITS = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    (
        [section(text=words("x" * 3001))],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [section(fields=[words("x")] * 11)],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        [section(fields=[words("x" * 2001)])],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        [{"type": "header", "text": words("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        [{"type": "context", "elements": [words("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [{"type": "actions", "elements": [button() for _ in range(26)]}],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        [section(accessory=button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/accessory/value]",
    ),
    (
        [section(accessory=button(text=words("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/accessory/text/text]",
    ),
    (
        [section(accessory=button(action_id="x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/accessory/action_id]",
    ),
    (
        [section(block_id="b"), section(block_id="b")],
        "`block_id` b already exists [json-pointer:/blocks/1/block_id]",
    ),
    (
        [{"type": "actions", "elements": [button(action_id="a"), button(action_id="a")]}],
        "`action_id` a already exists [json-pointer:/blocks/0]",
    ),
    (
        [section(accessory=select(101))],
        "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    (
        [section(accessory=button(confirm={"title": words("x" * 101), "text": words("Sure?")}))],
        "must be less than 101 characters [json-pointer:/blocks/0/accessory/confirm/title/text]",
    ),
    (
        [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "x" * 2001}],
        "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]",
    ),
    ([{"type": "nope"}], "unsupported type: nope [json-pointer:/blocks/0/type]"),
    ([{"type": "header"}], "missing required field: text [json-pointer:/blocks/0]"),
    ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    ([section(color="red")], "invalid additional property: color [json-pointer:/blocks/0]"),
    ([{"type": "header", "text": words("x", "mrkdwn")}], "unsupported type: mrkdwn"),
    ([section(text="bare")], "must provide an object [json-pointer:/blocks/0/text]"),
]


@pytest.mark.parametrize(("blocks", "said"), LIMITS)
def test_what_is_refused(blocks: list[Any], said: str) -> None:
    assert any(said in fault for fault in faults(blocks)), faults(blocks)


def test_what_stands_just_inside_the_limits_passes() -> None:
    check_blocks([section(text=words("x" * 3000)) for _ in range(50)])
    check_blocks([section(accessory=select(100))])
    filled = check_blocks([{"type": "actions", "elements": [button(), button()]}])
    assert len({element["action_id"] for element in filled[0]["elements"]}) == 2
    with pytest.raises(SlackError, match="invalid_blocks_format"):
        check_blocks({"type": "section"})


@pytest.mark.parametrize("view", VIEWS, ids=range(len(VIEWS)))
def test_our_reading_of_the_schema_agrees_with_a_full_validator(view: dict[str, Any]) -> None:
    blocks = view["blocks"]
    full = jsonschema.Draft7Validator({**SCHEMA, "$ref": "#/definitions/Blocks"})
    broken = [*blocks, {"type": "section", "text": {"type": "plain_text"}}]
    for tried in (blocks, broken):
        try:
            check_blocks(tried)
        except SlackError as error:
            structural = [
                m for m in error.extra["response_metadata"]["messages"] if "characters" not in m
            ]
            assert bool(structural) is not full.is_valid(tried), structural
        else:
            assert full.is_valid(tried)


def view_fault(**more: Any) -> str:
    view = {"type": "modal", "title": words("M"), "blocks": [section()], **more}
    with pytest.raises(SlackError) as caught:
        check_view(view)
    return str(caught.value.extra["response_metadata"]["messages"][0])


def test_views_have_limits_of_their_own() -> None:
    assert "less than 25 characters [json-pointer:/view/title/text]" in view_fault(
        title=words("x" * 25)
    )
    assert "less than 3001" in view_fault(private_metadata="x" * 3001)
    assert "less than 256" in view_fault(callback_id="x" * 256)
    assert "no more than 100 items" in view_fault(blocks=[section()] * 101)
    assert "one of modal, home" in view_fault(type="page")
    field = {"type": "input", "label": words("L"), "element": {"type": "plain_text_input"}}
    assert "submit" in view_fault(blocks=[field])
    check_view({"type": "home", "blocks": [section() for _ in range(100)]})


def a_world() -> World:
    world = World()
    world.users["U1"] = User("U1", "lin", "Lin Wei", "", "T1")
    return world


def test_blocks_are_read_aloud() -> None:
    rich = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Answer by ", "style": {"bold": True}},
                    {
                        "type": "date",
                        "timestamp": 1796289120,
                        "format": "{date_num} {time}",
                        "fallback": "soon",
                    },
                    {"type": "text", "text": " "},
                    {"type": "user", "user_id": "U1"},
                    {"type": "emoji", "name": "eyes", "unicode": "1f440"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "*one*"}]}
                ],
            },
        ],
    }
    blocks = [
        {"type": "header", "text": words("T-41")},
        section(text=words("*Jo* &amp; <@U1> <https://x.y|there> a_b_c ~old~ `code`", "mrkdwn")),
        {"type": "divider"},
        {"type": "context", "elements": [words("gold"), words("_late_", "mrkdwn")]},
        rich,
        {"type": "actions", "elements": [button(), select(2)]},
    ]
    assert Reader(a_world(), "Asia/Shanghai").blocks(blocks).splitlines() == [
        "T-41",
        "Jo & @Lin Wei there a_b_c old code",
        "gold late",
        "Answer by 2026-12-03 17:12 @Lin Wei👀",
        "1. *one*",
    ]
    assert "soon" in Reader(a_world()).blocks([rich])
    assert buttons(blocks) == ("Go", "Pick")


def test_what_is_typed_becomes_wire_text() -> None:
    typed = Typed(a_world(), "@lin <!channel> *x* a@lin.example & @Linus @here :eyes:", "T1")
    assert typed.text() == ("<@U1> &lt;!channel&gt; *x* a@lin.example &amp; @Linus <!here> :eyes:")
    kinds = [element["type"] for element in typed.blocks()[0]["elements"][0]["elements"]]
    assert kinds == ["user", "text", "broadcast", "text", "emoji"]
