# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails into the desk's mailbox, as the source writes them down, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from desk import OWN, Desk

from bot.rules.actions import CustomerMail
from bot.rules.events import Event, OutageOrdered
from bot.rules.mail import Fate, MailFile, MailReceived, Trust
from bot.rules.mail_keys import Envelope, mail_key, staff_mail_id
from bot.rules.probes import Verdict
from bot.rules.ticket import Person, Ticket
from bot.sandbox.faults import Fault
from bot.store.mails import MailRow

MINUTE = timedelta(minutes=1)
NORA = "nora@northwind.example"
_numbers = count(1)


@dataclass(frozen=True)
class Mail:
    """What a story says of a mail; everything else is usual."""

    text: str = "The portal is down, please help us."
    subject: str = "Portal is down"
    sender: str = NORA
    headers: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    own_ids: tuple[str, ...] = ()
    trust: Trust = Trust.PASSED
    trouble: str = ""
    spam_folder: str = ""
    message_id: str | None = None
    files: tuple[MailFile, ...] = ()
    raw: str = "0" * 64


def arrive(desk: Desk, mail: Mail = Mail(), *, ago: timedelta = timedelta()) -> str:
    """A mail comes in; its key."""
    number = next(_numbers)
    named = mail.message_id or f"<m{number}@northwind.example>"
    at = desk.clock.now() - ago
    received = MailReceived(
        key=mail_key(named, mail.text, Envelope(mail.sender)),
        raw=mail.raw,
        size=len(mail.text),
        received_at=at,
        message_id=named,
        sender=Person(name="Nora Wind", email=mail.sender),
        references=mail.references,
        own_ids=mail.own_ids,
        subject=mail.subject,
        text=mail.text,
        headers=mail.headers,
        trust=mail.trust,
        trouble=mail.trouble,
        spam_folder=mail.spam_folder,
        files=mail.files,
    )
    event = Event(f"mail/{received.key}", f"mail/{mail.sender}", at, "mailbox", received)
    desk.store.write(
        lambda tx: tx.mails.add(received, None, desk.clock.now()) and tx.inbox.add(event)
    )
    desk.run()
    return received.key


def go_down(desk: Desk, span: timedelta = 3 * MINUTE) -> None:
    """The helpdesk fails long enough to be declared down."""
    desk.world.faults.switch_on(Fault.UNAVAILABLE)
    look(desk, span, Verdict.DOWN)


def come_back(desk: Desk, span: timedelta = 20 * MINUTE) -> None:
    """The helpdesk is there again until the all clear."""
    desk.world.faults.clear()
    look(desk, span, Verdict.OK)


def declare_down(desk: Desk) -> None:
    """A person declares the helpdesk down, and it is."""
    desk.world.faults.switch_on(Fault.UNAVAILABLE)
    _order(desk, OutageOrdered(True, "nobody can log in", "Bo"))


def all_clear(desk: Desk, span: timedelta = 2 * MINUTE) -> None:
    """It is there again, a person says so, and some time passes."""
    desk.world.faults.clear()
    _order(desk, OutageOrdered(False, "the vendor says so", "Bo"))
    desk.run(span, look_every=timedelta(seconds=5))


def _order(desk: Desk, order: OutageOrdered) -> None:
    now = desk.clock.now()
    event = Event(f"order/{order.is_down}@{now.isoformat()}", "outage", now, "command", order)
    desk.store.receive([event]).result()
    desk.run(timedelta(seconds=1))


def look(desk: Desk, span: timedelta, verdict: Verdict) -> None:
    """Rounds of probes every 15 s, every 30 s while it recovers."""
    end = desk.clock.now() + span
    apart = timedelta(seconds=30 if verdict is Verdict.OK else 15)
    while desk.clock.now() < end:
        desk.probe(verdict)
        desk.run(apart)


def row_of(desk: Desk, key: str) -> MailRow:
    """The mail in the ledger."""
    with desk.store.read() as reader:
        row = reader.mails.by_key(key)
    assert row is not None, "the mail is not in the ledger"
    return row


def fate_of(desk: Desk, key: str) -> Fate:
    """What became of a mail."""
    return row_of(desk, key).fate


def case_of(desk: Desk, key: str) -> Ticket:
    """The case of a mail."""
    with desk.store.read() as reader:
        ticket = reader.tickets.load(row_of(desk, key).ticket_id or "")
    assert ticket is not None, "the mail has no case"
    return ticket


def written_to(desk: Desk, address: str = NORA) -> list[CustomerMail]:
    """What a customer was sent by mail, in order."""
    return [
        outgoing.message
        for _, outgoing in desk.channel.delivered
        if isinstance(outgoing.message, CustomerMail) and outgoing.destination == f"mail:{address}"
    ]


def notice_id(case: Ticket, recipient: str = "team@acme.example") -> str:
    """The Message-ID of the notice that told somebody of a case."""
    return staff_mail_id(OWN, case.ticket_id, recipient, "told")


def told_of(desk: Desk, kind: str) -> list[str]:
    """The reasons of this kind that the room of our people was told, in order."""
    reasons = (
        str(getattr(out.message, "reason", ""))
        for _, out in desk.channel.delivered
        if out.destination == "slack:support"
    )
    return [each for each in reasons if each.startswith(kind)]
