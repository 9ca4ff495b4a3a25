# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL finds alerts by how their keys begin, whatever language the database sorts by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys sort by their characters, as they do in SQLite."""
    _sort("C")


def downgrade() -> None:
    """Keys sort by the database's language."""
    _sort("default")


def _sort(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("alert", "key", type_=sa.Text(collation=collation))
