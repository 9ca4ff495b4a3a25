# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of the escalation mailbox, where its mails lie, and who may ask for help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "mail",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("acked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_mail_message_id", "mail", ["message_id"])
    op.create_index("ix_mail_ticket_id", "mail", ["ticket_id"])
    op.create_index("mail_of_sender", "mail", ["sender", "received_at"])
    op.create_index("ix_mail_received_at", "mail", ["received_at"])
    op.create_index("ix_mail_acked_at", "mail", ["acked_at"])
    op.create_table(
        "mail_place",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("mail_key", sa.Text(), nullable=False),
        sa.Column("is_here", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid"),
    )
    op.create_index("ix_mail_place_mail_key", "mail_place", ["mail_key"])
    op.create_index(
        "mail_place_here",
        "mail_place",
        ["account", "uid"],
        sqlite_where=sa.text("is_here = 1"),
        postgresql_where=sa.text("is_here = 1"),
    )
    op.create_table(
        "contact",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("email"),
    )


def downgrade() -> None:
    """A backup is the way back."""
    raise NotImplementedError("restore the backup that was made before the migration")
