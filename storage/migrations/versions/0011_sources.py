"""Which message of ours told the bot to say something: its edits and deletion are followed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.create_index(op.f("ix_messages_source"), "messages", ["source"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
