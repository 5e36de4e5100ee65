"""Finds every text that a person reads, and which have no Chinese: python -m tests.texts_check."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "templates" / "locale" / "zh" / "LC_MESSAGES"
KEYWORDS = {"_m": None, "_": None, "gettext": None, "ngettext": (1, 2)}
JINJA = {"trimmed": "true", "newstyle_gettext": "true", "trim_blocks": "true",
         "lstrip_blocks": "true"}  # fmt: skip


def marked() -> Iterator[tuple[str, str]]:
    """(message id, where) of every marked text in code and templates."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        with path.open("rb") as source:
            for line, message, _, _ in extract("python", source, keywords=KEYWORDS):
                yield _single(message), f"{path.relative_to(ROOT)}:{line}"
    for path in sorted((ROOT / "templates").rglob("*.j2")):
        with path.open("rb") as source:
            for line, _, message, _ in babel_extract(source, list(KEYWORDS), [], JINJA):
                if message is not None:  # None: _(name) of a text that is marked elsewhere
                    yield _single(message), f"{path.relative_to(ROOT)}:{line}"


def _single(message: Any) -> str:
    return message if isinstance(message, str) else str(next(part for part in message if part))


def translated() -> tuple[dict[str, Any], list[str]]:
    """What the .po files hold, and what is wrong with them."""
    known: dict[str, Any] = {}
    faults = []
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as source:
            for message in read_po(source, locale="zh"):
                if not message.id:
                    continue
                key = _single(message.id)
                if message.fuzzy:
                    faults.append(f"{path.name}: fuzzy: {key!r}")
                said = message.string
                if not all(said if isinstance(said, tuple) else [said]):
                    faults.append(f"{path.name}: empty: {key!r}")
                if key in known and known[key] != message.string:
                    faults.append(f"{path.name}: translated twice, differently: {key!r}")
                known[key] = message.string
    return known, faults


def faults() -> list[str]:
    """Everything that keeps a Chinese reader from a complete text."""
    known, found = translated()
    wanted = dict(marked())
    missing = [(text, where) for text, where in wanted.items() if text not in known]
    found += [f"{where}: no Chinese for {text!r}" for text, where in missing]
    found += [f"no longer used: {text!r}" for text in known if text not in wanted]
    return found


if __name__ == "__main__":
    problems = faults()
    for problem in problems:
        print(problem)
    print(f"{len(dict(marked()))} texts, {len(problems)} faults")
    sys.exit(bool(problems))
