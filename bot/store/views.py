# SPDX-License-Identifier: GPL-3.0-or-later
"""Who read the continuity page, and until when personal links to it were taken back.

Both are kept where such things lie already: a view is an entry of the journal, what was taken back
a small state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.rules.actions import Reason
from bot.rules.desk_links import DeskLink
from bot.store.transaction import Reader, Transaction

SUBJECT = "continuity"
SOURCE = "personal link"
LOCAL_SUBJECT, LOCAL = f"{SUBJECT}/local", "local"
"""A look on the machine itself: nobody's name is known there."""
TAKEN_BACK = "continuity/taken_back/"
MOST = 1_000


@dataclass(frozen=True, slots=True)
class PageView:
    """One look: who, when, at which page, from which network address; `local` names nobody."""

    at: datetime
    person: str
    page: str
    address: str


def add_view(view: PageView, tx: Transaction) -> None:
    """Write down one look."""
    reason = Reason(SOURCE, (view.person,), (view.page, view.address))
    tx.journal.add(view.at, SUBJECT, f"view/{view.page}", "", (reason,), "page read")


def add_local_view(view: PageView, tx: Transaction) -> None:
    """Write down one look on the machine itself."""
    reason = Reason(LOCAL, (LOCAL,), (view.page, view.address))
    tx.journal.add(view.at, LOCAL_SUBJECT, f"view/{view.page}", "", (reason,), "page read")


def link_made(link: DeskLink, by: str, tx: Transaction) -> None:
    """Write down who made a link for whom, and until when it holds."""
    reason = Reason(SOURCE, (link.person,), (by, link.expires_at.isoformat()))
    tx.journal.add(link.made_at, f"{SUBJECT}/links", f"link/{link.person}", "", (reason,),
                   "link made")  # fmt: skip


def views_since(since: datetime, reader: Reader, limit: int = MOST) -> tuple[PageView, ...]:
    """The newest looks by personal links, the newest first, `limit` at most."""
    return tuple(_views(SUBJECT, since, reader, limit))


def every_view_since(since: datetime, reader: Reader, limit: int = MOST) -> tuple[PageView, ...]:
    """The same, with those on the machine itself."""
    found = [
        view
        for subject in (SUBJECT, LOCAL_SUBJECT)
        for view in _views(subject, since, reader, limit)
    ]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True)[:limit])


def taken_back_at(person: str, reader: Reader) -> datetime | None:
    """Until when a person's links were taken back, None for never."""
    state = reader.states.load(f"{TAKEN_BACK}{person}")
    return datetime.fromisoformat(state["at"]) if state else None


def take_back(person: str, by: str, now: datetime, tx: Transaction) -> None:
    """Take back every link of a person that was made until now."""
    tx.states.save(f"{TAKEN_BACK}{person}", {"at": now.isoformat(), "by": by})


def _views(subject: str, since: datetime, reader: Reader, limit: int) -> Iterator[PageView]:
    for entry in reader.journal.latest_of(subject, since, limit):
        reason = entry.reasons[0]
        page, address = reason.evidence
        yield PageView(entry.at, reason.because[0], page, address)
