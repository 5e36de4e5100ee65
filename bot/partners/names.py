"""Names of companies and people, found as people type them: without accents, case or "GmbH"."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache

from bot.fold import bare

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LEGAL = frozenset(
    [
        "gmbh",
        "mbh",
        "ag",
        "kg",
        "kgaa",
        "ug",
        "ohg",
        "gbr",
        "se",
        "ev",
        "ltd",
        "limited",
        "llc",
        "llp",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "co",
        "company",
        "plc",
        "pty",
        "pte",
        "bv",
        "nv",
        "sa",
        "sas",
        "sarl",
        "srl",
        "spa",
        "sl",
        "slu",
        "as",
        "asa",
        "ab",
        "oy",
        "oyj",
        "aps",
        "zrt",
        "kft",
        "sro",
        "doo",
        "oo",
        "sp",
        "z",
        "jsc",
        "pjsc",
        "ooo",
        "sdn",
        "bhd",
        "tbk",
        "pt",
        "kk",
        "holding",
        "holdings",
        "group",
        "gruppe",
    ]
)
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")  # "S.p.A.", "B.V."
_LEGAL_ZH = re.compile(
    r"(?:集团)?(?:股份|责任|科技发展)?(?:有限责任公司|股份有限公司|有限公司|株式会社|公司|集团)$|^株式会社"
)
_SEPARATORS = re.compile(r"[\W_]+")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
SHORT = 4  # names shorter than this allow no slip, below 8 one, else two


class How(IntEnum):
    """How well a name fits what was typed; the lower the better."""

    EXACT = 0
    PREFIX = 1
    WORD = 2  # a later word of the name begins with it
    CONTAINS = 3
    NEAR = 4  # a slip or two


@lru_cache(maxsize=20_000)
def fold(name: str) -> str:
    """A name for comparing: "Müller & Söhne GmbH" -> "muller sohne"; never empty for a real name.

    Full-width letters, case, accents, punctuation and legal forms do not count.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    words = _SEPARATORS.sub(" ", bare(text)).split()
    return _without_legal_form(words)


def _without_legal_form(words: list[str]) -> str:
    """Only at the end, or 株式会社 in front, and never all there is: "SE" alone is a name."""
    kept = list(words)
    while len(kept) > 1 and kept[-1] in _LEGAL:
        kept.pop()
    joined = " ".join(kept)
    return _LEGAL_ZH.sub("", joined).strip() or joined


def search_words(name: str) -> str:
    """For an indexed column: the folded name, also without spaces and with umlauts written out.

    A query folded the same way is a substring of it exactly if it can match as EXACT to CONTAINS.
    """
    folded = fold(name)
    spelled = fold(unicodedata.normalize("NFKC", name).casefold().translate(_UMLAUTS))
    forms = dict.fromkeys((folded, folded.replace(" ", ""), spelled, spelled.replace(" ", "")))
    return f" {' | '.join(form for form in forms if form)} "


@lru_cache(maxsize=20_000)
def _forms(name: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in search_words(name).split("|"))


def how_well(query: str, name: str, *, slips: bool = True) -> How | None:
    """None when the name does not fit at all; without `slips` only what fits to the letter."""
    wanted = fold(query)
    if not wanted:
        return None
    both = dict.fromkeys((wanted, wanted.replace(" ", "")))
    fits = [fit for form in _forms(name) for said in both if (fit := _fit(said, form)) is not None]
    if fits or not slips:
        return min(fits, default=None)
    near = any(_is_near(said, form) for form in _forms(name) for said in both)
    return How.NEAR if near else None


def _fit(wanted: str, name: str) -> How | None:
    if wanted == name:
        return How.EXACT
    if name.startswith(wanted):
        return How.PREFIX
    if f" {wanted}" in name:
        return How.WORD
    if wanted in name and (len(wanted) > 1 or _CHINESE.match(wanted)):
        return How.CONTAINS
    return None


def _is_near(wanted: str, name: str) -> bool:
    """A slip in the whole name, or in its beginning when more was left out."""
    slips = 0 if len(wanted) < SHORT else 1 if len(wanted) < 8 else 2
    if not slips:
        return False
    words = name.split()
    heads = (" ".join(words[:count]) for count in range(1, len(words) + 1))
    return any(within(wanted, head, slips) for head in heads)


def within(left: str, right: str, slips: int) -> bool:
    """Whether at most `slips` letters inserted, dropped, replaced or swapped make them equal."""
    if abs(len(left) - len(right)) > slips or _too_different(left, right, slips):
        return False
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, char in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            cost = min(
                previous[column] + 1, current[-1] + 1, previous[column - 1] + (char != other)
            )
            if row > 1 and column > 1 and char == right[column - 2] and left[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > slips:
            return False
        before, previous = previous, current
    return previous[-1] <= slips


def _too_different(left: str, right: str, slips: int) -> bool:
    """A quick look before the long way: one slip changes at most one letter on each side."""
    return len(set(left) - set(right)) > slips or len(set(right) - set(left)) > slips


def rank(query: str, names: Iterable[str]) -> list[tuple[How, str]]:
    """The names that fit, best first: by how well, then the shorter, then by the alphabet.

    Slips are forgiven only if nothing fits to the letter.
    """
    known = list(names)
    for slips in (False, True):
        fits = [
            (fit, name)
            for name in known
            if (fit := how_well(query, name, slips=slips)) is not None
        ]
        if fits:
            return sorted(fits, key=lambda found: (found[0], len(fold(found[1])), found[1]))
    return []


def match(query: str, candidates: Iterable[str]) -> list[str]:
    """The names that fit, best first; exact ones leave no others."""
    fits = rank(query, candidates)
    exact = [name for fit, name in fits if fit is How.EXACT]
    return exact or [name for _, name in fits]


def leading(words: Sequence[str], names: Iterable[str]) -> int:
    """How many of the leading words name one of `names`: the most that still fit its beginning.

    "Acme Industrial review" with "Acme Industrial Ltd" known: 2. With no exact beginning known,
    a slip is forgiven; 0 when nothing fits. One or two Latin letters must be the whole name: "it
    fails" does not speak of Itron. Made for parse(is_partner=...).
    """
    known = list(names)
    counts = [count for count in range(len(words), 0, -1) if _fresh(words, count)]
    fits = {count: _best(" ".join(words[:count]), known) for count in counts}
    for accepted in ((How.EXACT, How.PREFIX), (How.WORD, How.CONTAINS), (How.NEAR,)):
        for count in counts:
            if fits[count] in accepted:
                return count
    return 0


def _best(said: str, names: list[str]) -> How | None:
    best = min((fit for name in names if (fit := how_well(said, name)) is not None), default=None)
    short = len(fold(said)) < 3 and not _CHINESE.search(said)
    return None if short and best is not How.EXACT else best


def _fresh(words: Sequence[str], count: int) -> bool:
    """Whether the last of these words adds something; in "Nordwind -" it does not."""
    if count == 1:
        return True
    return fold(" ".join(words[:count])) != fold(" ".join(words[: count - 1])) or (
        words[count - 1].casefold().strip(".") in _LEGAL
    )
