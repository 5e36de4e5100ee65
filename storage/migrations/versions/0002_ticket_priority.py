"""Tickets have a kind, a product and four priorities; promises are given by priority."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, value in (("kind", "problem"), ("product", ""), ("priority", "normal")):
        op.add_column(
            "tickets", sa.Column(name, sa.Text(), nullable=False, server_default=value)
        )
    op.execute("UPDATE tickets SET priority = 'urgent' WHERE urgent")
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_column("urgent")
        for name in ("kind", "product", "priority"):
            table.alter_column(name, server_default=None)
    _policies()


def _policies() -> None:
    """Stored settings say urgent_within, which is a priority of answer_within now."""
    bind = op.get_bind()
    table = sa.table("settings_versions", sa.column("id", sa.Integer), sa.column("content", sa.JSON))
    for row_id, content in bind.execute(sa.select(table.c.id, table.c.content)).all():
        content = json.loads(content) if isinstance(content, str) else content
        for policy in content.get("policies", ()):
            urgent = policy.pop("urgent_within", "")
            if urgent:
                policy["answer_within"] = {"normal": policy["answer_within"], "urgent": urgent}
        bind.execute(sa.update(table).where(table.c.id == row_id).values(content=content))


def downgrade() -> None:
    raise NotImplementedError("restore the backup that was made before")
