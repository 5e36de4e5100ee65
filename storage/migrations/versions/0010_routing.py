"""When a rule gave somebody a ticket last: they take turns."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("managers", sa.Column("routed_at", Utc(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
