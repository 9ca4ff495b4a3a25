# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what was decided: claims rows, sends them by their channel, records what came of it.

    waiting --claim--> claimed --send--> delivered | accepted | refused | waiting (later) | unknown
                          | crash: the lease ends
                          v
                       unknown --look--> delivered, or sent again

Promise: at least once while a row is of use, and after a crash or a lost reply we look before we
send again. Where a channel cannot be read (mail, Teams) one crash may send one message twice.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.clock import Clock
from bot.ports import KEY_LIFE, Channel, Helpdesk
from bot.rules.actions import Notice, Outgoing, TicketCreation, TicketUpdate
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.store.queues import ClaimedOutgoing, Order, OutboxState
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures, logger

LEASE_SECONDS = 60
"""Longer than all network timeouts of one send together."""
GREATEST_BACK_OFF = 300.0
LOOK_AGAIN_AT_MOST = 120.0
HELPDESK = "helpdesk"
HELPDESK_BATCH = 300
CHANNEL_BATCH = 10

log = logger("outbox")


class Outbox:
    """Delivers rows; one `deliver` call is one step's piece of work."""

    def __init__(
        self, store: Store, clock: Clock, figures: Figures, *, chance: random.Random
    ) -> None:
        """`chance` spreads retries, so that many that failed together do not return together."""
        self._store = store
        self._clock = clock
        self._figures = figures
        self._chance = chance
        self._paused: dict[str, datetime] = {}

    def deliver(self, prefix: str, channel: Channel) -> bool:
        """Send the rows that are due for destinations beginning with `prefix`; True if any."""
        claimed = self._claim(prefix, CHANNEL_BATCH, Order.URGENT_FIRST)
        for row in claimed:
            until = self._paused.get(row.outgoing.destination)
            if until is not None and until > self._clock.now():
                self._give_back(row, until)
            else:
                self._record(row, self._send(row, channel))
        return bool(claimed)

    def deliver_updates(self, helpdesk: Helpdesk) -> bool:
        """Write what is due for tickets, many updates in one call; True if there was anything."""
        claimed = self._claim(HELPDESK, HELPDESK_BATCH, Order.WHOLE_TICKETS)
        self._create(claimed, helpdesk)
        updates = self._updates_of(claimed)
        fresh: dict[str, TicketUpdate] = {}
        for row in claimed:
            update = updates.get(row.outgoing.key)
            if update is None:
                continue
            is_doubtful = row.state is OutboxState.UNKNOWN
            found = helpdesk.was_applied(row.outgoing.key, update) if is_doubtful else None
            if found is None or isinstance(found, Refused):
                fresh[row.outgoing.key] = update
            else:
                self._record(row, _still_unknown(found))
        outcomes = helpdesk.update(fresh) if fresh else {}
        for row in claimed:
            if row.outgoing.key in fresh:
                self._record(row, outcomes[row.outgoing.key])
        return bool(claimed)

    def _create(self, claimed: Sequence[ClaimedOutgoing], helpdesk: Helpdesk) -> None:
        """Make the new tickets first: the updates behind them need their numbers."""
        for row in claimed:
            creation = row.outgoing.message
            if isinstance(creation, TicketCreation):
                self._record(row, self._created(row, creation, helpdesk))

    def _created(
        self, row: ClaimedOutgoing, creation: TicketCreation, helpdesk: Helpdesk
    ) -> Outcome:
        if row.state is not OutboxState.UNKNOWN:
            return helpdesk.create(row.outgoing.key, creation)
        if creation.is_backdated or self._clock.now() - self._first_try(row) >= KEY_LIFE:
            found = helpdesk.was_created(creation)
            if not isinstance(found, Refused):
                return _still_unknown(found)
        # An earlier try may still arrive; only the same key again is safe, whatever comes of it.
        return _still_unknown(helpdesk.create(row.outgoing.key, creation))

    def _first_try(self, row: ClaimedOutgoing) -> datetime:
        with self._store.read() as reader:
            tries = reader.outbox.attempts(row.row_id)
        return next((each.started_at for each in tries if each.started_at), self._clock.now())

    def _updates_of(self, claimed: Sequence[ClaimedOutgoing]) -> dict[str, TicketUpdate]:
        """The updates by key; one decided before its ticket had a number gets it now."""
        updates = {
            row.outgoing.key: row.outgoing.message
            for row in claimed
            if isinstance(row.outgoing.message, TicketUpdate)
        }
        if all(each.number is not None for each in updates.values()):
            return updates
        with self._store.read() as reader:
            for key, update in updates.items():
                known = reader.tickets.load(update.ticket_id) if update.number is None else None
                if known is not None:
                    updates[key] = replace(update, number=known.number)
        return updates

    def _claim(self, prefix: str, limit: int, order: Order) -> Sequence[ClaimedOutgoing]:
        now = self._clock.now()
        return self._store.write(
            lambda tx: tx.outbox.claim(
                destination_prefix=prefix,
                now=now,
                lease_seconds=LEASE_SECONDS,
                limit=limit,
                order=order,
            )
        )

    def _send(self, row: ClaimedOutgoing, channel: Channel) -> Outcome:
        if row.state is OutboxState.UNKNOWN:
            found = channel.find(row.outgoing, since=row.since or self._clock.now())
            if isinstance(found, Delivered | Accepted | TryLater):
                return _still_unknown(found)
            # Refused: it did not arrive. Unknown: this channel cannot tell; twice beats never.
        return channel.deliver(row.outgoing, now=self._clock.now())

    def _record(self, row: ClaimedOutgoing, outcome: Outcome) -> None:
        now = self._clock.now()
        retry_at = self._retry_at(row, outcome, now)
        if isinstance(outcome, TryLater) and outcome.after:
            self._paused[row.outgoing.destination] = now + timedelta(seconds=outcome.after)

        def record(tx: Transaction) -> None:
            tx.outbox.record(row.row_id, outcome, now, retry_at=retry_at)
            message = row.outgoing.message
            if isinstance(outcome, Delivered) and isinstance(message, TicketCreation):
                _number_ticket(message, outcome, tx)
            if isinstance(outcome, Refused):
                for instead in after_refusal(row.outgoing, outcome):
                    tx.outbox.add(instead, now)

        self._store.write(record)
        self._tell(row, outcome)

    def _give_back(self, row: ClaimedOutgoing, until: datetime) -> None:
        self._store.write(lambda tx: tx.outbox.give_back(row.row_id, due_at=until))

    def _retry_at(self, row: ClaimedOutgoing, outcome: Outcome, now: datetime) -> datetime | None:
        match outcome:
            case Delivered() | Accepted() | Refused():
                return None
            case Unknown():
                return now + timedelta(seconds=min(LOOK_AGAIN_AT_MOST, 2.0 ** min(row.attempts, 8)))
            case TryLater(after=after):
                back_off = min(GREATEST_BACK_OFF, 2.0 ** min(row.attempts, 10))
                wait = max(after or 0.0, back_off * self._chance.uniform(0.5, 1.0))
                return now + timedelta(seconds=wait)
            case _:
                assert_never(outcome)

    def _tell(self, row: ClaimedOutgoing, outcome: Outcome) -> None:
        name = type(outcome).__name__.lower()
        channel = row.outgoing.destination.partition(":")[0]
        self._figures.messages.labels(channel, name).inc()
        bound = log.bind(key=row.outgoing.key, channel=channel, attempt=row.attempts)
        match outcome:
            case Delivered() | Accepted():
                bound.info("message_sent", outcome=name)
            case TryLater(reason=reason) | Unknown(reason=reason):
                bound.warning("message_postponed", outcome=name, reason=reason)
            case Refused(reason=reason, advice=advice):
                bound.error("message_refused", reason=reason, advice=advice)
            case _:
                assert_never(outcome)


