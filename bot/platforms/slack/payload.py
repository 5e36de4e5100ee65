"""Reading foreign JSON without trusting it: every value is checked where it is taken out."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

Raw = dict[str, Any]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):
    """A payload is not what Slack promises; the door sets it aside."""


def text(raw: Raw, *path: str) -> str:
    """The text at `path`; "" where it is missing or null."""
    value = _walk(raw, path)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"{'.'.join(path)} is not a text")
    return storable(value)


def storable(words: str) -> str:
    """The same words without what no database stores: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", words)


def needed(raw: Raw, *path: str) -> str:
    """The text at `path`, which must be there."""
    value = text(raw, *path)
    if not value:
        raise Unreadable(f"{'.'.join(path)} is missing")
    return value


def table(raw: Raw, *path: str) -> Raw:
    """The object at `path`; empty where it is missing or null."""
    value = _walk(raw, path)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{'.'.join(path)} is not an object")
    return value


def rows(raw: Raw, *path: str) -> list[Raw]:
    """The list of objects at `path`; empty where it is missing or null."""
    value = _walk(raw, path)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreadable(f"{'.'.join(path)} is not a list of objects")
    return value


def flag(raw: Raw, *path: str) -> bool:
    return _walk(raw, path) is True


def number(raw: Raw, *path: str) -> int:
    """The whole number at `path`; 0 where it is missing or null."""
    value = _walk(raw, path)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unreadable(f"{'.'.join(path)} is not a number")
    return value


def first(raw: Raw, *names: str) -> str:
    """The first of these texts that is told."""
    return next((found for name in names if (found := text(raw, name))), "")


def instant(ts: str) -> datetime:
    """A Slack ts ("1606810819.000800") as a moment."""
    whole, _, rest = ts.partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(whole) > 11:
        raise Unreadable(f"{ts!r} is not a ts")
    if rest and not (rest.isascii() and rest.isdigit()):
        raise Unreadable(f"{ts!r} is not a ts")
    micros = int(rest[:6].ljust(6, "0")) if rest else 0
    return _EPOCH + timedelta(seconds=int(whole), microseconds=micros)


def stamp(moment: datetime) -> str:
    """The inverse of instant."""
    passed = moment - _EPOCH
    return f"{passed // timedelta(seconds=1)}.{passed.microseconds:06d}"


def _walk(raw: Raw, path: tuple[str, ...]) -> Any:
    value: Any = raw
    for name in path:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Unreadable(f"what holds {name} is not an object")
        value = value.get(name)
    return value
