"""Names that people and files bring along, as they can stand beside our own words. Pure.

Somebody may call themselves, or a file, what they like: several lines, no end of letters, marks
that turn round whatever is written after them ("invoice\\u202efdp.exe"), a path into a system.
"""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # characters; longer names bury the message that holds them
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # embeddings, overrides and isolates
_APART = re.compile(r"[/\\:]+")


def plain(text: str) -> str:
    """One line that reads in the order in which it is written."""
    shown = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
                    for char in _TURNING.sub("", text))  # fmt: skip
    return " ".join(shown.split())


def person(name: str) -> str:
    return _cut(plain(name))


def file(name: str) -> str:
    """A mere name, of no folder; "" stays "": the platform has told none."""
    last = [part.strip() for part in _APART.split(plain(name)) if part.strip(" .")]
    if not last:
        return "file" if name else ""
    bare = last[-1].lstrip(".")
    ending = PurePosixPath(bare).suffix[:12]
    return bare if len(bare) <= LONGEST else _cut(bare.removesuffix(ending), ending)


def _cut(name: str, ending: str = "") -> str:
    whole = name + ending
    return whole if len(whole) <= LONGEST else f"{name[: LONGEST - 1 - len(ending)]}…{ending}"
