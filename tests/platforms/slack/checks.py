"""Block Kit as Slack checks it, three ways: its schema, the SDK's models, and our own counts."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

DATA = Path(__file__).parents[2] / "data" / "slack"
ROW = 25  # elements of one actions block


@cache
def _validator(name: str) -> Draft7Validator:
    schema = json.loads((DATA / "block-kit.schema.json").read_text("utf-8"))
    return Draft7Validator({**schema, "$ref": f"#/definitions/{name}"})


def check_blocks(blocks: list[dict[str, Any]], limit: int = 50) -> None:
    """Fails on what Slack would refuse in the blocks of a message, or of a view with its limit."""
    assert 0 < len(blocks) <= limit, f"{len(blocks)} blocks"
    for block in blocks:
        errors = [error.message for error in _validator("KnownBlock").iter_errors(block)]
        assert not errors, (block, errors[:3])
        parsed = Block.parse(block)
        assert parsed is not None, block
        parsed.validate_json()
        assert len(block.get("elements", [])) <= ROW or block["type"] == "rich_text"
    _check_unique(blocks)


def check_message(said: dict[str, Any]) -> None:
    """The same for a whole message; its notification text must be inert."""
    check_blocks(said["blocks"])
    assert said["text"]
    assert "<" not in said["text"]
    assert len(said["text"]) <= 40_000


def check_view(view: dict[str, Any]) -> None:
    """The same for a modal or Home."""
    check_blocks(view["blocks"], 100)
    View(**view).validate_json()
    assert len(view.get("private_metadata", "")) <= 3_000
    for name in ("title", "submit", "close"):
        assert 0 < len(view.get(name, {"text": "-"})["text"]) <= 24
    if any(block["type"] == "input" for block in view["blocks"]):
        assert "submit" in view


def _check_unique(blocks: list[dict[str, Any]]) -> None:
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    assert not [name for name, count in ids.items() if count > 1]
    for block in blocks:
        acts = Counter(_action_ids(block))
        assert not [name for name, count in acts.items() if count > 1], acts
        assert all(0 < len(name) <= 255 for name in acts)
    if not any(block["type"] == "input" for block in blocks):
        acts = Counter(name for block in blocks for name in _action_ids(block))
        assert not [name for name, count in acts.items() if count > 1], acts


def _action_ids(block: dict[str, Any]) -> Iterator[str]:
    if block["type"] == "actions":
        for element in block["elements"]:
            assert len(element["text"]["text"]) <= 75
            assert len(element.get("value", "")) <= 2_000
            yield element["action_id"]
    if block["type"] == "input":
        yield block["element"]["action_id"]
