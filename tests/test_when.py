"""Times, durations, rhythms and zones as people type them; now is Thu 3 December 2026, 09:12."""
# ruff: noqa: DTZ001 - local times carry no zone

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Refused
from bot.when import (
    describe,
    parse_duration,
    parse_rhythm,
    parse_stretch,
    parse_time,
    parse_zone,
    read_duration,
)

NOW = datetime(2026, 12, 3, 8, 12, 30, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("next thursday 15:00", "2026-12-10 15:00"),
        ("下周四下午三点", "2026-12-10 15:00"),
        ("next monday 9:00", "2026-12-07 09:00"),
        ("下下周一 9点", "2026-12-14 09:00"),
        ("thu 3pm", "2026-12-03 15:00"),
        ("thursday 9:00", "2026-12-10 09:00"),
        ("周四9点", "2026-12-10 09:00"),
        ("monday 09:00", "2026-12-07 09:00"),
        ("周五17点", "2026-12-04 17:00"),
        ("本周五17点", "2026-12-04 17:00"),
        ("monday next week 9:00", "2026-12-07 09:00"),
        ("tomorrow 9", "2026-12-04 09:00"),
        ("tomorrow 9 price review", "2026-12-04 09:00"),
        ("3pm tomorrow", "2026-12-04 15:00"),
        ("day after tomorrow at noon", "2026-12-05 12:00"),
        ("today 17:30", "2026-12-03 17:30"),
        ("tonight 8", "2026-12-03 20:00"),
        ("今晚8点", "2026-12-03 20:00"),
        ("明早9点", "2026-12-04 09:00"),
        ("明天上午10点半", "2026-12-04 10:30"),
        ("今天下午5点", "2026-12-03 17:00"),
        ("后天9点", "2026-12-05 09:00"),
        ("大后天中午", "2026-12-06 12:00"),
        ("明天晚上12点", "2026-12-05 00:00"),
        ("明天凌晨1点", "2026-12-04 01:00"),
        ("下星期三15点三刻", "2026-12-09 15:45"),
        ("二十三点", "2026-12-03 23:00"),
        ("15:00", "2026-12-03 15:00"),
        ("at 9", "2026-12-04 09:00"),
        ("tomorrow 12am", "2026-12-04 00:00"),
        ("tomorrow 12pm", "2026-12-04 12:00"),
        ("tomorrow 24:00", "2026-12-05 00:00"),
        ("in 2 hours", "2026-12-03 11:13"),
        ("两小时后", "2026-12-03 11:13"),
        ("in half an hour", "2026-12-03 09:43"),
        ("半小时后", "2026-12-03 09:43"),
        ("一个半小时后", "2026-12-03 10:43"),
        ("90 minutes from now", "2026-12-03 10:43"),
        ("三天后", "2026-12-06 09:12"),
        ("in 3 days", "2026-12-06 09:12"),
        ("in 2 weeks at 10", "2026-12-17 10:00"),
        ("in 3 months at 10", "2027-03-03 10:00"),
        ("2026-12-10 15:00", "2026-12-10 15:00"),
        ("2026-12-10T15:00", "2026-12-10 15:00"),
        ("２０２６－１２－１０　１５：００", "2026-12-10 15:00"),
        ("10 Dec 15:00", "2026-12-10 15:00"),
        ("Dec 10 at 3 pm", "2026-12-10 15:00"),
        ("December 10th, 2026, 15:00", "2026-12-10 15:00"),
        ("Thursday 10 December 15:00", "2026-12-10 15:00"),
        ("10.12.2026 15:00", "2026-12-10 15:00"),
        ("12月10日15:00", "2026-12-10 15:00"),
        ("12月10日(周四)15:00", "2026-12-10 15:00"),
        ("十二月十日下午三点", "2026-12-10 15:00"),
        ("明年3月5日 10:00", "2027-03-05 10:00"),
        ("下个月5号 9点", "2027-01-05 09:00"),
        ("1 March 10:00", "2027-03-01 10:00"),
        ("29 Feb 10:00", "2028-02-29 10:00"),
        ("by friday 17:00", "2026-12-04 17:00"),
        ("周五17:00前", "2026-12-04 17:00"),
    ],
)
def test_times(text: str, local: str) -> None:
    moment = parse_time(text, NOW, BERLIN)
    assert f"{moment.local:%Y-%m-%d %H:%M}" == local
    assert not moment.shifted


