# SPDX-License-Identifier: GPL-3.0-or-later
"""A timeline says whose incident it is: the helpdesk's, as all were, or the product's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One word an entry; the old ones are of outages of the helpdesk."""
    column = sa.Column("matter", sa.Text(), nullable=False, server_default="helpdesk")
    op.add_column("incident_entry", column)
