# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes one mail from its folder: on our disk and in the ledger before anything is done with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.rules.events import Event
from bot.rules.mail import Fate, MailReceived
from bot.rules.mail_trust import TrustedServers
from bot.rules.mail_verdict import is_held_as_spam, key_of_rescue
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker
from bot.sources.mailbox_mails import mail_of, unread_mail_of
from bot.sources.mailbox_session import Listed, MailboxSession
from bot.store.mails import Place
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures, logger

SOURCE = "mailbox"
GREATEST_MAIL = 25 * 1024 * 1024
BEGINNING = 1024 * 1024
"""What is read of a larger mail."""

log = logger("mailbox")


class MailTaker:
    """Keeps mails and writes them down, each once, wherever it lies."""

    def __init__(
        self,
        store: Store,
        spool: Spool,
        worker: MailWorker,
        clock: Clock,
        *,
        servers: TrustedServers,
        figures: Figures,
    ) -> None:
        """`servers` are whose word on senders counts."""
        self._store = store
        self._spool = spool
        self._worker = worker
        self._clock = clock
        self._servers = servers
        self._figures = figures

    def take(
        self, session: MailboxSession, listed: Listed, place: Place, *, spam_folder: str = ""
    ) -> None:
        """Keep one mail of the open folder; a mail that vanished meanwhile is not there.

        Raises `MailboxTrouble` when the line fails, `OSError` when the disk is full.
        """
        is_large = listed.size > GREATEST_MAIL
        raw = session.beginning(listed.uid, BEGINNING) if is_large else session.whole(listed.uid)
        if raw is None:
            return
        name = self._spool.keep(raw)
        reading = self._worker.read(self._spool.path(name))
        if reading.mail is None:
            received = unread_mail_of(raw, name, listed, reading.trouble)
        else:
            received = mail_of(reading, name, listed, self._servers, is_large=is_large)
        received = replace(received, spam_folder=spam_folder)
        stream = f"mail/{(received.sender.email or 'nobody').casefold()}"
        event = Event(f"mail/{received.key}", stream, received.received_at, SOURCE, received)
        now = self._clock.now()

        def write(tx: Transaction) -> bool:
            if _is_rescued(received, tx):
                return _decide_again(event, received, place, tx, now)
            is_new = tx.mails.add(received, place, now)
            return is_new and tx.inbox.add(event)

        is_new = self._store.write(write)
        if is_new:
            self._figures.events.labels(SOURCE).inc()
        log.info(
            "mail_read", uid=listed.uid, folder=place.folder, size=listed.size, new=is_new,
            key=received.key[:12],
        )  # fmt: skip


def _is_rescued(received: MailReceived, tx: Transaction) -> bool:
    """Whether it lay among the spam when it was read first, and a person moved it out of there."""
    row = tx.mails.by_key(received.key)
    if row is None or received.spam_folder:
        return False
    if row.fate is not Fate.WAITING:
        return is_held_as_spam(row.fate, row.reason)
    first = tx.inbox.by_key(f"mail/{received.key}")
    fact = first.event.fact if first is not None else None
    return isinstance(fact, MailReceived) and bool(fact.spam_folder)


def _decide_again(
    event: Event, received: MailReceived, place: Place, tx: Transaction, now: datetime
) -> bool:
    """It waits for a fate as if it had just come, so that nobody moves it away meanwhile."""
    is_first = tx.inbox.add(replace(event, key=key_of_rescue(received.key)))
    if is_first:
        tx.mails.decide(received.key, Fate.WAITING, "moved out of the spam", now)
    tx.mails.add(received, place, now)
    return is_first