def test_the_typists_zone_decides() -> None:
    in_shenzhen = parse_time("下周四下午三点", NOW, "Asia/Shanghai")
    assert in_shenzhen.at == datetime(2026, 12, 10, 7, tzinfo=UTC)
    late = datetime(2026, 12, 3, 20, tzinfo=UTC)  # already Friday in Shenzhen
    assert parse_time("today 9:00", late, "Asia/Shanghai").at == datetime(
        2026, 12, 4, 1, tzinfo=UTC
    )


def test_the_words_and_the_rest_are_told_apart() -> None:
    moment = parse_time("call Jo next thursday 15:00 about prices", NOW, BERLIN)
    assert (moment.text, moment.rest) == ("next thursday 15:00", "call Jo about prices")


def test_words_beside_a_time_can_be_refused() -> None:
    with pytest.raises(Refused) as refused:
        parse_time("next thursday 15:00 or so", NOW, BERLIN, whole=True)
    assert refused.value.data == {"word": "or so"}
    assert parse_time("by next thursday 15:00", NOW, BERLIN, whole=True).rest == ""


def test_a_day_needs_a_time_or_a_default() -> None:
    for day in ("by friday", "下下周一", "本周五", "10 Dec", "tomorrow"):
        with pytest.raises(Refused, match="At what time"):
            parse_time(day, NOW, BERLIN)
        assert parse_time(day, NOW, BERLIN, default=time(18)).local.hour == 18


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("garbage", "not a time"),
        ("", "not a time"),
        ("25:99", "not a time"),
        ("today 8:00", "already past"),
        ("2020-01-01 10:00", "already past"),
        ("1 Dec 10:00", "already past"),
        ("本周一9点", "already past"),
        ("30 Feb 10:00", "no such day"),
        ("2026-02-30 10:00", "no such day"),
        ("2月30日9点", "no such day"),
        ("Fri 10 Dec 15:00", "another day of the week"),
        ("12月10日(周五)15:00", "another day of the week"),
        ("9999-12-31 23:00", "too far"),
        ("in 9999 days", "too far"),
    ],
)
def test_impossible_times_are_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        parse_time(text, NOW, BERLIN)
    refused.value.message.format(**refused.value.data)


def test_a_time_in_the_gap_moves_forward_and_says_so() -> None:
    moment = parse_time("2027-03-28 02:30", NOW, BERLIN)
    assert moment.shifted
    assert f"{moment.local:%H:%M}" == "03:30"
    assert moment.at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_of_a_time_that_occurs_twice_the_first_is_meant() -> None:
    moment = parse_time("2027-10-31 02:30", NOW, BERLIN)
    assert moment.twice
    assert moment.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_hours_are_exact_and_days_nominal_when_the_clocks_change() -> None:
    before = datetime(2027, 3, 27, 9, tzinfo=UTC)  # Saturday 10:00 in Berlin
    assert parse_time("in 24 hours", before, BERLIN).at == before + timedelta(hours=24)
    assert parse_time("in 1 day", before, BERLIN).at == before + timedelta(hours=23)


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from(
                [
                    "next",
                    "thursday",
                    "下",
                    "周四",
                    "三点",
                    "15:00",
                    "in",
                    "2",
                    "hours",
                    "dec",
                    "10",
                    "后",
                    "天",
                    "号",
                    "月",
                    "十",
                    "at",
                    "noon",
                    "2027",
                    "-",
                    ":",
                    "am",
                    "晚上",
                    "半",
                    "第",
                    "31",
                    "99",
                ]
            ),
            max_size=7,
        ).map(lambda words: "".join(words)),
        st.lists(
            st.sampled_from(["next", "fri", "feb", "29", "9", "pm", "in", "an", "hour"]),
            max_size=6,
        ).map(" ".join),
    )
)
def test_any_text_is_a_time_ahead_or_refused(text: str) -> None:
    for read in (parse_duration, parse_zone):
        try:
            read(text)
        except Refused as refused:
            refused.message.format(**refused.data)
    try:
        assert parse_rhythm(text, datetime(2026, 12, 10, 15)).startswith("FREQ=")
    except Refused as refused:
        refused.message.format(**refused.data)
    try:
        moment = parse_time(text, NOW, BERLIN)
    except Refused as refused:
        refused.message.format(**refused.data)
    else:
        assert moment.at > NOW


