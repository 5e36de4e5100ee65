"""Files for spreadsheets: what stands in them, and that no cell calculates."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.sheets import MIMES, Column, harmless, sheet
from tests import spreadsheet

BERLIN = ZoneInfo("Europe/Berlin")
COLUMNS = [Column("工单"), Column("=Opened"), Column("Score")]


def _written(kind: str, *rows: list[object]) -> bytes:
    stream = io.BytesIO()
    file = sheet(kind, stream, COLUMNS, BERLIN)
    file.add(rows)  # type: ignore[arg-type]
    file.close()
    return stream.getvalue()


@pytest.mark.parametrize("kind", MIMES)
def test_a_file_of_nothing_has_its_headings(kind: str) -> None:
    data = _written(kind)
    if kind == "csv":
        assert data == "\ufeff工单,=Opened,Score\r\n".encode()
    else:
        assert spreadsheet.rows(data) == [{"A": "工单", "B": "=Opened", "C": "Score"}]


def test_moments_numbers_and_nothing() -> None:
    at = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
    row = ["T-1", at, 0]
    _, cells = spreadsheet.rows(_written("xlsx", row))
    assert spreadsheet.moment(cells["B"]) == "2026-06-02 00:30"
    assert (cells["A"], cells["C"]) == ("T-1", 0)
    text = _written("csv", row, ['a,"b"\nc', None, None]).decode("utf-8-sig")
    assert text.endswith('T-1,2026-06-02 00:30,0\r\n"a,""b""\nc",,\r\n')


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "  =1", "＝1",
                                  "\u00a0=1", "+49 30 12", "-"])  # fmt: skip
def test_no_cell_is_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    _, cells = spreadsheet.rows(_written("xlsx", [text, None, None]))
    assert cells == {"A": text}


@pytest.mark.parametrize("text", ["1=1", "'=1", "", "价格表", "a-b", "x" * 2_000])
def test_other_text_stays(text: str) -> None:
    assert harmless(text) == text
    _, cells = spreadsheet.rows(_written("xlsx", [text, "", 5]))
    assert cells.get("A", "") == text[:1_000]
