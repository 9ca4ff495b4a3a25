# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows know when their words were let go, and stay for their keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
TABLES = ("inbox", "outbox", "ticket")


def upgrade() -> None:
    """One instant a row; the old ones still have their words."""
    for table in TABLES:
        op.add_column(table, sa.Column("emptied_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """The columns go; words that were let go do not come back."""
    for table in TABLES:
        op.drop_column(table, "emptied_at")
