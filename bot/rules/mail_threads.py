# SPDX-License-Identifier: GPL-3.0-or-later
"""To what a mail belongs: by our reference, by the mails it answers, by the helpdesk's number.

The same subject alone never joins two mails. A reference proves nothing by itself: who is no part
of a case gets a case of their own that names the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rules.mail import Contact, MailReceived, Trust
from bot.rules.mail_keys import SHARED_DOMAINS, OwnNames, is_token, references_in
from bot.rules.ticket import Ticket

_CASE_ID = re.compile(r"^<[0-9a-f]{32}\.([A-Z]{2,5}-[0-9A-Z]{8}-[0-9A-Z])\.case@", re.IGNORECASE)
_STAFF_ID = re.compile(r"^<[0-9a-f]{32}\.([0-9a-z]{8})\.([0-9A-Z]{16})\.staff@", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\[[^\]]{0,60}?#|\bticket\s*#?\s*)(\d{1,12})\b", re.IGNORECASE)
_BRACKETS = re.compile(r"^(?:\s*\[[^\]]{0,80}\])+")
_REPLY = re.compile(
    r"^\W*(?:re|aw|antw|antwort|sv|rép|réf|ré|отв|на)\s*(?:\[\d+\])?\s*:", re.IGNORECASE
)
"""How mail programs begin the subject of a reply; a bracket of the helpdesk's may come first."""


@dataclass(frozen=True, slots=True)
class StaffToken:
    """What a reply to a notice of ours shows: about which ticket it was, and our signature."""

    ticket_id: str
    token: str


def references_of(mail: MailReceived, own: OwnNames) -> tuple[str, ...]:
    """The references a mail carries: in its subject, in an address of ours, in what it answers."""
    found = dict.fromkeys(references_in(mail.subject, own))
    for address in mail.recipients:
        found.update(dict.fromkeys(references_in(address.partition("@")[0], own)))
    for answered in (*mail.references, *mail.own_ids):
        match = _CASE_ID.match(answered)
        if match:
            found.update(dict.fromkeys(references_in(match[1], own)))
    return tuple(found)


def staff_token_of(mail: MailReceived) -> StaffToken | None:
    """The signed name of the notice that a mail answers, if it answers one."""
    for answered in mail.references:
        match = _STAFF_ID.match(answered)
        if match:
            return StaffToken(match[1], match[2])
    return None


def answers_a_notice(mail: MailReceived, shown: StaffToken, own: OwnNames) -> bool:
    """Whether the notice went to this very sender, or to their company.

    It does not say that they wrote it: every reply shows the token, also to a customer in copy.
    """
    return is_token(own, shown.token, shown.ticket_id, mail.sender.email or "")


def numbers_of(mail: MailReceived) -> tuple[int, ...]:
    """The helpdesk's ticket numbers that the subject of a reply names, as the helpdesk writes them.

    A fresh mail names none, and a bare `#2` may be an order.
    """
    subject = mail.subject[:500]
    if not mail.references and not _REPLY.match(_BRACKETS.sub("", subject)):
        return ()
    return tuple(int(each) for each in _NUMBER.findall(subject))


def may_join(mail: MailReceived, contact: Contact | None, ticket: Ticket) -> bool:
    """Whether the sender is a part of the ticket.

    Its requester, or who wrote the case, unless forged; a colleague of theirs only if our mail
    server vouches for them, or if nobody set whom to believe.
    """
    if is_of_writer(mail, ticket):
        return True
    sender = (mail.sender.email or "").casefold()
    customer = (ticket.customer.email or "").casefold()
    if not sender or mail.trust in (Trust.FAILED, Trust.NOTHING):
        return False
    if contact is not None and contact.organisation is not None:
        return contact.organisation == ticket.organisation
    domain = sender.rpartition("@")[2]
    return domain == customer.rpartition("@")[2] and domain not in SHARED_DOMAINS


def is_of_writer(mail: MailReceived, ticket: Ticket) -> bool:
    """Whether the ticket's requester, or who wrote the case, sent the mail; not if it is forged."""
    sender = (mail.sender.email or "").casefold()
    theirs = ((each.email or "").casefold() for each in (ticket.customer, ticket.requester))
    return bool(sender) and mail.trust is not Trust.FAILED and sender in theirs


def is_entitled(trust: Trust) -> bool:
    """Whether a sender's organisation and plan count, or could be anybody's claim."""
    return trust in (Trust.PASSED, Trust.UNCHECKED)
