"""Quiet hours as people write them, and whether a moment lies in them; pure."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m

_TIME = r"(\d{1,2})(?:[:.h点](\d{2})?)?\s*(am|pm)?"
_SPAN = re.compile(rf"(?:from\s*|从\s*)?{_TIME}\s*(?:-|~|to|till|until|到|至)\s*{_TIME}")
_NONE = frozenset(["", "off", "none", "no", "never", "无", "没有", "不用", "关", "关闭"])


def parse(text: str) -> tuple[str, str]:
    """("20:00", "08:00") for "20:00-08:00", "8pm to 8am", 20点到8点; ("", "") for "off"."""
    folded = fold(text).strip()
    if folded in _NONE:
        return "", ""
    found = _SPAN.fullmatch(folded)
    if found is None:
        raise Refused(_m("Please write it like 20:00-08:00, or “off”."))
    begin, end = _clock(*found.group(1, 2, 3)), _clock(*found.group(4, 5, 6))
    if begin == end:
        raise Refused(_m("Please write it like 20:00-08:00, or “off”."))
    return begin, end


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    hours, minutes = int(hour), int(minute or 0)
    if half and not 1 <= hours <= 12:
        raise Refused(_m("Please write it like 20:00-08:00, or “off”."))
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    if hours == 24 and not minutes:
        hours = 0
    if hours > 23 or minutes > 59:
        raise Refused(_m("Please write it like 20:00-08:00, or “off”."))
    return f"{hours:02}:{minutes:02}"


def is_quiet(at: datetime, zone: str, begin: str, end: str) -> bool:
    """Whether `at` lies in the quiet hours of somebody in `zone`; they may span midnight."""
    if not begin or not end:
        return False
    clock = at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    if begin < end:
        return begin <= clock < end
    return clock >= begin or clock < end
