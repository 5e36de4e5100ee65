"""Telegram's text with entities (in UTF-16 units) as the small HTML."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.markup import Block, Span, write
from bot.platforms.telegram.raw import Json, number, size, thing, words

STYLES = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
}
BLOCKS: dict[str, Literal["pre", "blockquote"]] = {
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """One entity, from and to in characters (not UTF-16 units)."""

    start: int
    end: int
    kind: str
    link: str


def units(text: str) -> int:
    """The length in UTF-16 units, in which Telegram counts."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def to_html(text: str, entities: list[Json]) -> str:
    """Valid small HTML whatever the entities say; kinds it does not know become plain text."""
    marks = _marks(text, entities)
    cuts = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    blocks: list[Block] = []
    last: _Mark | None = None
    for start, end in pairwise(cuts):
        active = [mark for mark in marks if mark.start <= start and mark.end >= end]
        block = _block(active)
        span = _span(text[start:end], active, block)
        if blocks and block == last:
            blocks[-1] = Block(blocks[-1].kind, (*blocks[-1].spans, span))
        else:
            blocks.append(Block(BLOCKS[block.kind] if block else "text", (span,)))
        last = block
    return write(blocks)


def _marks(text: str, entities: list[Json]) -> list[_Mark]:
    places = _places(text)
    marks = []
    for entity in entities:
        kind = words(entity, "type")
        start = min(max(number(entity, "offset"), 0), len(places) - 1)
        end = min(max(number(entity, "offset") + number(entity, "length"), 0), len(places) - 1)
        link = _link(entity, kind)
        if places[start] < places[end] and (kind in STYLES or kind in BLOCKS or link):
            marks.append(_Mark(places[start], places[end], kind, link))
    return marks


def _places(text: str) -> list[int]:
    """The character at which each UTF-16 unit stands; one more for the end."""
    places: list[int] = []
    for index, char in enumerate(text):
        places += [index] * (2 if ord(char) > 0xFFFF else 1)
    return [*places, len(text)]


def _link(entity: Json, kind: str) -> str:
    if kind == "text_link":
        return words(entity, "url")
    if kind == "text_mention":
        return f"person:{number(thing(entity, 'user'), 'id')}"
    return ""


def _block(active: list[_Mark]) -> _Mark | None:
    for kind in ("pre", "blockquote"):
        for mark in active:
            if BLOCKS.get(mark.kind) == kind:
                return mark
    return None


def _span(text: str, active: list[_Mark], block: _Mark | None) -> Span:
    """Inside <pre> and <code> nothing else counts, as in Telegram itself."""
    if block is not None and block.kind == "pre":
        return Span(text)
    styles = frozenset(STYLES[mark.kind] for mark in active if mark.kind in STYLES)
    if "code" in styles:
        return Span(text, frozenset({"code"}))
    return Span(text, styles, next((mark.link for mark in active if mark.link), ""))


def behead(text: str, entities: list[Json], count: int) -> tuple[str, list[Json]]:
    """Text and entities without the first `count` characters."""
    gone = units(text[:count])
    kept = []
    for entity in entities:
        offset = number(entity, "offset") - gone
        length = size(entity, "length") + min(offset, 0)
        if length > 0:
            kept.append({**entity, "offset": max(offset, 0), "length": length})
    return text[count:], kept
