"""What somebody's Slack status says about whether they are there."""

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("managers", sa.Column("status_until", Utc(), nullable=True))
    op.add_column(
        "managers", sa.Column("status_said", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
