"""The words of dates and clock times, English and Chinese, as patterns over folded text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.when.numbers import NUMBER, SMALL, number

DAYS = (
    r"mon(?:day)?|tue(?:s|sday)?|wed(?:s|nesday)?|thu(?:r|rs|rsday)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?"
)
MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DAY_NUMBERS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6} | {
    char: index for index, char in enumerate("一二三四五六日")
} | {"天": 6}  # fmt: skip
_MONTH_NUMBERS = {
    name: index
    for index, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_WEEK = r"(?:周|星期|礼拜)"
WEEKDAY_ZH = rf"{_WEEK}[一二三四五六日天]"
FORGOTTEN = timedelta(days=30)  # a date without a year that passed this recently is a slip


class NoSuchDay(ValueError):
    """The words have the form of a date, but the calendar has none like it."""


DayRule = Callable[[re.Match[str], date], list[date]]


@dataclass(frozen=True, slots=True)
class Day:
    """A found day: `options(today)` are the dates it can mean, the first one still ahead counts.

    `weekday` was said beside a date and must agree with it; `clock` is a default it brings along;
    `short` = only three letters, too little to be taken for a day in the middle of a text.
    """

    end: int
    options: Callable[[date], list[date]]
    weekday: int | None = None
    evening: bool = False
    short: bool = False
    relative: bool = False


def weekday_number(name: str) -> int:
    return _DAY_NUMBERS[name[-1] if name[-1] in _DAY_NUMBERS else name[:3]]


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoSuchDay from error


def _full(found: re.Match[str], _today: date) -> list[date]:
    return [_date(int(found["y"]), int(found["m"]), int(found["d"]))]


def _dated(found: re.Match[str], today: date) -> list[date]:
    """A month and a day, with or without a year."""
    name = found["m"]
    month = _MONTH_NUMBERS[name[:3]] if name[0].isalpha() and name.isascii() else int(number(name))
    day = int(number(found["d"]))
    if found["y"]:
        shift = {"今年": 0, "明年": 1}.get(found["y"])
        year = int(found["y"]) if shift is None else today.year + shift
        return [_date(year, month, day)]
    if (month, day) == (2, 29):
        return [_date(next(y for y in range(today.year, today.year + 9) if _leap(y)), 2, 29)]
    this = _date(today.year, month, day)
    return [this] if this >= today - FORGOTTEN else [_date(today.year + 1, month, day)]


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _day_of_month(found: re.Match[str], today: date) -> list[date]:
    day, which = int(number(found["d"])), found["which"] or ""
    months = [1] if which.startswith("下") else [0] if which else [0, 1, 2]
    options = []
    for ahead in months:
        index = today.month - 1 + ahead
        try:
            options.append(_date(today.year + index // 12, index % 12 + 1, day))
        except NoSuchDay:
            if len(months) == 1:
                raise
    if not options:
        raise NoSuchDay
    return options


_NEAR = {
    "today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "day after tomorrow": 2,
    "今": 0, "明": 1, "后": 2, "大后": 3,
}  # fmt: skip


def _near(found: re.Match[str], today: date) -> list[date]:
    return [today + timedelta(days=_NEAR[" ".join(found["near"].split())])]


def _weekday(found: re.Match[str], today: date) -> list[date]:
    """下, "next": in the calendar week (Monday to Sunday) after this one; 本, "this": in this."""
    words = found.groupdict()
    which = words["which"] or words.get("after") or ""
    number = weekday_number(found["weekday"])
    monday = today - timedelta(days=today.weekday())
    weeks = {"next": 1, "下": 1, "下下": 2, "this": 0, "本": 0, "这": 0}.get(which)
    if weeks is not None:
        return [monday + timedelta(days=number + 7 * weeks)]
    ahead = today + timedelta(days=(number - today.weekday()) % 7)
    return [ahead, ahead + timedelta(days=7)]


def _ahead(found: re.Match[str], today: date) -> list[date]:
    count = number(found["n"])
    unit = found["unit"]
    if not count.is_integer():
        raise NoSuchDay
    if count > 3660:
        raise OverflowError
    if unit.startswith("mo") or "月" in unit:
        return [_months_on(today, int(count))]
    is_week = unit.startswith("w") or (not unit.isascii() and unit != "天")
    return [today + timedelta(days=int(count) * (7 if is_week else 1))]


def _months_on(today: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    index = today.month - 1 + months
    for day in range(today.day, 27, -1):
        try:
            return date(today.year + index // 12, index % 12 + 1, day)
        except ValueError:
            continue
    return date(today.year + index // 12, index % 12 + 1, min(today.day, 28))


_BEFORE = rf"(?:(?P<said>{DAYS})\.?,?\s+|(?P<said_zh>{WEEKDAY_ZH})[,\s]*)?"
_AFTER = rf"(?:\s*,?\s*\(?(?P<said_after>{WEEKDAY_ZH}|(?:{DAYS})\b)\)?)?"
_YEAR_AFTER = r"(?:,?\s+(?P<y>\d{4})(?![\d:]))?"
_YEAR_ZH = r"(?:(?P<y>\d{4}(?=年)|今年|明年)年?)?\s*"
_DATE = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_WHICH = r"(?:(?P<which>this|next|coming)\s+)?(?:week\s+)?"
_RULES: tuple[tuple[str, DayRule], ...] = (
    (rf"{_BEFORE}(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?!\d){_AFTER}", _full),
    (rf"{_BEFORE}(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.(?P<y>\d{{4}})(?!\d){_AFTER}", _full),
    (rf"{_BEFORE}{_YEAR_ZH}(?P<m>{SMALL})月\s*(?P<d>{SMALL})[日号]?{_AFTER}", _dated),
    (rf"{_BEFORE}{_DATE}\.?\s*(?:of\s+)?(?P<m>{MONTHS})\b\.?{_YEAR_AFTER}{_AFTER}", _dated),
    (rf"{_BEFORE}(?P<m>{MONTHS})\b\.?\s+{_DATE}(?![\d:]){_YEAR_AFTER}{_AFTER}", _dated),
    (r"(?P<near>day\s+after\s+tomorrow|tomorrow|tmrw|today|tonight)\b", _near),
    (r"(?P<near>大后|[今明后])(?:天|日|(?=[早晚]))", _near),
    (rf"{_WHICH}(?P<weekday>{DAYS})\b(?:\s+(?P<after>next|this)\s+week\b)?", _weekday),
    (rf"(?P<which>下下|下|本|这)?个?{_WEEK}(?P<weekday>[一二三四五六日天])", _weekday),
    (rf"in\s+(?P<n>{NUMBER})\s*(?P<unit>days?|weeks?|months?)\b", _ahead),
    (rf"(?P<n>{NUMBER})\s*(?P<unit>天|周|个?星期|个?礼拜|个月)(?:之后|以后|后)", _ahead),
    (rf"(?P<which>下个?月|本月|这个月)?(?P<d>{SMALL})[号日]", _day_of_month),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.ASCII), rule) for pattern, rule in _RULES)


def find_day(text: str, start: int) -> Day | None:
    """The day whose words begin at `start` of a folded text."""
    for pattern, rule in _PATTERNS:
        if found := pattern.match(text, start):
            return _day(found, rule)
    return None


def _day(found: re.Match[str], rule: DayRule) -> Day:
    words = found.groupdict()
    said = words.get("said") or words.get("said_zh") or words.get("said_after")
    return Day(
        found.end(),
        lambda today: rule(found, today),
        weekday=weekday_number(said) if said else None,
        evening=found[0] == "tonight",
        short=rule is _weekday and found[0].isascii() and len(found[0]) <= 4,
        relative=rule is _ahead,
    )


_PARTS = {  # part of the day -> the hours that are meant in the afternoon
    "morning": "am", "afternoon": "pm", "evening": "pm", "night": "night", "凌晨": "am",
    "早上": "am", "早晨": "am", "清晨": "am", "早": "am", "上午": "am", "中午": "noon",
    "午后": "pm", "下午": "pm", "傍晚": "pm", "晚上": "night", "晚": "night", "夜里": "night",
}  # fmt: skip
_PART = rf"(?:(?P<part>{'|'.join(sorted(_PARTS, key=len, reverse=True))})\s*(?:at\s+)?)?"
_HALF_DAY = r"(?P<half_day>[ap])\.?m\b\.?"
_CLOCKS = (
    rf"{_PART}(?P<h>\d{{1,2}}):(?P<min>\d{{2}})(?::\d{{2}})?(?![\d:])(?:\s*{_HALF_DAY})?",
    rf"{_PART}(?P<h>{SMALL})(?:点钟?|时(?!区))(?:(?P<thirty>半)|(?P<quarter>[一三])刻|整|(?P<min>{SMALL}(?=分)|\d{{2}}|零[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)分?)?",
    rf"(?P<h>\d{{1,2}})\s*{_HALF_DAY}",
    r"(?P<h>\d{1,2})\s*(?:uhr|o'?clock)\b",
    r"(?P<noon>noon|midday|正午|中午)",
    r"(?P<midnight>midnight|午夜|半夜)",
)
_CLOCK = tuple(re.compile(clock, re.ASCII) for clock in _CLOCKS)
_BARE = re.compile(
    rf"{_PART}(?P<h>\d{{1,2}})(?:\s?h\b)?(?![\w:/%-]|\.\d|\s*(?:{DAYS}|{MONTHS})\b)"
)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """`minutes` after midnight; 24:00 is the next day's."""

    end: int
    minutes: int


