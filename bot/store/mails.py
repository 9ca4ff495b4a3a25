# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger of mails: each one once, its one fate, and every place in which it lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, update
from sqlalchemy.engine import Connection

from bot.rules.mail import FOLDERS, Fate, MailReceived
from bot.rules.mail_limits import Acknowledged
from bot.store.codec import instant, maybe_instant, micros
from bot.store.rows import clean, column, maybe_column
from bot.store.tables import mail, mail_place
from bot.store.upserts import insert_once, put

_LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail of the ledger; `copies` counts the places in which it was seen.

    `files` is how many files it carries, 0 also for mails that are older than this figure.
    """

    key: str
    fate: Fate
    received_at: datetime
    seen_at: datetime
    sender: str
    message_id: str | None
    subject: str
    raw: str
    size: int
    ticket_id: str | None
    incident: int | None
    reason: str
    copies: int
    decided_at: datetime | None
    acked_at: datetime | None
    files: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies: by RFC 3501 these four are its only identity on a server."""

    account: str
    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class PlacedMail:
    """A decided mail that still lies where it came in."""

    place: Place
    fate: Fate


class MailsView:
    """What may be asked about mails."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def by_key(self, key: str) -> MailRow | None:
        """The mail with this key."""
        return _one(self._rows(mail.c.key == column(key)))

    def by_message_id(self, message_id: str) -> tuple[MailRow, ...]:
        """The mails of this Message-ID; several where one was used twice."""
        return self._rows(mail.c.message_id == column(message_id))

    def of_ticket(self, ticket_id: str) -> tuple[MailRow, ...]:
        """The mails of a case, in the order in which they came."""
        return self._rows(mail.c.ticket_id == column(ticket_id))

    def of_incident(self, incident: int) -> tuple[MailRow, ...]:
        """Every mail of one outage, in the order in which they came."""
        return self._rows(mail.c.incident == incident)

    def since(self, at: datetime) -> tuple[MailRow, ...]:
        """Every mail that came at an instant or later, in that order."""
        return self._rows(mail.c.received_at >= micros(at))

    def with_fate(self, fate: Fate) -> tuple[MailRow, ...]:
        """Every mail of one fate, in the order in which they came."""
        return self._rows(mail.c.fate == fate)

    def counts(self) -> dict[Fate, int]:
        """How many mails have each fate."""
        grouped = select(mail.c.fate, func.count()).group_by(mail.c.fate)
        return {Fate(row[0]): row[1] for row in self._connection.execute(grouped)}

    def raws(self) -> frozenset[str]:
        """The hashes of all raw mails that a row speaks of."""
        return frozenset(self._connection.execute(select(mail.c.raw)).scalars())

    def seen_since(self, at: datetime, *, most: int) -> int:
        """How many of the `most` last mails came since; so a flood costs no more than that."""
        latest = select(mail.c.seen_at).order_by(mail.c.id.desc()).limit(most).subquery()
        counted = select(func.count()).where(latest.c.seen_at >= micros(at))
        return self._connection.scalar(counted) or 0

    def seen_of_sender(self, sender: str, at: datetime) -> int:
        """How many mails of one sender came since."""
        which = and_(mail.c.sender == column(sender), mail.c.seen_at >= micros(at))
        return self._connection.scalar(select(func.count()).where(which)) or 0

    def acknowledged_since(self, at: datetime, *, sender: str) -> tuple[Acknowledged, ...]:
        """The acknowledgements that one sender was sent since."""
        which = and_(mail.c.sender == column(sender), mail.c.acked_at >= micros(at))
        return self._acknowledged(select(mail.c.acked_at, mail.c.sender).where(which))

    def latest_acknowledged(self, most: int) -> tuple[Acknowledged, ...]:
        """The last acknowledgements, those that wait for their instant included."""
        known = select(mail.c.acked_at, mail.c.sender).where(mail.c.acked_at.is_not(None))
        return self._acknowledged(known.order_by(mail.c.acked_at.desc()).limit(most))

    def known_uids(self, account: str, folder: str, uidvalidity: int) -> frozenset[int]:
        """The mails of a folder that were read, by their numbers there."""
        found = self._connection.execute(
            select(mail_place.c.uid).where(
                mail_place.c.account == account,
                mail_place.c.folder == folder,
                mail_place.c.uidvalidity == uidvalidity,
            )
        )
        return frozenset(found.scalars())

    def to_move(
        self, account: str, folder: str, uidvalidity: int, fates: frozenset[Fate], *, limit: int
    ) -> tuple[PlacedMail, ...]:
        """Decided mails of these fates that still lie in the folder, the oldest first."""
        found = self._connection.execute(
            select(mail_place, mail.c.fate)
            .join(mail, mail.c.key == mail_place.c.mail_key)
            .where(
                mail_place.c.account == account,
                mail_place.c.folder == folder,
                mail_place.c.uidvalidity == uidvalidity,
                mail_place.c.is_here == 1,
                mail.c.fate.in_(sorted(fates)),
            )
            .order_by(mail_place.c.uid)
            .limit(limit)
        )
        return tuple(
            PlacedMail(Place(row.account, row.folder, row.uidvalidity, row.uid), Fate(row.fate))
            for row in found
        )

    def _acknowledged(self, wanted: Any) -> tuple[Acknowledged, ...]:
        found = self._connection.execute(wanted)
        return tuple(Acknowledged(instant(row.acked_at), row.sender) for row in found)

    def _rows(self, condition: Any) -> tuple[MailRow, ...]:
        found = self._connection.execute(
            select(mail).where(condition).order_by(mail.c.received_at, mail.c.id)
        )
        return tuple(_row(row) for row in found)


class Mails(MailsView):
    """The ledger within a write transaction."""

    def add(self, received: MailReceived, place: Place | None, now: datetime) -> bool:
        """Write a mail down where it was seen; False when the mail is known already."""
        row = {
            "key": column(received.key),
            "fate": Fate.WAITING,
            "received_at": micros(received.received_at),
            "seen_at": micros(now),
            "sender": column((received.sender.email or "").casefold()),
            "message_id": maybe_column(received.message_id),
            "subject": clean(received.subject[:_LONGEST_SUBJECT]),
            "raw": received.raw,
            "size": received.size,
            "files": len(received.files),
            "reason": "",
            "copies": 1,
        }
        is_new = insert_once(self._connection, mail, row)
        is_elsewhere = place is not None and self._put(place, received.key)
        if not is_new and is_elsewhere:
            self._connection.execute(
                update(mail)
                .where(mail.c.key == column(received.key))
                .values(copies=mail.c.copies + 1)
            )
        return is_new

    def decide(
        self,
        key: str,
        fate: Fate,
        reason: str,
        now: datetime,
        *,
        ticket_id: str | None = None,
        incident: int | None = None,
    ) -> None:
        """Say what became of a mail; a later word replaces the earlier."""
        if fate not in FOLDERS:
            stays = update(mail_place).where(mail_place.c.mail_key == column(key))
            self._connection.execute(stays.values(is_here=0))
        self._connection.execute(
            update(mail)
            .where(mail.c.key == column(key))
            .values(
                fate=fate, reason=clean(reason[:500]), decided_at=micros(now),
                ticket_id=maybe_column(ticket_id), incident=incident,
            )
        )  # fmt: skip

    def acknowledged(self, key: str, at: datetime) -> None:
        """Note that this mail's sender is sent an acknowledgement."""
        self._connection.execute(
            update(mail).where(mail.c.key == column(key)).values(acked_at=micros(at))
        )

    def moved(self, places: tuple[Place, ...]) -> None:
        """Note that mails no longer lie where they came in."""
        for place in places:
            self._connection.execute(update(mail_place).where(_is_at(place)).values(is_here=0))

    def _may_move(self, key: str) -> bool:
        """Whether a mail will be moved, or may be: it is not decided to stay."""
        fate = self._connection.scalar(select(mail.c.fate).where(mail.c.key == column(key)))
        return fate is None or fate == Fate.WAITING or Fate(fate) in FOLDERS

    def _put(self, place: Place, key: str) -> bool:
        row = {
            "account": place.account, "folder": place.folder, "uidvalidity": place.uidvalidity,
            "uid": place.uid, "mail_key": column(key), "is_here": int(self._may_move(key)),
        }  # fmt: skip
        if self._connection.scalar(select(mail_place.c.uid).where(_is_at(place))) is not None:
            return False
        put(self._connection, mail_place, row)
        return True


def _is_at(place: Place) -> Any:
    return and_(
        mail_place.c.account == place.account,
        mail_place.c.folder == place.folder,
        mail_place.c.uidvalidity == place.uidvalidity,
        mail_place.c.uid == place.uid,
    )


def _one(rows: tuple[MailRow, ...]) -> MailRow | None:
    return rows[0] if rows else None


def _row(row: Row[Any]) -> MailRow:
    return MailRow(
        key=row.key,
        fate=Fate(row.fate),
        received_at=instant(row.received_at),
        seen_at=instant(row.seen_at),
        sender=row.sender,
        message_id=row.message_id,
        subject=row.subject,
        raw=row.raw,
        size=row.size,
        ticket_id=row.ticket_id,
        incident=row.incident,
        reason=row.reason,
        copies=row.copies,
        decided_at=maybe_instant(row.decided_at),
        acked_at=maybe_instant(row.acked_at),
        files=row.files,
    )


__all__ = ["MailRow", "Mails", "MailsView", "Place", "PlacedMail"]
