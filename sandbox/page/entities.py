"""Telegram's message entities as safe HTML; offsets count UTF-16 units, as Telegram's do."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from sandbox.page.links import link, tagged

Json = Mapping[str, Any]

_TAGS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


def with_entities(text: str, entities: Sequence[Json]) -> Markup:
    """`text` with its entities; overlaps end where the outer one ends."""
    units = text.encode("utf-16-le", "surrogatepass")
    order = sorted(
        (one for one in entities if one.get("length", 0) > 0),
        key=lambda one: (int(one["offset"]), -int(one["length"])),
    )
    return _draw(units, order, 0, len(units) // 2)


def _draw(units: bytes, entities: Sequence[Json], start: int, end: int) -> Markup:
    drawn = Markup("")
    place, index = start, 0
    while index < len(entities):
        one = entities[index]
        opens = max(_whole(units, int(one["offset"])), place)
        closes = min(_whole(units, int(one["offset"]) + int(one["length"])), end)
        if closes <= opens:
            index += 1
            continue
        inner = index + 1
        while inner < len(entities) and int(entities[inner]["offset"]) < closes:
            inner += 1
        drawn += _plain(units, place, opens)
        inside = _draw(units, entities[index + 1 : inner], opens, closes)
        drawn += _wrap(one, inside, _raw(units, opens, closes))
        place, index = closes, inner
    return drawn + _plain(units, place, end)


def _whole(units: bytes, at: int) -> int:
    """The same place, or one unit before it where it would cut a letter in two."""
    low = units[at * 2 + 1 : at * 2 + 2]
    return at - 1 if low and 0xDC <= low[0] <= 0xDF else at


def _raw(units: bytes, start: int, end: int) -> str:
    return units[start * 2 : end * 2].decode("utf-16-le", "replace")


def _plain(units: bytes, start: int, end: int) -> Markup:
    return escape(_raw(units, start, end))


def _wrap(one: Json, inside: Markup, raw: str) -> Markup:
    kind = str(one.get("type"))
    if kind in _TAGS:
        return tagged(_TAGS[kind], inside)
    if kind == "spoiler":
        return Markup('<span class="spoiler" tabindex="0">{}</span>').format(inside)
    if kind == "text_link":
        return link(str(one.get("url", "")), inside)
    if kind == "url":
        return link(raw if "//" in raw else f"https://{raw}", inside)
    if kind == "email":
        return link(f"mailto:{raw}", inside)
    if kind == "bot_command":
        shape = Markup(
            '<button type="button" class="command" data-act="say" data-text="{}">{}</button>'
        )
        return shape.format(raw, inside)
    if kind in ("mention", "text_mention", "hashtag", "cashtag"):
        return Markup('<span class="mention">{}</span>').format(inside)
    return inside