def find_clock(
    text: str, start: int, *, bare: bool = False, evening: bool = False
) -> ClockTime | None:
    """The clock time whose words begin at `start`; `bare` lets "9" be one, after a day or "at".

    Hours are read on the 24-hour clock unless "pm", "afternoon" or 下午 says otherwise.
    """
    for pattern in (*_CLOCK, _BARE) if bare else _CLOCK:
        if found := pattern.match(text, start):
            minutes = _minutes(found.groupdict(), evening=evening)
            return None if minutes is None else ClockTime(found.end(), minutes)
    return None


def _minutes(words: dict[str, str | None], *, evening: bool) -> int | None:
    if words.get("noon") or words.get("midnight"):
        return 12 * 60 if words.get("noon") else 24 * 60
    try:
        hour, minute = int(number(words["h"] or "")), int(number(words.get("min") or "0"))
    except ValueError:
        return None
    if words.get("thirty"):
        minute = 30
    elif quarter := words.get("quarter"):
        minute = 15 if quarter == "一" else 45
    half = words.get("half_day")
    if half and not 1 <= hour <= 12:
        return None
    part = _PARTS.get(words.get("part") or "", "night" if evening else "")
    hour = _hour(hour, {"a": "am", "p": "pm"}.get(half or "", part))
    return hour * 60 + minute if minute < 60 and hour * 60 + minute <= 24 * 60 else None


def _hour(hour: int, part: str) -> int:
    """12 am is midnight, 12 pm noon, 晚上12点 the midnight that ends the day, 中午1点 13:00."""
    if hour == 12:
        return {"am": 0, "night": 24}.get(part, 12)
    if (part in ("pm", "night") and hour < 12) or (part == "noon" and hour < 3):
        return hour + 12
    return hour
