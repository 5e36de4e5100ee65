"""Finds times, rhythms and durations that were typed without their key among other words."""

import re

from bot.commands.words import split
from bot.fold import fold
from bot.when import find_duration, find_rhythm, find_time, time_at

TIMED = ("time", "rhythm", "duration")
_END_SEARCHED = 60  # characters before the end of a text in which a time may begin
_BOUNDARY = re.compile(r"(?<![a-z0-9])(?=[a-z0-9])|(?=[^\x00-\x7f])")
_EDGES = " \t\r\n,;，；、"
_HIDDEN = "\x00"  # stands where quoted text is: no time is looked for in it


def timing_at(kind: str, folded: str, start: int, *, bare: bool = True) -> int | None:
    """Where the time (rhythm, duration) that begins at `start` ends; it must end with a word.

    `bare` = a single word such as "weekly" or a day without a time also counts.
    """
    end = _end(kind, folded, start, bare=bare)
    if end is None or not end > start:
        return None
    inside = end < len(folded) and folded[end].isascii() and folded[end].isalnum()
    return None if inside and folded[end - 1].isascii() and folded[end - 1].isalnum() else end


def _end(kind: str, folded: str, start: int, *, bare: bool) -> int | None:
    if kind == "time":
        moment = time_at(folded, start)
        usable = moment and (moment.complete or (bare and not (moment.day and moment.day.short)))
        return moment.end if moment and usable else None
    if kind == "rhythm":
        rhythm = find_rhythm(folded, start)
        return rhythm[1] if rhythm and (bare or not rhythm[0].adverb) else None
    length = find_duration(folded, start)
    return length[1] if length else None


def take_timings(text: str, kinds: frozenset[str]) -> tuple[str, dict[str, str]]:
    """The text without the timings that stand at its start or end, and these.

    A lone adverb at the start is a title's ("Quarterly review") unless a time stood before it. A
    moment in the middle counts if it is complete; a mere day only at an edge, when nothing else
    does.
    """
    found: dict[str, str] = {}
    text, led = text.strip(), False
    for bare in (False, True):
        while cut := _edge(text, kinds - found.keys(), bare=bare, led=led):
            kind, start, end = cut
            led = led or not start
            found[kind] = text[start:end].strip()
            text = (text[:start] + text[end:]).strip(_EDGES)
    middle = find_time(_masked(text)) if "time" in kinds - found.keys() else None
    if middle and middle.complete and (middle.day or middle.span):
        found["time"] = text[middle.start : middle.end].strip()
        before, rest = text[: middle.start].strip(_EDGES), text[middle.end :].strip(_EDGES)
        text = f"{before} {rest}".strip()
    return text, found


def _edge(
    text: str, kinds: frozenset[str], *, bare: bool, led: bool
) -> tuple[str, int, int] | None:
    """`led` = a timing already stood at the start."""
    masked = _masked(text)
    for kind in TIMED:
        if kind not in kinds or not text:
            continue
        if kind == "time" or led or (kind == "rhythm" and not bare):
            end = timing_at(kind, masked, 0, bare=bare)
            if end is not None:
                return kind, 0, end
        if (begin := _ending(kind, masked, bare=bare)) is not None:
            return kind, begin, len(text)
    return None


def _ending(kind: str, masked: str, *, bare: bool) -> int | None:
    """Where the longest timing begins that ends with the text."""
    for boundary in _BOUNDARY.finditer(masked, max(0, len(masked) - _END_SEARCHED)):
        start = boundary.start()
        if start and timing_at(kind, masked, start, bare=bare) == len(masked):
            return start
    return None


def _masked(text: str) -> str:
    folded = fold(text)
    for word in split(text):
        if word.quoted:
            folded = folded[: word.start] + _HIDDEN * (word.end - word.start) + folded[word.end :]
    return folded
