"""Lists of open tickets go by indexes; titles, messages and names are searched by their words."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot import searching

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LIVE = "status IN ('open', 'waiting', 'hold')"
SPAN = 2**31
BATCH = 1_000
SQLITE = (
    "CREATE VIRTUAL TABLE search_fts USING fts5(words, content='search_rows', content_rowid='place',"
    " tokenize='unicode61 remove_diacritics 0', detail='none', columnsize=0, prefix='3 4')",
    "CREATE TRIGGER search_rows_put AFTER INSERT ON search_rows BEGIN"
    " INSERT INTO search_fts(rowid, words) VALUES (new.place, new.words); END",
    "CREATE TRIGGER search_rows_gone AFTER DELETE ON search_rows BEGIN"
    " INSERT INTO search_fts(search_fts, rowid, words) VALUES ('delete', old.place, old.words); END",
)
POSTGRESQL = (
    "CREATE INDEX search_gin ON search_rows USING gin (to_tsvector('simple'::regconfig, words))",
)
KEEP = sa.text('INSERT INTO search_rows (place, words) VALUES (:place, :words)')
MARKS = ("zzp", "zzc")


def upgrade() -> None:
    for columns in (["due_at"], ["owner_id", "due_at"], ["partner_id", "due_at"],
                    ["priority", "due_at"], ["kind", "due_at"]):
        op.create_index(f"ix_tickets_live_{columns[0]}", "tickets", columns,
                        sqlite_where=sa.text(LIVE), postgresql_where=sa.text(LIVE))
    for status in ("waiting", "hold"):
        where = sa.text(f"status = '{status}'")
        op.create_index(f"ix_tickets_{status}_due", "tickets", ["due_at"], sqlite_where=where,
                        postgresql_where=where)  # fmt: skip
    op.drop_index("ix_tickets_status_due", "tickets")
    op.create_table(
        "search_rows",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_search_rows")),
    )
    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    _keep(bind, "partners", "id, name, search", lambda one: (
        -2 * one.id, searching.indexed(f"{one.name} {one.search}")))
    _keep(bind, "contacts", "id, name, called", lambda one: (
        -2 * one.id - 1, searching.indexed(f"{one.name} {one.called}")))
    _keep(bind, "tickets", "id, title, product, partner_id, contact_id", lambda one: (
        one.id * SPAN, _marked(searching.indexed(f"{one.title} {one.product}"), one)))
    _keep(bind, "messages", "id, html, ticket_id, partner_id, contact_id", lambda one: (
        one.ticket_id * SPAN + one.id, _marked(searching.indexed_html(one.html), one)),
        "ticket_id IS NOT NULL AND deleted_at IS NULL AND")


def _marked(words: str, one: Any) -> str:
    ids = (one.partner_id, one.contact_id)
    marks = (f"{mark}{id}" if id is not None else "" for mark, id in zip(MARKS, ids, strict=True))
    return f"{words} {' '.join(marks)}"


def _keep(
    bind: Any, table: str, columns: str, row: Callable[[Any], tuple[int, str]], where: str = ""
) -> None:
    last = 0
    chunk = sa.text(f"SELECT {columns} FROM {table} WHERE {where} id > :last ORDER BY id LIMIT {BATCH}")  # noqa: S608
    while found := bind.execute(chunk, {"last": last}).all():
        last = found[-1].id
        bind.execute(KEEP, [dict(zip(("place", "words"), row(one), strict=True)) for one in found])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
