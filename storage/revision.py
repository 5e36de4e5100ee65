"""Which migration a database stands at, without Alembic: `run` looks at each start."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

FOLDER = Path(__file__).parent / "migrations" / "versions"


def newest() -> str:
    """Migrations are files named "0001_words.py", in order."""
    return max(path.name.partition("_")[0] for path in FOLDER.glob("[0-9]*_*.py"))


async def is_current(url: str) -> bool:
    """Whether the database has every migration."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:  # there is no such table: a new database
        return False
    finally:
        await engine.dispose()
    return bool(found == newest())
