"""Indexes hold only rows that are looked for, and are there for all that looks for them.

What a slot says, what is in doubt and what has to be emptied was looked for in all the outbox,
tiers and regions in all partners.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

IN_SLOT = "slot_id IS NOT NULL"
LIVE = "archived_at IS NULL"
HELD = "state = 'queued' AND not_before IS NOT NULL"
ENDED, ENDED_SQLITE = "done_at IS NOT NULL AND NOT emptied", "done_at IS NOT NULL AND emptied = 0"


def upgrade() -> None:
    for old in ("ix_outbox_slot_open", "ix_outbox_done", "ix_outbox_not_before"):
        op.drop_index(old, "outbox")
    for name, columns, where, where_sqlite in (
        ("ix_outbox_slot", ["slot_id", "state"], IN_SLOT, IN_SLOT),
        ("ix_outbox_done", ["done_at"], ENDED, ENDED_SQLITE),
        ("ix_outbox_not_before", ["not_before"], HELD, HELD),
    ):
        op.create_index(
            name, "outbox", columns, sqlite_where=sa.text(where_sqlite),
            postgresql_where=sa.text(where),
        )
    for name in ("tier", "region"):
        op.create_index(
            f"ix_partners_{name}", "partners", [name], sqlite_where=sa.text(LIVE),
            postgresql_where=sa.text(LIVE),
        )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
