"""The migrations build exactly the models, on both engines, and keep what was there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from sqlalchemy import JSON, Connection, MetaData, Table, insert, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage.revision import is_current
from storage.upgrade import differences, settings
from tests.conftest import recreate

DAY = datetime(2026, 12, 3, tzinfo=UTC)


async def test_models_equal_migrations(database_url: str) -> None:
    assert await is_current(database_url)
    assert await differences(database_url) == []


@pytest.fixture
async def empty_url(database_url: str) -> str:
    """A database without any table."""
    if database_url.startswith("sqlite"):
        return f"{database_url}.empty"
    await recreate(*database_url.rsplit("/", 1))
    return database_url


def _upgrade(connection: Connection, revision: str) -> None:
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _add(connection: Connection, table: Table, **values: Any) -> None:
    """A row; what must be there and is not given is something of its kind."""
    for column in table.columns:
        needed = not column.nullable and column.server_default is None
        if needed and column.name not in values and not column.primary_key:
            kind = dict if isinstance(column.type, JSON) else column.type.python_type
            values[column.name] = DAY if kind is datetime else kind()
    connection.execute(insert(table).values(**values))


TICKETS: Mapping[int, tuple[str, list[tuple[str, dict[str, Any]]]]] = {
    1: ("open", [("joined", {"other": 2, "moved": []})]),
    2: ("closed", [("belongs", {"other": 1, "key": "belongs:2"})]),
    3: ("closed", [("belongs", {"other": 2, "key": "belongs:3"})]),  # a chain
    4: ("closed", [("belongs", {"other": 1, "key": "belongs:4"}),  # taken back, then solved
                   ("unsent", {"key": "belongs:4"}), ("resolved", {}), ("closed", {})]),
    5: ("closed", [("belongs", {"other": 6, "key": "belongs:5"}),
                   ("unsent", {"key": "belongs:5"}), ("resolved", {}), ("closed", {})]),
    6: ("closed", [("belongs", {"other": 5, "key": "belongs:6"})]),  # the other way round later
    7: ("closed", [("belongs", {"other": 1, "key": "belongs:7"}), ("unsent", {"key": "belongs:7"}),
                   ("belongs", {"other": 6, "key": "belongs:8"})]),
    8: ("open", [("belongs", {"other": 1, "key": "belongs:9"}), ("unsent", {"key": "belongs:9"})]),
}  # fmt: skip


async def test_what_belonged_to_a_ticket_before_0025_knows_which(empty_url: str) -> None:
    def work(connection: Connection) -> dict[int, int | None]:
        _upgrade(connection, "0024")
        tables = MetaData()
        tables.reflect(connection)
        add = tables.tables
        _add(connection, add["partners"], id=1)
        _add(connection, add["settings_versions"], id=1)
        for number, (status, log) in TICKETS.items():
            _add(connection, add["tickets"], id=number, partner_id=1, status=status,
                 settings_version=1)  # fmt: skip
            for kind, data in log:
                _add(connection, add["ticket_log"], ticket_id=number, kind=kind, data=data)
        _upgrade(connection, "0025")
        rows = connection.execute(text("SELECT id, merged_into FROM tickets ORDER BY id"))
        return {number: into for number, into in rows}

    engine = create_async_engine(empty_url)
    async with engine.begin() as connection:
        found = await connection.run_sync(work)
    await engine.dispose()
    assert found == {1: None, 2: 1, 3: 1, 4: None, 5: None, 6: 5, 7: 5, 8: None}
