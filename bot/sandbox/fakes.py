# SPDX-License-Identifier: GPL-3.0-or-later
"""Door one: the world given to the ports directly, in virtual time, for stories and the simulator.

It says the same things as the helpdesk's real door and passes the same contract test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.ports import (
    ArticlePage,
    ContactPage,
    Delivered,
    Enclosures,
    Finding,
    Outcome,
    Page,
    Probe,
    Refused,
    Sought,
    Trouble,
    TroubleKind,
    TryLater,
    Unknown,
)
from bot.rules.actions import Banner, CustomerMail, Notice, Outgoing, TicketCreation, TicketUpdate
from bot.rules.events import Event, TicketGone, TicketSeen, change_key, comment_key
from bot.rules.mail import Twin
from bot.rules.policy import HelpdeskMap
from bot.rules.probes import Verdict
from bot.rules.ticket import Snapshot
from bot.sandbox.fake_articles import shown_articles
from bot.sandbox.fake_creation import attached, make_ticket, no_files
from bot.sandbox.fake_names import Names
from bot.sandbox.fake_twins import twins_in
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.world import World
from bot.sandbox.world_values import Audit, DeskTicket, NewComment, Refusal, RefusalKind

KEY = "deskmate_key"
DOWN = (Fault.REFUSED, Fault.UNAVAILABLE, Fault.UNAVAILABLE_PAGE, Fault.BAD_GATEWAY_PAGE)


class FakeHelpdesk:
    """The world's helpdesk behind `ports.Helpdesk`, without a socket.

    `withhold` is what the export holds back, as the real one holds back the newest minute.
    """

    def __init__(
        self,
        world: World,
        names: HelpdeskMap,
        *,
        withhold: timedelta = timedelta(seconds=60),
        enclosures: Enclosures = no_files,
    ) -> None:
        """`names` is the policy's `helpdesk:`, `enclosures` brings the files of mails."""
        self._enclosures = enclosures
        self._world = world
        self._names = Names(world, names)
        self._canary = names.canary
        self._withhold = withhold
        self._created: dict[str, int] = {}

    def tickets_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        """Every ticket that moved since `cursor`, oldest first, in one page."""
        if trouble := self._trouble():
            return trouble
        after = tuple(map(int, cursor.split("/"))) if cursor else (int(start.timestamp()), 0)
        newest = int((self._world.clock.now() - self._withhold).timestamp())
        moved = sorted(
            (each.generated, each.number, each)
            for each in self._world.desk.tickets()
            if (each.generated, each.number) > after
            and each.generated <= newest
            and each.number != self._canary
        )
        if moved:
            cursor = f"{moved[-1][0]}/{moved[-1][1]}"
        events = tuple(self._seen(ticket) for _, _, ticket in moved)
        return Page(events, cursor or f"{after[0]}/{after[1]}", is_last=True)

    def changes_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        """Every reply, note and change since `cursor`, in order of time, in one page."""
        if trouble := self._trouble():
            return trouble
        newest = self._world.clock.now() - self._withhold
        since = int(cursor) if cursor else 0
        audits = [
            audit
            for audit in self._world.desk.audits(since=None if cursor else start)
            if audit.audit_id > since
            and audit.created_at <= newest
            and audit.number != self._canary
        ]
        events = tuple(event for audit in audits for event in self._events(audit))
        last = max((audit.audit_id for audit in audits), default=since)
        return Page(events, str(last), is_last=True)

    def contacts_since(self, cursor: str | None, start: datetime) -> ContactPage | Trouble:
        """Every customer in one page."""
        if trouble := self._trouble():
            return trouble
        now = self._world.clock.now()
        users = self._world.people.users()
        found = (self._names.contact(user, now) for user in users)
        contacts = tuple(each for each in found if each is not None)
        gone = frozenset(str(user.user_id) for user in users if user.is_staff or user.is_suspended)
        return ContactPage(contacts, "all", is_last=True, gone=gone)

    def tickets(self, numbers: Sequence[int]) -> Mapping[int, Snapshot | Trouble]:
        """Tickets as they are now."""
        return {number: self._picture(number) for number in numbers}

    def update(self, updates: Mapping[str, TicketUpdate]) -> Mapping[str, Outcome]:
        """Carry out each update as one audit that carries its key."""
        return {key: self._update(key, update) for key, update in updates.items()}

    def was_applied(self, key: str, update: TicketUpdate) -> Outcome:
        """Look for the key in the ticket's audits."""
        if self._trouble():
            return Unknown("the helpdesk does not answer")
        for audit in self._world.audits(update.number or 0):
            if key in _keys(audit):
                return Delivered(str(audit.audit_id))
        return Refused("no audit carries the key")

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        """Make the ticket, once per key."""
        if trouble := self._trouble():
            return TryLater(trouble.reason, trouble.retry_after)
        known = self._created.get(key)
        if known is None:
            made = make_ticket(self._world, self._names, key, creation, self._enclosures)
            if isinstance(made, Refusal):
                return Refused(made.text)
            known = self._created[key] = made.number
        return Delivered(str(known))

    def was_created(self, creation: TicketCreation) -> Outcome:
        """Look for the external id; the world keeps nothing back, so one look decides."""
        if self._trouble():
            return Unknown("the helpdesk does not answer")
        for ticket in self._world.tickets():
            if ticket.external_id == creation.external_id:
                return Delivered(str(ticket.number))
        return Refused("no ticket carries the external id")

    def twins(self, sought: Sought) -> tuple[Twin, ...] | Trouble:
        """What the world has of a case, suspended mails included."""
        return self._trouble() or twins_in(self._world, self._names, sought)

    def articles(self, cursor: str | None) -> ArticlePage | Trouble:
        """Every article in one page, each time: the world is small."""
        if trouble := self._trouble():
            return trouble
        return shown_articles(self._world)

    def probe_edge(self) -> Probe:
        """Whether anybody is at home."""
        return self._probe()

    def probe_read(self) -> Probe:
        """Whether our user can be read."""
        if self._faults.is_on(Fault.TOKEN_REFUSED) or self._faults.is_on(Fault.EXPIRED_TOKEN):
            return Probe(Verdict.CREDENTIALS, 0.0, "401")
        return self._probe()

    def probe_write(self, counter: int) -> Probe:
        """Whether the canary ticket can be written."""
        if self._canary is None:
            return Probe(Verdict.MISCONFIGURED, 0.0, "no canary ticket is configured")
        return self._probe()

    def examine(self) -> Sequence[Finding]:
        """The world is as it was furnished."""
        return (Finding("helpdesk", self._trouble() is None, "sandbox"),)

    @property
    def _faults(self) -> Faults:
        return self._world.faults

    def _picture(self, number: int) -> Snapshot | Trouble:
        if trouble := self._trouble():
            return trouble
        ticket = self._world.ticket(number)
        if ticket is None:
            return Trouble(TroubleKind.NOT_FOUND, f"ticket {number} is gone")
        return self._names.snapshot(ticket)

    def _trouble(self) -> Trouble | None:
        if any(self._faults.is_on(fault) for fault in DOWN):
            return Trouble(TroubleKind.DOWN, "the helpdesk does not answer")
        if self._faults.is_on(Fault.THROTTLED):
            return Trouble(TroubleKind.THROTTLED, "429", 30.0)
        return None

    def _probe(self) -> Probe:
        trouble = self._trouble()
        if trouble is None:
            return Probe(Verdict.OK, 0.0)
        is_down = trouble.kind is TroubleKind.DOWN
        return Probe(Verdict.DOWN if is_down else Verdict.THROTTLED, 0.0, trouble.reason)

    def _seen(self, ticket: DeskTicket) -> Event:
        stream = f"ticket/{ticket.number}"
        key = f"{stream}/seen@{ticket.generated}/{ticket.updated_at.isoformat()}"
        if ticket.status == "deleted":
            how = "scrubbed" if ticket.subject == "SCRUBBED" else "deleted"
            gone = TicketGone(ticket.number, how)
            return Event(f"{stream}/gone/{how}", stream, ticket.updated_at, "export", gone)
        snapshot = self._names.snapshot(ticket)
        return Event(key, stream, ticket.updated_at, "export", TicketSeen(snapshot))

    def _events(self, audit: Audit) -> Sequence[Event]:
        stream, own_key = f"ticket/{audit.number}", next(iter(_keys(audit)), None)
        facts: list[Event] = []
        for added in self._names.comments(audit, own_key):
            key = comment_key(audit.number, added.comment_id)
            facts.append(Event(key, stream, audit.created_at, "export", added))
        for changed in self._names.changes(audit, own_key):
            key = change_key(audit.number, changed.field, changed.new, audit.created_at)
            facts.append(Event(key, stream, audit.created_at, "export", changed))
        return facts

    def _update(self, key: str, update: TicketUpdate) -> Outcome:
        if trouble := self._trouble():
            return TryLater(trouble.reason, trouble.retry_after)
        if update.number is None:
            return TryLater("the helpdesk does not have the ticket yet", 60.0)
        ticket = self._world.ticket(update.number)
        if ticket is None:
            return Refused(f"ticket {update.number} is gone")
        values, fields = self._names.values(ticket, update)
        agent = self._world.people.user_by_email(update.assignee_email or "")
        if agent is not None:
            values = {**values, "assignee_id": agent.user_id}
        if update.is_solved:
            values = {**values, "status": "solved", "assignee_id": self._world.daemon.user_id}
        if update.is_reopened:
            values = {**values, "status": "open"}
        files = attached(self._world, self._enclosures, update.mail)
        comment = NewComment(update.comment or "", update.is_public, attachments=files)
        done = self._world.change_ticket(
            ticket.number, by=self._world.daemon, values=values, fields=fields,
            comment=comment if update.comment else None, metadata={KEY: key}, via="api",
        )  # fmt: skip
        if not isinstance(done, Refusal):
            return Delivered(str(done.audit_id))
        if done.kind is RefusalKind.STALE:
            return TryLater(done.text)
        return Refused(done.text)


