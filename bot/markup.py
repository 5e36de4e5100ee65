"""The small HTML that every message is written in, as a tree to render and to split."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Literal

INLINE = ("b", "i", "u", "s", "code")
BLOCKS = ("pre", "blockquote")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `link` is a URL or "person:<platform id>"."""

    text: str
    styles: frozenset[str] = frozenset()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Spans that belong together: a paragraph, a <pre>, a <blockquote>. Newlines stay in them."""

    kind: Literal["text", "pre", "blockquote"]
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._open: list[str] = []
        self._links: list[str] = []
        self._spans: list[Span] = []
        self._kind: Literal["text", "pre", "blockquote"] = "text"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._flush(tag)
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")
        elif tag not in INLINE:
            raise ValueError(f"<{tag}> is not in the small HTML")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise ValueError(f"</{tag}> closes nothing")
        if tag in BLOCKS:
            self._flush("text")
        elif tag == "a":
            self._links.pop()

    def handle_data(self, data: str) -> None:
        styles = frozenset(tag for tag in self._open if tag in INLINE)
        self._spans.append(Span(data, styles, self._links[-1] if self._links else ""))

    def _flush(self, following: str) -> None:
        if self._spans:
            self.blocks.append(Block(self._kind, tuple(self._spans)))
        self._spans = []
        self._kind = following  # type: ignore[assignment]

    def finish(self) -> list[Block]:
        self.close()
        if self._open:
            raise ValueError(f"<{self._open[-1]}> is never closed")
        self._flush("text")
        return self.blocks


def parse(html: str) -> list[Block]:
    """The blocks of small HTML; ValueError on anything outside of it."""
    reader = _Reader()
    reader.feed(html)
    return reader.finish()


def plain(html: str) -> str:
    """The words alone, as a notification shows them."""
    return "\n".join(block.text.strip("\n") for block in parse(html))


def size(text: str) -> int:
    """How long a text counts: UTF-16 units, as Telegram counts; the stricter of the two."""
    return len(text) + sum(char > "\uffff" for char in text)


def write(blocks: list[Block]) -> str:
    """The inverse of parse: valid small HTML whatever the spans hold."""
    return "".join(_write_block(block) for block in blocks)


def _write_block(block: Block) -> str:
    inner = "".join(_write_span(span) for span in block.spans)
    return inner if block.kind == "text" else f"<{block.kind}>{inner}</{block.kind}>"


def _write_span(span: Span) -> str:
    text = escape(span.text, quote=False)
    for style in sorted(span.styles):
        text = f"<{style}>{text}</{style}>"
    return f'<a href="{escape(span.link)}">{text}</a>' if span.link else text


def ending(html: str, words: str) -> str:
    """The part of a text that says `words`, its last ones, with its styles; plain if it is not."""
    blocks = parse(html)
    before = len("".join(block.text for block in blocks).rstrip()) - len(words)
    if not words or not "".join(block.text for block in blocks).rstrip().endswith(words):
        return escape(words, quote=False)
    kept: list[Block] = []
    for block in blocks:
        if len(block.text) > before:
            _, spans = _divide(list(block.spans), max(before, 0))
            kept.append(Block(block.kind, tuple(spans)))
        before -= len(block.text)
    return write(kept).strip()


def split(html: str, limit: int) -> list[str]:
    """Pieces of at most `limit` characters, cut between paragraphs, else lines, else words.

    Nothing is lost but the white space at a cut; every piece is valid by itself.
    """
    if size(plain(html)) <= limit:
        return [html]
    pieces: list[list[Block]] = [[]]
    filled = 0
    for block in parse(html):
        for piece in _cut_block(block, limit):
            if filled and filled + size(piece.text) > limit:
                pieces.append([])
                filled = 0
            pieces[-1].append(piece)
            filled += size(piece.text)
    return [written for piece in pieces if (written := write(piece).strip())]


def _cut_block(block: Block, limit: int) -> Iterator[Block]:
    spans = list(block.spans)
    text = block.text
    while size(text) > limit:
        at = _cut_at(text, _fitting(text, limit))
        head, spans = _divide(spans, at)
        yield Block(block.kind, tuple(head))
        text = text[at:]
    if spans:
        yield Block(block.kind, tuple(spans))


def _fitting(text: str, limit: int) -> int:
    """How many leading characters stay within `limit` units."""
    units = 0
    for index, char in enumerate(text):
        units += size(char)
        if units > limit:
            return index
    return len(text)


def _cut_at(text: str, limit: int) -> int:
    for mark in ("\n\n", "\n", "。", ". ", " "):
        at = text.rfind(mark, limit // 2, limit)
        if at > 0:
            return at + len(mark)
    return limit


def _divide(spans: list[Span], at: int) -> tuple[list[Span], list[Span]]:
    head: list[Span] = []
    for index, span in enumerate(spans):
        if at <= len(span.text):
            first = Span(span.text[:at], span.styles, span.link)
            rest = Span(span.text[at:], span.styles, span.link)
            tail = spans[index + 1 :]
            return [*head, first], [rest, *tail] if rest.text else tail
        head.append(span)
        at -= len(span.text)
    return head, []
