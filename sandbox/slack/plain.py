"""Blocks, views and mrkdwn as plain text: what a person reads, for the journal."""

import html
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.slack.world import Raw, World

_ANGLE = re.compile(r"<([^<>]+)>")
_MARKS = tuple(
    re.compile(
        rf"(?<![\w{re.escape(mark)}]){re.escape(mark)}(?=\S)([^\n]*?\S){re.escape(mark)}(?![\w{re.escape(mark)}])"
    )
    for mark in ("*", "_", "~", "`")
)
_DATE_TOKEN = re.compile(r"\{(\w+)\}")
_DATE_FORMATS = {
    "date_num": "%Y-%m-%d",
    "date": "%B %-d, %Y",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}


class Reader:
    """Turns Slack's objects into words; `zone` is the only reader's, None if there are several."""

    def __init__(self, world: World, zone: str | None = None) -> None:
        self._world = world
        self._zone = zone

    def message(self, raw: Raw) -> str:
        """The text of a message: its blocks if it has any, else its mrkdwn text."""
        parts = (
            [self.blocks(raw["blocks"])]
            if raw.get("blocks")
            else [self.mrkdwn(raw.get("text", ""))]
        )
        for attachment in raw.get("attachments") or []:
            if attachment.get("blocks"):
                parts.append(self.blocks(attachment["blocks"]))
            else:
                words = (attachment.get(key) for key in ("pretext", "title", "text", "fallback"))
                parts.extend(self.mrkdwn(word) for word in words if word)
        return "\n".join(part for part in parts if part)

    def view(self, raw: Raw) -> str:
        title = raw.get("title", {}).get("text", "")
        return "\n".join(part for part in (title, self.blocks(raw.get("blocks", []))) if part)

    def blocks(self, blocks: Iterable[Raw]) -> str:
        lines = (self._block(block) for block in blocks)
        return "\n".join(line for line in lines if line)

    def mrkdwn(self, text: str) -> str:
        text = _ANGLE.sub(lambda found: self._angle(found.group(1)), text)
        for mark in _MARKS:
            text = mark.sub(r"\1", text)
        return html.unescape(text)

    def text(self, thing: Raw | None) -> str:
        """A text object."""
        if not thing:
            return ""
        text = str(thing.get("text", ""))
        return self.mrkdwn(text) if thing.get("type") == "mrkdwn" else text

    def _angle(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        if target.startswith("@"):
            return "@" + self._world.name_of(target[1:])
        if target.startswith("#"):
            return "#" + (label or self._channel(target[1:]))
        if target.startswith("!date^"):
            _, stamp, pattern, *_ = target.split("^")
            return self.date(int(stamp), pattern, label)
        if target.startswith("!subteam"):
            return label or "@group"
        if target.startswith("!"):
            return "@" + target[1:]
        return label or target

    def _channel(self, channel_id: str) -> str:
        channel = self._world.channels.get(channel_id)
        return channel.name if channel else channel_id

    def date(self, stamp: int, pattern: str, fallback: str) -> str:
        """A date in the only reader's zone; with several readers, what everyone can be shown."""
        if self._zone is None and fallback:
            return fallback
        at = datetime.fromtimestamp(stamp, UTC).astimezone(ZoneInfo(self._zone or "UTC"))

        def part(found: re.Match[str]) -> str:
            form = _DATE_FORMATS.get(found.group(1).removesuffix("_pretty"))
            return at.strftime(form) if form else found.group(0)

        return _DATE_TOKEN.sub(part, pattern)

    def _block(self, block: Raw) -> str:
        show = _BLOCKS.get(block.get("type", ""))
        return show(self, block) if show else ""

    def section(self, block: Raw) -> str:
        parts = [self.text(block.get("text")), *(self.text(f) for f in block.get("fields") or [])]
        accessory = block.get("accessory") or {}
        if accessory.get("type") == "image":
            parts.append(accessory.get("alt_text", ""))
        return "\n".join(part for part in parts if part)

    def context(self, block: Raw) -> str:
        words = (
            e.get("alt_text", "") if e["type"] == "image" else self.text(e)
            for e in block["elements"]
        )
        return " ".join(word for word in words if word)

    def input(self, block: Raw) -> str:
        hint = self.text(block.get("hint"))
        return self.text(block.get("label")) + (f"\n{hint}" if hint else "")

    def image(self, block: Raw) -> str:
        return self.text(block.get("title")) or str(block.get("alt_text", ""))

    def table(self, block: Raw) -> str:
        rows = block.get("rows") or []
        return "\n".join(" | ".join(self._cell(cell) for cell in row) for row in rows)

    def _cell(self, cell: Raw) -> str:
        return self.rich(cell) if cell.get("type") == "rich_text" else str(cell.get("text", ""))

    def rich(self, block: Raw) -> str:
        return "\n".join(self._rich_part(part) for part in block.get("elements", []))

    def _rich_part(self, part: Raw) -> str:
        if part["type"] == "rich_text_list":
            ordered = part.get("style") == "ordered"
            indent = "  " * int(part.get("indent", 0))
            first = int(part.get("offset", 0)) + 1
            items = enumerate(part["elements"], start=first)
            return "\n".join(
                f"{indent}{f'{n}.' if ordered else '•'} {self._rich_part(item)}"
                for n, item in items
            )
        return "".join(self._rich_element(element) for element in part.get("elements", [])).rstrip(
            "\n"
        )

    def _rich_element(self, element: Raw) -> str:
        kind = element["type"]
        if kind == "user":
            return "@" + self._world.name_of(element["user_id"])
        if kind == "channel":
            return "#" + self._channel(element["channel_id"])
        if kind == "broadcast":
            return "@" + str(element["range"])
        if kind == "emoji":
            return _emoji(element)
        if kind == "date":
            return self.date(
                int(element["timestamp"]), element["format"], element.get("fallback", "")
            )
        if kind == "link":
            return str(element.get("text") or element["url"])
        return str(element.get("text", ""))


def _emoji(element: Raw) -> str:
    code = element.get("unicode")
    if code:
        return "".join(chr(int(point, 16)) for point in code.split("-"))
    return f":{element['name']}:"


_BLOCKS: dict[str, Callable[[Reader, Raw], str]] = {
    "section": Reader.section,
    "header": lambda reader, block: reader.text(block.get("text")),
    "context": Reader.context,
    "input": Reader.input,
    "image": Reader.image,
    "video": Reader.image,
    "rich_text": Reader.rich,
    "table": Reader.table,
    "divider": lambda _reader, _block: "",
    "markdown": lambda _reader, block: str(block.get("text", "")),
}


def elements(blocks: Iterable[Raw]) -> list[tuple[Raw, Raw]]:
    """Every interactive element with the block it stands in."""
    found: list[tuple[Raw, Raw]] = []
    for block in blocks:
        kind = block.get("type")
        if kind in ("actions", "context_actions"):
            found.extend((block, element) for element in block["elements"])
        elif kind == "section" and block.get("accessory", {}).get("type", "image") != "image":
            found.append((block, block["accessory"]))
        elif kind == "input":
            found.append((block, block["element"]))
    return found


def label_of(element: Raw) -> str:
    """What stands on a button, or in an empty select."""
    text = element.get("text") or element.get("placeholder") or {}
    return str(text.get("text", ""))


def buttons(blocks: Iterable[Raw]) -> tuple[str, ...]:
    """The labels of all buttons, overflow items and selects outside input blocks."""
    labels: list[str] = []
    for block, element in elements(blocks):
        if block["type"] == "input":
            continue
        if element["type"] == "overflow":
            labels.extend(option["text"]["text"] for option in element["options"])
        else:
            labels.append(label_of(element))
    return tuple(label for label in labels if label)
