# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings cases into the helpdesk that is back: one transaction a step, effects by the outbox.

1. The source `twins` asks the helpdesk what it has of a case; `handle_twins` adopts or imports.
2. A timer looks whether the ticket has its number: then what was said meanwhile follows as notes.
3. After 1 h, 24 h and 7 days the source asks again; late copies are told, and noted in the ticket.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.backfill_adopt import take_over
from bot.handlers.backfill_notices import (
    tell_of_copies,
    tell_of_parked,
    tell_of_unread,
    tell_when_through,
)
from bot.handlers.backfill_stuck import look_at_stuck
from bot.handlers.case_notes import mails_with_files
from bot.handlers.handled import Handled
from bot.handlers.outage import load_state
from bot.rules.actions import Outgoing, Reason, TicketCreation, TicketUpdate, Timer, Urgency
from bot.rules.backfill import (
    Adopt,
    Case,
    Import,
    Planner,
    Stage,
    found_there,
    is_given_up,
    key_of,
    lacking,
    late_copies,
    next_look,
    plan,
    when_it_came,
)
from bot.rules.backfill_state import (
    LOOKS,
    PREFIX,
    TIMER,
    Standing,
    from_row,
    may_go_on,
    to_row,
)
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, TwinsSought
from bot.rules.ticket import Origin, Ticket
from bot.store.queues import OutboxState
from bot.store.restored import is_doubtful
from bot.store.transaction import Reader, Transaction

SOON = timedelta(seconds=5)
"""How often it is looked whether an import has its number."""
SELDOM = timedelta(minutes=5)
RARELY = timedelta(hours=1)
_ANOTHERS = "the helpdesk knows its ticket as another case"


def handle_twins(
    event: Event,
    sought: TwinsSought,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    planner: Planner = plan,
) -> Handled:
    """Decide by what the helpdesk has of a case; once, whatever is asked twice."""
    ticket = tx.tickets.load(sought.ticket_id)
    if ticket is None or ticket.origin is not Origin.MAILBOX or is_given_up(ticket):
        return Handled("no such case")
    if not may_go_on(load_state(tx)):
        return Handled("the helpdesk is not there: it is asked again", ticket.ticket_id)
    case, standing = case_of(ticket, tx), standing_of(ticket, tx)
    if sought.trouble:
        tell_of_unread(ticket, sought, tx, compiled, now=now)
        return Handled("it cannot be asked about this case", ticket.ticket_id)
    if sought.turn:
        return _looked_again(case, standing, sought, tx, compiled, now=now)
    if standing is not None and standing.stage is Stage.IMPORTING and ticket.number is not None:
        return _compared(case, standing, sought, tx, compiled, now=now)
    if standing is not None or ticket.number is not None:
        return Handled("decided already", ticket.ticket_id)
    taken = _taken(sought, tx)
    decided = planner(case, sought.twins, taken, compiled.policy.default_priority)
    match decided:
        case Adopt(number, because):
            adopt(decided, ticket, tx, compiled, now=now)
            write_down(ticket, f"adopted as #{number}: {because}", event, tx, compiled, now=now)
            return Handled(Stage.ADOPTED, ticket.ticket_id)
        case Import(key, creation, written):
            tx.outbox.add(_to_helpdesk(key, creation, ticket), now)
            standing = Standing(Stage.IMPORTING, now, written)
            _save(ticket, standing, tx)
            _wake(ticket, now + SOON, tx)
            write_down(ticket, "is written to the helpdesk", event, tx, compiled, now=now)
    return Handled(standing.stage, ticket.ticket_id)


