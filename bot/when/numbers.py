"""Numbers as people write them in a time: digits, English words and Chinese numerals."""

_ENGLISH = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {"a": 1, "an": 1, "other": 2}
_CHINESE = {char: number for number, char in enumerate("零一二三四五六七八九十")} | {
    "〇": 0,
    "两": 2,
}

CHINESE = r"[零〇一二两三四五六七八九十]{1,3}"
DIGITS = r"\d{1,6}(?:\.\d{1,3})?"
ENGLISH = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
NUMBER = rf"(?:{DIGITS}|{CHINESE}|{ENGLISH})"
SMALL = rf"(?:\d{{1,2}}|{CHINESE})"  # an hour, a minute, a day of the month


def number(text: str) -> float:
    """The value of what NUMBER or SMALL matched; "二十三" is 23, "两" 2, "an" 1.

    Raises ValueError for numerals in an order that means nothing ("十十").
    """
    if text in _ENGLISH:
        return float(_ENGLISH[text])
    if text and text[0] in _CHINESE:
        return float(_chinese(text))
    return float(text)


def _chinese(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 2 or "十" in tens:
        raise ValueError(f"{text} is not a number")
    if not ten:
        return int("".join(str(_CHINESE[char]) for char in ones))
    return (_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0)
