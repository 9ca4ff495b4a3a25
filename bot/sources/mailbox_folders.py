# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks through the mailbox's other folders during an outage, for what was filed before we read it.

It reads only, over a line of its own, so that the inbox goes on telling of new mails. What the
ledger knows by Message-ID and size is not read again; what is read is the same mail by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.rules.backfill_state import PREFIX, progress_of
from bot.rules.mail_folders import INBOX, SweptFolder, swept_folders, swept_since
from bot.rules.outage_state import from_row
from bot.rules.pauses import OVER, pause_of
from bot.sources.mailbox_address import MailboxAddress, MailboxFault, MailboxTrouble
from bot.sources.mailbox_session import Listed, MailboxSession, batches
from bot.sources.mailbox_take import MailTaker
from bot.store.mails import Place
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.telemetry import logger

EVERY = timedelta(minutes=2)
MOST_READ = 50
"""Mails that one round reads whole."""
LONGEST = 10.0
"""Seconds after which a round begins no other mail or folder; the next one goes on there."""
MOST_TROUBLES = 3
"""Lines that one round opens anew."""
LISTED = 200

log = logger("mailbox")


@dataclass(frozen=True, slots=True)
class _Due:
    """From when on mails count, and whether there will be a round after this one."""

    since: datetime
    goes_on: bool


@dataclass(slots=True)
class _Seen:
    """What need not be looked at again in a folder, while its UIDVALIDITY is the same."""

    uidvalidity: int
    uids: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Round:
    """What is left of a round: mails to read, and when it ends by the monotonic clock."""

    ends_at: float
    left: int = MOST_READ
    troubles: int = 0


@dataclass(slots=True)
class _Lap:
    """Once through all folders, in as many rounds as it takes; `broke`: the line broke there."""

    done: set[str] = field(default_factory=set)
    broke: set[str] = field(default_factory=set)

    def failed(self, folder: str, trouble: MailboxTrouble) -> None:
        """It is done with, unless the line broke for the first time, which may be chance."""
        if trouble.fault is MailboxFault.FOLDER or folder in self.broke:
            self.done.add(folder)
        self.broke.add(folder)


