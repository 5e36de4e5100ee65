"""Rhythms as people write them ("quarterly", "every 2 weeks", 每月第二个周四), and RRULEs.

Months, quarters and years keep the weekday, not the date: what starts on Thursday 10 December and
is "quarterly" comes on every second Thursday of the quarter's last month. A start in the fifth
week means the last such weekday, so that no month is left out.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.errors import Refused
from bot.fold import fold
from bot.marks import _m
from bot.when.grammar import DAYS, WEEKDAY_ZH, weekday_number
from bot.when.numbers import NUMBER, SMALL, number

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKING_DAYS = DAY_CODES[:5]
_LONGEST = 120  # units between two occurrences; more is a slip
_MOST = 1000  # occurrences that may be asked for

_ADVERBS = {
    "daily": ("DAILY", 1), "weekly": ("WEEKLY", 1), "biweekly": ("WEEKLY", 2),
    "bi-weekly": ("WEEKLY", 2), "fortnightly": ("WEEKLY", 2), "monthly": ("MONTHLY", 1),
    "quarterly": ("MONTHLY", 3), "half-yearly": ("MONTHLY", 6), "semiannually": ("MONTHLY", 6),
    "yearly": ("MONTHLY", 12), "annually": ("MONTHLY", 12), "双周": ("WEEKLY", 2),
}  # fmt: skip
_UNITS = {
    "day": ("DAILY", 1), "天": ("DAILY", 1), "日": ("DAILY", 1), "week": ("WEEKLY", 1),
    "周": ("WEEKLY", 1), "星期": ("WEEKLY", 1), "礼拜": ("WEEKLY", 1), "fortnight": ("WEEKLY", 2),
    "month": ("MONTHLY", 1), "月": ("MONTHLY", 1), "quarter": ("MONTHLY", 3),
    "季度": ("MONTHLY", 3), "季": ("MONTHLY", 3), "半年": ("MONTHLY", 6),
    "year": ("MONTHLY", 12), "年": ("MONTHLY", 12),
}  # fmt: skip
_ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "fifth": -1, "5th": -1, "last": -1,
}  # fmt: skip

_NTH = rf"(?P<nth>{'|'.join(_ORDINALS)})\s+(?P<nth_day>{DAYS})\b"
_OF = r"(?:\s+of\s+(?:the|each|every|a)\s+month)?"
_LIST = rf"(?P<days>(?:{DAYS})s?\b(?:\s*(?:,|and|&)\s*(?:{DAYS})s?\b)*)"
_LIST_ZH = rf"(?P<days>{WEEKDAY_ZH}(?:\s*[,和及]\s*(?:{WEEKDAY_ZH}|[一二三四五六日天]))*)"
_TAIL = (
    rf"(?:\s+on(?:\s+the)?\s+(?:{_NTH}{_OF}|(?P<date>\d{{1,2}})(?:st|nd|rd|th)\b|(?P<last_day>last\s+day)\b{_OF}"
    rf"|{_LIST}))?"
)
_TAIL_ZH = (
    rf"的?(?:(?:第(?P<nth>[一二三四五1-5])|(?P<last>最后一))个?(?P<nth_day>{WEEKDAY_ZH})"
    rf"|(?P<last_day>最后一天)|(?P<date>{SMALL})[号日])?"
)
_COUNT = r"(?:[\s,]*(?:for\s+|共)?(?P<count>\d{1,4})\s*(?:times\b|x\b|次))?"
_FORMS = (
    rf"(?P<adverb>{'|'.join(_ADVERBS)})(?![a-z]){_TAIL}",
    r"(?:every|each)\s+(?P<working>weekday|working\s+day|workday)s?\b",
    rf"(?:every|each)\s+(?:the\s+)?{_NTH}\s+of\s+(?:the|each|every|a)\s+month\b",
    rf"(?:the\s+)?{_NTH}\s+of\s+(?:each|every)\s+month\b",
    rf"(?:every|each)\s+(?:(?P<n>{NUMBER}|other|second)\s+)?(?P<unit>day|week|fortnight|month|quarter|year)s?\b{_TAIL}",
    rf"(?:every|each)\s+(?:(?P<n>other)\s+)?{_LIST}",
    r"每个?(?P<working>工作日)",
    rf"每(?:(?P<n>{NUMBER})个?)?\s*{_LIST_ZH}",
    rf"每个?(?:(?P<n>{NUMBER})个?)?\s*(?P<unit>天|日|周|星期|礼拜|月|季度|季|半年|年){_TAIL_ZH}",
)
_PATTERNS = tuple(re.compile(form + _COUNT, re.ASCII) for form in _FORMS)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was said; rule(start) completes it from the first occurrence."""

    frequency: str
    interval: int = 1
    days: tuple[str, ...] = ()  # "TH", or with a month "2TH", "-1FR"
    date: int = 0  # of the month; -1 = its last day
    count: int = 0
    adverb: bool = False  # one bare word such as "weekly", which can also be part of a title

    def rule(self, start: datetime) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        parts += self._by(start)
        if self.count:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)

    def _by(self, start: datetime) -> list[str]:
        if self.frequency == "DAILY":
            return []
        if self.date == 31:
            return ["BYMONTHDAY=-1"]
        if self.date > 28:  # in a short month its last day instead
            candidates = ",".join(str(day) for day in range(28, self.date + 1))
            return [f"BYMONTHDAY={candidates}", "BYSETPOS=-1"]
        if self.date:
            return [f"BYMONTHDAY={self.date}"]
        code = DAY_CODES[start.weekday()]
        if self.frequency == "MONTHLY":
            nth = (start.day - 1) // 7 + 1
            code = f"{nth if nth < 5 else -1}{code}"
        return [f"BYDAY={','.join(self.days or (code,))}"]


