# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's mail: what was sent by the daemon, and what lies in people's mailboxes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.world_journal import Journal


@dataclass(frozen=True, slots=True)
class PostedMail:
    """A mail as it crossed the wire: `sender` and `recipients` are the envelope's."""

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class MailRoom:
    """Mails `sent` by the daemon (taken by the SMTP door) and `received` by a mailbox."""

    def __init__(self, clock: Clock, journal: Journal) -> None:
        """Begin with no mails."""
        self._clock = clock
        self._journal = journal
        self._lock = threading.Lock()
        self._sent: list[PostedMail] = []
        self._received: list[PostedMail] = []

    def send(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> PostedMail:
        """Take a mail that the daemon sent."""
        mail = PostedMail(self._clock.now(), sender, recipients, raw)
        with self._lock:
            self._sent.append(mail)
        self._journal.add("mail_sent", sender=sender, recipients=recipients, size=len(raw))
        return mail

    def receive(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> PostedMail:
        """Put a mail from outside into the recipients' mailboxes."""
        mail = PostedMail(self._clock.now(), sender, recipients, raw)
        with self._lock:
            self._received.append(mail)
        self._journal.add("mail_received", sender=sender, recipients=recipients, size=len(raw))
        return mail

    def sent(self, recipient: str | None = None) -> tuple[PostedMail, ...]:
        """Mails of the daemon in order, to one address if named."""
        with self._lock:
            return tuple(m for m in self._sent if recipient is None or recipient in m.recipients)

    def received(self, recipient: str | None = None) -> tuple[PostedMail, ...]:
        """Mails from outside in order, to one address if named."""
        with self._lock:
            return tuple(
                m for m in self._received if recipient is None or recipient in m.recipients
            )
