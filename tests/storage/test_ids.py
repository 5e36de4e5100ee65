"""Keys and buttons are made of ids, so the id of a row that is gone must never name another."""

from sqlalchemy import text

from bot.clock import Clock
from storage.db import Database
from storage.tables import metadata

NOTHING = (
    'INSERT INTO drafts (address, person, form, "values", position, asked, paused, updated_at)'
)
VALUES = "VALUES ('telegram:1:', 'telegram:1', '{}', '{}', 0, 0, false, '2026-12-03 08:00:00+00')"


async def test_the_id_of_a_deleted_row_is_not_used_again(database_url: str) -> None:
    database = Database(database_url, Clock())
    ids = []
    for _ in range(2):
        async with database.transaction() as (session, _now):
            added = await session.execute(text(f"{NOTHING} {VALUES} RETURNING id"))
            ids.append(added.scalar_one())
            await session.execute(text("DELETE FROM drafts"))
    await database.close()
    assert ids[1] > ids[0]


async def test_so_it_is_with_every_table_that_has_ids(sqlite_url: str) -> None:
    database = Database(sqlite_url, Clock())
    async with database.reading() as session:
        rows = await session.execute(text("SELECT name, sql FROM sqlite_master"))
        made = {row.name: row.sql or "" for row in rows}
    await database.close()
    reused = [table.name for table in metadata.sorted_tables
              if "id" in table.columns and "AUTOINCREMENT" not in made[table.name]]  # fmt: skip
    assert reused == []
