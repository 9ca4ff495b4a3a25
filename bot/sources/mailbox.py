# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the escalation mailbox: writes each mail down once, and moves it when it is decided.

A mail is on our disk and in the ledger before anything is done with it. What is read is decided by
the ledger, never by flags: every number of the folder that the ledger does not know is read, and a
full look every ten minutes finds whatever the short ones missed. Nothing is ever expunged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.rules.events import Event, MailboxChanged
from bot.rules.mail import FOLDERS, Folder
from bot.rules.mail_trust import TrustedServers
from bot.rules.pauses import OVER, pause_of
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker
from bot.sources.mailbox_address import MailboxAddress, MailboxFault, MailboxTrouble
from bot.sources.mailbox_folders import FolderSweep
from bot.sources.mailbox_session import READ_TIMEOUT, MailboxSession, batches
from bot.sources.mailbox_take import SOURCE, MailTaker
from bot.store.mails import Place
from bot.store.store import Store
from bot.telemetry import Figures, logger

POLL_EVERY = timedelta(seconds=60)
"""IDLE is left and entered again so often, which also keeps routers from dropping the line."""
SWEEP_EVERY = timedelta(minutes=10)
SLICE = 2.0
"""Seconds of listening at a time, so that the daemon can stop."""
BEFORE_US = timedelta(days=1)
"""How old a mail may be, beside the newest that lay there at the first look of all."""
NO_HISTORY = datetime.min.replace(tzinfo=UTC)
"""Where nothing lay there, everything is news."""
ORPHANS_AFTER = timedelta(days=7)
MOVES = 200
LISTED = 200
PATIENCE = timedelta(minutes=3)
"""How long a dead line is tried in silence before an administrator hears of it."""
GREATEST_WAIT = {MailboxFault.CREDENTIALS: 600.0}
"""Seconds between tries; a server slows down whoever hammers it with a wrong password."""
USUAL_WAIT = 60.0

log = logger("mailbox")


