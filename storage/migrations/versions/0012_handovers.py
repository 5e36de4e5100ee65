"""What somebody of ours looks after can be handed over, and go back."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["managers.id"], name=op.f(f"fk_handovers_{name}"))
            for name in ("giver_id", "taker_id", "by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "handed",
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handovers.id"], name=op.f("fk_handed_handover_id")
        ),
        sa.PrimaryKeyConstraint("handover_id", "kind", "row_id", name=op.f("pk_handed")),
    )
    op.create_index("ix_meetings_organiser_id", "meetings", ["organiser_id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
