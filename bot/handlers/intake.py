# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends a mail now and then that must become a ticket, and sees to it that nobody works on it.

Two that are late in a row are told; nothing is done by itself, because the helpdesk makes the
tickets of the mails that it kept waiting later on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.handlers.degraded import carry_out_parts, load_parts
from bot.handlers.handled import Handled
from bot.handlers.outage import HELPDESK, load_state
from bot.rules.actions import CustomerMail, Outgoing, TicketUpdate, Urgency
from bot.rules.degraded import Part, after_intake, after_sent, after_wait
from bot.rules.engine import CompiledPolicy
from bot.rules.events import CommentAdded, Event, FieldChanged, TicketSeen
from bot.rules.intake import TAG, TEXT, counter_of, subject_of
from bot.rules.mail_keys import OwnNames, reference_of
from bot.rules.outage_state import Blind, Phase
from bot.rules.policy_parts import IntakeCheck
from bot.rules.ticket import Snapshot
from bot.store.queues import OutboxState
from bot.store.transaction import Transaction

STATE = "intake"
_ARRIVED = (OutboxState.DELIVERED, OutboxState.ACCEPTED)
_FEW = 20


def watch_intake(
    tx: Transaction, compiled: CompiledPolicy, own: OwnNames, *, now: datetime
) -> None:
    """Send the next mail if it is time, and count those that made no ticket in time."""
    check, outage = compiled.policy.outage.intake, load_state(tx)
    if check is None or not own.secret or not own.address:
        return
    # Works that were announced explain a late mail as well as an outage does.
    is_there = outage.phase is Phase.HEALTHY and outage.works_until is None
    if not is_there or outage.blind is not Blind.NO:
        return
    before = load_parts(tx)
    after = after_wait(before, _handed_in(check, tx, now), now, check.within)
    sent = (tx.states.load(STATE) or {}).get("sent_at")
    passed = now - datetime.fromisoformat(sent) if sent else check.every
    if not timedelta() <= passed < check.every:
        counter = int(now.timestamp())
        tx.outbox.add(_mail(check, own, counter, now), now)
        tx.states.save(STATE, {"sent_at": now.isoformat()})
        after = after_sent(after, counter)
    carry_out_parts(before, after, check.address, tx, compiled, now)


def handle_intake(
    event: Event,
    picture: Snapshot | None,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled | None:
    """Set a ticket aside that a mail of ours has made; None for any other ticket."""
    fact = event.fact
    snapshot = picture or (fact.snapshot if isinstance(fact, TicketSeen) else None)
    counter = counter_of(snapshot, own) if snapshot is not None else None
    if snapshot is None or counter is None:
        return None
    if isinstance(fact, CommentAdded | FieldChanged) or snapshot.status.is_done:
        return Handled("a ticket of our own intake test")
    update = TicketUpdate(
        f"intake/{counter}", snapshot.number, add_tags=frozenset({TAG}), is_solved=True
    )
    key = f"intake/{counter}/#{snapshot.number}/solved"
    tx.outbox.add(Outgoing(key, HELPDESK, f"ticket/{snapshot.number}", update), now)
    before = load_parts(tx)
    after = after_intake(before, counter)
    carry_out_parts(before, after, "", tx, compiled, now)
    return Handled(", ".join(after.told) or f"{Part.INTAKE}: {counter}")


def _mail(check: IntakeCheck, own: OwnNames, counter: int, now: datetime) -> Outgoing:
    destination = f"mail:{check.address}"
    message = CustomerMail(
        to=check.address,
        subject=subject_of(own, counter),
        text=TEXT,
        reference=reference_of(own, f"intake/{counter}"),
    )
    return Outgoing(
        key=_key(counter),
        destination=destination,
        order_key=f"{destination}/intake",
        message=message,
        urgency=Urgency.LOW,
        expires_at=now + check.within,
    )


def _handed_in(check: IntakeCheck, tx: Transaction, now: datetime) -> frozenset[int]:
    """The counters whose mails our mail server took: others are late by our own fault."""
    since = now - 2 * (check.within + check.every)
    rows = tx.outbox.newest_at(f"mail:{check.address}", since, limit=_FEW)
    keys = (row.outgoing.key for row in rows if row.state in _ARRIVED)
    names = (key.removeprefix(_key("")) for key in keys if key.startswith(_key("")))
    return frozenset(int(name) for name in names if name.isdecimal())


def _key(counter: int | str) -> str:
    return f"intake/mail/{counter}"
