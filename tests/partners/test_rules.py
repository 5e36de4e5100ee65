"""Pure rules of partners: stop words, quiet hours, tables that arrive as anything."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.partners import quiet
from bot.partners.sheet import COLUMNS, decode, read
from bot.partners.stopwords import is_stop


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("stop", True), ("STOP!", True), (" Stop. ", True), ("停", True), ("退订。", True),
        ("ＳＴＯＰ", True), ("please stop", True), ("“stop”", True),
        ("stop the line", False), ("", False), ("停车", False), ("don't stop", False),
    ],
)  # fmt: skip
def test_only_the_bare_wish_stops(text: str, stops: bool) -> None:
    assert is_stop(text) is stops


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("20:00-08:00", ("20:00", "08:00")), ("8pm to 8am", ("20:00", "08:00")),
        ("20 - 8", ("20:00", "08:00")), ("20点到8点", ("20:00", "08:00")),
        ("从22点30至7点", ("22:30", "07:00")), ("22.30–7.15", ("22:30", "07:15")),
        ("12am-6am", ("00:00", "06:00")), ("18-24", ("18:00", "00:00")),
        ("off", ("", "")), ("无", ("", "")), ("２０：００－０８：００", ("20:00", "08:00")),
    ],
)  # fmt: skip
def test_quiet_hours_as_people_write_them(text: str, hours: tuple[str, str]) -> None:
    assert quiet.parse(text) == hours


@pytest.mark.parametrize("text", ["25-8", "evening", "8", "20:60-8", "8-8", "-", "13pm-1"])
def test_quiet_hours_that_are_none(text: str) -> None:
    with pytest.raises(Refused):
        quiet.parse(text)


@pytest.mark.parametrize(
    ("hour", "inside"), [(19, False), (20, True), (23, True), (0, True), (7, True), (8, False)]
)
def test_quiet_hours_span_midnight_in_the_readers_zone(hour: int, inside: bool) -> None:
    at = datetime(2026, 12, 3, (hour - 8) % 24, tzinfo=UTC)
    assert quiet.is_quiet(at, "Asia/Shanghai", "20:00", "08:00") is inside
    assert not quiet.is_quiet(at, "Asia/Shanghai", "", "")


@given(st.text(max_size=40))
def test_anything_typed_as_quiet_hours_is_hours_or_refused(text: str) -> None:
    try:
        begin, end = quiet.parse(text)
    except Refused:
        return
    assert (begin == end == "") or begin != end


CELLS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=6))
def test_every_row_of_any_table_is_good_or_named_as_faulty(table: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *table])
    rows, faults = read(decode(text.getvalue().encode()))
    filled = {n for n, cells in enumerate(table, 2) if any(cell.strip() for cell in cells)}
    good, bad = {row.number for row in rows}, {fault.row for fault in faults}
    assert good | bad == filled
    assert not good & bad


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        rows, faults = read(decode(data))
    except ValueError:
        return
    assert isinstance(rows, list)
    assert isinstance(faults, list)
