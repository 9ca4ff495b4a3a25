# SPDX-License-Identifier: GPL-3.0-or-later
"""Every mail of one outage: its fate, its case, and when its customer was told and answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.handlers.outage_times import BEFORE
from bot.rules.history import Change, ChangeKind
from bot.rules.mail import Fate
from bot.rules.ticket import Actor, Ticket
from bot.store.mails import MailRow
from bot.store.queues import OutboxRow, OutboxState
from bot.store.transaction import Reader

ARRIVED = frozenset({OutboxState.DELIVERED, OutboxState.ACCEPTED})
ACKNOWLEDGEMENT, ANSWER = "ack/", "answer/"
"""How the keys of mails to customers begin (`handlers/case_words.py`, `handlers/cases.py`)."""


@dataclass(frozen=True, slots=True)
class MailFate:
    """What became of one mail; `case` is the reference or number of where it went.

    `acknowledgement` and `answer` are the states of what its customer was sent, empty for nothing;
    the instants are when that went out, None while it did not.
    """

    received_at: datetime
    sender: str
    fate: str
    reason: str
    case: str
    acknowledged_at: datetime | None = None
    acknowledgement: str = ""
    answered_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class _Sent:
    """How one message to a customer stands, and when it went out."""

    state: str = ""
    at: datetime | None = None


def mails_of(number: int, began: datetime, ended: datetime, reader: Reader) -> tuple[MailRow, ...]:
    """The mails of an outage in the order in which they came, those before its first failure too.

    Answers of our people, and mails that are not decided, have no outage's number: theirs is the
    one that they came in.
    """
    came = (
        row
        for row in reader.mails.since(began - BEFORE)
        if row.incident is None and row.fate is not Fate.NOTED and _came_at(row) <= ended
    )
    rows = (*reader.mails.of_incident(number), *came)
    return tuple(sorted(rows, key=lambda row: row.received_at))


def mail_fates(rows: Iterable[MailRow], reader: Reader) -> tuple[MailFate, ...]:
    """What became of each mail."""
    return tuple(_fate(row, reader) for row in rows)


def _came_at(row: MailRow) -> datetime:
    """A mail server's clock may be ahead."""
    return min(row.received_at, row.seen_at)


def _fate(row: MailRow, reader: Reader) -> MailFate:
    ticket = reader.tickets.load(row.ticket_id) if row.ticket_id else None
    acknowledgement = answer = _Sent()
    if ticket is not None and row.fate in (Fate.CASE, Fate.REPLY):
        sent = {each.outgoing.key: each for each in reader.outbox.of_ticket(ticket.ticket_id)}
        words = reader.tickets.history(ticket.ticket_id)
        answer = _answer(_came_at(row), words, sent)
        if row.fate is Fate.CASE:
            acknowledgement = _acknowledgement(sent.values())
    return MailFate(
        received_at=row.received_at,
        sender=row.sender,
        fate=row.fate.value,
        reason=row.reason,
        case=_named(ticket) if ticket is not None else "",
        acknowledged_at=acknowledgement.at,
        acknowledgement=acknowledgement.state,
        answered_at=answer.at,
        answer=answer.state,
    )


def _named(ticket: Ticket) -> str:
    number = f"#{ticket.number}" if ticket.number else None
    return " ".join(each for each in (ticket.reference, number) if each)


def _acknowledgement(sent: Iterable[OutboxRow]) -> _Sent:
    found = (_sent(each) for each in sent if each.outgoing.key.startswith(ACKNOWLEDGEMENT))
    return next(found, _Sent())


def _answer(came: datetime, words: Sequence[Change], sent: dict[str, OutboxRow]) -> _Sent:
    """The first answer after a mail that went out, else how the last one stands.

    What has no row of ours was said in the helpdesk, which tells the customer itself.
    """
    last = _Sent()
    for each in words:
        is_word = each.kind is ChangeKind.COMMENT and each.is_public
        if not is_word or each.actor is not Actor.AGENT or each.at < came:
            continue
        row = sent.get(f"{ANSWER}{each.key}")
        last = _sent(row) if row is not None else _Sent(OutboxState.DELIVERED, each.at)
        if last.at is not None:
            break
    return last


def _sent(row: OutboxRow) -> _Sent:
    return _Sent(row.state.value, row.settled_at if row.state in ARRIVED else None)
