# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what was decided: claims rows, sends them by their channel, records what came of it.

    waiting --claim--> claimed --send--> delivered | accepted | refused | waiting (later) | unknown
                          | crash: the lease ends
                          v
                       unknown --look--> delivered, or sent again

Promise: at least once while a row is of use, in order per alert and channel, and nothing is
dropped silently. After a crash or a lost reply we look before we send again; where a channel cannot
be read (mail, Teams) one crash may send one message twice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.clock import Clock
from bot.outbox_lanes import Lanes
from bot.outbox_rescue import (
    are_dead,
    catch_up,
    gather,
    instead_of,
    pass_on,
    refused_elsewhere,
    slow_elsewhere,
    word_of_the_dead,
)
from bot.outbox_tickets import have_refusal_told, number_ticket, outcomes_of, still_unknown
from bot.ports import Channel, Helpdesk
from bot.rules.actions import Outgoing, Urgency
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.store.queues import ClaimedOutgoing, Order, OutboxRow, OutboxState
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures, logger

LEASE_SECONDS = 60
"""Longer than all network timeouts of one send together."""
GREATEST_BACK_OFF = 300.0
NAMED_BACK_OFF = 30.0
"""The greatest where the helpdesk, or our share of it, says when: new rows pass no old ones."""
LOOK_AGAIN_AT_MOST = 120.0
HELPDESK = "helpdesk"
HELPDESK_BATCH = 300
CHANNEL_BATCH = 10
FALLBACK_AFTER = timedelta(minutes=1)
"""How long a message that is only accepted waits for "I have it" before it goes the next way."""
SEEN_DEAD = "seen_dead"

log = logger("outbox")


