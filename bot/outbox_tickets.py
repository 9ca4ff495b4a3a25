# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what is decided for tickets, many updates in one call; who brings files comes last.

What may have arrived is looked for before it is sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.ports import KEY_LIFE, Helpdesk
from bot.rules.actions import NOTE, REFUSED_NOTE, Outgoing, TicketCreation, TicketUpdate, Timer
from bot.rules.outcome import Delivered, Outcome, Refused, TryLater, Unknown
from bot.store.queues import ClaimedOutgoing, OutboxState
from bot.store.restored import is_doubtful
from bot.store.store import Store
from bot.store.transaction import Reader, Transaction

Carried = tuple[ClaimedOutgoing, Outcome]


def outcomes_of(
    claimed: Sequence[ClaimedOutgoing], helpdesk: Helpdesk, store: Store, clock: Clock
) -> Iterator[Carried]:
    """How each claimed row ended; record each before asking for the next.

    1. updates of tickets that wait for nothing here; 2. new tickets, whose files may take time;
    3. the updates behind them, which need their numbers; 4. tickets whose notes bring files.
    In a store that was put back nothing counts as never tried.
    """
    if not claimed:
        return
    with store.read() as reader:
        is_older = is_doubtful(reader, clock.now())
    if is_older:
        claimed = [replace(row, state=OutboxState.UNKNOWN) for row in claimed]
    turns = _turns(claimed)
    yield from _updates(turns.plain, helpdesk, store)
    creating = _Creating(helpdesk, store, clock, is_older)
    for row in claimed:
        creation = row.outgoing.message
        if isinstance(creation, TicketCreation):
            yield row, creating.outcome(row, creation)
    yield from _updates(turns.behind, helpdesk, store)
    yield from _updates(turns.with_files, helpdesk, store)


def number_ticket(outgoing: Outgoing, outcome: Outcome, tx: Transaction) -> None:
    """A ticket that was made has a number now, unless the helpdesk's own news were quicker."""
    creation = outgoing.message
    if not isinstance(outcome, Delivered) or not isinstance(creation, TicketCreation):
        return
    ticket = tx.tickets.load(creation.ticket_id)
    if ticket is None or ticket.number is not None or not outcome.reference.isdecimal():
        return
    number = int(outcome.reference)
    # Two of ours with one external id: the first keeps the number, the other has a person's look.
    if tx.tickets.by_number(number) is None:
        tx.tickets.save(replace(ticket, number=number))


def have_refusal_told(outgoing: Outgoing, outcome: Outcome, tx: Transaction, now: datetime) -> None:
    """Words that a ticket does not take must not be lost in silence: a timer has them told."""
    update = outgoing.message
    is_note = isinstance(update, TicketUpdate) and update.number is not None and update.comment
    if not isinstance(outcome, Refused) or not is_note or not outgoing.key.startswith(NOTE):
        return
    detail = {"row": outgoing.key, "why": outcome.reason}
    tx.timers.set(Timer(f"{REFUSED_NOTE}/{outgoing.key}", REFUSED_NOTE, now, detail=detail))


def still_unknown(found: Outcome) -> Outcome:
    """Who looked and could not tell must look again; a plain retry would send it twice."""
    return Unknown(found.reason, found.after) if isinstance(found, TryLater) else found


@dataclass(frozen=True, slots=True)
class _Turns:
    """The updates, by what their tickets wait for; each ticket stands in one of them alone."""

    plain: Sequence[ClaimedOutgoing]
    behind: Sequence[ClaimedOutgoing]
    with_files: Sequence[ClaimedOutgoing]


def _turns(claimed: Sequence[ClaimedOutgoing]) -> _Turns:
    made, slow = set(), set()
    updates: list[tuple[ClaimedOutgoing, str]] = []
    for row in claimed:
        message = row.outgoing.message
        if isinstance(message, TicketCreation):
            made.add(message.ticket_id)
        elif isinstance(message, TicketUpdate):
            updates.append((row, message.ticket_id))
            slow |= {message.ticket_id} if message.mail else set()
    return _Turns(
        [row for row, ticket in updates if ticket not in made | slow],
        [row for row, ticket in updates if ticket in made - slow],
        [row for row, ticket in updates if ticket in slow],
    )


@dataclass(frozen=True, slots=True)
class _Creating:
    helpdesk: Helpdesk
    store: Store
    clock: Clock
    is_older: bool

    def outcome(self, row: ClaimedOutgoing, creation: TicketCreation) -> Outcome:
        if row.state is not OutboxState.UNKNOWN:
            return self.helpdesk.create(row.outgoing.key, creation)
        has_key = not (creation.is_backdated or self.is_older)
        if not has_key or self.clock.now() - self._first_try(row) >= KEY_LIFE:
            found = self.helpdesk.was_created(creation)
            if not isinstance(found, Refused):
                return still_unknown(found)
        # An earlier try may still arrive; only the same key again is safe, whatever comes of it.
        return still_unknown(self.helpdesk.create(row.outgoing.key, creation))

    def _first_try(self, row: ClaimedOutgoing) -> datetime:
        with self.store.read() as reader:
            tries = reader.outbox.attempts(row.row_id)
        return next((each.started_at for each in tries if each.started_at), self.clock.now())


def _updates(
    claimed: Sequence[ClaimedOutgoing], helpdesk: Helpdesk, store: Store
) -> Iterator[Carried]:
    updates = _numbered(claimed, store)
    orphans = _orphans(updates, store)
    fresh: dict[str, TicketUpdate] = {}
    for row in claimed:
        key = row.outgoing.key
        if key not in updates:
            continue
        if key in orphans:
            yield row, Refused("the helpdesk refused to make the ticket")
            continue
        is_doubtful = row.state is OutboxState.UNKNOWN
        found = helpdesk.was_applied(key, updates[key]) if is_doubtful else None
        if found is None or isinstance(found, Refused):
            fresh[key] = updates[key]
        else:
            yield row, still_unknown(found)
    outcomes = helpdesk.update(fresh) if fresh else {}
    for row in claimed:
        if row.outgoing.key in fresh:
            yield row, outcomes[row.outgoing.key]


def _orphans(updates: Mapping[str, TicketUpdate], store: Store) -> frozenset[str]:
    """The updates that wait for a ticket which the helpdesk refused to make, by their keys."""
    waiting = {key: each.ticket_id for key, each in updates.items() if each.number is None}
    if not waiting:
        return frozenset()
    with store.read() as reader:
        refused = {each for each in set(waiting.values()) if _was_refused(each, reader)}
    return frozenset(key for key, ticket_id in waiting.items() if ticket_id in refused)


def _was_refused(ticket_id: str, reader: Reader) -> bool:
    states = [
        row.state
        for row in reader.outbox.of_ticket(ticket_id)
        if isinstance(row.outgoing.message, TicketCreation)
    ]
    return bool(states) and all(state is OutboxState.REFUSED for state in states)


def _numbered(claimed: Sequence[ClaimedOutgoing], store: Store) -> dict[str, TicketUpdate]:
    """The updates by key; one decided before its ticket had a number gets it now."""
    updates = {
        row.outgoing.key: row.outgoing.message
        for row in claimed
        if isinstance(row.outgoing.message, TicketUpdate)
    }
    if all(each.number is not None for each in updates.values()):
        return updates
    with store.read() as reader:
        for key, update in updates.items():
            known = reader.tickets.load(update.ticket_id) if update.number is None else None
            if known is not None:
                updates[key] = replace(update, number=known.number)
    return updates
