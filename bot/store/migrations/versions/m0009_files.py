# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger says how many files a mail carries; of older mails it does not know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One number a mail."""
    op.add_column("mail", sa.Column("files", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """It is forgotten."""
    op.drop_column("mail", "files")