class Outbox:
    """Delivers rows; one `deliver` call is one step's piece of work."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        figures: Figures,
        *,
        chance: random.Random,
        admins: Callable[[], Sequence[Outgoing]] = lambda: (),
    ) -> None:
        """`chance` spreads retries, so that many that failed together do not return together.

        `admins` gives a message to each who is told of those that died.
        """
        self._store = store
        self._clock = clock
        self._figures = figures
        self._chance = chance
        self._admins = admins
        self._lanes = Lanes(store)

    def deliver(self, prefix: str, channel: Channel) -> bool:
        """Send the rows that are due for destinations beginning with `prefix`; True if any."""
        # One instant for both: what falls due in between is not told one by one.
        now = self._clock.now()
        self._catch_up(prefix, now)
        claimed = self._claim(prefix, CHANNEL_BATCH, Order.URGENT_FIRST, now)
        for row in claimed:
            is_doubtful = row.state is OutboxState.UNKNOWN
            until = self._lanes.wait_until(row.outgoing, self._clock.now(), is_doubtful=is_doubtful)
            if until is not None:
                self._give_back(row, until)
            else:
                self._record(row, self._send(row, channel))
        return bool(claimed)

    def tend(self) -> bool:
        """Send the next way what was not taken in time, and say what died; True if there was any.

        One look a second is enough.
        """
        now = self._clock.now()
        with self._store.read() as reader:
            late = reader.outbox.late(now)
            seen = (reader.states.load(SEEN_DEAD) or {}).get("until")
            since = datetime.fromisoformat(seen) if seen else now - timedelta(hours=1)
            dead = are_dead(reader.outbox.dead_since(since))
        if not late and not dead:
            return False

        def tend(tx: Transaction) -> None:
            for row in late:
                pass_on(row.row_id, row.outgoing, slow_elsewhere(row.outgoing), tx, now)
            if dead:
                word_of_the_dead(dead, self._admins(), tx, now=now)
                tx.states.save(SEEN_DEAD, {"until": _last_settled(dead, now).isoformat()})

        self._store.write(tend)
        for row in late:
            log.warning("message_passed_on", key=row.outgoing.key, to=row.outgoing.fallback[0])
        for row in dead:
            log.error("message_died", key=row.outgoing.key, reason=row.reason)
        return True

    def deliver_updates(self, helpdesk: Helpdesk) -> bool:
        """Write what is due for tickets, many updates in one call; True if there was anything."""
        claimed = self._claim(HELPDESK, HELPDESK_BATCH, Order.WHOLE_TICKETS, self._clock.now())
        for row, outcome in outcomes_of(claimed, helpdesk, self._store, self._clock):
            self._record(row, outcome)
        return bool(claimed)

    def _claim(
        self, prefix: str, limit: int, order: Order, now: datetime
    ) -> Sequence[ClaimedOutgoing]:
        return self._store.write(
            lambda tx: tx.outbox.claim(
                destination_prefix=prefix,
                now=now,
                lease_seconds=LEASE_SECONDS,
                limit=limit,
                order=order,
                patience=self._lanes.patience(now),
            )
        )

    def _send(self, row: ClaimedOutgoing, channel: Channel) -> Outcome:
        if row.state is OutboxState.UNKNOWN:
            found = channel.find(row.outgoing, since=self._first_try(row))
            if isinstance(found, Delivered | Accepted | TryLater):
                return still_unknown(found)
            # Refused: it did not arrive. Unknown: this channel cannot tell; twice beats never.
        return channel.deliver(row.outgoing, now=self._clock.now())

    def _first_try(self, row: ClaimedOutgoing) -> datetime:
        """Since when it may be there: looks that came to nothing make it no younger."""
        with self._store.read() as reader:
            tries = reader.outbox.attempts(row.row_id)
        began = (*(each.started_at for each in tries), row.since)
        return min((each for each in began if each), default=self._clock.now())

    def _record(self, row: ClaimedOutgoing, outcome: Outcome) -> None:
        now, outgoing, found = self._clock.now(), row.outgoing, outcome
        outcome = _not_for_good(outgoing, found)

        def record(tx: Transaction) -> None:
            if outgoing.destination != HELPDESK:
                self._lanes.record(outgoing, found, now, tx)
            retry_at = self._retry_at(row, outcome, now, tries=tx.outbox.tries(row.row_id) + 1)
            tx.outbox.record(row.row_id, outcome, now, retry_at=retry_at, is_edit=outgoing.is_edit)
            number_ticket(outgoing, outcome, tx)
            have_refusal_told(outgoing, outcome, tx, now)
            if isinstance(outcome, Refused):
                why = refused_elsewhere(outgoing, outcome.reason)
                pass_on(row.row_id, outgoing, why, tx, now)
            elif isinstance(outcome, Accepted) and outgoing.urgency is Urgency.CRITICAL:
                self._double(row, tx, now)
            elif self._lanes.circuit(outgoing.destination).is_open:
                pass_on(row.row_id, outgoing, slow_elsewhere(outgoing), tx, now)

        self._store.write(record)
        self._tell(row, outcome)

    def _double(self, row: ClaimedOutgoing, tx: Transaction, now: datetime) -> None:
        """A critical message that is only accepted goes the next way too, unless somebody has it.

        A Teams webhook answers before its flow runs, and never says that the flow failed.
        """
        wait = row.outgoing.fallback_after or FALLBACK_AFTER
        later = replace(row.outgoing, not_before=now + wait, is_obsolete_when_done=True)
        instead = instead_of(later, slow_elsewhere(row.outgoing))
        if instead is not None:
            tx.outbox.add(replace(instead, not_before=now + wait), now)

    def _give_back(self, row: ClaimedOutgoing, until: datetime) -> None:
        outgoing, now = row.outgoing, self._clock.now()

        def give_back(tx: Transaction) -> None:
            tx.outbox.give_back(row, due_at=until)
            if self._lanes.circuit(outgoing.destination).is_open:
                pass_on(row.row_id, outgoing, slow_elsewhere(outgoing), tx, now)

        self._store.write(give_back)

    def _catch_up(self, prefix: str, now: datetime) -> None:
        """Before a way is tried again: one message instead of all that it missed."""
        is_behind = bool(self._lanes.open_lanes(prefix))
        if not self._lanes.may_try(prefix, now):
            return
        with self._store.read() as reader:
            # A long line that merely waits its turn is no backlog, and is not read for nothing.
            if not is_behind and not reader.outbox.was_passed_by(prefix, now):
                return
            rows = reader.outbox.backlog(prefix, now)
        missed = gather(rows, is_behind=is_behind) if rows else {}
        if not missed:
            return

        def fold(tx: Transaction) -> None:
            for destination, each in missed.items():
                catch_up(destination, each, tx, now=now)

        self._store.write(fold)
        log.info("catch_up_written", destinations=len(missed), rows=len(rows))

    def _retry_at(
        self, row: ClaimedOutgoing, outcome: Outcome, now: datetime, *, tries: int
    ) -> datetime | None:
        match outcome:
            case Delivered() | Accepted() | Refused():
                return None
            case Unknown(after=after):
                wait = min(LOOK_AGAIN_AT_MOST, 2.0 ** min(tries, 8))
                return now + timedelta(seconds=max(after or 0.0, wait))
            case TryLater(after=after) if after and row.outgoing.destination != HELPDESK:
                # Nobody crowds in then: the destination's pause and budget let one by one through.
                return now + timedelta(seconds=after)
            case TryLater(after=after):
                greatest = NAMED_BACK_OFF if after else GREATEST_BACK_OFF
                back_off = min(greatest, 2.0 ** min(tries, 10))
                wait = max(after or 0.0, back_off * self._chance.uniform(0.5, 1.0))
                retry_at = now + timedelta(seconds=wait)
                probe_at = self._lanes.circuit(row.outgoing.destination).probe_at
                return min(retry_at, probe_at) if probe_at and not after else retry_at
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
            case Refused(reason=reason) if row.outgoing.is_edit:
                bound.info("edit_given_up", reason=reason)
            case Refused(reason=reason, advice=advice):
                bound.error("message_refused", reason=reason, advice=advice)
            case _:
                assert_never(outcome)


def _not_for_good(outgoing: Outgoing, outcome: Outcome) -> Outcome:
    """A refusal that is nobody's but our credentials' waits for them where there is no next way."""
    if isinstance(outcome, Refused) and outcome.is_for_all and not outgoing.fallback:
        return TryLater(f"{outcome.reason} ({outcome.advice})")
    return outcome


def _last_settled(dead: Sequence[OutboxRow], now: datetime) -> datetime:
    return max((row.settled_at for row in dead if row.settled_at), default=now)
