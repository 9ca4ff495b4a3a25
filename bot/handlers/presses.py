# SPDX-License-Identifier: GPL-3.0-or-later
"""Does what somebody pressed: I have it, assign it to me, in 15 minutes again, next level now.

Whoever may not is told so, in a message of their own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.cards import renew_card
from bot.handlers.case_words import is_case
from bot.handlers.grouping import GROUP, HELD, TOGETHER, left_of, show_taken
from bot.handlers.handled import Handled
from bot.handlers.ladders import raise_ladders, take_ladders
from bot.handlers.sending import send
from bot.handlers.storms import COUNTED
from bot.handlers.tickets import set_clocks
from bot.rules.actions import Notice, NoticeKind, Outgoing, Reason, TicketUpdate, Timer
from bot.rules.engine import CompiledPolicy
from bot.rules.escalation_values import TakenBy
from bot.rules.events import ButtonPressed, Event
from bot.rules.history import Change, ChangeKind
from bot.rules.rights import may, person_of
from bot.rules.ticket import Actor, Ticket
from bot.store.queues import OutboxRow, OutboxState
from bot.store.transaction import Transaction

SNOOZE = timedelta(minutes=15)
SNOOZED = "snoozed"
"""The kind of the timer that ends a snooze; its key is `snoozed/SUBJECT`."""
TAKES = ("acknowledge", "take")
ACKNOWLEDGED, TAKEN_ALREADY = "acknowledged", "taken already"


def handle_button(
    event: Event,
    pressed: ButtonPressed,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Do what was pressed, if this person may."""
    kind, _, subject = pressed.subject.partition(":")
    if not may(compiled.policy, pressed.action, pressed.person, pressed.message.get("user", "")):
        _refuse(event, pressed, tx, compiled, now=now)
        return Handled(f"{pressed.person} may not {pressed.action}")
    if kind == GROUP:
        return _together(event, pressed, tx, compiled, now=now)
    ticket = tx.tickets.load(subject) if kind == "ticket" else None
    match pressed.action:
        case "snooze":
            done = _snooze(event, pressed, ticket, tx, now=now)
            renew_card(subject, tx, compiled, now=now)
        case "raise":
            done = _raise(event, pressed, tx, compiled, now=now)
            renew_card(subject, tx, compiled, now=now)
        case _:
            done = _take(event, pressed, ticket, tx, compiled, now=now)
    if not done:
        return Handled(TAKEN_ALREADY if pressed.action in TAKES else "nothing to do")
    tx.journal.add(
        at=now,
        subject=pressed.subject,
        event_key=event.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason(pressed.action, evidence=(f"{pressed.person}, by {pressed.via}",)),),
        summary=done,
    )
    what = ACKNOWLEDGED if pressed.action in TAKES else done
    return Handled(what, ticket.ticket_id if ticket else None)


