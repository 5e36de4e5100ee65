"""Rows as a file for people's spreadsheets, XLSX or CSV; nothing in a cell is ever a formula.

Written row by row, so that a file of 100,000 rows is never a list of them.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from zoneinfo import ZoneInfo

Cell = str | int | datetime | None
MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
LONGEST = 1_000  # characters of a cell: nobody reads more in a table
# What makes a spreadsheet calculate; Chinese and Japanese keyboards type the wide ones.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CONTROL = ("\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """`heading` in the reader's language; `width` in characters."""

    heading: str
    width: int = 14


class Sheet(Protocol):
    """A file that is being written; close() makes it whole."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> None: ...

    def close(self) -> None: ...


def sheet(kind: str, stream: BinaryIO, columns: Sequence[Column], zone: ZoneInfo) -> Sheet:
    """`kind` is one of MIMES; moments are shown in `zone`, without saying so in each cell."""
    return Csv(stream, columns, zone) if kind == "csv" else Xlsx(stream, columns, zone)


class Xlsx:
    """A workbook of one sheet with a filter in its first row; text is written as text."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], zone: ZoneInfo) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        from xlsxwriter import Workbook  # 5 MB that most days need not have

        self._book = Workbook(stream, options)
        self._sheet: Any = self._book.add_worksheet()
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._zone, self._width, self._row = zone, len(columns), 0
        bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, column.width)
            self._sheet.write_string(0, number, column.heading, bold)
        self._sheet.freeze_panes(1, 0)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            self._row += 1
            for number, cell in enumerate(row):
                self._put(number, cell)

    def _put(self, number: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            moment = _local(cell, self._zone)
            self._sheet.write_datetime(self._row, number, moment, self._moment)
        elif isinstance(cell, int):
            self._sheet.write_number(self._row, number, cell)
        elif cell:
            self._sheet.write_string(self._row, number, cell[:LONGEST])

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self._row, self._width - 1)
        self._book.close()


class Csv:
    """UTF-8 that says so in its first bytes: without them Excel garbles Chinese."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column], zone: ZoneInfo) -> None:
        self._text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self._zone = zone
        self._writer.writerow([column.heading for column in columns])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._writer.writerows([self._said(cell) for cell in row] for row in rows)
        self._text.flush()

    def _said(self, cell: Cell) -> str | int:
        if isinstance(cell, datetime):
            return f"{_local(cell, self._zone):%Y-%m-%d %H:%M}"
        if isinstance(cell, int):
            return cell
        return harmless(cell[:LONGEST]) if cell else ""

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


def harmless(text: str) -> str:
    """The same text behind an apostrophe where a spreadsheet would take it for a formula."""
    starts = text.startswith(CONTROL) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if starts else text


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
