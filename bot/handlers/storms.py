# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens storms, renews the one message that counts them, and ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.actions import Notice, NoticeKind, Outgoing, Timer, Urgency
from bot.rules.engine import CompiledPolicy
from bot.rules.storms import CALM, Storm, after_message, from_state, is_over, to_state
from bot.store.queues import OutboxState
from bot.store.transaction import Transaction
from bot.texts.catch_up import line_of

STORM = "storm"
"""The kind of a storm's timer; its key is `storm/DESTINATION`."""
EDITED = frozenset({"slack"})
"""Ways that can edit a message; by the others a storm is told when it begins and when it ends."""
SINGLE = frozenset(
    {NoticeKind.RULE, NoticeKind.ALERT, NoticeKind.SLA_WARNING, NoticeKind.SLA_BREACHED}
)
"""Kinds of messages about one matter, which a storm may stand for."""
COUNTING = frozenset({NoticeKind.STORM, NoticeKind.GROUP})
"""Messages that stand for others."""
LATEST = 8
COUNTED = "counted in storm "
"""How the reason of a row begins that a storm's message stands for; its number follows."""


def through_storm(
    row: Outgoing, notice: Notice, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> bool:
    """Count a message; False where a storm stands for it, which is then written down."""
    name = f"{STORM}/{row.destination}"
    weather = after_message(
        from_state(tx.states.load(name)),
        thread=notice.thread,
        customer=notice.organisation or notice.customer or "",
        is_critical=row.urgency is Urgency.CRITICAL,
        now=now,
        policy=compiled.policy.storms,
    )
    tx.states.save(name, to_state(weather.storm))
    if weather.is_held:
        reason = f"{COUNTED}{weather.storm.number}"
        tx.outbox.add(row, now, untold=(OutboxState.SUPERSEDED, reason))
    if weather.has_begun:
        _hold_what_waits(row.destination, weather.storm, tx, now)
        _tell(row.destination, weather.storm, tx, compiled, reason="storm_on", now=now)
        renewed = now + compiled.policy.storms.renew_every
        tx.timers.set(Timer(key=name, kind=STORM, due_at=renewed))
    return not weather.is_held


def renew_storm(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Renew the count, or end the storm when it has been quiet for long enough."""
    destination = timer.key.removeprefix(f"{STORM}/")
    storm, policy = from_state(tx.states.load(timer.key)), compiled.policy.storms
    if not storm.is_on:
        return "it was over"
    if is_over(storm, now, policy):
        _tell(destination, storm, tx, compiled, reason="storm_over", now=now)
        tx.states.save(timer.key, to_state(replace(CALM, number=storm.number)))
        return f"over, {storm.count} messages"
    _hold_what_waits(destination, storm, tx, now)
    if _can_edit(destination) and storm.count != storm.renewed:
        _tell(destination, storm, tx, compiled, reason="storm_on", now=now)
        tx.states.save(timer.key, to_state(replace(storm, renewed=storm.count)))
    tx.timers.set(Timer(key=timer.key, kind=STORM, due_at=now + policy.renew_every))
    return f"{storm.count} messages"


def _hold_what_waits(destination: str, storm: Storm, tx: Transaction, now: datetime) -> None:
    """What was decided just before and did not go yet is counted too, unless it is critical.

    Asked again at each renewal: what was under way when the storm began may have been sent back.
    """
    for row in tx.outbox.unsent(destination, now):
        notice = row.outgoing.message
        if not isinstance(notice, Notice) or notice.kind not in SINGLE:
            continue
        if notice.thread in storm.threads:
            reason = f"{COUNTED}{storm.number}"
            tx.outbox.supersede(now=now, reason=reason, key=row.outgoing.key)


def _tell(
    destination: str,
    storm: Storm,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    reason: str,
    now: datetime,
) -> None:
    """The storm's message; an earlier count that did not go yet is not sent any more."""
    thread = f"storm:{destination}:{storm.number}"
    began = storm.began_at or now
    for row in tx.outbox.of_thread(thread):
        if row.state is OutboxState.WAITING:
            tx.outbox.supersede(now=now, reason="counted anew", key=row.outgoing.key)
    notice = Notice(
        kind=NoticeKind.STORM,
        thread=thread,
        at=now,
        due_at=began,
        reason=reason,
        lines=tuple(line_of(each, now) for each in _latest(destination, tx, began)),
        soon=storm.count,
        customers=len(storm.customers),
        language=compiled.policy.language,
        zone=compiled.policy.zone,
    )
    tx.outbox.add(
        Outgoing(
            key=f"{thread}/{now.isoformat()}",
            destination=destination,
            order_key=f"{destination}/{thread}",
            message=notice,
            urgency=Urgency.CRITICAL,
        ),
        now,
    )


def _latest(destination: str, tx: Transaction, since: datetime) -> list[Notice]:
    """The first words of the newest matters, one line each."""
    found: dict[str, Notice] = {}
    for row in tx.outbox.newest_at(destination, since, limit=4 * LATEST):
        notice = row.outgoing.message
        if row.outgoing.is_edit or not isinstance(notice, Notice):
            continue
        if notice.kind not in COUNTING:
            found.setdefault(notice.thread, notice)
    return list(found.values())[:LATEST]


def _can_edit(destination: str) -> bool:
    return destination.partition(":")[0] in EDITED