def adopt(
    found: Adopt, ticket: Ticket, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Let a case be a ticket that is there, and write what that one lacks."""
    take_over(found.number, ticket, tx, compiled, now=now, picture=found.picture)
    adopted = tx.tickets.load(ticket.ticket_id) or ticket
    _follow(case_of(adopted, tx), Standing(Stage.ADOPTED, now, found.written), tx, now=now)
    tell_when_through(tx, compiled, now=now)


def fire_backfill(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Look whether an import is there, or have late copies looked for."""
    ticket = tx.tickets.load(timer.ticket_id or "")
    standing = standing_of(ticket, tx) if ticket is not None else None
    if ticket is None or standing is None:
        if may_go_on(load_state(tx)):
            tell_when_through(tx, compiled, now=now)
        return "no such case"
    if standing.stage in (Stage.IMPORTED, Stage.ADOPTED):
        tx.states.save(f"{LOOKS}{ticket.ticket_id}", {"turn": standing.turn + 1})
        return "late copies are looked for"
    if ticket.number is not None and is_doubtful(tx, now):
        tx.states.save(f"{LOOKS}{ticket.ticket_id}", {"turn": 0})
        return f"it is #{ticket.number}, and is read before it counts as whole"
    if ticket.number is not None:
        _is_imported(case_of(ticket, tx), standing, tx, compiled, now=now)
        return f"it is #{ticket.number}"
    row = tx.outbox.by_key(key_of(ticket))
    if row is not None and not row.state.is_open:
        is_anothers = row.state is OutboxState.DELIVERED
        reason = _ANOTHERS if is_anothers else row.reason or row.state.value
        _save(ticket, replace(standing, stage=Stage.PARKED, since=now, reason=reason), tx)
        refused_at = row.settled_at or now
        tell_of_parked(ticket, reason, tx, compiled, refused_at=refused_at, now=now)
        tell_when_through(tx, compiled, now=now)
    # A person may let a refused one go again: it is looked at as long as it is not there.
    is_under_way = row is not None and row.state.is_open
    is_stuck = row is not None and look_at_stuck(ticket, standing, row, tx, compiled, now=now)
    _wake(ticket, now + (SELDOM if is_stuck else SOON if is_under_way else RARELY), tx)
    return "it is not there yet"


def _is_imported(
    case: Case, standing: Standing, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    _follow(case, replace(standing, stage=Stage.IMPORTED, since=now), tx, now=now)
    tell_when_through(tx, compiled, now=now)


def _compared(
    case: Case,
    standing: Standing,
    sought: TwinsSought,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """A store that was put back may have sent the case before, with fewer words: those count."""
    tx.states.forget(f"{LOOKS}{case.ticket.ticket_id}")
    theirs = (each for each in sought.twins if each.number == case.ticket.number)
    if (twin := next(theirs, None)) is not None:
        words = found_there(case, twin).words
        standing = replace(standing, written=replace(standing.written, words=words))
    _is_imported(case, standing, tx, compiled, now=now)
    return Handled(
        f"it is #{case.ticket.number}, and what it lacks is noted", case.ticket.ticket_id
    )


def case_of(ticket: Ticket, reader: Reader) -> Case:
    """A case with everything that the plan asks of it."""
    mails = reader.mails.of_ticket(ticket.ticket_id)
    named = frozenset(each.message_id for each in mails if each.message_id)
    history = reader.tickets.history(ticket.ticket_id)
    known = frozenset(each.key for each in history)
    return Case(ticket, history, named, mails_with_files(mails, known))


def standing_of(ticket: Ticket, reader: Reader) -> Standing | None:
    """How far a case has come; None while it waits."""
    row = reader.states.load(f"{PREFIX}{ticket.ticket_id}")
    return from_row(row) if row is not None else None


def _looked_again(
    case: Case,
    standing: Standing | None,
    sought: TwinsSought,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    ticket = case.ticket
    asked = f"{LOOKS}{ticket.ticket_id}"
    if (tx.states.load(asked) or {}).get("turn") == sought.turn:
        tx.states.forget(asked)
    if standing is None or standing.turn + 1 != sought.turn:
        return Handled("looked already", ticket.ticket_id)
    found = late_copies(case, sought.twins, standing.told)
    if found:
        tell_of_copies(ticket, found, tx, compiled, now=now)
    told = (*standing.told, *(each.name for each in found))
    _remember(ticket, replace(standing, turn=sought.turn, told=told), tx, now=now)
    return Handled(f"{len(found)} late copies", ticket.ticket_id)


def _follow(case: Case, standing: Standing, tx: Transaction, *, now: datetime) -> None:
    """It is there: write what it lacks, and set the first look for late copies."""
    came = when_it_came(case, standing.written) if standing.stage is Stage.ADOPTED else ()
    for lack in (*came, *lacking(case, standing.written)):
        tx.outbox.add(_to_helpdesk(lack.key, lack.update, case.ticket), now)
    _remember(case.ticket, standing, tx, now=now)


def _remember(ticket: Ticket, standing: Standing, tx: Transaction, *, now: datetime) -> None:
    _save(ticket, standing, tx)
    due = next_look(standing.since, standing.turn)
    if due is not None:
        _wake(ticket, max(due, now + SOON), tx)


def _save(ticket: Ticket, standing: Standing, tx: Transaction) -> None:
    tx.states.save(f"{PREFIX}{ticket.ticket_id}", to_row(standing))


def _wake(ticket: Ticket, at: datetime, tx: Transaction) -> None:
    key = f"{PREFIX}{ticket.ticket_id}"
    tx.timers.set(Timer(key, TIMER, at, ticket_id=ticket.ticket_id))


def _taken(sought: TwinsSought, tx: Transaction) -> frozenset[int]:
    """Numbers that are another case's already: two cases never share a ticket."""
    numbers = [each.number for each in sought.twins if each.number is not None]
    known = ((number, tx.tickets.by_number(number)) for number in numbers)
    return frozenset(
        number for number, ticket in known if ticket is not None and ticket.origin is Origin.MAILBOX
    )


def _to_helpdesk(key: str, message: TicketCreation | TicketUpdate, ticket: Ticket) -> Outgoing:
    return Outgoing(
        key=key,
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{ticket.ticket_id}",
        message=message,
        urgency=Urgency.NORMAL,
        ticket_id=ticket.ticket_id,
    )


def write_down(
    ticket: Ticket, said: str, event: Event, tx: Transaction, compiled: CompiledPolicy,
    *, now: datetime,
) -> None:  # fmt: skip
    """What became of a case, in the journal."""
    tx.journal.add(
        at=now,
        subject=f"ticket:{ticket.ticket_id}",
        event_key=event.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason("backfill", evidence=(said,)),),
        summary=f"backfill: {said}",
    )
