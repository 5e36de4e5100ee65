"""What operators look for has its index: what ended badly, what was given up, what was done late."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, table, column, where in (
        ("ix_outbox_ended_badly", "outbox", "id", "state IN ('dead', 'unverified')"),
        ("ix_due_work_given_up", "due_work", "id", "state = 'dead'"),
        ("ix_due_work_done", "due_work", "done_at", "done_at IS NOT NULL"),
    ):
        op.create_index(name, table, [column], sqlite_where=sa.text(where),
                        postgresql_where=sa.text(where))  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
