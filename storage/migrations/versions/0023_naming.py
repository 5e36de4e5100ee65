"""Names of partners are found by their beginning, by letters of their middle and with a slip."""

import sqlalchemy as sa
from alembic import op

from bot import searching

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BATCH = 1_000
SOME = sa.text(f"SELECT id, name, search FROM partners WHERE id > :last ORDER BY id LIMIT {BATCH}")  # noqa: S608
GONE = sa.text("DELETE FROM search_rows WHERE place = :place")
KEEP = sa.text("INSERT INTO search_rows (place, words) VALUES (:place, :words)")


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":  # as SQLite does: compared letter by letter, by the index
        op.execute('ALTER TABLE partners ALTER COLUMN name_key TYPE text COLLATE "C"')
    last = 0
    while found := bind.execute(SOME, {"last": last}).all():
        last = found[-1].id
        rows = [
            {"place": -2 * one.id, "words": f"{searching.indexed(f'{one.name} {one.search}')} "
                                            f"{searching.named(one.search)}"}
            for one in found
        ]  # fmt: skip
        bind.execute(GONE, rows)
        bind.execute(KEEP, rows)


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
