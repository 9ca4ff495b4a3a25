# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the migrations over the connection that `bot/store/migrate.py` hands in."""

from __future__ import annotations

from alembic import context

from bot.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
context.run_migrations()
