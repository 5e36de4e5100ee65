"""Answers that are written once, in both languages."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("key", "name", "en", "zh")),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["managers.id"], name="fk_canned_changed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_canned"),
        sa.UniqueConstraint("key", name="uq_canned_key"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
