"""Careful reading of raw Bot API objects: a wrong type is an error here, not somewhere later."""

from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def words(source: Json, key: str, default: str = "") -> str:
    """A text that every database takes: no lone surrogates, no NUL; its UTF-16 length is kept."""
    value = source.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise TypeError(f"{key} is a {type(value).__name__}, not a text")
    value = value.replace("\x00", "\ufffd")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(source: Json, key: str) -> int:
    value = source[key]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{key} is a {type(value).__name__}, not a whole number")
    return value


def size(source: Json, key: str) -> int:
    """A number that Telegram may leave out; 0 = not told."""
    return number(source, key) if source.get(key) is not None else 0


def decimal(source: Json, key: str) -> float:
    value = source[key]
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"{key} is a {type(value).__name__}, not a number")
    return float(value)


def thing(source: Json, key: str) -> Json:
    """An object that must be there."""
    return checked(source[key], key)


def maybe(source: Json, key: str) -> Json | None:
    """An object that may be left out."""
    value = source.get(key)
    return None if value is None else checked(value, key)


def things(source: Json, key: str) -> list[Json]:
    """A list of objects; left out = empty."""
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"{key} is a {type(value).__name__}, not a list")
    return [checked(item, key) for item in value]


def checked(value: Any, key: str) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"{key} is a {type(value).__name__}, not an object")
    return value


def moment(source: Json, key: str) -> datetime:
    """Telegram's dates are Unix seconds."""
    return datetime.fromtimestamp(number(source, key), UTC)
