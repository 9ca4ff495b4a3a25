# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox helpdesk's mail intake: mails become tickets, comments, or suspended tickets."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.world_intake import ReadMail, UnreadableMail, read_mail
from bot.sandbox.world_journal import Journal
from bot.sandbox.world_people import Directory
from bot.sandbox.world_tickets import TicketDesk
from bot.sandbox.world_values import (
    Attachment,
    DeskTicket,
    FieldValue,
    NewComment,
    Refusal,
    User,
    Via,
)

UNKNOWN_SENDER = "unknown.sender@mail.example"
_OWN_REFERENCE = re.compile(r"<ticket-(\d+)@")


@dataclass(frozen=True, slots=True)
class SuspendedTicket:
    """A mail that the helpdesk put aside: no ticket until somebody recovers it."""

    suspended_id: int
    at: datetime
    cause: str
    mail: ReadMail


@dataclass(frozen=True, slots=True)
class MailIntake:
    """What became of a mail: a ticket's number (`is_reply` when it joined an older one), or why
    there is none."""

    number: int | None = None
    is_reply: bool = False
    reason: str = ""


class PostRoom:
    """Takes customers' mails; while `mail_queued` is thrown they wait and make late tickets."""

    def __init__(
        self, people: Directory, desk: TicketDesk, faults: Faults, journal: Journal, clock: Clock
    ) -> None:
        """Begin with nothing queued and nothing suspended."""
        self._people = people
        self._desk = desk
        self._faults = faults
        self._journal = journal
        self._clock = clock
        self._lock = threading.Lock()
        self._queued: list[tuple[ReadMail, str]] = []
        self._suspended: dict[int, SuspendedTicket] = {}
        faults.listen(self._work_off)

    def mail_arrives(self, raw: bytes, *, envelope_sender: str = "") -> MailIntake:
        """Take one mail: ticket, comment, suspended, queued or unreadable."""
        mail = read_mail(raw)
        if isinstance(mail, UnreadableMail):
            self._journal.add("mail_unreadable", reason=mail.reason, size=len(raw))
            return MailIntake(reason=mail.reason)
        if self._faults.strike(Fault.MAIL_QUEUED, "mail"):
            with self._lock:
                self._queued.append((mail, envelope_sender))
            return MailIntake(reason="the helpdesk has queued the mail")
        if self._faults.strike(Fault.MAIL_SUSPENDED, "mail"):
            return self._suspend(mail, "Detected as spam")
        return self._take(mail, envelope_sender)

    def suspended(self) -> tuple[SuspendedTicket, ...]:
        """What lies among the suspended tickets."""
        with self._lock:
            return tuple(self._suspended.values())

    def recover(self, suspended_id: int) -> MailIntake:
        """Make the ticket of a suspended mail after all."""
        with self._lock:
            found = self._suspended.pop(suspended_id, None)
        if found is None:
            return MailIntake(reason=f"there is no suspended ticket {suspended_id}")
        return self._take(found.mail, "")

    def work_off_queue(self) -> tuple[MailIntake, ...]:
        """Make late tickets of every queued mail now."""
        with self._lock:
            waiting, self._queued = self._queued, []
        return tuple(self._take(mail, sender) for mail, sender in waiting)

    def _work_off(self) -> None:
        if not self._faults.is_on(Fault.MAIL_QUEUED):
            self.work_off_queue()

    def _suspend(self, mail: ReadMail, cause: str) -> MailIntake:
        aside = SuspendedTicket(self._people.next_id(), self._clock.now(), cause, mail)
        with self._lock:
            self._suspended[aside.suspended_id] = aside
        self._journal.add("mail_suspended", cause=cause, subject=mail.subject)
        return MailIntake(reason=f"suspended: {cause}")

    def _take(self, mail: ReadMail, envelope_sender: str) -> MailIntake:
        sender = mail.sender or envelope_sender or UNKNOWN_SENDER
        who = self._people.user_or_new(sender, mail.sender_name)
        older = self._older_ticket(mail)
        if older is not None:
            answer = self._desk.change(
                older, by=who, values={}, fields={}, comment=self._comment(mail), metadata={},
                via=_via(mail, sender), system_metadata=_system_metadata(mail), stamp=None,
            )  # fmt: skip
            if not isinstance(answer, Refusal):
                return MailIntake(older, is_reply=True)
        made = self._make(mail, who, sender)
        if isinstance(made, Refusal):
            return MailIntake(reason=made.text)
        return MailIntake(made.number)

    def _make(self, mail: ReadMail, who: User, sender: str) -> DeskTicket | Refusal:
        values: dict[str, FieldValue] = {}
        if mail.language:
            self._people.change_user(who.user_id, locale=mail.language)
        return self._desk.create(
            mail.subject or mail.text.strip().split("\n")[0][:150] or "(no subject)",
            self._comment(mail), who, by=who, values=values, fields={},
            via=_via(mail, sender), metadata={}, system_metadata=_system_metadata(mail),
        )  # fmt: skip

    def _comment(self, mail: ReadMail) -> NewComment:
        files = tuple(
            Attachment(self._people.next_id(), each.name, each.content_type, each.size)
            for each in mail.files
        )
        return NewComment(mail.text or mail.subject, html_body=mail.html, attachments=files)

    def _older_ticket(self, mail: ReadMail) -> int | None:
        for reference in mail.references:
            found = _OWN_REFERENCE.match(reference)
            if found and self._desk.ticket(int(found[1])) is not None:
                return int(found[1])
        return None


def reference_of(number: int) -> str:
    """The Message-ID of the helpdesk's own mails about a ticket; a reply to it joins the ticket."""
    return f"<ticket-{number}@acme.example>"


def _via(mail: ReadMail, sender: str) -> Via:
    return Via("email", sender, mail.sender_name or sender, mail.to or None, None)


def _system_metadata(mail: ReadMail) -> dict[str, object]:
    return {"message_id": mail.message_id} if mail.message_id else {}
