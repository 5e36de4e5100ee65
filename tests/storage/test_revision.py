"""`run` knows without Alembic whether a database is up to date."""

from pathlib import Path

from alembic.script import ScriptDirectory

from storage.revision import is_current, newest
from storage.upgrade import settings


def test_the_newest_file_is_alembics_head() -> None:
    assert newest() == ScriptDirectory.from_config(settings()).get_current_head()


async def test_a_migrated_database_is_current(database_url: str) -> None:
    assert await is_current(database_url)


async def test_a_new_database_is_not(tmp_path: Path) -> None:
    assert not await is_current(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
