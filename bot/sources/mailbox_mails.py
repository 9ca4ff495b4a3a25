# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes of what the reader read, and of what the server says, the mail that decisions see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.rules.mail import MailReceived
from bot.rules.mail_keys import Envelope, body_hash, mail_key
from bot.rules.mail_trust import TrustedServers, own_received, trust_of
from bot.rules.ticket import Person
from bot.sources.mail_worker import Reading
from bot.sources.mailbox_session import Listed

OLDER = timedelta(minutes=10)
"""So much earlier our own server must have had a mail for that instant to count."""
OLDEST = timedelta(days=30)
"""A line that says more is not believed: no server keeps a mail so long."""
DATE_TROUBLES = (ValueError, TypeError, AttributeError, IndexError, OverflowError)


def mail_of(
    reading: Reading, raw: str, listed: Listed, servers: TrustedServers, *, is_large: bool
) -> MailReceived:
    """The mail that was read; `raw` is its hash in the spool."""
    read = reading.mail
    assert read is not None, "an unread mail has a function of its own"
    body = f"{reading.body_hash}/{listed.size}" if is_large else reading.body_hash
    own = own_received(read.trace, servers)
    envelope = Envelope(read.envelope.sender, read.envelope.date, read.envelope.subject, own)
    return MailReceived(
        key=mail_key(read.message_id, body, envelope),
        raw=raw,
        size=listed.size,
        received_at=received_at(listed.internal_at, own),
        message_id=read.message_id,
        body_hash=body,
        sender=Person(name=read.sender_name or None, email=read.sender or None),
        recipients=read.recipients,
        references=read.references,
        own_ids=read.own_ids,
        subject=read.subject,
        text=read.text,
        headers=read.headers,
        trust=trust_of(read.trace, read.sender, servers, is_one_sender=read.is_one_sender),
        language=read.language,
        files=read.files,
        is_partial=is_large or bool(read.why_partial),
    )


def unread_mail_of(raw: bytes, name: str, listed: Listed, trouble: str) -> MailReceived:
    """A mail that could not be read: kept, and parked for a person."""
    body = body_hash(raw)
    return MailReceived(
        key=mail_key(None, body, Envelope(received=name)),
        raw=name,
        size=listed.size,
        received_at=listed.internal_at,
        body_hash=body,
        trouble=trouble,
    )


def received_at(internal_at: datetime, own: str) -> datetime:
    """When the mail reached us: the server's instant, or our own line where that is much older."""
    try:
        stamped = parsedate_to_datetime(own.rpartition(";")[2].strip())
    except DATE_TROUBLES:
        return internal_at
    if stamped.tzinfo is None:
        return internal_at
    stamped = stamped.astimezone(UTC)
    is_older = OLDER < internal_at - stamped < OLDEST
    return stamped if is_older else internal_at
