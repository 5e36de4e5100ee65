"""What the contact policy decided about news and questions is kept, and can be asked."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("delivery_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_decisions_contact_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("thing", "contact_id", name=op.f("uq_decisions_thing_contact_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_contact_at", "decisions", ["contact_id", "at"])
    op.create_index("ix_decisions_at", "decisions", ["at"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
