"""The next due work of each kind, and the next that failed, go by an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FRESH = sa.text("state = 'waiting' AND retry_at IS NULL")
FAILED = sa.text("state = 'waiting' AND retry_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_due_work_fresh", "due_work", ["kind", "due_at", "id"],
                    sqlite_where=FRESH, postgresql_where=FRESH)  # fmt: skip
    op.create_index("ix_due_work_retry", "due_work", ["retry_at"],
                    sqlite_where=FAILED, postgresql_where=FAILED)  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
