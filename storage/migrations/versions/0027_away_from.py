"""From when somebody of ours is away."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("managers", sa.Column("away_from", Utc(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
