"""Reads an .xlsx as a spreadsheet program does: rows of cells, text apart from numbers."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from datetime import datetime, timedelta

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's moments have no zone

Cell = str | float


def rows(data: bytes) -> list[dict[str, Cell]]:
    """Each row by its column's letters; a formula anywhere is a fault."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    assert sheet.find(f".//{MAIN}f") is None, "a formula"
    return [dict(map(_cell, row)) for row in sheet.iter(f"{MAIN}row")]


def table(data: bytes) -> list[dict[str, Cell]]:
    """The rows below the headings, each by its headings; an empty cell is missing."""
    head, *rest = rows(data)
    return [{str(head[column]): cell for column, cell in row.items()} for row in rest]


def _cell(cell: ET.Element) -> tuple[str, Cell]:
    column = re.sub(r"\d", "", cell.get("r", ""))
    if cell.get("t") == "inlineStr":
        text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
        return column, re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)
    assert cell.get("t") is None, "text by number: the file is not written row by row"
    return column, float(cell.findtext(f"{MAIN}v") or "nan")


def moment(serial: Cell) -> str:
    """What a spreadsheet shows of a moment."""
    shown = FIRST_DAY + timedelta(minutes=round(float(serial) * 24 * 60))
    return f"{shown:%Y-%m-%d %H:%M}"
