"""Which migration a database stands at, without Alembic: `run` looks at each start."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

FOLDER = Path(__file__).parent / "migrations" / "versions"


def known() -> set[str]:
    """Migrations are files named "0001_words.py", in order."""
    return {path.name.partition("_")[0] for path in FOLDER.glob("[0-9]*_*.py")}


def newest() -> str:
    return max(known())


async def standing(url: str) -> str | None:
    """The newest migration that the database has, None for a new database."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:  # there is no such table
        return None
    finally:
        await engine.dispose()
    return None if found is None else str(found)


async def is_current(url: str) -> bool:
    """Whether the database has every migration."""
    return await standing(url) == newest()