class FolderSweep:
    """Every folder that may hold a customer's mail, a few at a time; the inbox is not its task."""

    def __init__(
        self,
        address: MailboxAddress,
        store: Store,
        taker: MailTaker,
        clock: Clock,
        connect: Callable[[], MailboxSession],
    ) -> None:
        """Nothing is opened before a round is due. `connect` logs in, and raises `MailboxTrouble`.

        Where another folder than the inbox is set, the rest of the account is not ours to read.
        """
        self._address = address
        self._store = store
        self._taker = taker
        self._clock = clock
        self._connect = connect
        self._is_ours = address.folder.upper() == INBOX
        self._cursor = f"mailbox/others/{address.account}"
        self._pause = OVER
        self._last = ""
        self._lap = _Lap()
        self._went_on = True
        self._since: datetime | None = None
        self._seen: dict[str, _Seen] = {}
        self._said: dict[str, str] = {}

    def step(self, now: datetime) -> None:
        """Look through some folders if an outage asks for it and it is time.

        What fails is said and tried again later; `OSError` when a mail cannot be kept.
        """
        if not self._is_ours or self._pause.holds(now):
            return
        due = self._due()
        if due is None:
            return
        self._pause = pause_of(EVERY, now)
        if self._since is None or due.since < self._since:
            self._seen.clear()  # What was too old may be of this outage now.
        self._since = due.since
        if due.goes_on or self._went_on:
            self._lap = _Lap()  # The last one begins after the end.
        self._went_on = due.goes_on
        is_through = self._went_round(due.since)
        if is_through and not due.goes_on:
            self._store.write(lambda tx: tx.cursors.set(self._cursor, ""))

    def _due(self) -> _Due | None:
        """While it is down or cases are on their way, and once more when that is over."""
        with self._store.read() as reader:
            since = swept_since(from_row(reader.states.load("outage")))
            stored = reader.cursors.get(self._cursor)
            goes_on = since is not None or (bool(stored) and _has_cases(reader))
        if since is None:
            return _Due(datetime.fromisoformat(stored), goes_on) if stored else None
        if stored != since.isoformat():
            self._store.write(lambda tx: tx.cursors.set(self._cursor, since.isoformat()))
        return _Due(since, goes_on)

    def _went_round(self, since: datetime) -> bool:
        """Whether this lap is through: every folder looked at to its end, or said why it cannot be.

        Where the folder is at fault and not the line, it costs neither a login nor the others.
        """
        limits = _Round(self._clock.monotonic() + LONGEST)
        session: MailboxSession | None = None
        try:
            session = self._connect()
            folders = swept_folders(session.folders())
            for folder in self._in_turn(folders):
                if self._is_over(limits):
                    return False
                self._last = folder.name
                try:
                    if not self._looked_through(session, folder, since, limits):
                        return False
                    self._lap.done.add(folder.name)
                except MailboxTrouble as trouble:
                    self._say(folder.name, trouble.detail)
                    self._lap.failed(folder.name, trouble)
                    if trouble.fault is not MailboxFault.FOLDER:
                        limits.troubles += 1
                        session.close()
                        session = self._connect()
        except MailboxTrouble as trouble:
            log.warning("other_folders_not_read", reason=trouble.detail)
            return False
        finally:
            if session is not None:
                session.close()
        return all(each.name in self._lap.done for each in folders)

    def _in_turn(self, folders: Sequence[SweptFolder]) -> Iterator[SweptFolder]:
        """Behind the one that was looked at last, so that none keeps the others from their turn."""
        last = self._last
        waiting = [each for each in folders if each.name not in self._lap.done]
        yield from (each for each in waiting if each.name > last)
        yield from (each for each in waiting if each.name <= last)

    def _looked_through(
        self, session: MailboxSession, folder: SweptFolder, since: datetime, limits: _Round
    ) -> bool:
        validity = session.open(folder.name)
        seen = self._seen.get(folder.name)
        if seen is None or seen.uidvalidity != validity:
            seen = self._seen[folder.name] = _Seen(validity, self._known(folder.name, validity))
        uids = session.uids_since((since - timedelta(days=1)).date())
        for some in batches((uid for uid in uids if uid not in seen.uids), LISTED):
            listed = session.listed(some)
            seen.uids.update(each.uid for each in listed if each.internal_at < since)
            recent = [each for each in listed if each.internal_at >= since]
            names = session.message_ids([each.uid for each in recent])
            for each in recent:
                if not self._is_in_ledger(each, names.get(each.uid)):
                    if self._is_over(limits):
                        return False
                    limits.left -= 1
                    place = Place(self._address.account, folder.name, validity, each.uid)
                    spam = folder.name if folder.is_spam else ""
                    self._taker.take(session, each, place, spam_folder=spam)
                seen.uids.add(each.uid)
        self._said.pop(folder.name, None)
        return True

    def _known(self, folder: str, uidvalidity: int) -> set[int]:
        with self._store.read() as reader:
            return set(reader.mails.known_uids(self._address.account, folder, uidvalidity))

    def _is_in_ledger(self, listed: Listed, named: str | None) -> bool:
        """A moved mail keeps its bytes; the same Message-ID with another size is read."""
        if named is None:
            return False
        with self._store.read() as reader:
            rows = reader.mails.by_message_id(named)
        return any(row.size == listed.size for row in rows)

    def _is_over(self, limits: _Round) -> bool:
        is_late = self._clock.monotonic() >= limits.ends_at
        return is_late or limits.left <= 0 or limits.troubles >= MOST_TROUBLES

    def _say(self, folder: str, detail: str) -> None:
        """Once, until the folder can be read again or fails otherwise."""
        if self._said.get(folder) != detail:
            self._said[folder] = detail
            log.warning("folder_not_read", folder=folder, reason=detail)


def _has_cases(reader: Reader) -> bool:
    """Whether cases wait for their way into the helpdesk, or are on it."""
    stages = [str(row["stage"]) for row in reader.states.starting_with(PREFIX).values()]
    waiting = reader.tickets.count_cases_without_number(untouched=PREFIX)
    return not progress_of(stages, waiting).is_through
