# SPDX-License-Identifier: GPL-3.0-or-later
"""Begins and ends silences, says so, and tells at the end what was hidden and still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.handlers.handled import Handled
from bot.rules.actions import Notice, NoticeKind, Outgoing, Reason, Timer
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, SilenceOrdered
from bot.rules.silences import SOON, Silence, after_order, from_state, to_state
from bot.store.matters import still_waits
from bot.store.queues import OutboxRow
from bot.store.transaction import Reader, Transaction
from bot.texts.catch_up import catch_up_notice

STATE = "silences"
SILENCE = "silence"
"""The kind of a silence's timers; keys are `silence/NAME/soon` and `silence/NAME/end`."""


def silences_of(reader: Reader, compiled: CompiledPolicy) -> tuple[Silence, ...]:
    """Those of the policy and those by command."""
    return (*compiled.policy.silences.values(), *from_state(reader.states.load(STATE)))


def handle_silence(
    event: Event,
    order: SilenceOrdered,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Take up an order: a silence begins, or the one of that name ends now."""
    before = from_state(tx.states.load(STATE))
    after = after_order(before, order, now)
    tx.states.save(STATE, to_state(after))
    silence = next((each for each in after if each.name == order.name), None)
    if silence is None:
        return Handled(f"no silence {order.name}")
    key = f"{SILENCE}/{silence.name}"
    is_over = silence.end is not None and silence.end <= now
    summary = f"silence {silence.name} {'ended' if is_over else 'began'}"
    if is_over:
        tx.timers.stop(f"{key}/soon")
        tx.timers.stop(f"{key}/end")
        _end(silence, tx, compiled, now=now)
    elif silence.end is not None:
        if silence.end - SOON > now:
            tx.timers.set(Timer(f"{key}/soon", SILENCE, silence.end - SOON))
        tx.timers.set(Timer(f"{key}/end", SILENCE, silence.end))
        _announce(silence, "silence_on", tx, compiled, now=now)
    tx.journal.add(
        at=now,
        subject=f"silence:{silence.name}",
        event_key=event.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason("command", evidence=(f"{order.by}: {order.because}",)),),
        summary=summary,
    )
    return Handled(summary)


def fire_silence(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Say that a silence ends soon, or end it."""
    name, _, edge = timer.key.removeprefix(f"{SILENCE}/").rpartition("/")
    silence = next((each for each in from_state(tx.states.load(STATE)) if each.name == name), None)
    if silence is None:
        return "no such silence"
    if edge == "soon":
        _announce(silence, "silence_ends", tx, compiled, now=now)
        return "ends soon"
    _end(silence, tx, compiled, now=now)
    return "over"


def _end(silence: Silence, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> None:
    """What was hidden and still waits is told where it would have been, in one message each."""
    _announce(silence, "silence_over", tx, compiled, now=now)
    hidden: dict[str, list[OutboxRow]] = {}
    for row in tx.outbox.silenced(f"silence {silence.name}: ", silence.start or now):
        hidden.setdefault(row.outgoing.destination, []).append(row)
    for destination, rows in hidden.items():
        notices = [row.outgoing.message for row in rows if isinstance(row.outgoing.message, Notice)]
        _tell_hidden(destination, notices, silence, tx, now)


def _tell_hidden(
    destination: str,
    notices: Sequence[Notice],
    silence: Silence,
    tx: Transaction,
    now: datetime,
) -> None:
    notice = catch_up_notice(
        notices,
        since=silence.start or now,
        now=now,
        is_open=lambda each: still_waits(each, tx),
    )
    if not notice.lines:
        return
    row = Outgoing(
        key=f"{SILENCE}/{silence.name}/{now.isoformat()}/{destination}",
        destination=destination,
        order_key=f"{destination}/{SILENCE}",
        message=replace(notice, reason=f"silence_was:{silence.because}"),
    )
    tx.outbox.add(row, now)


def _announce(
    silence: Silence, code: str, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Tell those who hear of the helpdesk: what is hidden, by whom, until when."""
    notice = Notice(
        kind=NoticeKind.SILENCE,
        thread=f"silence:{silence.name}",
        at=now,
        title=_what(silence),
        due_at=silence.end,
        reason=f"{code}:{silence.by}, {silence.because}",
        language=compiled.policy.language,
        zone=compiled.policy.zone,
    )
    key = f"{SILENCE}/{silence.name}/{code}/{now.isoformat()}"
    for row in tell(compiled.policy.outage.tell, notice, compiled, key=key, now=now):
        tx.outbox.add(row, now)


def _what(silence: Silence) -> str:
    return ", ".join(f"{name} {value}" for name, value in silence.only.items())
