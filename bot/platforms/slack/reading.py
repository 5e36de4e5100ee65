"""What people typed in Slack, as words and as small HTML: rich_text blocks, else mrkdwn text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from bot import markup, naming
from bot.markup import Block, Span
from bot.platforms.slack import payload
from bot.platforms.slack.payload import Raw

_STYLES = {"bold": "b", "italic": "i", "strike": "s", "underline": "u", "code": "code"}
_ENTITY = re.compile(r"<([^<>\n]+)>")
_AFTER_CALL = " ,:\n\N{FULLWIDTH COMMA}\N{FULLWIDTH COLON}"  # "@Liaison: …"
PASSED_ON = "\N{RIGHTWARDS ARROW WITH HOOK}"  # before the name of who wrote it: no language
_WEB = ("http://", "https://", "mailto:", "tel:")


@dataclass
class Typed:
    """`mentions` and `rooms` name the ids behind the words "@Lin" and "#acme" in the text."""

    blocks: list[Block] = field(default_factory=list)
    mentions: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    mentions_bot: bool = False

    @property
    def html(self) -> str:
        return markup.write(self.blocks).strip()

    @property
    def text(self) -> str:
        return "\n".join(block.text.strip("\n") for block in self.blocks).strip()


def read_message(message: Raw, bot: str) -> Typed:
    """The words of a message; a mention of `bot` at the start is taken off and remembered.

    A message that was passed on stands below them, under the name of who wrote it.
    """
    typed = Typed()
    rich = [b for b in payload.rows(message, "blocks") if b.get("type") == "rich_text"]
    if rich:
        for block in rich:
            for element in payload.rows(block, "elements"):
                _add(typed, _element(element, typed))
    else:
        _add(typed, Block("text", tuple(_spans(payload.text(message, "text"), typed))))
    typed = _without_call(typed, bot)
    for share in shares(message):
        for part in _shared(share):
            _add(typed, part)
    return typed


def shares(message: Raw) -> list[Raw]:
    """The messages that somebody passed on with this one; a mere link's preview is none."""
    return [one for one in payload.rows(message, "attachments") if payload.flag(one, "is_share")]


def _shared(share: Raw) -> list[Block]:
    """Who wrote it and what; who is called in it is not called here."""
    name = naming.person(payload.first(share, "author_name", "author_subname"))
    words = tuple(_spans(payload.first(share, "text", "fallback"), Typed()))
    quoted = [Block("blockquote", words)] if words else []
    return [Block("text", (Span(f"{PASSED_ON} {name or '…'}"),)), *quoted]


def read_text(text: str, bot: str) -> Typed:
    """The words of a slash command or another mrkdwn text."""
    typed = Typed()
    _add(typed, Block("text", tuple(_spans(text, typed))))
    return _without_call(typed, bot)


def _add(typed: Typed, block: Block) -> None:
    if not block.spans:
        return
    if typed.blocks and typed.blocks[-1].kind == block.kind == "text":
        last = typed.blocks.pop()
        between = () if last.text.endswith("\n") else (Span("\n"),)
        block = Block("text", (*last.spans, *between, *block.spans))
    typed.blocks.append(block)


def _without_call(typed: Typed, bot: str) -> Typed:
    link = f"person:{bot}"
    typed.mentions_bot = any(span.link == link for block in typed.blocks for span in block.spans)
    if not typed.mentions_bot:
        return typed
    typed.mentions = {word: who for word, who in typed.mentions.items() if who != bot}
    spans = list(typed.blocks[0].spans)
    while spans and not spans[0].text.strip():
        spans.pop(0)
    if spans and spans[0].link == link:
        spans.pop(0)
        if spans:
            spans[0] = Span(spans[0].text.lstrip(_AFTER_CALL), spans[0].styles, spans[0].link)
        typed.blocks[0] = Block(typed.blocks[0].kind, tuple(span for span in spans if span.text))
    return typed


def _element(element: Raw, typed: Typed) -> Block:
    kind = payload.text(element, "type")
    if kind == "rich_text_list":
        return Block("text", tuple(_list(element, typed)))
    spans = tuple(_rich(element, typed))
    if kind == "rich_text_preformatted":
        return Block("pre", spans)
    if kind == "rich_text_quote":
        return Block("blockquote", spans)
    return Block("text", spans)


def _list(element: Raw, typed: Typed) -> Iterator[Span]:
    indent = "  " * min(payload.number(element, "indent"), 8)
    ordered = payload.text(element, "style") == "ordered"
    start = payload.number(element, "offset") + 1
    for index, item in enumerate(payload.rows(element, "elements")):
        newline = "\n" if index else ""
        yield Span(f"{newline}{indent}{f'{start + index}.' if ordered else '•'} ")
        yield from _rich(item, typed)


def _rich(element: Raw, typed: Typed) -> Iterator[Span]:
    for piece in payload.rows(element, "elements"):
        span = _piece(piece, typed)
        if span.text:
            yield span


def _piece(piece: Raw, typed: Typed) -> Span:
    style = payload.table(piece, "style")
    styles = frozenset(tag for name, tag in _STYLES.items() if style.get(name) is True)
    kind = payload.text(piece, "type")
    if kind == "link":
        url = payload.text(piece, "url")
        return Span(payload.text(piece, "text") or url, styles, url if _web(url) else "")
    if kind == "user":
        return _person(payload.text(piece, "user_id"), "", typed, styles)
    if kind == "channel":
        return _room(payload.text(piece, "channel_id"), "", typed, styles)
    return Span(_word(kind, piece), styles)


def _word(kind: str, piece: Raw) -> str:
    if kind == "emoji":
        return _emoji(payload.text(piece, "unicode"), payload.text(piece, "name"))
    if kind == "broadcast":
        return "@" + payload.text(piece, "range")
    if kind == "usergroup":
        return "@" + payload.text(piece, "usergroup_id")
    return payload.first(piece, "text", "fallback", "value")


def _emoji(codes: str, name: str) -> str:
    """The character itself where Slack tells its code points: for all but custom ones."""
    try:
        found = "".join(chr(int(code, 16)) for code in codes.split("-")) if codes else ""
    except (ValueError, OverflowError):
        found = ""
    return payload.storable(found) if found else f":{name}:"


def _spans(text: str, typed: Typed) -> Iterator[Span]:
    at = 0
    for found in _ENTITY.finditer(text):
        if found.start() > at:
            yield Span(unescape(text[at : found.start()]))
        yield _entity(found[1], typed)
        at = found.end()
    if text[at:]:
        yield Span(unescape(text[at:]))


def _entity(inner: str, typed: Typed) -> Span:
    target, _, label = inner.partition("|")
    label = unescape(label)
    if target.startswith("@"):
        return _person(target[1:], label, typed)
    if target.startswith("#"):
        return _room(target[1:], label, typed)
    if target.startswith("!"):
        word = target[1:].split("^")[0]
        return Span(label or f"@{word}")
    url = unescape(target)
    return Span(label or url, frozenset(), url if _web(url) else "")


def _person(who: str, name: str, typed: Typed, styles: frozenset[str] = frozenset()) -> Span:
    word = f"@{(name or who).lstrip('@')}"
    typed.mentions[word] = who
    return Span(word, styles, f"person:{who}")


def _room(room: str, name: str, typed: Typed, styles: frozenset[str] = frozenset()) -> Span:
    word = f"#{(name or room).lstrip('#')}"
    typed.rooms[word] = room
    return Span(word, styles)


def _web(url: str) -> bool:
    return url.lower().startswith(_WEB)
