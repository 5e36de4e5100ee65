"""Databases for tests: a fresh SQLite file or a fresh PostgreSQL database, with all migrations."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from storage import db
from storage.upgrade import upgrade
from tests import postgres

settings.register_profile("liaison", deadline=None)  # how long it takes is the machine's matter
settings.load_profile("liaison")

STATEMENTS = 5_000  # that are kept compiled; all tests together ask some 1,000


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with tests must not look like a replica that was frozen."""
    monkeypatch.setattr(db, "IDLE_IN_TRANSACTION_MS", 10 * db.IDLE_IN_TRANSACTION_MS)


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Each test has engines of its own, and each would compile every statement anew: a third of
    what a conversation costs. So they share what is compiled, as one bot does for as long as it
    runs; it belongs to a dialect, and those of one class count as the same.
    """
    compiled: LRUCache[object, object] = LRUCache(STATEMENTS)

    def create(*args: Any, **given: Any) -> AsyncEngine:
        return create_async_engine(*args, **given, execution_options={"compiled_cache": compiled})

    with pytest.MonkeyPatch.context() as patch:
        for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
            patch.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patch.setattr(dialect, "__hash__", lambda one: hash(type(one)))
        patch.setattr(db, "create_async_engine", create)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A running server; skipped with the reason where there is none."""
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoPostgres as reason:
        if os.environ.get("LIAISON_REQUIRE_POSTGRES"):
            pytest.fail(f"PostgreSQL is required here: {reason}")
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that tests copy: quicker than migrating each time."""
    import asyncio

    path = tmp_path_factory.mktemp("template") / "template.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "liaison.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """A migrated database that tests are created from."""
    import asyncio

    asyncio.run(_create(postgres_url, f"liaison_template_{os.getpid()}"))
    asyncio.run(upgrade(f"{postgres_url}/liaison_template_{os.getpid()}"))
    return f"liaison_template_{os.getpid()}"


@pytest.fixture
async def postgres_database(postgres_url: str, postgres_template: str) -> AsyncIterator[str]:
    name = f"liaison_{os.getpid()}_{os.urandom(6).hex()}"
    await _create(postgres_url, name, postgres_template)
    yield f"{postgres_url}/{name}"
    await _run(postgres_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both engines, one after the other."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_database"
    url: str = request.getfixturevalue(name)
    return url


async def recreate(url: str, name: str) -> None:
    """An empty database in the place of one, as an operator makes it before a restore."""
    await _run(url, f'DROP DATABASE "{name}" WITH (FORCE)')
    await _create(url, name)


async def _create(url: str, name: str, template: str = "template1") -> None:
    await _run(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


async def _run(url: str, statement: str) -> None:
    engine = create_async_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
