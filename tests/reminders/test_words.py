"""A meeting's dates and rule in words, and the rule of a meeting that moves."""

from datetime import UTC, datetime

import pytest

from bot.reminders import words
from bot.texts import Reader
from bot.when import parse_rhythm

LOCAL = datetime.fromisoformat
EN, ZH = Reader("en", "Europe/Berlin"), Reader("zh", "Asia/Shanghai")
THURSDAY = LOCAL("2026-12-10T15:00")


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        ("quarterly", "on the second Thursday of the quarter's last month",
         "每季度最后一个月的第二个周四"),
        ("weekly", "every Thursday", "每周四"),
        ("every 2 weeks", "every 2 weeks on Thursday", "每 2 周的周四"),
        ("every monday and thursday", "every Monday, Thursday", "每周一、周四"),
        ("every working day", "every working day", "每个工作日"),
        ("daily", "every day", "每天"),
        ("monthly on the 10th", "every month on day 10", "每月 10 日"),
        ("monthly", "on the second Thursday of each month", "每月第二个周四"),
    ],
)  # fmt: skip
def test_rhythms_in_both_languages(typed: str, english: str, chinese: str) -> None:
    rule = parse_rhythm(typed, THURSDAY)
    assert words.in_words(rule, THURSDAY, EN) == english
    assert words.in_words(rule, THURSDAY, ZH) == chinese


def test_once_has_no_rhythm() -> None:
    assert words.in_words("", THURSDAY, EN) == ""


def test_span_names_the_place() -> None:
    begin, end = (datetime(2026, 12, 10, hour, tzinfo=UTC) for hour in (7, 8))
    several = Reader("en", "Europe/Berlin", several=True)
    assert words.span(begin, end, EN) == "Thu 10 Dec, 08:00–09:00 (Berlin)"
    assert words.span(begin, end, several) == "Thu 10 Dec, 08:00–09:00 (Berlin)"
    assert words.span(begin, end, ZH) == "12月10日周四 上海时间 15:00–16:00"


@pytest.mark.parametrize(
    ("typed", "to", "held", "rule"),
    [
        ("weekly", LOCAL("2026-12-11T09:00"), 0, "FREQ=WEEKLY;BYDAY=FR"),
        ("quarterly", LOCAL("2026-12-18T09:00"), 0, "FREQ=MONTHLY;INTERVAL=3;BYDAY=3FR"),
        ("monthly on the 10th", LOCAL("2026-12-12T09:00"), 0, "FREQ=MONTHLY;BYMONTHDAY=12"),
        ("every working day", LOCAL("2026-12-11T09:00"), 0,
         "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("weekly 5 times", LOCAL("2026-12-11T09:00"), 2, "FREQ=WEEKLY;BYDAY=FR;COUNT=3"),
        ("daily", LOCAL("2026-12-11T09:00"), 0, "FREQ=DAILY"),
    ],
)  # fmt: skip
def test_a_moved_rule_keeps_its_rhythm(typed: str, to: datetime, held: int, rule: str) -> None:
    assert words.moved(parse_rhythm(typed, THURSDAY), to, held) == rule


def test_a_series_of_several_days_keeps_them() -> None:
    rule = parse_rhythm("every working day", THURSDAY)
    assert words.fits(rule, LOCAL("2026-12-11T00:00"))
    assert not words.fits(rule, LOCAL("2026-12-12T00:00"))  # a Saturday
    assert words.fits(parse_rhythm("weekly", THURSDAY), LOCAL("2026-12-12T00:00"))
