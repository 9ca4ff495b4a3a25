# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables as the present program expects them; `migrations/` is how a database gets there.

Instants are epoch microseconds. `is_open` marks the rows that still need work; partial indexes
over it keep everything that is done out of the way. `emptied_at` is when a row's words were let go.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

SCHEMA = "0009"
"""The revision of `migrations/` that these tables are; revisions sort as text."""

metadata = MetaData()
RowId = BigInteger().with_variant(Integer(), "sqlite")
BY_CHARACTER = Text().with_variant(Text(collation="C"), "postgresql")
"""Keys of which a range is a prefix: databases that sort by a language skip punctuation."""
_OPEN = text("is_open = 1")
THREAD = "substr(order_key, length(destination) + 2)"
"""What a message is about, `outage:3`: its order key without the destination."""
UNNUMBERED = "coalesce(number, 0) = 0"
"""Not `IS NULL`: SQLite takes that for one row, as numbers are unique, and sorts what it finds."""


def _open_index(name: str, *columns: str, unless_null: str = "") -> Index:
    where = text(f"is_open = 1 AND {unless_null} IS NOT NULL") if unless_null else _OPEN
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def is_open(table: FromClause) -> ColumnElement[bool]:
    """The rows that still need work; written out, for SQLite plans anew for every bound value."""
    found: ColumnElement[bool] = table.c.is_open == literal_column("1")
    return found


inbox = Table(
    "inbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("stream", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("is_open", SmallInteger, nullable=False, server_default="1"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("settled_at", BigInteger),
    Column("outcome", Text),
    Column("reason", Text),
    Column("emptied_at", BigInteger),
    _open_index("inbox_open", "id"),
    _open_index("inbox_open_stream", "stream", "id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("destination", BY_CHARACTER, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("urgency", SmallInteger, nullable=False),
    Column("ticket_id", Text, index=True),
    Column("body", Text, nullable=False),
    Column("is_obsolete_when_done", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("fallback_at", BigInteger),
    Column("passed_on_at", BigInteger),
    Column("claimed_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("settled_at", BigInteger),
    Column("reference", Text),
    Column("reason", Text),
    Column("emptied_at", BigInteger),
    _open_index("outbox_open", "urgency", "id"),
    _open_index("outbox_open_order", "order_key", "id"),
    _open_index("outbox_open_there", "destination", "urgency", "id"),
    _open_index("outbox_open_expiring", "expires_at", unless_null="expires_at"),
    _open_index("outbox_open_claimed", "lease_until", unless_null="lease_until"),
    _open_index("outbox_open_passed_on", "passed_on_at", unless_null="passed_on_at"),
    Index("outbox_thread", text(THREAD)),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", RowId, primary_key=True),
    Column(
        "outbox_id",
        BigInteger,
        ForeignKey("outbox.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("number", Integer, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

hold = Table(
    "hold",
    metadata,
    Column("destination", Text, primary_key=True),
    Column("reason", Text, nullable=False),
)

ticket = Table(
    "ticket",
    metadata,
    Column("ticket_id", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("number", BigInteger, unique=True),
    Column("reference", Text, index=True),
    Column("status", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("emptied_at", BigInteger),
    _open_index("ticket_open", "ticket_id"),
    Index(
        "ticket_unnumbered",
        "ticket_id",
        sqlite_where=text(UNNUMBERED),
        postgresql_where=text(UNNUMBERED),
    ),
)

change = Table(
    "change",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("ticket_id", Text, ForeignKey("ticket.ticket_id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("ticket_id", "key", name="change_once"),
    Index("change_in_order", "ticket_id", "at", "id"),
)

ticket_clock = Table(
    "ticket_clock",
    metadata,
    Column("ticket_id", Text, ForeignKey("ticket.ticket_id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

timer = Table(
    "timer",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("ticket_id", Text, index=True),
    Column("body", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("fired_at", BigInteger),
    _open_index("timer_due", "due_at", "key"),
)

alert = Table(
    "alert",
    metadata,
    Column("key", BY_CHARACTER, primary_key=True),
    Column("ticket_id", Text, index=True),
    Column("body", Text, nullable=False),
)

machine = Table(
    "machine",
    metadata,
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

incident_entry = Table(
    "incident_entry",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("matter", Text, nullable=False, server_default="helpdesk"),
    Column("incident", Integer, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("subject", Text, nullable=False, index=True),
    Column("event_key", Text, nullable=False),
    Column("policy_hash", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("summary", Text, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

article = Table(
    "article",
    metadata,
    Column("article_id", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
)

mail = Table(
    "mail",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("fate", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False, index=True),
    Column("seen_at", BigInteger, nullable=False),
    Column("sender", Text, nullable=False),
    Column("message_id", Text, index=True),
    Column("subject", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("ticket_id", Text, index=True),
    Column("incident", Integer),
    Column("reason", Text, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("decided_at", BigInteger),
    Column("acked_at", BigInteger, index=True),
    Index("mail_of_sender", "sender", "received_at"),
)

mail_place = Table(
    "mail_place",
    metadata,
    Column("account", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True, autoincrement=False),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("mail_key", Text, nullable=False, index=True),
    Column("is_here", SmallInteger, nullable=False),
    Index(
        "mail_place_here",
        "account",
        "uid",
        sqlite_where=text("is_here = 1"),
        postgresql_where=text("is_here = 1"),
    ),
)

contact = Table(
    "contact",
    metadata,
    Column("email", Text, primary_key=True),
    Column("as_of", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
