"""Which slot's message somebody answers or presses is found by an index."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_slots_message_id", "slots", ["message_id", "address"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
