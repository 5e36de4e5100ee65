"""Deliveries that wait for a moment to come are out of the way of those that may go."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AWAKE, AWAKE_SQLITE = "state = 'queued' AND NOT asleep", "state = 'queued' AND asleep = 0"
ASLEEP, ASLEEP_SQLITE = "state = 'queued' AND asleep", "state = 'queued' AND asleep = 1"
RETRIED = "retry_at IS NOT NULL AND state IN ('queued', 'in_doubt')"


def upgrade() -> None:
    op.add_column(
        "outbox", sa.Column("asleep", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE outbox SET asleep = true WHERE state = 'queued' "
        "AND (not_before IS NOT NULL OR retry_at IS NOT NULL)"
    )
    op.drop_index("ix_outbox_ready", "outbox")
    for name, columns, where, where_sqlite in (
        ("ix_outbox_ready", ["platform", "cls", "id"], AWAKE, AWAKE_SQLITE),
        ("ix_outbox_asleep", ["platform", "cls", "not_before"], ASLEEP, ASLEEP_SQLITE),
        ("ix_outbox_retry", ["platform", "retry_at"], RETRIED, RETRIED),
    ):
        op.create_index(
            name, "outbox", columns, sqlite_where=sa.text(where_sqlite),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
