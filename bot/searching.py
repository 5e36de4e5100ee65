"""Words as the full-text index knows them, the same on every engine. Pure.

Latin words lose case and accents; Chinese, which writes no spaces, becomes pairs of neighbouring
characters and single characters. The engines only ever see letters and digits between spaces, so
whatever people type is looked for and never understood as an operator.
"""

import re

from bot import markup
from bot.fold import bare

LONGEST = 20_000  # characters of a text that are indexed
MOST_WORDS = 8  # of a query; what comes later would hardly change what is found
BEGINNING = 3  # letters from which on a word is found by its beginning
HEAD = 7  # letters of a name's word in which one slip is looked for; the rest is compared
NEAR, PART = "zzn", "zzt"  # before marks, as storage/search_rows.py has others
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # kana, Chinese
_RUNS = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")


def indexed(text: str) -> str:
    """What the index keeps of a text: its words, pairs and single characters, once each."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(bare(text[:LONGEST])):
        found |= dict.fromkeys((*_pairs(run), *run) if _is_unspaced(run) else (run,))
    return " ".join(found)


def indexed_html(html: str) -> str:
    """The same of a message's small HTML."""
    return indexed(markup.plain(html))


def named(search: str) -> str:
    """What the index keeps of a partner's names (names.search_words) besides their words: by it
    they are found by letters from the middle, and with a slip.
    """
    forms = [form.split() for form in search.split("|")]
    words = dict.fromkeys(word for form in forms for word in (*form, "".join(form)) if word)
    found = [near(word) for word in words] + [parts("".join(form)) for form in forms]
    return " ".join(dict.fromkeys(mark for marks in found for mark in marks))


def near(word: str) -> list[str]:
    """Marks of which two words share one if at most a slip parts their beginnings: the beginning,
    and what is left of it without one of its letters.
    """
    head = word[:HEAD]
    less = [head[:at] + head[at + 1 :] for at in range(len(head))] if len(head) > 2 else []
    return [f"{NEAR}{mark}" for mark in dict.fromkeys((head, *less))]


def parts(word: str) -> list[str]:
    """Marks of a name that has these letters in its middle; none for one or two of Latin."""
    if len(word) < BEGINNING:
        return [*(_pairs(word) or [word])] if word and _is_unspaced(word) else []
    windows = (word[at : at + BEGINNING] for at in range(len(word) - BEGINNING + 1))
    return [f"{PART}{mark}" for mark in dict.fromkeys(windows)]


def asked(query: str) -> list[tuple[str, ...]]:
    """Per word of a query the terms that a text must have, all of them.

    >>> asked("Price 打不开")
    [('price',), ('打不', '不开')]
    """
    words = [
        tuple(dict.fromkeys(_pairs(run))) if _is_unspaced(run) and len(run) > 1 else (run,)
        for run in _RUNS.findall(bare(query))
    ]
    return list(dict.fromkeys(words))[:MOST_WORDS]


def is_beginning(term: str) -> bool:
    """Whether a term also finds the longer words that begin with it."""
    return len(term) >= BEGINNING and not _is_unspaced(term)


def around(text: str, words: list[tuple[str, ...]], size: int) -> str:
    """A piece of a text, on one line, with the first of these words in it, if there is one."""
    line = " ".join(text.split())
    plain = bare(line)
    places = [place for terms in words if (place := plain.find(terms[0])) >= 0]
    at = min(places, default=0)
    start = max(0, at - size // 3) if len(line) > size else 0
    piece = line[start : start + size]
    return f"{'…' if start else ''}{piece}{'…' if start + size < len(line) else ''}"


def _is_unspaced(run: str) -> bool:
    return re.match(f"[{_UNSPACED}]", run) is not None


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
