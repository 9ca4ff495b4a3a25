# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages are found by what they are about and where they wait, cases by having no number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
OPEN = {
    "outbox_open_there": ["destination", "urgency", "id"],
    "outbox_open_expiring": ["expires_at"],
    "outbox_open_claimed": ["lease_until"],
    "outbox_open_passed_on": ["passed_on_at"],
}


def upgrade() -> None:
    """Indexes; on PostgreSQL destinations sort by their characters, as they do in SQLite."""
    _sort("C")
    thread = sa.text("substr(order_key, length(destination) + 2)")
    op.create_index("outbox_thread", "outbox", [thread])
    for name, columns in OPEN.items():
        where = "is_open = 1" if len(columns) > 1 else f"is_open = 1 AND {columns[0]} IS NOT NULL"
        op.create_index(
            name, "outbox", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )
    unnumbered = sa.text("coalesce(number, 0) = 0")
    op.create_index(
        "ticket_unnumbered",
        "ticket",
        ["ticket_id"],
        sqlite_where=unnumbered,
        postgresql_where=unnumbered,
    )


def downgrade() -> None:
    """They are looked for row by row again."""
    op.drop_index("ticket_unnumbered", "ticket")
    for name in ("outbox_thread", *OPEN):
        op.drop_index(name, "outbox")
    _sort("default")


def _sort(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("outbox", "destination", type_=sa.Text(collation=collation))