def find_rhythm(text: str, start: int = 0) -> tuple[Rhythm, int] | None:
    """The rhythm whose words begin at `start` of a folded text, and where they end."""
    for pattern in _PATTERNS:
        found = pattern.match(text, start)
        rhythm = _read(found.groupdict()) if found else None
        if found and rhythm:
            return rhythm, found.end()
    return None


def parse_rhythm(text: str, start: datetime) -> str:
    """An RRULE for what begins at `start` (local). Raises Refused."""
    folded = fold(text).strip()
    found = find_rhythm(folded)
    if found is None or found[1] != len(folded):
        raise Refused(
            _m("“{word}” is not a rhythm I understand. Try: weekly, every 2 weeks, quarterly"),
            word=text,
        )
    return found[0].rule(start)


def _read(words: dict[str, str | None]) -> Rhythm | None:
    count = int(words.get("count") or 0)
    if count > _MOST:
        return None
    if words.get("working"):
        return Rhythm("WEEKLY", days=_WORKING_DAYS, count=count)
    unit = _unit(words)
    if unit is None:
        return None
    frequency, interval = unit
    days, date = _days(words, frequency), _date(words)
    wrong_day = days is None or (bool(days) and frequency == "DAILY")
    if wrong_day or date is None or (date and frequency != "MONTHLY"):
        return None
    return Rhythm(frequency, interval, days or (), date, count, bool(words.get("adverb")))


def _unit(words: dict[str, str | None]) -> tuple[str, int] | None:
    if adverb := words.get("adverb"):
        return _ADVERBS[adverb]
    name = words.get("unit")
    frequency, each = (
        _UNITS[name] if name else ("MONTHLY" if words.get("nth_day") else "WEEKLY", 1)
    )
    said = words.get("n") or "1"
    try:
        times = 2.0 if said in ("other", "second") else number(said)
    except ValueError:
        return None
    if not times.is_integer() or not 1 <= times <= _LONGEST:
        return None
    return frequency, each * int(times)


def _days(words: dict[str, str | None], frequency: str) -> tuple[str, ...] | None:
    if nth_day := words.get("nth_day"):
        said = words.get("nth") or ""
        nth = -1 if words.get("last") else _ORDINALS.get(said) or int(number(said))
        code = DAY_CODES[weekday_number(nth_day)]
        return (f"{nth if nth < 5 else -1}{code}",) if frequency == "MONTHLY" else None
    listed = words.get("days")
    if not listed:
        return ()
    if frequency != "WEEKLY":
        return None
    names = re.findall(rf"{DAYS}|{WEEKDAY_ZH}|[一二三四五六日天]", listed)
    return tuple(DAY_CODES[day] for day in sorted({weekday_number(name) for name in names}))


