# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail of one row to a customer: in their thread, with a Message-ID that names the case.

An acknowledgement is marked as automatic, so that no auto-responder answers it; a person's answer
is not. Both are sent from the mailbox, so that replies and bounces come back to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.channels.escaping import ENCODED_WORD, header, plain
from bot.rules.actions import CustomerMail, Outgoing
from bot.rules.mail_keys import OwnNames, customer_mail_id

GREATEST_SUBJECT = 200
ACKNOWLEDGEMENT, ANSWER = "ack", "answer"


def customer_payload(outgoing: Outgoing, own: OwnNames, *, now: datetime) -> EmailMessage:
    """Everything of it was decided before; only the date of sending is new."""
    said = outgoing.message
    assert isinstance(said, CustomerMail), "this is how customers are written to"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = own.address
    mail["To"] = _to(said)
    mail["Subject"] = header(plain(said.subject))[:GREATEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = customer_mail_id(own, said.reference, outgoing.key)
    answered, thread = _ids((said.in_reply_to or "",)), _ids(said.references)
    if answered:
        mail["In-Reply-To"] = answered
    if thread:
        mail["References"] = thread
    if said.is_automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Deskmate"] = ACKNOWLEDGEMENT if said.is_automatic else ANSWER
    mail["Content-Language"] = said.language
    mail.set_content(said.text)
    return mail


def _ids(ids: Sequence[str]) -> str:
    """Message-IDs are the customer's words too: one that holds more than an id is left out."""
    return " ".join(each for each in ids if each and ENCODED_WORD not in each)


def _to(said: CustomerMail) -> Address:
    """The address with the customer's name, or alone where the name is none for a header."""
    name = header(plain(said.to_name))[:100]
    try:
        return Address(display_name=name, addr_spec=said.to)
    except ValueError:
        return Address(addr_spec=said.to)
