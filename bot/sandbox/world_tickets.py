# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's tickets: made, changed, commented, deleted and scrubbed, with every audit kept.

Ids are shared as in Zendesk: audits, their child events and comments draw from one sequence, and
a comment's id is the id of the audit event that brought it.
"""

from __future__ import annotations

import bisect
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.world_changes import audited_values, check, consequences, with_values
from bot.sandbox.world_people import Directory
from bot.sandbox.world_values import (
    Audit,
    AuditEvent,
    Comment,
    CommentEvent,
    DeskTicket,
    FieldEvent,
    FieldValue,
    NewComment,
    Refusal,
    RefusalKind,
    TicketNews,
    User,
    Via,
)

Listener = Callable[[TicketNews], None]
Metadata = Mapping[str, object]


class TicketDesk:
    """Holds the tickets and their history; every change is one audit."""

    def __init__(self, clock: Clock, people: Directory, lock: threading.RLock) -> None:
        """Begin with no tickets; `lock` is the world's."""
        self._clock = clock
        self._people = people
        self._lock = lock
        self._numbers = itertools.count(1)
        self._event_ids = itertools.count(900_000_000_001)
        self._tickets: dict[int, DeskTicket] = {}
        self._audits: list[Audit] = []
        self._audits_of: dict[int, list[Audit]] = {}
        self._listeners: list[Listener] = []

    def create(
        self,
        subject: str,
        comment: NewComment,
        requester: User,
        *,
        by: User,
        values: Mapping[str, FieldValue],
        fields: Mapping[int, FieldValue],
        via: Via,
        metadata: Metadata,
        system_metadata: Metadata,
        born: datetime | None = None,
        is_import: bool = False,
    ) -> DeskTicket | Refusal:
        """Make a ticket of its first message; its audit holds one `Create` event per value.

        `born` backdates it; an import fires no trigger and no webhook.
        """
        with self._lock:
            refusal = check(self._people, values, fields)
            if refusal is not None:
                return refusal
            now = self._now()
            ticket = DeskTicket(
                number=next(self._numbers), created_at=born or now, updated_at=now,
                generated=int(now.timestamp()), subject=subject, description=comment.body,
                status="new", requester_id=requester.user_id, submitter_id=by.user_id,
                brand_id=self._people.brands()[0].brand_id, via=via,
                organization_id=requester.organisation_id, is_public=comment.is_public,
            )  # fmt: skip
            ticket = with_values(self._people, ticket, values, fields)
            ticket = consequences(None, ticket, comment, author=by, values=values)
            audit = self._audit(
                None, ticket, by, comment, via, metadata, system_metadata, at=born
            )  # fmt: skip
            return self._keep("imported" if is_import else "created", None, ticket, audit)

    def change(
        self,
        number: int,
        *,
        by: User,
        values: Mapping[str, FieldValue],
        fields: Mapping[int, FieldValue],
        comment: NewComment | None,
        via: Via,
        metadata: Metadata,
        system_metadata: Metadata,
        stamp: datetime | None,
    ) -> Audit | Refusal:
        """Change values and add a comment in one audit; `stamp` makes it a safe update."""
        with self._lock:
            before = self._tickets.get(number)
            refusal = self._objection(before, stamp) or check(self._people, values, fields)
            if before is None or refusal is not None:
                return refusal or Refusal(RefusalKind.NOT_FOUND, "Not found")
            after = with_values(self._people, before, values, fields)
            author = self._people.user(comment.author_id) if comment else None
            after = consequences(before, after, comment, author=author or by, values=values)
            audit = self._audit(before, after, by, comment, via, metadata, system_metadata)
            if audit.events:
                self._keep("changed", before, self._stamped(after), audit)
            return audit

    def add_old(self, number: int, comment: NewComment, *, by: User, at: datetime) -> None:
        """Add a message of the past to an imported ticket; nobody is told of it."""
        with self._lock:
            ticket = self._tickets[number]
            audit = self._audit(ticket, ticket, by, comment, ticket.via, {}, {}, at=at)
            bisect.insort(self._audits, audit, key=_instant)
            bisect.insort(self._audits_of[number], audit, key=_instant)

    def delete(self, number: int, *, by: User) -> DeskTicket | Refusal:
        """Delete softly: gone for readers, a `deleted` row in the export."""
        with self._lock:
            before = self._tickets.get(number)
            if before is None or before.status == "deleted":
                return Refusal(RefusalKind.NOT_FOUND, "Not found")
            after = self._stamped(replace(before, status="deleted"))
            audit = self._audit(before, after, by, None, Via("web"), {}, {})
            return self._keep("deleted", before, after, audit)

    def scrub(self, number: int) -> DeskTicket | Refusal:
        """Delete for good: the row stays in the export, its texts are gone."""
        with self._lock:
            before = self._tickets.get(number)
            if before is None:
                return Refusal(RefusalKind.NOT_FOUND, "Not found")
            after = self._touched(
                replace(before, status="deleted", subject="SCRUBBED", description="X", tags=())
            )
            return self._keep("scrubbed", before, after, None)

    def touch(self, number: int) -> None:
        """Let the helpdesk's own bookkeeping move the export clock, `updated_at` unchanged."""
        with self._lock:
            if number in self._tickets:
                self._tickets[number] = self._touched(self._tickets[number])

    def ticket(self, number: int) -> DeskTicket | None:
        """One ticket, deleted ones included."""
        return self._tickets.get(number)

    def tickets(self) -> tuple[DeskTicket, ...]:
        """Every ticket by number, deleted ones included."""
        with self._lock:
            return tuple(self._tickets.values())

    def audits(
        self, number: int | None = None, *, since: datetime | None = None
    ) -> tuple[Audit, ...]:
        """Audits in order of time, of one ticket or from an instant on if named."""
        with self._lock:
            rows = self._audits if number is None else self._audits_of.get(number, [])
            first = 0 if since is None else bisect.bisect_left(rows, since, key=_instant)
            return tuple(rows[first:])

    def listen(self, listener: Listener) -> None:
        """Call `listener` after every change, in order; it must not block."""
        self._listeners.append(listener)

    def next_event_id(self) -> int:
        """A fresh id of the sequence that audits and comments share."""
        return next(self._event_ids)

    def _objection(self, ticket: DeskTicket | None, stamp: datetime | None) -> Refusal | None:
        if ticket is None or ticket.status == "deleted":
            return Refusal(RefusalKind.NOT_FOUND, "Not found")
        if ticket.status == "closed":
            return Refusal(RefusalKind.CLOSED, "Status: closed prevents ticket update", "status")
        if stamp is not None and stamp < ticket.updated_at:
            return Refusal(RefusalKind.STALE, "the ticket was changed after the stamp")
        return None

    def _audit(
        self,
        before: DeskTicket | None,
        after: DeskTicket,
        by: User,
        new: NewComment | None,
        via: Via,
        metadata: Metadata,
        system_metadata: Metadata,
        *,
        at: datetime | None = None,
    ) -> Audit:
        audit_id, now = self.next_event_id(), at or self._now()
        events: list[AuditEvent] = []
        if new is not None:
            comment = Comment(
                self.next_event_id(), audit_id, after.number, new.author_id or by.user_id,
                new.body, new.is_public, now, via, new.html_body, new.attachments, metadata,
                system_metadata,
            )  # fmt: skip
            events.append(CommentEvent(comment.comment_id, comment))
        events.extend(self._field_events(before, after))
        return Audit(
            audit_id, after.number, by.user_id, now, tuple(events), via, metadata, system_metadata
        )

    def _field_events(self, before: DeskTicket | None, after: DeskTicket) -> list[FieldEvent]:
        new = audited_values(after)
        if before is None:
            return [FieldEvent(self.next_event_id(), "Create", *item) for item in new.items()]
        old = audited_values(before)
        return [
            FieldEvent(self.next_event_id(), "Change", name, new.get(name), old.get(name))
            for name in (*new, *(name for name in old if name not in new))
            if new.get(name) != old.get(name)
        ]

    def _keep(
        self, what: str, before: DeskTicket | None, after: DeskTicket, audit: Audit | None
    ) -> DeskTicket:
        self._tickets[after.number] = after
        if audit is not None:
            bisect.insort(self._audits, audit, key=_instant)
            bisect.insort(self._audits_of.setdefault(after.number, []), audit, key=_instant)
        news = TicketNews(what, self._clock.now(), before, after, audit)
        for listener in tuple(self._listeners):
            listener(news)
        return after

    def _stamped(self, ticket: DeskTicket) -> DeskTicket:
        return self._touched(replace(ticket, updated_at=self._now()))

    def _touched(self, ticket: DeskTicket) -> DeskTicket:
        return replace(ticket, generated=int(self._clock.now().timestamp()))

    def _now(self) -> datetime:
        """The instant of a change; the helpdesk keeps whole seconds."""
        return self._clock.now().replace(microsecond=0)


def _instant(audit: Audit) -> datetime:
    return audit.created_at
