# SPDX-License-Identifier: GPL-3.0-or-later
"""What the continuity page shows, read from the store: texts and instants, ready to be escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.rules.backfill_state import PREFIX, may_go_on, progress_of
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate
from bot.rules.outage_state import OutageState, Phase, from_row
from bot.rules.policy import Policy
from bot.rules.ticket import Actor, Ticket
from bot.store.transaction import Reader
from bot.store.views import views_since
from bot.store.waiting import as_of, next_due, waits_since
from bot.texts.instants import duration, time_with_zone
from bot.texts.words import language

FATES = {
    Fate.CASE: "{} became cases",
    Fate.REPLY: "{} joined a case",
    Fate.STAFF: "{} were answers of ours",
    Fate.HELD: "{} held for a person",
    Fate.PARKED: "{} could not be read",
    Fate.AUTOMATIC: "{} from auto-responders",
    Fate.BOUNCE: "{} bounced",
    Fate.NOTED: "{} came while it was there",
    Fate.OWN: "{} of ours came back",
    Fate.WAITING: "{} not decided yet",
}
"""What became of mails, as people read it; every fate has its words."""
STATES = {
    Phase.HEALTHY: "answers",
    Phase.SUSPECT: "suspected to be down",
    Phase.DOWN: "down",
    Phase.RECOVERING: "answers again, is watched",
}
MOST_TICKETS = 300
MOST_HELD = 50
MOST_READERS = 8
SEEN_WITHIN = timedelta(hours=24)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What of the policy the page needs: the desk, its zone, how codes are called."""

    desk: str
    zone: str
    mailbox: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


def desk_settings(policy: Policy) -> DeskSettings:
    """What of a policy the page needs."""
    return DeskSettings(policy.desk, policy.zone, policy.outage.mailbox, policy.labels)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One case or ticket: `waits` and `left` are lengths, empty for none."""

    name: str
    subject: str
    customer: str
    priority: str
    category: str
    since: str
    waits: str
    due: str
    left: str
    tone: str
    owner: str


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A mail that waits for a person."""

    key: str
    at: str
    sender: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything the page shows at one moment."""

    desk: str
    now: str
    state: str
    is_up: bool
    since: str
    mailbox: str
    mailbox_trouble: str
    tickets_as_of: str
    contacts_as_of: str
    cases: tuple[WaitingRow, ...] = ()
    tickets: tuple[WaitingRow, ...] = ()
    left_out: int = 0
    held: tuple[HeldRow, ...] = ()
    mails: tuple[str, ...] = ()
    way_back: str = ""
    """How many cases are on their way into the helpdesk that is back; empty for none."""
    seen_by: tuple[str, ...] = ()
    """Who read it by a personal link within a day, each with the last time, the newest first."""


@dataclass(frozen=True, slots=True)
class SaidRow:
    """One message of a case."""

    at: str
    who: str
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case, word by word."""

    name: str
    row: WaitingRow
    email: str
    status: str
    tags: tuple[str, ...]
    said: tuple[SaidRow, ...]
    as_of: str


def desk_page(reader: Reader, now: datetime, desk: DeskSettings) -> DeskPage:
    """The page as the store has it."""
    outage = from_row(reader.states.load("outage"))
    mailbox = reader.states.load("mailbox") or {}
    opened = reader.tickets.open_tickets()
    cases = [each for each in opened if each.number is None]
    known = [each for each in opened if each.number is not None]
    rows = _sorted(known, reader, now, desk)
    return DeskPage(
        desk=desk.desk,
        now=_time(now, now, desk),
        state=outage.standing,
        is_up=outage.phase is Phase.HEALTHY,
        since=_time(outage.since, now, desk),
        mailbox=desk.mailbox or "",
        mailbox_trouble="" if mailbox.get("is_read", True) else str(mailbox.get("detail", "")),
        tickets_as_of=_age(as_of("read/export/tickets", reader), now, desk),
        contacts_as_of=_age(as_of("contacts", reader), now, desk),
        cases=_sorted(cases, reader, now, desk),
        tickets=rows[:MOST_TICKETS],
        left_out=max(0, len(rows) - MOST_TICKETS),
        held=_held(reader, now, desk),
        mails=tuple(_mails(reader)),
        way_back=_way_back(reader, outage),
        seen_by=_seen_by(reader, now, desk),
    )


def case_page(name: str, reader: Reader, now: datetime, desk: DeskSettings) -> CasePage | None:
    """One case or ticket by its reference or number, None where there is none."""
    bare = name.strip("#")
    ticket = (
        reader.tickets.by_number(int(bare))
        if bare.isdecimal() and len(bare) < 16
        else reader.tickets.by_reference(bare.upper())
    )
    if ticket is None:
        return None
    read_at = as_of("read/export/tickets", reader)
    return CasePage(
        name=_name(ticket),
        row=_row(ticket, reader, now, desk),
        email=ticket.requester.email or "",
        status=ticket.status.value,
        tags=tuple(sorted(ticket.tags)),
        said=tuple(_said(ticket, reader, now, desk)),
        as_of=_age(read_at, now, desk) if ticket.number is not None else "",
    )


