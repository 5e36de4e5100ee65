"""Who stands in for a manager who is away, and when somebody is reminded of a ticket next."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("follow_up_at", Utc(), nullable=True))
    with op.batch_alter_table("managers", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("substitute_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_managers_substitute_id"), "managers", ["substitute_id"], ["id"]
        )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