def after_refusal(outgoing: Outgoing, refused: Refused) -> Sequence[Outgoing]:
    """The same notice by the next way, saying why it comes this way; empty where there is none."""
    if not outgoing.fallback or not isinstance(outgoing.message, Notice):
        return ()
    instead, *rest = outgoing.fallback
    tried = outgoing.destination.partition(":")[0]
    why = f"refused_elsewhere:{tried}, {refused.reason}"
    return (
        replace(
            outgoing,
            key=f"{outgoing.key}/instead/{instead}",
            destination=instead,
            order_key=f"{instead}/{outgoing.message.thread}",
            message=replace(outgoing.message, reason=why),
            fallback=tuple(rest),
            not_before=None,
        ),
    )


def _still_unknown(found: Outcome) -> Outcome:
    """Who looked and could not tell must look again; a plain retry would send it twice."""
    return Unknown(found.reason) if isinstance(found, TryLater) else found


def _number_ticket(creation: TicketCreation, made: Delivered, tx: Transaction) -> None:
    """The ticket has a number now, unless the helpdesk's own news of it were quicker."""
    ticket = tx.tickets.load(creation.ticket_id)
    if ticket is not None and ticket.number is None and made.reference.isdecimal():
        tx.tickets.save(replace(ticket, number=int(made.reference)))
