# SPDX-License-Identifier: GPL-3.0-or-later
"""What the continuity page shows, read from the store: texts and instants, ready to be escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.pages.continuity_values import (
    CasePage,
    DeskPage,
    DeskSettings,
    HeldRow,
    SaidRow,
    WaitingRow,
)
from bot.rules.backfill_state import PREFIX, may_go_on, progress_of
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate
from bot.rules.outage_state import Blind, OutageState, Phase, from_row
from bot.rules.ticket import Actor, Ticket
from bot.store.transaction import Reader
from bot.store.views import views_since
from bot.store.waiting import TICKETS, as_of, next_due, waits_since
from bot.texts.instants import duration, time_with_zone
from bot.texts.replies import helpdesk_age

FATES = (
    Fate.CASE, Fate.REPLY, Fate.STAFF, Fate.HELD, Fate.PARKED, Fate.AUTOMATIC, Fate.BOUNCE,
    Fate.NOTED, Fate.OWN, Fate.WAITING,
)  # fmt: skip
"""What becomes of mails, the usual first."""
WHY = {
    "a mailing list": "why_list",
    "the form of the subject": "why_subject",
    "the mail names no sender": "why_no_sender",
    "the mail is empty": "why_empty",
}
"""Why a mail is held, where we have words for it in every language; what a mail says stays."""
MOST_TICKETS = 300
MOST_HELD = 50
MOST_READERS = 8
SEEN_WITHIN = timedelta(hours=24)
_LONGEST = 200


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
        state=desk.say[f"state_{outage.standing}"],
        is_up=outage.phase is Phase.HEALTHY and outage.blind is Blind.NO,
        since=_time(outage.since, now, desk),
        blind_since=_time(outage.blind_since, now, desk),
        mailbox=desk.mailbox or "",
        mailbox_trouble="" if mailbox.get("is_read", True) else str(mailbox.get("detail", "")),
        tickets_as_of=_age(as_of(TICKETS, reader), now, desk),
        contacts_as_of=_age(as_of("contacts", reader), now, desk),
        cases=_sorted(cases, reader, now, desk),
        tickets=rows[:MOST_TICKETS],
        left_out=max(0, len(rows) - MOST_TICKETS),
        held=_held(reader, now, desk),
        mails=tuple(_mails(reader, desk)),
        way_back=_way_back(reader, outage, desk),
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
    read_at = as_of(TICKETS, reader)
    return CasePage(
        name=_name(ticket),
        row=_row(ticket, reader, now, desk),
        email=ticket.customer.email or "",
        status=desk.say[f"status_{ticket.status}"],
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
    words, say = desk.words, desk.say
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
        customer=(ticket.organisation or ticket.customer.name or ticket.customer.email or "")[
            :_LONGEST
        ],
        priority=desk.labels.get(ticket.priority or "", ticket.priority or ""),
        category=desk.labels.get(ticket.category or "", ticket.category or ""),
        since=_time(waits, now, desk),
        waits="" if waits is None else duration(now - waits, words),
        due=_time(due.at, now, desk) if due else "",
        left=say["late" if late else "left"].format(left) if left else "",
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


def _mails(reader: Reader, desk: DeskSettings) -> Iterator[str]:
    """What became of the mails, in words, the usual fates first."""
    counts = reader.mails.counts()
    return (desk.say[f"fate_{each}"].format(counts[each]) for each in FATES if counts.get(each))


def _way_back(reader: Reader, outage: OutageState, desk: DeskSettings) -> str:
    if not may_go_on(outage):
        return ""
    stages = [str(row["stage"]) for row in reader.states.starting_with(PREFIX).values()]
    progress = progress_of(stages, reader.tickets.count_cases_without_number(untouched=PREFIX))
    left = progress.waiting + progress.importing
    parts = [desk.say["on_their_way"].format(left)] if left else []
    parts += [desk.say["refused"].format(progress.parked)] if progress.parked else []
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
            why=desk.say[WHY[row.reason]] if row.reason in WHY else row.reason,
        )
        for row in rows[-MOST_HELD:]
    )


def _said(ticket: Ticket, reader: Reader, now: datetime, desk: DeskSettings) -> list[SaidRow]:
    customer = ticket.customer.name or ticket.customer.email or desk.say["a_customer"]
    found = []
    for change in reader.tickets.history(ticket.ticket_id):
        if change.kind not in (ChangeKind.CREATED, ChangeKind.COMMENT) or not change.body:
            continue
        match change.actor:
            case Actor.REQUESTER:
                who, kind = customer, "customer"
            case Actor.AGENT:
                who, kind = change.person_id or desk.say["an_agent"], "answer"
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
    return time_with_zone(at, now=now, zone=desk.zone, words=desk.words)


def _age(text: str | None, now: datetime, desk: DeskSettings) -> str:
    return helpdesk_age(text, now, zone=desk.zone, wanted=desk.language)