def _date(words: dict[str, str | None]) -> int | None:
    if words.get("last_day"):
        return 31
    date = int(number(words.get("date") or "0"))
    return date if date <= 31 and (date or not words.get("date")) else None


_DAY_NAMES = (_m("Monday"), _m("Tuesday"), _m("Wednesday"), _m("Thursday"), _m("Friday"),
              _m("Saturday"), _m("Sunday"))  # fmt: skip
_NTH_NAMES = {
    "1": _m("first"), "2": _m("second"), "3": _m("third"), "4": _m("fourth"), "-1": _m("last"),
}  # fmt: skip
_MONTHS_OF_QUARTER = (_m("first"), _m("second"), _m("last"))
_BY_DAY = re.compile(r"(-?\d+)?(MO|TU|WE|TH|FR|SA|SU)")

Sentence = tuple[str, dict[str, str | int | list[str]]]


def describe(rrule: str, start: datetime) -> Sentence:
    """A marked sentence and its data, as it stands after "Then" or "Repeats".

    Every string in the data, alone or in a list, is a marked id of its own to be translated;
    numbers stay. What was not made by parse_rhythm is told as "in a rhythm of its own".
    """
    parts = dict(part.split("=", 1) for part in rrule.upper().split(";") if "=" in part)
    interval, frequency = int(parts.get("INTERVAL", "1")), parts.get("FREQ", "")
    days = [
        found for name in parts.get("BYDAY", "").split(",") if (found := _BY_DAY.fullmatch(name))
    ]
    if frequency == "DAILY":
        return _every(interval, _m("every day"), _m("every {count} days"), {})
    if frequency == "WEEKLY":
        return _weekly(interval, [found[2] for found in days] or [DAY_CODES[start.weekday()]])
    if frequency == "MONTHLY" and len(days) == 1 and days[0][1] in _NTH_NAMES:
        return _monthly(interval, days[0][1], days[0][2], start)
    if frequency == "MONTHLY" and "BYMONTHDAY" in parts:
        return _dated(interval, int(parts["BYMONTHDAY"].rsplit(",", 1)[-1]))
    return _m("in a rhythm of its own"), {}


def _every(
    interval: int, one: str, several: str, data: dict[str, str | int | list[str]]
) -> Sentence:
    return (one, data) if interval == 1 else (several, {"count": interval, **data})


def _weekly(interval: int, codes: list[str]) -> Sentence:
    if tuple(codes) == _WORKING_DAYS and interval == 1:
        return _m("every working day"), {}
    names = [_DAY_NAMES[DAY_CODES.index(code)] for code in codes]
    if len(names) == 1:
        data: dict[str, str | int | list[str]] = {"weekday": names[0]}
        return _every(
            interval, _m("every {weekday}"), _m("every {count} weeks on {weekday}"), data
        )
    data = {"weekdays": names}
    return _every(interval, _m("every {weekdays}"), _m("every {count} weeks on {weekdays}"), data)


def _monthly(interval: int, nth: str, code: str, start: datetime) -> Sentence:
    data: dict[str, str | int | list[str]] = {
        "nth": _NTH_NAMES[nth],
        "weekday": _DAY_NAMES[DAY_CODES.index(code)],
    }
    if interval == 3:
        data["month"] = _MONTHS_OF_QUARTER[(start.month - 1) % 3]
        return _m("on the {nth} {weekday} of the quarter's {month} month"), data
    return _every(
        interval,
        _m("on the {nth} {weekday} of each month"),
        _m("every {count} months on the {nth} {weekday}"),
        data,
    )


def _dated(interval: int, date: int) -> Sentence:
    if date in (31, -1):
        return _every(
            interval,
            _m("every last day of the month"),
            _m("every {count} months on the last day"),
            {},
        )
    return _every(
        interval,
        _m("every month on day {date}"),
        _m("every {count} months on day {date}"),
        {"date": date},
    )