class FakeChannel:
    """A channel that puts notices and banners straight into the world; `down` makes it wait."""

    def __init__(self, world: World, *, is_down: Callable[[], bool] = lambda: False) -> None:
        """`is_down` is asked before each message."""
        self._world = world
        self._is_down = is_down
        self.delivered: list[tuple[datetime, Outgoing]] = []
        self.edited: list[tuple[datetime, Outgoing]] = []

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Show it in the world."""
        if self._is_down():
            return TryLater("the channel is down", 5.0)
        if outgoing.is_edit:
            self.edited.append((now, outgoing))
            return Delivered(outgoing.key)
        self.delivered.append((now, outgoing))
        kind, _, address = outgoing.destination.partition(":")
        match outgoing.message:
            case Banner() as banner if banner.is_shown:
                self._world.portal.show(banner.texts, valid_until=banner.valid_until)
            case Banner():
                self._world.portal.withdraw()
            case Notice() as notice if kind == "teams":
                self._world.chat.post_card(address, {"kind": notice.kind, "title": notice.title})
            case CustomerMail() as said:
                raw = f"Subject: {said.subject}\n\n{said.text}".encode()
                self._world.mail.send("desk@sandbox.example", (address,), raw)
            case Notice() as notice if kind == "mail":
                raw = f"Subject: {notice.title}\n\n{notice.reason}\n".encode()
                self._world.mail.send("deskmate@sandbox.example", (address,), raw)
            case Notice() as notice:
                posted = self._world.chat.post(address, f"{notice.kind}: {notice.title}")
                return Delivered(f"{address}:{posted.ts}")
            case TicketUpdate() | TicketCreation():
                return Refused("a ticket is the helpdesk's, not a channel's")
        return Delivered(outgoing.key)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """Whether it was shown already."""
        if any(sent.key == outgoing.key for _, sent in self.delivered):
            return Delivered(outgoing.key)
        return Refused("it was not shown")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Every destination of a pretend channel exists."""
        return tuple(Finding(each, True, "sandbox") for each in destinations)


def _keys(audit: Audit) -> tuple[str, ...]:
    kept = audit.custom_metadata.get(KEY)
    if isinstance(kept, list | tuple):
        return tuple(str(each) for each in kept)
    return (str(kept),) if kept else ()