def _sorted(
    tickets: list[Ticket], reader: Reader, now: datetime, desk: DeskSettings
) -> tuple[WaitingRow, ...]:
    """What is due first stands first; without a promise, who waits longest."""
    far = now + timedelta(days=36500)

    def place(ticket: Ticket) -> tuple[datetime, datetime]:
        due = next_due(ticket, reader)
        return (due.at if due else far, waits_since(ticket, reader) or far)

    ordered = sorted(tickets, key=place)
    return tuple(_row(each, reader, now, desk) for each in ordered)


def _row(ticket: Ticket, reader: Reader, now: datetime, desk: DeskSettings) -> WaitingRow:
    words = language("en").words
    waits, due = waits_since(ticket, reader), next_due(ticket, reader)
    taken = reader.alerts.load(f"taken/{ticket.ticket_id}")
    owner = str(taken["by"]) if taken else ticket.assignee.name if ticket.assignee else None
    if owner is None and waits is None:
        owner = _answered_by(ticket, reader)
    late = due is not None and due.at <= now
    left = "" if due is None else duration(due.at - now, words)
    return WaitingRow(
        name=_name(ticket),
        subject=ticket.subject[:_LONGEST],
        customer=(ticket.organisation or ticket.requester.name or ticket.requester.email or "")[
            :_LONGEST
        ],
        priority=desk.labels.get(ticket.priority or "", ticket.priority or ""),
        category=desk.labels.get(ticket.category or "", ticket.category or ""),
        since=_time(waits, now, desk),
        waits="" if waits is None else duration(now - waits, words),
        due=_time(due.at, now, desk) if due else "",
        left=f"{left} late" if late else f"{left} left" if left else "",
        tone="alarm" if late else "warning" if due and due.at - now < timedelta(hours=1) else "",
        owner=(owner or "")[:_LONGEST],
    )


def _answered_by(ticket: Ticket, reader: Reader) -> str | None:
    """Who of ours spoke to the customer last."""
    spoken = (
        each.person_id
        for each in reversed(reader.tickets.history(ticket.ticket_id))
        if each.actor is Actor.AGENT and each.is_public and each.kind is ChangeKind.COMMENT
    )
    return next(spoken, None)


def _mails(reader: Reader) -> Iterator[str]:
    """What became of the mails, in words, the usual fates first."""
    counts = reader.mails.counts()
    return (words.format(counts[fate]) for fate, words in FATES.items() if counts.get(fate))


def _way_back(reader: Reader, outage: OutageState) -> str:
    if not may_go_on(outage):
        return ""
    stages = [str(row["stage"]) for row in reader.states.starting_with(PREFIX).values()]
    progress = progress_of(stages, reader.tickets.count_cases_without_number(untouched=PREFIX))
    left = progress.waiting + progress.importing
    parts = [f"{left} on their way into it"] if left else []
    parts += [f"{progress.parked} refused by it"] if progress.parked else []
    return ", ".join(parts)


def _seen_by(reader: Reader, now: datetime, desk: DeskSettings) -> tuple[str, ...]:
    last: dict[str, datetime] = {}
    for view in views_since(now - SEEN_WITHIN, reader):
        last.setdefault(view.person, view.at)
    return tuple(
        f"{person.replace('_', ' ')} {_time(at, now, desk)}"
        for person, at in list(last.items())[:MOST_READERS]
    )


def _held(reader: Reader, now: datetime, desk: DeskSettings) -> tuple[HeldRow, ...]:
    rows = [*reader.mails.with_fate(Fate.HELD), *reader.mails.with_fate(Fate.PARKED)]
    return tuple(
        HeldRow(
            key=row.key[:12],
            at=_time(row.received_at, now, desk),
            sender=row.sender[:_LONGEST],
            subject=row.subject[:_LONGEST],
            why=row.reason,
        )
        for row in rows[-MOST_HELD:]
    )


def _said(ticket: Ticket, reader: Reader, now: datetime, desk: DeskSettings) -> list[SaidRow]:
    customer = ticket.requester.name or ticket.requester.email or "the customer"
    found = []
    for change in reader.tickets.history(ticket.ticket_id):
        if change.kind not in (ChangeKind.CREATED, ChangeKind.COMMENT) or not change.body:
            continue
        match change.actor:
            case Actor.REQUESTER:
                who, kind = customer, "customer"
            case Actor.AGENT:
                who, kind = change.person_id or "an agent", "answer"
            case _:
                who, kind = "Deskmate", "note"
        if not change.is_public:
            kind = "note"
        found.append(
            SaidRow(_time(change.at, now, desk), who, kind, tuple(change.body.splitlines()))
        )
    return found


def _name(ticket: Ticket) -> str:
    if ticket.number is not None:
        return f"#{ticket.number}"
    return ticket.reference or ticket.ticket_id


def _time(at: datetime | None, now: datetime, desk: DeskSettings) -> str:
    if at is None:
        return ""
    return time_with_zone(at, now=now, zone=desk.zone, words=language("en").words)


def _age(text: str | None, now: datetime, desk: DeskSettings) -> str:
    """`as of 14:05 CET (3 min ago)`, or that it never was."""
    if text is None:
        return "never read"
    at, words = datetime.fromisoformat(text), language("en").words
    return f"as of {_time(at, now, desk)} ({words.ago.format(duration(now - at, words))})"
