"""Reads a table of partners as spreadsheets save it, and finds all its faults at once; pure."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.errors import Refused
from bot.partners import names
from bot.partners.service import language, tags
from bot.texts import Reader, refusal
from bot.when import parse_zone

COLUMNS = (
    "partner", "tier", "region", "zone", "language", "owner", "tags", "slack_channel",
    "telegram_chat", "contact", "called", "contact_language", "contact_zone", "email",
    "slack_user", "telegram_user",
)  # fmt: skip
OF_PARTNER = ("tier", "region", "zone", "language", "owner", "tags", "slack_channel",
              "telegram_chat")  # fmt: skip
OF_CONTACT = COLUMNS[COLUMNS.index("called") :]
UNIQUE = ("slack_user", "telegram_user")
LONGEST = 200  # characters of any one value
_ENGLISH = Reader("en", "UTC")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which row (as a spreadsheet numbers it) and column, and what to do."""

    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Row:
    """One good row: values as they are kept, "" = not given."""

    number: int
    key: str  # the folded name of the partner
    values: dict[str, str]
    tags: list[str] = field(default_factory=list)

    def __getitem__(self, column: str) -> str:
        return self.values[column]


def decode(data: bytes) -> str:
    """The text of a file saved by Excel, WPS or a database; ValueError if none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    if data[1:2] == b"\0" or data[:1] == b"\0":
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("the file is neither UTF-8, UTF-16 nor GB18030; save it as CSV UTF-8")


def read(text: str) -> tuple[list[Row], list[Fault]]:
    """The good rows and all faults; whom the owners and accounts mean is checked by the caller."""
    try:
        source = io.StringIO(text, newline="")
        lines = list(csv.reader(source, delimiter=_delimiter(text)))
    except csv.Error as error:
        return [], [Fault(1, "partner", f"this is no table that can be read: {error}")]
    header = [_name(cell) for cell in lines[0]] if lines else []
    faults = _header_faults(header)
    if faults:
        return [], faults
    rows: list[Row] = []
    for number, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            row, found = _row(number, header, cells)
            faults += found
            rows += [row] if row is not None else []
    clashes = list(_clashes(rows))
    wrong = {fault.row for fault in clashes}
    return [row for row in rows if row.number not in wrong], sorted(
        faults + clashes, key=lambda fault: (fault.row, COLUMNS.index(fault.column))
    )


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _name(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_").replace("-", "_")


def _header_faults(header: Sequence[str]) -> list[Fault]:
    found = []
    for name in dict.fromkeys(header):
        if name and name not in COLUMNS:
            found.append(Fault(1, name, f"unknown column; known are {', '.join(COLUMNS)}"))
        elif name and header.count(name) > 1:
            found.append(Fault(1, name, "this column is there twice; keep one"))
    if "partner" not in header:
        found.append(
            Fault(1, "partner", "this column is missing; the first row names the columns")
        )
    return found


def _row(
    number: int, header: Sequence[str], cells: Sequence[str]
) -> tuple[Row | None, list[Fault]]:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        problem = (
            f"{len(cells)} values but {len(header)} columns; put values with commas in quotes"
        )
        return None, [Fault(number, "partner", problem)]
    given = dict.fromkeys(COLUMNS, "") | {
        name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=False) if name
    }
    faults = []
    for column in COLUMNS:
        try:
            given[column] = _checked(column, given[column])
        except (Refused, ValueError) as error:
            problem = refusal(error, _ENGLISH) if isinstance(error, Refused) else str(error)
            faults.append(Fault(number, column, problem))
    if not given["contact"] and (lost := [name for name in OF_CONTACT if given[name]]):
        problem = f"a name is needed where {', '.join(lost)} is given"
        faults.append(Fault(number, "contact", problem))
    if faults:
        return None, faults
    return Row(number, names.fold(given["partner"]), given, tags(given["tags"])), []


def _checked(column: str, value: str) -> str:
    """The value as it is kept; raises Refused or ValueError that says what to do."""
    if len(value) > LONGEST:
        raise ValueError(f"{len(value)} characters are too long; at most {LONGEST}")
    if "\0" in value:
        raise ValueError("holds a character that no text has; type it anew")
    check = _CHECKS.get(column)
    if column == "partner" and not value:
        raise ValueError("is empty; every row names its partner")
    return check(value) if check is not None and value else value


def _named(value: str) -> str:
    if not any(char.isalnum() for char in value):
        raise ValueError(f"“{value}” is no name")
    return value


def _like(pattern: str, example: str) -> Callable[[str], str]:
    form = re.compile(pattern)

    def check(value: str) -> str:
        if not form.fullmatch(value):
            raise ValueError(f"“{value}” is not valid; write it like {example}")
        return value

    return check


_CHECKS: dict[str, Callable[[str], str]] = {
    "partner": _named,
    "contact": _named,
    "tier": str.lower,
    "zone": parse_zone,
    "contact_zone": parse_zone,
    "language": language,
    "contact_language": language,
    "slack_channel": _like(r"[CG][A-Z0-9]{2,20}", "C0123456789"),
    "telegram_chat": _like(r"-\d{1,15}", "-1001234567890"),
    "email": _like(r"[^@\s]+@[^@\s]+\.[^@\s]+", "jo@example.com"),
    "slack_user": _like(r"[UW][A-Z0-9]{2,20}", "U0123456789"),
    "telegram_user": _like(r"[1-9]\d{0,14}", "123456789"),
}


def _clashes(rows: Iterable[Row]) -> Iterator[Fault]:
    """Rows that contradict an earlier one; the later one is blamed."""
    first: dict[str, Row] = {}
    contacts: dict[tuple[str, str], int] = {}
    held: dict[tuple[str, str], Row] = {}
    for row in rows:
        before = first.setdefault(row.key, row)
        for column in OF_PARTNER:
            if row[column] and before[column] and row[column] != before[column]:
                said = f"“{row[column]}” here, “{before[column]}” in row {before.number}"
                yield Fault(row.number, column, f"{row['partner']} has {said}; make them the same")
        contact = (row.key, row["contact"])
        if contacts.setdefault(contact, row.number) != row.number:
            said = f"{row['contact'] or row['partner']} is in row {contacts[contact]} already"
            yield Fault(row.number, "contact", f"{said}; keep one of them")
        yield from _held_twice(row, held)


def _held_twice(row: Row, held: dict[tuple[str, str], Row]) -> Iterator[Fault]:
    """Accounts belong to one contact, rooms to one partner."""
    for column in (*UNIQUE, "slack_channel", "telegram_chat"):
        if not row[column]:
            continue
        other = held.setdefault((column, row[column]), row)
        if other is not row and (column in UNIQUE or other.key != row.key):
            problem = (
                f"{row[column]} is in row {other.number} already, for {_whose(other, column)}"
            )
            yield Fault(row.number, column, problem)


def _whose(row: Row, column: str) -> str:
    return row["contact"] if column in UNIQUE else row["partner"]
