"""What goes to many people is a campaign, to which its deliveries refer."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_CAMPAIGN = sa.text("campaign_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("braked", sa.Boolean(), nullable=False),
        sa.Column("forgiven", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("looked_at", Utc(), nullable=True),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["managers.id"], name=op.f("fk_campaigns_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("key", name=op.f("uq_campaigns_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_campaigns_state_kind", "campaigns", ["state", "kind"])
    op.execute(  # this way SQLite need not write the whole table anew
        "ALTER TABLE outbox ADD COLUMN campaign_id INTEGER"
        " CONSTRAINT fk_outbox_campaign_id REFERENCES campaigns (id)"
    )
    op.add_column("outbox", sa.Column("piece", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_outbox_campaign", "outbox", ["campaign_id", "state", "piece", "not_before"],
        sqlite_where=OF_CAMPAIGN, postgresql_where=OF_CAMPAIGN,
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
