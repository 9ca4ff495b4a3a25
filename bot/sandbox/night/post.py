# SPDX-License-Identifier: GPL-3.0-or-later
"""The customers' mail programs: they write to the mailbox, and remember what they wrote when."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formataddr
from typing import TYPE_CHECKING

from bot.sandbox.night.cast import CHARSETS, MAILBOX, SUPPORT, Customer
from bot.sandbox.world import World

if TYPE_CHECKING:
    from bot.sandbox.imap import ImapDoor

ACKNOWLEDGEMENT, ANSWER = "ack", "answer"
"""How Deskmate marks its mails to customers (`X-Deskmate`)."""
_REFERENCE = re.compile(r"\[([A-Z]{2,5}-[0-9A-Z-]+)\]")


@dataclass(frozen=True, slots=True)
class Said:
    """A mail that a customer wrote: its words, and when the mailbox's server had it."""

    text: str
    came_at: datetime
    message_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A mail that a customer got: of which kind, its words, and the reference in its subject."""

    kind: str
    text: str
    message_id: str
    reference: str


class PostOffice:
    """Takes what customers write, and shows what they got."""

    def __init__(self, world: World, mailbox: ImapDoor, address: str = MAILBOX) -> None:
        """Begin with nothing written; `address` is whose mailbox it is."""
        self._world = world
        self._mailbox = mailbox
        self._address = address
        self._said: dict[str, list[Said]] = {}
        self.written = 0
        self.copies = 0

    def write(self, customer: Customer, text: str, *, answers: Heard | None = None) -> None:
        """A customer writes; a second mail answers their own first one, or one of ours."""
        earlier = self._said.setdefault(customer.email, [])
        thread = answers.message_id if answers else earlier[0].message_id if earlier else ""
        message_id = f"<{len(earlier) + 1}.{customer.email}>"
        is_first = not earlier
        to_both = is_first and customer.to_both
        to = ", ".join((self._address, SUPPORT)) if to_both else self._address
        raw = _mail(customer, text, message_id, thread, to=to)
        came_at = self._mailbox.deliver(raw, sender=customer.email)
        self.written += 1
        earlier.append(Said(text, came_at, message_id))
        if is_first and customer.comes_twice:
            self.copies += 1
            again = b"Received: from relay.example by mx2.acme.example\r\n" + raw
            self._mailbox.deliver(again, sender=customer.email)
        if to_both:
            self._world.mail_arrives(raw)

    def machine_writes(self, raw: bytes, *, sender: str) -> None:
        """A mail that no person wrote."""
        self.written += 1
        self._mailbox.deliver(raw, sender=sender)

    def said(self, customer: Customer) -> tuple[Said, ...]:
        """What a customer wrote, in order."""
        return tuple(self._said.get(customer.email, ()))

    def heard(self, customer: Customer, kind: str) -> tuple[Heard, ...]:
        """The mails of one kind that a customer got, in order."""
        return tuple(each for each in self._heard(customer) if each.kind == kind)

    def _heard(self, customer: Customer) -> Iterator[Heard]:
        for sent in self._world.mail.sent(customer.email):
            mail = email.message_from_bytes(sent.raw, policy=email.policy.default)
            named = _REFERENCE.search(str(mail["Subject"]))
            yield Heard(
                kind=str(mail["X-Deskmate"] or ""),
                text=mail.get_content(),
                message_id=str(mail["Message-ID"]),
                reference=named[1] if named else "",
            )


def _mail(customer: Customer, text: str, message_id: str, thread: str, *, to: str) -> bytes:
    """As old mail programs write: headers and words in their own charset, not in UTF-8."""
    charset = CHARSETS[customer.language]
    subject = f"Re: {customer.subject}" if thread else customer.subject
    mail = MIMEText(f"{text}\n", "plain", charset)
    mail["From"] = formataddr((customer.name, customer.email), charset)
    mail["To"] = to
    mail["Subject"] = Header(subject, charset, header_name="Subject").encode()
    mail["Message-ID"] = message_id
    if thread:
        mail["In-Reply-To"] = mail["References"] = thread
    return mail.as_bytes(policy=email.policy.compat32.clone(linesep="\r\n"))
