"""Many rows into a table at once, bound column by column: SQLAlchemy binds them value by value."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from storage.db import Session

Bind = Callable[[Any], Any]


async def add(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same keys; what they do not name has the table's default."""
    connection = await session.connection()
    sql, binds = _prepared(table, connection.dialect, tuple(rows[0]))
    usual = _usual(table)
    columns = (
        _bound([row[name] if name in row else usual[name] for row in rows], bind)
        for name, bind in binds
    )
    await connection.exec_driver_sql(sql, list(zip(*columns, strict=True)))


@lru_cache(maxsize=32)
def _prepared(
    table: Table, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, list[tuple[str, Bind | None]]]:
    """The statement, and for each of its values how it is written for this database."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup or ()
    return str(compiled), [(name, _bind_of(table, name, dialect)) for name in order]


@lru_cache(maxsize=32)
def _usual(table: Table) -> dict[str, Any]:
    """The plain defaults of its columns."""
    return {name: column.default.arg for name, column in table.columns.items()
            if isinstance(column.default, ScalarElementColumnDefault)}  # fmt: skip


def _bind_of(table: Table, name: str, dialect: Dialect) -> Bind | None:
    found: Bind | None = table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
    return found


def _bound(values: list[Any], bind: Bind | None) -> list[Any]:
    """What many rows share, one payload or one moment, is written once."""
    if bind is None:
        return values
    last, written, found = values[0], bind(values[0]), []
    for value in values:
        if value is not last:
            last, written = value, bind(value)
        found.append(written)
    return found