class Mailbox:
    """One folder of one mailbox; one `step` is one look, or a while of listening."""

    def __init__(
        self,
        address: MailboxAddress,
        store: Store,
        spool: Spool,
        worker: MailWorker,
        clock: Clock,
        *,
        servers: TrustedServers,
        figures: Figures,
        slice_seconds: float = SLICE,
        read_timeout: float = READ_TIMEOUT,
    ) -> None:
        """Nothing is opened before the first step. `servers` are whose word on senders counts.

        `read_timeout` is how many seconds a server may be silent before its line is dead.
        """
        self._read_timeout = read_timeout
        self._address = address
        self._store = store
        self._spool = spool
        self._worker = worker
        self._clock = clock
        self._taker = MailTaker(store, spool, worker, clock, servers=servers, figures=figures)
        self._others = FolderSweep(address, store, self._taker, clock, self._connected)
        self._slice = slice_seconds
        self._session: MailboxSession | None = None
        self._is_waiting = False
        self._last_uid = 0
        self._history: set[int] = set()
        self._polled = OVER
        self._swept = OVER
        self._pause = OVER
        self._failing_since: datetime | None = None
        self._failures = 0
        self._said: bool | None = None

    def step(self) -> bool:
        """Look, or listen for a moment; True when the next step should follow at once."""
        now = self._clock.now()
        if self._pause.holds(now):
            return False
        try:
            goes_on = self._looked(now)
        except MailboxTrouble as trouble:
            self._after_trouble(trouble, now)
            return False
        except OSError as error:
            detail = f"mails cannot be kept on this disk: {error.strerror or error}"
            self._after_trouble(MailboxTrouble(MailboxFault.FOLDER, detail), now)
            return False
        self._after_success(now)
        return goes_on

    def sweep_spool(self, now: datetime) -> int:
        """Remove raw mails that no row knows of: a crash came between file and row, or in it."""
        halves = self._spool.forget_halves(now - ORPHANS_AFTER)
        old = self._spool.older_than(now - ORPHANS_AFTER)
        with self._store.read() as reader:
            known = reader.mails.raws()
        return halves + sum(self._spool.forget(name) for name in old if name not in known)

    def close(self) -> None:
        """Let go of the line and of the reader."""
        self._drop()
        self._worker.close()

    def _looked(self, now: datetime) -> bool:
        session = self._session or self._opened()
        if self._polled.holds(now) and not self._moves():
            if not self._is_waiting:
                return False
            if not session.heard(self._slice):
                return True
        self._stop_waiting(session)
        self._read_new(session, now)
        self._move_decided()
        if session.can_wait():
            session.begin_waiting()
            self._is_waiting = True
        self._others.step(now)
        return self._is_waiting

    def _opened(self) -> MailboxSession:
        session = self._connected()
        self._session = session
        session.open()
        self._swept = self._polled = OVER
        self._last_uid = 0
        self._history = set()
        return session

    def _connected(self) -> MailboxSession:
        return MailboxSession(self._address, self._clock, read_timeout=self._read_timeout)

    def _stop_waiting(self, session: MailboxSession) -> None:
        if self._is_waiting:
            self._is_waiting = False
            session.end_waiting()

    def _read_new(self, session: MailboxSession, now: datetime) -> None:
        is_sweep = not self._swept.holds(now)
        uids = session.uids(0 if is_sweep else self._last_uid)
        known = self._known(session) if uids or is_sweep else frozenset()
        begin = self._begin(session, uids, now)
        unread = (uid for uid in uids if uid not in known and uid not in self._history)
        for wanted in batches(unread, LISTED):
            for listed in session.listed(wanted):
                if listed.internal_at < begin:
                    self._history.add(listed.uid)
                else:
                    self._taker.take(session, listed, self._place(session, listed.uid))
        if is_sweep:
            self._note_vanished(session, known - frozenset(uids))
            self._swept = pause_of(SWEEP_EVERY, now)
        self._last_uid = max((self._last_uid, *uids))
        self._polled = pause_of(POLL_EVERY, now)

    def _begin(self, session: MailboxSession, uids: Sequence[int], now: datetime) -> datetime:
        """Older mails are the mailbox's history from before Deskmate; fixed at the first look.

        After that no mail is too old, however long the line was dead. The server's own instants
        count, so that no clock of ours that is ahead hides mails: what comes is never older.
        """
        name = f"mailbox/begin/{self._address.account}/{self._address.folder}"
        with self._store.read() as reader:
            stored = reader.cursors.get(name)
        if stored is not None:
            return datetime.fromisoformat(stored)
        latest = [each.internal_at for each in session.listed(uids[-LISTED:])]
        begin = min(max(latest), now) - BEFORE_US if latest else NO_HISTORY
        self._store.write(lambda tx: tx.cursors.set(name, begin.isoformat()))
        log.info("older_mails_left_alone", before=begin.isoformat())
        return begin

    def _known(self, session: MailboxSession) -> frozenset[int]:
        with self._store.read() as reader:
            return reader.mails.known_uids(
                self._address.account, self._address.folder, session.uidvalidity
            )

    def _place(self, session: MailboxSession, uid: int) -> Place:
        return Place(self._address.account, self._address.folder, session.uidvalidity, uid)

    def _note_vanished(self, session: MailboxSession, uids: frozenset[int]) -> None:
        """Somebody moved or removed them; we have them in the spool."""
        places = tuple(self._place(session, uid) for uid in sorted(uids))
        if places:
            self._note_moved(places)

    def _note_moved(self, places: tuple[Place, ...]) -> None:
        self._store.write(lambda tx: tx.mails.moved(places))

    def _moves(self) -> dict[Folder, list[Place]]:
        """Decided mails that still lie in the folder, by where they belong.

        Who only watches leaves other people's mailbox as it is.
        """
        if self._session is None or self._store.is_watch_only:
            return {}
        wanted: dict[Folder, list[Place]] = {}
        with self._store.read() as reader:
            rows = reader.mails.to_move(
                self._address.account, self._address.folder, self._session.uidvalidity,
                frozenset(FOLDERS), limit=MOVES,
            )  # fmt: skip
        for row in rows:
            wanted.setdefault(FOLDERS[row.fate], []).append(row.place)
        return wanted

    def _move_decided(self) -> None:
        """Move over a line of its own: the one that reads opens the folder for reading only."""
        moves = self._moves()
        if not moves:
            return
        session = self._connected()
        try:
            validity = session.open(may_move=True)
            for folder, places in moves.items():
                if all(place.uidvalidity == validity for place in places):
                    session.move([place.uid for place in places], folder.value)
                    self._note_moved(tuple(places))
                    log.info("mails_moved", folder=folder.value, count=len(places))
        finally:
            session.close()

    def _after_success(self, now: datetime) -> None:
        self._failures = 0
        self._failing_since, self._pause = None, OVER
        if self._said is not True:
            self._say(MailboxChanged(is_read=True), now)
            self._said = True

    def _after_trouble(self, trouble: MailboxTrouble, now: datetime) -> None:
        self._drop()
        self._failures += 1
        self._failing_since = min(self._failing_since or now, now)
        greatest = GREATEST_WAIT.get(trouble.fault, USUAL_WAIT)
        wait = min(greatest, 2.0 ** min(self._failures, 10))
        if trouble.fault is MailboxFault.CREDENTIALS:
            wait = min(greatest, 30.0 * self._failures)
        self._pause = pause_of(timedelta(seconds=wait), now)
        log.warning("mailbox_not_read", reason=trouble.detail, fault=str(trouble.fault), wait=wait)
        is_credentials = trouble.fault is MailboxFault.CREDENTIALS
        is_lasting = now - self._failing_since >= PATIENCE or is_credentials
        if is_lasting and self._said is not False:
            self._say(MailboxChanged(False, trouble.detail, is_credentials), now)
            self._said = False

    def _say(self, fact: MailboxChanged, now: datetime) -> None:
        word = "read" if fact.is_read else "not read"
        key = f"mailbox/{self._address.account}/{word}@{now.isoformat()}"
        self._store.receive([Event(key, "desk", now, SOURCE, fact)]).result()

    def _drop(self) -> None:
        session, self._session = self._session, None
        self._is_waiting = False
        if session is not None:
            session.close()