@given(
    st.datetimes(datetime(2026, 12, 4), datetime(2035, 1, 1)),
    st.sampled_from([BERLIN, "Asia/Shanghai"]),
)
def test_a_full_date_reads_back_as_it_was_written(local: datetime, zone: str) -> None:
    written = local.replace(second=0, microsecond=0)
    moment = parse_time(f"{written:%Y-%m-%d %H:%M}", NOW, zone)
    assert moment.local == written or moment.shifted


@pytest.mark.parametrize(
    ("text", "minutes", "short"),
    [
        ("1h", 60, "1h"),
        ("90 min", 90, "1h30m"),
        ("1h30", 90, "1h30m"),
        ("1.5h", 90, "1h30m"),
        ("1 hour and 30 minutes", 90, "1h30m"),
        ("an hour and a half", 90, "1h30m"),
        ("half an hour", 30, "30m"),
        ("两小时", 120, "2h"),
        ("45分钟", 45, "45m"),
        ("半小时", 30, "30m"),
        ("一个半小时", 90, "1h30m"),
        ("三刻钟", 45, "45m"),
        ("1d", 1440, "1d"),
        ("24h", 1440, "24h"),
        ("1w", 7 * 1440, "1w"),
        ("两周", 14 * 1440, "2w"),
    ],
)
def test_durations(text: str, minutes: int, short: str) -> None:
    assert parse_duration(text) == timedelta(minutes=minutes)
    assert str(read_duration(text)) == short
    assert read_duration(short) == read_duration(text)


