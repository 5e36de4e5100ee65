"""How long a ticket waited for its first answer and its solution, for reports."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_facts",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [of], name=op.f(f"fk_ticket_facts_{name}"))
            for name, of in (
                ("ticket_id", "tickets.id"),
                ("partner_id", "partners.id"),
                ("owner_id", "managers.id"),
            )
        ),
        sa.PrimaryKeyConstraint("ticket_id", "clock", name=op.f("pk_ticket_facts")),
    )
    summed = "clock ended_at used kept week tier partner_id owner_id ticket_id".split()
    op.create_index("ix_ticket_facts_summed", "ticket_facts", summed)



def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
