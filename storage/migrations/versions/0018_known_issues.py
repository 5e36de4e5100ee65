"""One known cause of many tickets, and how those affected are told that it is gone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.models import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _column(name: str, kind: Any, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind(), nullable=null)


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "known_issues", _column("id", sa.Integer), _column("title", sa.Text),
        _column("state", sa.Text), _column("created_by", sa.Integer), _column("created_at", Utc),
        _column("fixed_at", Utc, null=True), _foreign("known_issues", "created_by", "managers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_issues")), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_known_issues_state_id", "known_issues", ["state", "id"])
    op.create_table(
        "known_tickets", _column("ticket_id", sa.Integer), _column("known_id", sa.Integer),
        _foreign("known_tickets", "ticket_id", "tickets"),
        _foreign("known_tickets", "known_id", "known_issues"),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_known_tickets")),
    )  # fmt: skip
    op.create_index("ix_known_tickets_known_ticket", "known_tickets", ["known_id", "ticket_id"])
    op.create_table(
        "known_fixes", _column("id", sa.Integer), _column("known_id", sa.Integer),
        _column("manager_id", sa.Integer), _column("address", sa.Text), _column("en", sa.Text),
        _column("zh", sa.Text), _column("state", sa.Text), _column("places", sa.Integer),
        _column("created_at", Utc), _foreign("known_fixes", "known_id", "known_issues"),
        _foreign("known_fixes", "manager_id", "managers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_fixes")), sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index("ix_known_fixes_known_state", "known_fixes", ["known_id", "state"])
    op.create_table(
        "known_told", _column("fix_id", sa.Integer), _column("ticket_id", sa.Integer),
        _column("lead_id", sa.Integer), _column("state", sa.Text),
        _column("settled", sa.Boolean), _column("answer", sa.Text), _column("at", Utc),
        _foreign("known_told", "fix_id", "known_fixes"),
        _foreign("known_told", "ticket_id", "tickets"),
        sa.PrimaryKeyConstraint("fix_id", "ticket_id", name=op.f("pk_known_told")),
    )  # fmt: skip
    op.create_index("ix_known_told_fix_lead", "known_told", ["fix_id", "lead_id"])
    op.create_index("ix_known_told_ticket_id", "known_told", ["ticket_id"])


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
