"""Cuts a typed line into words: quotes, key=value, mentions, references; positions stay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.vocabulary import KEYS
from bot.errors import Refused
from bot.fold import fold, fold_width
from bot.marks import _m

_QUOTES = {'"': '"”“＂', "“": '”"“', "”": '”"', "＂": '＂"', "「": "」", "『": "』", "«": "»"}
_ZH_KEYS = "|".join(sorted(KEYS, key=len, reverse=True))
_KEY = re.compile(rf"(?P<key>[a-z][a-z_-]{{0,20}}|{_ZH_KEYS})=|(?P<zh>{_ZH_KEYS}):")
_ESCAPED = re.compile(r"<[@#!][^<>\s][^<>]*>")  # Slack's <@U123|lin doe>, <#C123|nord>
_REFERENCE = re.compile(r"([tmnrk])-?(\d{1,9})[:.,;]?", re.ASCII)
_PERSON = re.compile(r"<@[^<>]+>|@[^\s@]+")
_ROOM = re.compile(r"<#[^<>]+>|#[^\s#]+")
REFERENCES = {"ticket": "T", "part": "T", "meeting": "M", "news": "N", "round": "R", "known": "K"}


@dataclass(frozen=True, slots=True)
class Word:
    """`text` is what was meant (without quotes or key), `start` to `end` is where it stands.

    `value` is where the value of a key begins; `open` = its quote is never closed.
    """

    text: str
    start: int
    end: int
    quoted: bool = False
    open: bool = False
    key: str = ""
    value: int = 0

    @property
    def plain(self) -> str:
        """For comparing: folded, without trailing punctuation; nothing equals a quoted word."""
        return "" if self.quoted else fold(self.text).rstrip(":,")

    def closed(self) -> "Word":
        """Raises Refused when its quote is open."""
        if self.open:
            raise Refused(
                _m("“{start}”: the quote is not closed. Close it, or leave it out."),
                start=self.text[:40],
            )
        return self


def split(line: str) -> list[Word]:
    """All words of a line; never fails, an unclosed quote is only noted."""
    folded, words, position = fold(line), list[Word](), 0
    while position < len(line):
        if folded[position].isspace():
            position += 1
            continue
        word = _keyed(line, folded, position) or _next(line, position)
        words.append(word)
        position = word.end
    return words


def _keyed(line: str, folded: str, start: int) -> Word | None:
    found = _KEY.match(folded, start)
    if found is None:
        return None
    begin = found.end()
    if begin == len(line) or folded[begin].isspace():
        return Word("", start, begin, key=found["key"] or found["zh"], value=begin)
    word = _next(line, begin)
    key = found["key"] or found["zh"]
    return Word(word.text, start, word.end, word.quoted, word.open, key, begin)


def _next(line: str, start: int) -> Word:
    if line[start] in _QUOTES:
        return _quoted(line, start)
    if escaped := _ESCAPED.match(line, start):
        return Word(escaped[0], start, escaped.end())
    end = _chunk_end(line, start)
    return Word(line[start:end], start, end)


def _chunk_end(line: str, start: int) -> int:
    end = start
    while end < len(line) and not fold_width(line[end]).isspace():
        end += 1
    return end


def _quoted(line: str, start: int) -> Word:
    """Within straight quotes \\" and \\\\ stand for " and \\."""
    closing, text, position = _QUOTES[line[start]], "", start + 1
    while position < len(line):
        char = line[position]
        if line[start] == '"' and line[position : position + 2] in ('\\"', "\\\\"):
            text += line[position + 1]
            position += 2
            continue
        if char in closing:
            return Word(text, start, position + 1, quoted=True)
        text += char
        position += 1
    end = _chunk_end(line, start)
    return Word(line[start:end], start, end, open=True)


def quote(text: str) -> str:
    """A form that reads back as one word with exactly this content."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def reference(word: str, letters: str = "TMNRK") -> str | None:
    """T-12 for "t12", "Ｔ－１２", "T-012:"; None when it is no reference with such a letter."""
    found = _REFERENCE.fullmatch(fold(word))
    if found is None or found[1].upper() not in letters or not int(found[2]):
        return None
    return f"{found[1].upper()}-{int(found[2])}"


def is_person(word: Word) -> bool:
    return not word.quoted and bool(_PERSON.fullmatch(fold_width(word.text)))


def is_room(word: Word) -> bool:
    return not word.quoted and bool(_ROOM.fullmatch(fold_width(word.text)))


def after(words: Sequence[Word], end: int) -> list[Word]:
    """The words from position `end` on; a word that reaches over it keeps its second half."""
    rest = []
    for word in words:
        if word.start >= end:
            rest.append(word)
        elif word.end > end:
            rest.append(Word(word.text[end - word.start :], end, word.end))
    return rest


def joined(line: str, words: Sequence[Word]) -> str:
    """The line from the first to the last of these words, as typed, without what lies between."""
    parts: list[str] = []
    end = -1
    for word in words:
        gap = line[end : word.start] if end >= 0 else ""
        parts.append(gap if not gap.strip() else " ")
        parts.append(line[word.start : word.end])
        end = word.end
    return "".join(parts)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that a slip of the finger or two may have turned into this one."""
    best = min(known, key=lambda name: _distance(word, name), default=None)
    if best is None or len(word) < 3 or not best:
        return None
    allowed = 1 if min(len(word), len(best)) < 5 else 2
    return best if _distance(word, best) <= allowed else None


def _distance(left: str, right: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from one to the other."""
    if abs(len(left) - len(right)) > 3:
        return 4
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(previous[column], current[-1]) + 1
            cost = min(cost, previous[column - 1] + (char != other))
            swapped = (
                row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other
            )
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, previous = previous, current
    return previous[-1]
