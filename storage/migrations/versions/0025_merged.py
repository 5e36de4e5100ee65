"""A ticket that was merged into another one knows which; so does one that was found to belong."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MERGED = "merged_into IS NOT NULL"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("merged_into", sa.Integer(), nullable=True))
    where = sa.text(MERGED)
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"], sqlite_where=where,
                    postgresql_where=where)  # fmt: skip
    bind, into = op.get_bind(), dict[int, int]()
    rows = bind.execute(sa.text(
        "SELECT l.ticket_id, l.kind, l.data FROM ticket_log l"
        " JOIN tickets t ON t.id = l.ticket_id"
        " WHERE l.kind IN ('belongs', 'unsent') AND t.status = 'closed' ORDER BY l.at, l.id"
    ))  # fmt: skip
    for ticket_id, kind, data in rows:
        said = json.loads(data) if isinstance(data, str) else data
        if kind == "belongs":
            into[ticket_id] = said["other"]
        elif str(said.get("key", "")).startswith("belongs:"):  # it is a ticket of its own after all
            into.pop(ticket_id, None)
    for ticket_id, other in into.items():
        while other in into:
            other = into[other]
        bind.execute(sa.text("UPDATE tickets SET merged_into = :other WHERE id = :id"),
                     {"other": other, "id": ticket_id})  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
