"""Block Kit as Slack checks it: structure by its schema, then counts, lengths and unique ids."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.slack import lengths
from sandbox.slack.errors import SlackError
from sandbox.slack.plain import elements
from sandbox.slack.world import Raw

_INTERACTIVE = frozenset(
    [
        "button",
        "overflow",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "checkboxes",
        "radio_buttons",
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
        "static_select",
        "external_select",
        "users_select",
        "conversations_select",
        "channels_select",
        "multi_static_select",
        "multi_external_select",
        "multi_users_select",
        "multi_conversations_select",
        "multi_channels_select",
    ]
)
_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "boolean": bool,
}


@cache
def _definitions() -> dict[str, Raw]:
    text = (Path(__file__).parent / "data" / "block-kit.schema.json").read_text("utf-8")
    found: dict[str, Raw] = json.loads(text)["definitions"]
    return found


@cache
def _leaves(name: str) -> tuple[tuple[str, Raw], ...]:
    """The alternatives behind a definition, references followed, by their type constant."""
    return tuple(_walk_union(_definitions()[name]))


def _walk_union(schema: Raw) -> Iterator[tuple[str, Raw]]:
    if "$ref" in schema:
        yield from _leaves(schema["$ref"].rsplit("/", 1)[1])
    elif "anyOf" in schema:
        for choice in schema["anyOf"]:
            yield from _walk_union(choice)
    else:
        yield str(schema.get("properties", {}).get("type", {}).get("const", "")), schema


@dataclass
class _Choices:
    """The alternatives of one schema node, sorted for a quick choice."""

    every: list[Raw]
    by_type: dict[str, list[Raw]]


_sorted: dict[int, _Choices] = {}  # by the node's identity: nodes live as long as the process
_BLOCK_LIST: Raw = {"type": "array", "items": {"$ref": "#/definitions/KnownBlock"}}


def _choices(schema: Raw) -> _Choices:
    found = _sorted.get(id(schema))
    if found is None:
        found = _sorted[id(schema)] = _Choices([], {})
        for kind, choice in _walk_union(schema):
            found.every.append(choice)
            if "properties" in choice:
                found.by_type.setdefault(kind, []).append(choice)
    return found


class Faultfinder:
    """Collects what is wrong, each with the JSON pointer that Slack names."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def say(self, what: str, pointer: str) -> None:
        self.found.append(f"[ERROR] {what} [json-pointer:{pointer}]")

    def check(self, schema: Raw, value: Any, pointer: str) -> None:
        """`value` against one schema node; only the keywords that the Block Kit schema uses."""
        if "$ref" in schema or "anyOf" in schema:
            self._choose(_choices(schema), value, pointer)
        elif "const" in schema or "enum" in schema:
            allowed = schema.get("enum", [schema.get("const")])
            if value not in allowed:
                self.say(f"must be one of {', '.join(map(str, allowed))}", pointer)
        elif "type" in schema:
            self._check_type(schema, value, pointer)

    def _choose(self, choices: _Choices, value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            given = value.get("type", "")
            kind = given if isinstance(given, str) else "?"
            fitting = choices.by_type.get(kind) or choices.by_type.get("")
            if not fitting:
                what = (
                    f"unsupported type: {value['type']}"
                    if "type" in value
                    else "missing required field: type"
                )
                self.say(what, f"{pointer}/type" if "type" in value else pointer)
                return
            self._best(fitting, value, pointer)
            return
        self._best(choices.every, value, pointer)

    def _best(self, schemas: list[Raw], value: Any, pointer: str) -> None:
        """No fault if any alternative fits, else those of the nearest one."""
        tries: list[list[str]] = []
        for schema in schemas:
            trial = Faultfinder()
            trial.check(schema, value, pointer)
            if not trial.found:
                return
            tries.append(trial.found)
        self.found.extend(sorted(tries, key=len)[0])

    def _check_type(self, schema: Raw, value: Any, pointer: str) -> None:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_is_a(name, value) for name in names):
            self.say(f"must provide {'an' if names[0][0] in 'ao' else 'a'} {names[0]}", pointer)
        elif isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                self.check(schema["items"], item, f"{pointer}/{number}")
        elif isinstance(value, dict) and "properties" in schema:
            self._check_object(schema, value, pointer)

    def _check_object(self, schema: Raw, value: Raw, pointer: str) -> None:
        known = schema["properties"]
        for key in schema.get("required", ()):
            if key not in value:
                self.say(f"missing required field: {key}", pointer)
        for key, item in value.items():
            if key in known:
                self.check(known[key], item, f"{pointer}/{key}")
            elif schema.get("additionalProperties") is False:
                self.say(f"invalid additional property: {key}", pointer)

    def longest(self, thing: Raw, limits: dict[str, int], pointer: str) -> None:
        for path, limit in limits.items():
            value: Any = thing
            for key in path.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            where = f"{pointer}/{path.replace('.', '/')}"
            if isinstance(value, str) and len(value) > limit:
                self.say(f"must be less than {limit + 1} characters", where)
            elif value == "" and path in (
                "text.text",
                "title.text",
                "label.text",
                "action_id",
                "alt_text",
            ):
                self.say("must be more than 0 characters", where)

    def counts(self, thing: Raw, pointer: str) -> None:
        for key, (fewest, most) in lengths.COUNT.get(thing["type"], {}).items():
            if key in thing:
                self.count(thing[key], fewest, most, f"{pointer}/{key}")

    def count(self, items: list[Any], fewest: int, most: int, pointer: str) -> None:
        if len(items) > most:
            self.say(f"no more than {most} items allowed", pointer)
        elif len(items) < fewest:
            self.say(f"no fewer than {fewest} items allowed", pointer)


