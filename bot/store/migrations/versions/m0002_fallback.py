# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages know when the next way is taken, and that it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two instants a message; both are unknown for the old ones."""
    op.add_column("outbox", sa.Column("fallback_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("passed_on_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """The columns go; the messages stay."""
    op.drop_column("outbox", "passed_on_at")
    op.drop_column("outbox", "fallback_at")
