"""Quiet hours as people write them, and the moments just before and after them; pure."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.when import local_time, place

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
    if not begin or not end or begin == end:
        return False
    clock = at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    if begin < end:
        return begin <= clock < end
    return clock >= begin or clock < end


def before(at: datetime, zone: str, begin: str, end: str) -> datetime:
    """`at`, or the last minute before the quiet hours in which it lies."""
    if not is_quiet(at, zone, begin, end):
        return at
    local, opens = local_time(at, zone), time.fromisoformat(begin)
    day = local.date() if opens <= local.time() else local.date() - timedelta(days=1)
    return place(datetime.combine(day, opens) - timedelta(minutes=1), zone).at


def after(at: datetime, zone: str, begin: str, end: str) -> datetime:
    """`at`, or the end of the quiet hours in which it lies."""
    while is_quiet(at, zone, begin, end):  # again only where the clocks jump over the free time
        at = _next(time.fromisoformat(end), at, zone)
    return at


def _next(clock: time, at: datetime, zone: str) -> datetime:
    """When the clocks of `zone` show `clock` after `at`, be it for the second time."""
    today = local_time(at, zone).date()
    shown = (
        datetime.combine(today + timedelta(days=days), clock, ZoneInfo(zone)).replace(fold=fold)
        for days in (0, 1, 2)
        for fold in (0, 1)
    )
    return min(moment for moment in (one.astimezone(UTC) for one in shown) if moment > at)
