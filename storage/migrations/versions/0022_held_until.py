"""Until when a ticket is on hold."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("held_until", Utc(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