@pytest.mark.parametrize("text", ["", "0h", "abc", "1", "-1h", "十十分钟", "99999 days", "1h and"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_duration(text)


THURSDAY = datetime(2026, 12, 10, 15)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH"),
        ("每季度", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH"),
        ("monthly", "FREQ=MONTHLY;BYDAY=2TH"),
        ("每个月", "FREQ=MONTHLY;BYDAY=2TH"),
        ("weekly", "FREQ=WEEKLY;BYDAY=TH"),
        ("每周", "FREQ=WEEKLY;BYDAY=TH"),
        ("every 2 weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
        ("biweekly", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
        ("每两周", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
        ("daily", "FREQ=DAILY"),
        ("每天", "FREQ=DAILY"),
        ("every working day", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("每个工作日", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every monday and thursday", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("每周一和周四", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("every other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every month on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("first monday of every month", "FREQ=MONTHLY;BYDAY=1MO"),
        ("每月第二个周四", "FREQ=MONTHLY;BYDAY=2TH"),
        ("每月最后一个周五", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("每月15号", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("每月最后一天", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every month on the 30th", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("每半年", "FREQ=MONTHLY;INTERVAL=6;BYDAY=2TH"),
        ("yearly", "FREQ=MONTHLY;INTERVAL=12;BYDAY=2TH"),
        ("quarterly 4 times", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH;COUNT=4"),
        ("每季度，共4次", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH;COUNT=4"),
    ],
)
def test_rhythms(text: str, rule: str) -> None:
    assert parse_rhythm(text, THURSDAY) == rule


def test_a_start_in_the_fifth_week_means_the_last() -> None:
    assert parse_rhythm("monthly", datetime(2026, 12, 31)) == "FREQ=MONTHLY;BYDAY=-1TH"


@pytest.mark.parametrize(
    "text",
    ["", "sometimes", "every", "每", "weekly on", "daily on monday", "every 0 weeks"],
)
def test_what_is_no_rhythm_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_rhythm(text, THURSDAY)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("quarterly", "on the second Thursday of the quarter's last month"),
        ("monthly", "on the second Thursday of each month"),
        ("every 2 months", "every 2 months on the second Thursday"),
        ("weekly", "every Thursday"),
        ("biweekly", "every 2 weeks on Thursday"),
        ("every monday and thursday", "every ['Monday', 'Thursday']"),
        ("daily", "every day"),
        ("every 3 days", "every 3 days"),
        ("every weekday", "every working day"),
        ("每月15号", "every month on day 15"),
        ("每月最后一天", "every last day of the month"),
        ("every 2 months on the 30th", "every 2 months on day 30"),
    ],
)
def test_a_rhythm_is_told_back(text: str, sentence: str) -> None:
    message, data = describe(parse_rhythm(text, THURSDAY), THURSDAY)
    assert message.format(**data) == sentence


def test_a_rule_from_elsewhere_is_told_without_detail() -> None:
    for rule in ("FREQ=HOURLY", "FREQ=MONTHLY;BYDAY=TU,WE;BYSETPOS=3", ""):
        assert describe(rule, THURSDAY) == ("in a rhythm of its own", {})


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Hamburg", "Europe/Berlin"),
        ("北京", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
        ("上海", "Asia/Shanghai"),
        ("new york", "America/New_York"),
        ("Sao Paulo", "America/Sao_Paulo"),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("UTC+8", "Etc/GMT-8"),
        ("GMT-5", "Etc/GMT+5"),
        ("Etc/GMT-8", "Etc/GMT-8"),
    ],
)
def test_zones(text: str, zone: str) -> None:
    assert parse_zone(text) == zone


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "UTC+5:30", "UTC+20", "UTC-13", "CST"])
def test_impossible_zones_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_zone(text)


def test_a_mistyped_zone_gets_the_nearest() -> None:
    with pytest.raises(Refused) as refused:
        parse_zone("Berln")
    assert refused.value.data["nearest"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("tomorrow to Friday", "2026-12-04 00:00", "2026-12-05 00:00"),
        ("明天到周五", "2026-12-04 00:00", "2026-12-05 00:00"),
        ("4 Dec - 9 Dec", "2026-12-04 00:00", "2026-12-10 00:00"),
        ("12月4日到12月9日", "2026-12-04 00:00", "2026-12-10 00:00"),
        ("从12月4日至9日", "2026-12-04 00:00", "2026-12-10 00:00"),
        ("2026-12-04 – 2026-12-09", "2026-12-04 00:00", "2026-12-10 00:00"),
        ("Monday to Friday", "2026-12-07 00:00", "2026-12-12 00:00"),
        ("from Monday for a week", "2026-12-07 00:00", "2026-12-14 00:00"),
        ("周一起一周", "2026-12-07 00:00", "2026-12-14 00:00"),
        ("from tomorrow for 3 days", "2026-12-04 00:00", "2026-12-07 00:00"),
        ("from tomorrow until Monday", "2026-12-04 00:00", "2026-12-07 08:00"),
        ("tomorrow 14:00 to Monday 12:00", "2026-12-04 14:00", "2026-12-07 12:00"),
        ("tomorrow 14:00 - 18:00", "2026-12-04 14:00", "2026-12-04 18:00"),
        ("明天下午两点到周一中午", "2026-12-04 14:00", "2026-12-07 12:00"),
        ("20 Dec to 3 Jan", "2026-12-20 00:00", "2027-01-04 00:00"),
        ("today to Friday", None, "2026-12-05 00:00"),
        ("3 Dec - 9 Dec", None, "2026-12-10 00:00"),
        ("until Friday", None, "2026-12-04 08:00"),
        ("Friday 15:00", None, "2026-12-04 15:00"),
    ],
)
def test_a_stretch_of_time_is_read(text: str, start: str | None, end: str) -> None:
    found = parse_stretch(text, NOW, BERLIN, back=time(8))
    begins = at(found.start) if found.start is not None else None
    assert (begins, at(found.end)) == (start, end)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("from Monday", "Until when"),
        ("从周一开始", "Until when"),
        ("9 Dec - 4 Dec", "ends before"),
        ("tomorrow to the moon", "not a time"),
        ("the moon to tomorrow", "not a time"),
        ("1 Dec - 2 Dec", "past"),
        ("tomorrow to 31 February", "no such day"),
        ("from Monday for a while", "Until when"),
        ("tomorrow to", "not a time"),
    ],
)
def test_no_stretch_of_time_is_refused_in_a_sentence(text: str, word: str) -> None:
    with pytest.raises(Refused, match=word):
        parse_stretch(text, NOW, BERLIN, back=time(8))


def at(moment: datetime) -> str:
    """As the clock in Berlin shows it."""
    return f"{moment.astimezone(ZoneInfo(BERLIN)):%Y-%m-%d %H:%M}"
