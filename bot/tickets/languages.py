"""In which script a text is written: enough to tell Chinese from English. Pure.

Any Latin text counts as English, so German to an English reader is not called foreign; other
scripts are foreign to everybody. A wrong guess costs a button too many or too few, no more.
"""

import unicodedata

ENGLISH, CHINESE, OTHER = "en", "zh", "other"
HAN_WEIGHT = 3  # one Chinese character says about as much as three letters
LEAST = 3  # letters: "OK" or a product's name are no language


def guess(text: str) -> str:
    """ "en", "zh", "other", or "" when there is too little to tell."""
    counts = {ENGLISH: 0, CHINESE: 0, OTHER: 0}
    for letter in text:
        if letter.isalpha():
            script = _script(letter)
            counts[script] += HAN_WEIGHT if script == CHINESE else 1
    best = max(counts, key=lambda script: counts[script])
    return best if counts[best] >= LEAST else ""


def _script(letter: str) -> str:
    if letter.isascii():
        return ENGLISH
    name = unicodedata.name(letter, "")
    if name.startswith("CJK"):
        return CHINESE
    return ENGLISH if name.startswith("LATIN") else OTHER


def is_foreign(text: str, language: str) -> bool:
    """Whether a reader of this language may want it translated."""
    found = guess(text)
    return bool(found) and found != (CHINESE if language.startswith("zh") else ENGLISH)
