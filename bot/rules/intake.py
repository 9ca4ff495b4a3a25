# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail of ours that must become a ticket: how it is named, and known again as a ticket.

Its name is derived from our secret, so that nobody else's ticket is taken for it and set aside.
"""

from __future__ import annotations

import re

from bot.rules.mail_keys import OwnNames, reference_of, references_in
from bot.rules.ticket import Snapshot

TAG = "deskmate_canary"
"""The tag of our own tickets there, for views, triggers and reports to leave them out."""
TEXT = (
    "A test of the way from a mail to a ticket, sent by Deskmate.\n"
    "Nothing is to be done: the ticket solves itself."
)
_SUBJECT = re.compile(r"Deskmate intake test (\d{9,11}) \[")


def subject_of(own: OwnNames, counter: int) -> str:
    """The subject of one such mail; `counter` is when it was sent, in seconds."""
    return f"Deskmate intake test {counter} [{_reference(own, counter)}]"


def counter_of(snapshot: Snapshot, own: OwnNames) -> int | None:
    """The counter of a ticket that was made from a mail of ours, None for any other ticket."""
    found = _SUBJECT.search(snapshot.subject[:500])
    sender = (snapshot.requester.email or "").casefold()
    if found is None or not own.secret or sender != own.address.casefold():
        return None
    counter = int(found[1])
    is_ours = _reference(own, counter) in references_in(snapshot.subject, own)
    return counter if is_ours else None


def _reference(own: OwnNames, counter: int) -> str:
    return reference_of(own, f"intake/{counter}")