def _together(
    event: Event,
    pressed: ButtonPressed,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """One press under a group's message is one for each matter that it told of."""
    done = []
    for thread in left_of(pressed.subject, tx):
        each = replace(event, key=f"{event.key}/{thread}")
        one = replace(pressed, subject=thread)
        done.append(handle_button(each, one, tx, compiled, now=now).outcome)
    return Handled(", ".join(dict.fromkeys(done)) or "nothing is left to take")


def end_snooze(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """A quarter of an hour is over: who heard of it hears again, unless somebody has it."""
    subject = timer.detail["subject"]
    which = subject.partition(":")[2]
    taken = tx.alerts.load(f"taken/{which}")
    if taken is None or not taken.get("until"):
        return "taken meanwhile"
    tx.alerts.delete(f"taken/{which}")
    ticket = tx.tickets.load(which) if subject.startswith("ticket:") else None
    if ticket is not None and ticket.status.is_done:
        return "done meanwhile"
    rows = [
        Outgoing(
            key=f"{timer.key}/{timer.due_at.isoformat()}/{destination}",
            destination=destination,
            order_key=f"{destination}/{subject}",
            message=replace(notice, at=now, reason=f"snooze_over:{taken['by']}", mention=()),
            ticket_id=notice.ticket_id,
            is_obsolete_when_done=True,
        )
        for destination, notice in _first_heard(subject, ticket, tx).items()
        if destination.startswith("slack:")
    ]
    send(rows, tx, compiled, now=now)
    renew_card(which, tx, compiled, now=now)
    return f"told again by {len(rows)} ways"


def _take(
    event: Event,
    pressed: ButtonPressed,
    ticket: Ticket | None,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> str:
    """Somebody has it: no more warnings, a note on the ticket, and everybody who was told knows."""
    which = pressed.subject.partition(":")[2]
    known = tx.alerts.load(f"taken/{which}")
    if known is not None and not known.get("until"):
        return ""
    state = {"by": pressed.person, "via": pressed.via, "at": event.at.isoformat()}
    tx.alerts.save(f"taken/{which}", state, ticket_id=ticket.ticket_id if ticket else None)
    tx.timers.stop(f"{SNOOZED}/{pressed.subject}")
    take_ladders(pressed.subject, pressed.person, _how(pressed.via), tx, now=now)
    reason = f"{pressed.person} has it"
    if ticket is None:
        tx.outbox.supersede(now=now, reason=reason, thread=pressed.subject)
    else:
        added = Change(event.key, event.at, ChangeKind.TAKEN, Actor.AGENT, new=pressed.person)
        tx.tickets.add_change(ticket.ticket_id, added)
        set_clocks(ticket, tx.tickets.history(ticket.ticket_id), tx, compiled, now=now)
        tx.outbox.supersede(now=now, reason=reason, ticket_id=ticket.ticket_id)
        if not is_case(ticket):
            tx.outbox.add(_note(ticket, pressed, event, compiled), now)
    kept = renew_card(ticket.ticket_id, tx, compiled, now=now) if ticket else frozenset()
    for row in _acknowledgements(pressed, ticket, event, tx):
        if row.destination not in kept:
            tx.outbox.add(row, now)
    show_taken(pressed.subject, pressed.person, event.key, tx, now)
    return reason


def _snooze(
    event: Event, pressed: ButtonPressed, ticket: Ticket | None, tx: Transaction, *, now: datetime
) -> str:
    """Nothing more for a quarter of an hour; what somebody has is not snoozed."""
    which = pressed.subject.partition(":")[2]
    if tx.alerts.load(f"taken/{which}") is not None:
        return ""
    until = now + SNOOZE
    state = {"by": pressed.person, "via": pressed.via, "at": event.at.isoformat(),
             "until": until.isoformat()}  # fmt: skip
    tx.alerts.save(f"taken/{which}", state, ticket_id=ticket.ticket_id if ticket else None)
    take_ladders(pressed.subject, pressed.person, _how(pressed.via), tx, now=now, holds_for=SNOOZE)
    tx.timers.set(
        Timer(f"{SNOOZED}/{pressed.subject}", SNOOZED, until, detail={"subject": pressed.subject})
    )
    return f"{pressed.person} snoozed it"


def _raise(
    event: Event,
    pressed: ButtonPressed,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> str:
    """The next level hears of it at once."""
    raised = raise_ladders(pressed.subject, tx, compiled, occasion=event.key, now=now)
    if raised:
        tx.alerts.delete(f"taken/{pressed.subject.partition(':')[2]}")
    return f"{pressed.person} raised {', '.join(raised)}" if raised else ""


def _refuse(
    event: Event,
    pressed: ButtonPressed,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    user = pressed.message.get("user", "")
    if pressed.via != "slack" or not user:
        return
    policy = compiled.policy
    notice = Notice(
        kind=NoticeKind.ANSWER,
        thread=f"person:{user}",
        at=now,
        reason=f"not_allowed:{', '.join(policy.rights.get(pressed.action, ())) or '-'}",
        language=policy.language,
        zone=policy.zone,
    )
    destination = f"slack:{user}"
    row = Outgoing(f"refused/{event.key}", destination, f"{destination}/{notice.thread}", notice)
    tx.outbox.add(row, now)


def _how(via: str) -> TakenBy:
    """A link and a mail are ways of their own, chat is pressing a button."""
    return {"link": TakenBy.LINK, "mail": TakenBy.MAIL}.get(via, TakenBy.BUTTON)


def _note(
    ticket: Ticket, pressed: ButtonPressed, event: Event, compiled: CompiledPolicy
) -> Outgoing:
    """The helpdesk hears who has it; "assign it to me" makes them its owner there too."""
    user = pressed.message.get("user", "")
    person = person_of(compiled.policy, pressed.person, user)
    wants_it = pressed.action == "take" and person is not None
    update = TicketUpdate(
        ticket_id=ticket.ticket_id,
        number=ticket.number,
        assignee_email=person.mail if wants_it and person is not None else None,
        comment=f"{pressed.person} has it (by {pressed.via}).",
    )
    return Outgoing(
        key=f"acknowledge/ticket:{ticket.ticket_id}/{event.key}",
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{ticket.ticket_id}",
        message=update,
        ticket_id=ticket.ticket_id,
    )


def _acknowledgements(
    pressed: ButtonPressed,
    ticket: Ticket | None,
    event: Event,
    tx: Transaction,
) -> list[Outgoing]:
    """One per chat destination that heard of the matter: the message there is edited in place.

    It says what the first message said, because the edit takes its place. Where a silence or a
    storm held every message back there is none to edit, and nothing is posted.
    """
    return [
        Outgoing(
            key=f"acknowledged/{pressed.subject}/{destination}/{event.key}",
            destination=destination,
            order_key=f"{destination}/{pressed.subject}",
            message=replace(
                notice,
                kind=NoticeKind.ACKNOWLEDGED,
                at=event.at,
                owner=pressed.person,
                buttons=(),
                reason="",
            ),
            ticket_id=ticket.ticket_id if ticket else None,
        )
        for destination, notice in _first_heard(
            pressed.subject, ticket, tx, with_held=False
        ).items()
        if destination.startswith("slack:")
    ]


def _first_heard(
    subject: str, ticket: Ticket | None, tx: Transaction, *, with_held: bool = True
) -> dict[str, Notice]:
    """Destination -> the first message about the matter there, also one that was held back."""
    heard = (
        tx.outbox.of_ticket(ticket.ticket_id)
        if ticket is not None
        else tx.outbox.of_thread(subject)
    )
    first: dict[str, Notice] = {}
    for row in heard:
        is_left_out = (row.reason or "").startswith(TOGETHER) or row.is_emptied
        is_left_out = is_left_out or (not with_held and _is_held(row))
        if isinstance(row.outgoing.message, Notice) and not is_left_out:
            first.setdefault(row.outgoing.destination, row.outgoing.message)
    return first


def _is_held(row: OutboxRow) -> bool:
    """Whether a silence or a storm kept a message back."""
    return row.state is OutboxState.SILENCED or (row.reason or "").startswith((COUNTED, HELD))