def _is_a(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _JSON_TYPES.get(name, object))


def _sizes(faults: Faultfinder, value: Any, pointer: str) -> None:
    """Lengths and counts of this object and everything below it."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            _sizes(faults, item, f"{pointer}/{number}")
    elif isinstance(value, dict):
        kind = value.get("type", "")
        if kind in lengths.TEXT:
            faults.longest(value, lengths.TEXT[kind], pointer)
        elif kind in _INTERACTIVE:
            faults.longest(value, lengths.FIELD, pointer)
        faults.counts({"type": "", **value}, pointer)
        _parts(faults, value, pointer)
        for key, item in value.items():
            if isinstance(item, dict | list):
                _sizes(faults, item, f"{pointer}/{key}")


def _parts(faults: Faultfinder, value: Raw, pointer: str) -> None:
    """The parts that carry no type of their own."""
    if isinstance(value.get("confirm"), dict) and value.get("type") in _INTERACTIVE:
        faults.longest(value["confirm"], lengths.CONFIRM, f"{pointer}/confirm")
    for key in ("options", "initial_options"):
        for number, option in enumerate(value.get(key) or []):
            faults.longest(option, lengths.OPTION, f"{pointer}/{key}/{number}")
    for number, item in enumerate(value.get("fields") or []):
        faults.longest(item, {"text": lengths.SECTION_FIELD}, f"{pointer}/fields/{number}")


def _unique(faults: Faultfinder, blocks: list[Raw], pointer: str) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            faults.say(f"`block_id` {block_id} already exists", f"{pointer}/{number}/block_id")
        seen.add(block_id or "")
        ids = [element.get("action_id") for _, element in elements([block])]
        for action_id in {i for i in ids if i and ids.count(i) > 1}:
            faults.say(f"`action_id` {action_id} already exists", f"{pointer}/{number}")


def _section_has_words(faults: Faultfinder, blocks: list[Raw], pointer: str) -> None:
    for number, block in enumerate(blocks):
        if block["type"] == "section" and not block.get("text") and not block.get("fields"):
            faults.say("missing required field: text", f"{pointer}/{number}")


def _faults_of(blocks: Any, surface: str, pointer: str) -> list[str]:
    faults = Faultfinder()
    faults.check(_BLOCK_LIST, blocks, pointer)
    if not faults.found:
        faults.count(blocks, 0, lengths.MAX_BLOCKS[surface], pointer)
        _sizes(faults, blocks, pointer)
        _unique(faults, blocks, pointer)
        _section_has_words(faults, blocks, pointer)
    return faults.found


def check_blocks(blocks: Any) -> list[Raw]:
    """The blocks of a message, with ids filled in; refused as chat.postMessage refuses them."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    faults = _faults_of(blocks, "message", "/blocks")
    if faults:
        raise SlackError("invalid_blocks", response_metadata={"messages": faults})
    return fill_ids(blocks)


def check_view(view: Any, pointer: str = "/view") -> Raw:
    """A modal or Home, with ids filled in; refused as views.open refuses it."""
    if not isinstance(view, dict):
        raise _invalid(["[ERROR] must provide an object [json-pointer:/view]"])
    kind = view.get("type")
    if kind not in ("modal", "home"):
        raise _invalid([f"[ERROR] must be one of modal, home [json-pointer:{pointer}/type]"])
    faults = Faultfinder()
    schema = _definitions()["ModalView" if kind == "modal" else "HomeView"]
    plain = {**schema["properties"], "blocks": {"type": "array"}}
    faults.check({**schema, "properties": plain}, view, pointer)
    if not faults.found:
        faults.longest(view, lengths.TEXT[kind], pointer)
        faults.found.extend(_faults_of(view["blocks"], kind, f"{pointer}/blocks"))
    if not faults.found and kind == "modal" and "submit" not in view and _has_input(view):
        faults.say("missing required field: submit (there is an input block)", pointer)
    if faults.found:
        raise _invalid(faults.found)
    if len(json.dumps(view)) > lengths.MAX_VIEW_BYTES:
        raise SlackError("view_too_large")
    return {**view, "blocks": fill_ids(view["blocks"])}


def _has_input(view: Raw) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])


def _invalid(messages: list[str]) -> SlackError:
    return SlackError("invalid_arguments", response_metadata={"messages": messages})


def fill_ids(blocks: list[Raw]) -> list[Raw]:
    """Slack names every block and interactive element that came without a name."""
    filled: list[Raw] = json.loads(json.dumps(blocks))
    for block in filled:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
    for _, element in elements(filled):
        if element["type"] in _INTERACTIVE:
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return filled
