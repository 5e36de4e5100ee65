"""An owner's tickets of which somebody is reminded next are found without reading all of theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LIVE = "status IN ('open', 'waiting', 'hold')"


def upgrade() -> None:
    where = sa.text(LIVE)
    op.create_index("ix_tickets_live_follow_up", "tickets", ["owner_id", "follow_up_at"],
                    sqlite_where=where, postgresql_where=where)  # fmt: skip


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
