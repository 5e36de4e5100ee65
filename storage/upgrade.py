"""Brings a database to the newest tables; imports Alembic, so few commands import it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from storage.tables import metadata

OWN = ("search_fts", "search_gin")  # full-text indexes that only one engine has

FOLDER = Path(__file__).parent / "migrations"


def settings() -> Config:
    """Alembic's settings, without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


async def upgrade(url: str) -> None:
    """Apply every migration the database does not have yet."""
    await _with(url, lambda connection: command.upgrade(_bound(connection), "head"))


async def differences(url: str) -> list[Any]:
    """What the tables in the database lack or have beyond the models; empty when they agree."""
    found: list[Any] = []

    def compare(connection: Connection) -> None:
        context = MigrationContext.configure(connection, opts={
            "compare_type": True,
            "include_name": lambda name, _kind, _parents: not str(name).startswith(OWN),
        })  # fmt: skip
        found.extend(compare_metadata(context, metadata))

    await _with(url, compare)
    return found


def _bound(connection: Connection) -> Config:
    config = settings()
    config.attributes["connection"] = connection
    return config


async def _with(url: str, work: Callable[[Connection], Any]) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()
