"""Moves a whole database to another engine, and proves that nothing is missing."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from storage.backup import BackupError
from storage.tables import metadata

BATCH = 1_000  # rows an INSERT carries

Progress = Callable[[str, int], None]


async def copy(source: str, target: str, progress: Progress) -> dict[str, int]:
    """Copy every row; returns how many rows each table has. All or nothing on the target.

    Both databases have the newest tables, and nobody writes to the source. Raises BackupError.
    """
    reading, writing = create_async_engine(source), create_async_engine(target)
    try:
        async with reading.connect() as old, writing.begin() as new:
            if filled := await _filled(new):
                raise BackupError(f"The target is not empty: there are rows in {filled}.")
            counts = {}
            for table in metadata.sorted_tables:
                counts[table.name] = await _table(old, new, table, progress)
            await _verify(old, new)
            return counts
    finally:
        await reading.dispose()
        await writing.dispose()


async def _filled(connection: AsyncConnection) -> str:
    """The first table that has a row."""
    for table in metadata.sorted_tables:
        if (await connection.execute(select(text("1")).select_from(table).limit(1))).first():
            return table.name
    return ""


async def _table(
    old: AsyncConnection, new: AsyncConnection, table: Table, progress: Progress
) -> int:
    done = 0
    async for rows in _batches(old, table):
        await new.execute(insert(table), rows)
        done += len(rows)
        progress(table.name, done)
    if done and new.dialect.name == "postgresql" and "id" in table.columns:
        newest = select(func.max(table.c.id)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, "id")
        await new.execute(select(func.setval(sequence, newest)))
    return done


async def _batches(
    connection: AsyncConnection, table: Table
) -> AsyncIterator[list[dict[str, Any]]]:
    ordered = select(table).order_by(*table.primary_key.columns)
    async with connection.stream(ordered) as result:
        async for rows in result.mappings().partitions(BATCH):
            yield [dict(row) for row in rows]


async def _verify(old: AsyncConnection, new: AsyncConnection) -> None:
    """The same rows with the same content on both sides, or nothing is kept."""
    for table in metadata.sorted_tables:
        if await _digest(old, table) != await _digest(new, table):
            raise BackupError(f"{table.name} does not read back as it was; nothing was copied.")


async def _digest(connection: AsyncConnection, table: Table) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    async for rows in _batches(connection, table):
        count += len(rows)
        for row in rows:
            digest.update(json.dumps(row, sort_keys=True, default=_plain).encode())
    return count, digest.hexdigest()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(bytes(value))
