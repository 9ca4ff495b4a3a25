# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's world: one helpdesk with its people, tickets, chat, mail, portal and faults.

Everything lives in memory, is safe to use from any thread and takes its time from the clock it is
given. The doors show it to real clients; tests and the simulator call it directly.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.faults import Faults
from bot.sandbox.world_chat import ChatRoom
from bot.sandbox.world_journal import Journal
from bot.sandbox.world_mail import MailRoom
from bot.sandbox.world_people import Directory
from bot.sandbox.world_portal import Portal
from bot.sandbox.world_post import MailIntake, PostRoom
from bot.sandbox.world_shelf import Shelf
from bot.sandbox.world_tickets import TicketDesk
from bot.sandbox.world_values import (
    Audit,
    Comment,
    DeskTicket,
    FieldValue,
    NewComment,
    Refusal,
    Role,
    TicketNews,
    User,
    Via,
)


class World:
    """The whole outside in one object.

    `people`, `desk`, `chat`, `mail`, `portal`, `shelf`, `faults` and `journal` are its parts; the
    methods are what people and programs do to the helpdesk. `daemon` is the user Deskmate acts as.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin with an empty helpdesk that has one brand and the daemon's own user."""
        self.clock = clock
        self.lock = threading.RLock()
        self.faults = Faults()
        self.journal = Journal(clock)
        self.people = Directory(clock, self.lock)
        self.desk = TicketDesk(clock, self.people, self.lock)
        self.chat = ChatRoom(clock, self.journal)
        self.mail = MailRoom(clock, self.journal)
        self.portal = Portal(clock, self.journal)
        self.shelf = Shelf(clock, self.people)
        self.post = PostRoom(self.people, self.desk, self.faults, self.journal, clock)
        self.daemon = self.people.add_user("Deskmate", "deskmate@acme.example", role=Role.ADMIN)
        self.desk.listen(self._write_down)

    def create_ticket(
        self,
        subject: str,
        body: str,
        *,
        requester: User | str,
        by: User | None = None,
        values: Mapping[str, FieldValue] | None = None,
        fields: Mapping[int, FieldValue] | None = None,
        via: str = "web",
        is_public: bool = True,
        metadata: Mapping[str, object] | None = None,
    ) -> DeskTicket:
        """Make a ticket; `requester` is a user or an address, `values` use the API's names.

        `fields` are custom fields by id. A value the helpdesk does not know raises ValueError.
        """
        who = self.people.user_or_new(requester) if isinstance(requester, str) else requester
        made = self.desk.create(
            subject, NewComment(body, is_public), who, by=by or who, values=values or {},
            fields=fields or {}, via=Via(via), metadata=metadata or {}, system_metadata={},
        )  # fmt: skip
        if isinstance(made, Refusal):
            raise ValueError(f"the ticket {subject!r} cannot be made: {made.text}")
        return made

    def add_comment(
        self,
        number: int,
        body: str,
        *,
        by: User,
        is_public: bool = True,
        metadata: Mapping[str, object] | None = None,
        via: str = "web",
    ) -> Audit | Refusal:
        """Reply (public) or note (internal); a requester's reply opens a solved ticket again."""
        return self.change_ticket(
            number, by=by, comment=NewComment(body, is_public), metadata=metadata, via=via
        )

    def change_ticket(
        self,
        number: int,
        *,
        by: User,
        values: Mapping[str, FieldValue] | None = None,
        fields: Mapping[int, FieldValue] | None = None,
        comment: NewComment | None = None,
        metadata: Mapping[str, object] | None = None,
        via: str = "web",
        stamp: datetime | None = None,
    ) -> Audit | Refusal:
        """Change values by the API's names, custom fields by id and add a comment, in one audit.

        With `stamp` it is a safe update: refused when the ticket was changed after that instant.
        """
        return self.desk.change(
            number, by=by, values=values or {}, fields=fields or {}, comment=comment,
            via=Via(via), metadata=metadata or {}, system_metadata={}, stamp=stamp,
        )  # fmt: skip

    def delete_ticket(self, number: int, *, by: User | None = None) -> DeskTicket | Refusal:
        """Delete softly; the export shows a `deleted` row."""
        return self.desk.delete(number, by=by or self.daemon)

    def scrub_ticket(self, number: int) -> DeskTicket | Refusal:
        """Delete for good; the export shows subject `SCRUBBED` and description `X`."""
        return self.desk.scrub(number)

    def mail_arrives(self, raw: bytes, *, envelope_sender: str = "") -> MailIntake:
        """A customer's mail reaches the support address: a ticket, a comment, or a reason.

        `envelope_sender` counts where the mail itself names no sender.
        """
        return self.post.mail_arrives(raw, envelope_sender=envelope_sender)

    def ticket(self, number: int) -> DeskTicket | None:
        """One ticket as it is now; None for unknown and deleted ones."""
        found = self.desk.ticket(number)
        return None if found is None or found.status == "deleted" else found

    def tickets(self) -> tuple[DeskTicket, ...]:
        """Every ticket that is not deleted, by number."""
        return tuple(each for each in self.desk.tickets() if each.status != "deleted")

    def comments(self, number: int) -> tuple[Comment, ...]:
        """A ticket's messages in order."""
        return tuple(c for audit in self.desk.audits(number) for c in audit.comments)

    def audits(self, number: int) -> tuple[Audit, ...]:
        """A ticket's audits in order."""
        return self.desk.audits(number)

    def _write_down(self, news: TicketNews) -> None:
        audit = news.audit
        self.journal.add(
            f"ticket_{news.what}",
            number=news.after.number,
            by=audit.author_id if audit else None,
            changes={each.name: each.value for each in audit.changes} if audit else {},
            comments=len(audit.comments) if audit else 0,
        )
