"""Text for comparing: what an input method made of plain characters, one for one, so that
positions stay true; and bare letters, where they need not.
"""

import unicodedata

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0x3000, 0xA0, 0x202F, *range(0x2000, 0x200B)), " ")
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_MARKS = {0x3001: ",", 0x3002: "."}
_TABLE: dict[int, int | str] = {**_FULL_WIDTH, **_SPACES, **_DASHES, **_MARKS}


def fold_width(text: str) -> str:
    """Full-width letters, digits, punctuation, spaces become plain ones; the length stays."""
    return text.translate(_TABLE)


def fold(text: str) -> str:
    """The same in lower case; a letter whose lower case is longer is left as it is."""
    wide = fold_width(text)
    lower = wide.lower()
    if len(lower) == len(wide):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in wide)


def bare(text: str) -> str:
    """Without case, accents and full-width forms: "Ｍüller" -> "muller"."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    marked = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFC", "".join(c for c in marked if not unicodedata.combining(c)))
