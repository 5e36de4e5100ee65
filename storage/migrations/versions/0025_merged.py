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
        "SELECT l.ticket_id, l.data FROM ticket_log l JOIN tickets t ON t.id = l.ticket_id"
        " WHERE l.kind = 'belongs' AND t.status = 'closed' ORDER BY l.at, l.id"
    ))  # fmt: skip
    for ticket_id, data in rows:
        into[ticket_id] = (json.loads(data) if isinstance(data, str) else data)["other"]
    for ticket_id, other in into.items():
        while other in into:
            other = into[other]
        bind.execute(sa.text("UPDATE tickets SET merged_into = :other WHERE id = :id"),
                     {"other": other, "id": ticket_id})  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
