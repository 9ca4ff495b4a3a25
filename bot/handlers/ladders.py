# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens escalation ladders, tells their levels as they fall due, and stops them when taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.sending import send
from bot.rules.actions import Notice, Reason, Timer, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.escalation import after_done, after_raised, after_taken, after_time, opened
from bot.rules.escalation_values import (
    Ladder,
    LadderSpec,
    LadderStep,
    Level,
    Page,
    PageCause,
    TakenBy,
)
from bot.rules.policy import Recipient
from bot.rules.presence import PolicyCover
from bot.store.rows import body_of, value_of
from bot.store.transaction import Transaction

LADDER = "ladder"
"""The kind of a ladder's timer; its key is the ladder's."""
LONGEST_RELAY = 8
"""How many `nobody_took_it` follow one another; a circle of people ends there."""


def open_ladder(
    spec: LadderSpec,
    notice: Notice,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    occasion: str,
    now: datetime,
    since: datetime | None = None,
    first_is_told: bool = False,
) -> None:
    """Open a ladder for what `notice` speaks of; one that is open already goes on as it is.

    `since` is when it should have been opened, where nobody looked at that instant.
    `first_is_told`: whoever stands on the first level has been told by a message of its own.
    """
    key = f"{LADDER}/{notice.thread}/{spec.name}"
    known = load_ladder(key, tx)
    if known is not None and not known.is_closed:
        return
    step = opened(
        spec, key=key, thread=notice.thread, ticket_id=notice.ticket_id, at=since or now,
        cover=PolicyCover(compiled), now=now,
    )  # fmt: skip
    if first_is_told and step.page is not None:
        step = replace(step, page=None)
    _take(step, notice, tx, compiled, occasion=occasion, now=now)


def fire_ladder(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """What a ladder's due instant demands; says what that was, for the log."""
    ladder = load_ladder(timer.key, tx)
    notice = _notice_of(timer.key, tx)
    if ladder is None or notice is None:
        return "no such ladder"
    step = after_time(ladder, now, PolicyCover(compiled))
    if ladder.taken_by is not None and step.ladder.taken_by is None:
        _forget_take(ladder, tx)
    _take(step, notice, tx, compiled, occasion=timer.due_at.isoformat(), now=now)
    return f"level {step.page.level + 1}" if step.page else "nobody to tell yet"


def _forget_take(ladder: Ladder, tx: Transaction) -> None:
    """ "I have it" has run out: whoever is told again may say it again; a snooze ends by itself."""
    which = f"taken/{ladder.thread.partition(':')[2]}"
    if not (tx.alerts.load(which) or {}).get("until"):
        tx.alerts.delete(which)


def take_ladders(
    thread: str,
    by: str,
    how: TakenBy,
    tx: Transaction,
    *,
    now: datetime,
    holds_for: timedelta | None = None,
) -> tuple[str, ...]:
    """Somebody has it: the ladders of a thing are quiet; which ones those are.

    `holds_for` is for how long, None for as long as each ladder says.
    """
    taken = []
    for ladder in open_ladders(thread, tx):
        if how not in ladder.spec.taken_by:
            continue
        step = after_taken(ladder, by, now, holds_for=holds_for)
        if step.ladder != ladder:
            _save(step, tx)
            taken.append(ladder.spec.name)
    return tuple(taken)


def raise_ladders(
    thread: str, tx: Transaction, compiled: CompiledPolicy, *, occasion: str, now: datetime
) -> tuple[str, ...]:
    """Somebody calls the next level of a thing's ladders at once; which ones those are."""
    raised = []
    for ladder in open_ladders(thread, tx):
        notice = _notice_of(ladder.key, tx)
        if notice is not None:
            step = after_raised(ladder, now, PolicyCover(compiled))
            _take(step, notice, tx, compiled, occasion=occasion, now=now)
            raised.append(ladder.spec.name)
    return tuple(raised)


def close_ladders(thread: str, tx: Transaction) -> None:
    """The matter is settled: its ladders end."""
    for ladder in open_ladders(thread, tx):
        _save(after_done(ladder), tx)


def relay_of(person: Recipient, compiled: CompiledPolicy) -> LadderSpec | None:
    """`nobody_took_it` of a recipient as a ladder: that person first, then whoever is named."""
    levels = [Level(timedelta(), (person.name,))]
    relay, after = person.nobody_took_it, timedelta()
    while relay is not None and len(levels) < LONGEST_RELAY:
        after += relay.after
        levels.append(Level(after, relay.tell))
        following = compiled.policy.people.get(relay.tell[0])
        relay = following.nobody_took_it if following is not None else None
    return LadderSpec(person.name, tuple(levels)) if len(levels) > 1 else None


def load_ladder(key: str, tx: Transaction) -> Ladder | None:
    """How far a ladder has come; None where none was opened by that key."""
    state = tx.alerts.load(key)
    return None if state is None else value_of(Ladder, state["ladder"])


def open_ladders(thread: str, tx: Transaction) -> list[Ladder]:
    """The ladders of a thing that go on."""
    states = tx.alerts.starting(f"{LADDER}/{thread}/")
    ladders = (value_of(Ladder, state["ladder"]) for state in states.values())
    return [ladder for ladder in ladders if not ladder.is_closed]


def _notice_of(key: str, tx: Transaction) -> Notice | None:
    state = tx.alerts.load(key)
    return None if state is None else value_of(Notice, state["notice"])


def _take(
    step: LadderStep,
    notice: Notice,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    occasion: str,
    now: datetime,
) -> None:
    """One step of a ladder, written down with everything that follows from it."""
    ladder = step.ladder
    state = {"ladder": body_of(ladder), "notice": body_of(notice)}
    tx.alerts.save(ladder.key, state, ticket_id=ladder.ticket_id)
    _set_timer(step, tx)
    page = step.page
    if page is None:
        return
    spoken = replace(
        notice, at=page.at, reason=_reason(ladder, page), mention=(), buttons=_buttons(ladder)
    )
    key = f"{ladder.key}/{ladder.opened_at.isoformat()}/{page.level}/{page.number}"
    rows = tell(
        page.tell, spoken, compiled, key=key, now=now, urgency=Urgency.CRITICAL,
        is_obsolete_when_done=True,
    )  # fmt: skip
    send(rows, tx, compiled, now=now)
    tx.journal.add(
        at=now,
        subject=ladder.thread,
        event_key=occasion,
        policy_hash=compiled.policy.digest,
        reasons=(Reason(f"ladder {ladder.spec.name}", ladder.spec.because, (spoken.reason,)),),
        summary=f"level {page.level + 1}: told {', '.join(page.tell)}",
    )


def _save(step: LadderStep, tx: Transaction) -> None:
    state = tx.alerts.load(step.ladder.key) or {}
    tx.alerts.save(
        step.ladder.key,
        {**state, "ladder": body_of(step.ladder)},
        ticket_id=step.ladder.ticket_id,
    )
    _set_timer(step, tx)


def _set_timer(step: LadderStep, tx: Transaction) -> None:
    ladder = step.ladder
    if step.due is None:
        tx.timers.stop(ladder.key)
        return
    tx.timers.set(Timer(ladder.key, LADDER, step.due, ticket_id=ladder.ticket_id))


def _buttons(ladder: Ladder) -> tuple[str, ...]:
    """A page can be raised while there is a level above."""
    usual = ("acknowledge", "take", "snooze")
    return (*usual, "raise") if ladder.level + 1 < len(ladder.spec.levels) else usual


def _reason(ladder: Ladder, page: Page) -> str:
    """A code with its detail, which the texts say in the reader's language."""
    match page.cause:
        case PageCause.LEVEL if page.level == 0 and not page.skipped:
            return ""
        case PageCause.LEVEL:
            passed = ", ".join(str(number + 1) for number in page.skipped)
            return (
                f"next_level:{page.level + 1}"
                if not passed
                else (f"skipped_levels:{page.level + 1} ({passed})")
            )
        case PageCause.AGAIN:
            return f"told_again:{page.number}"
        case PageCause.EXPIRED:
            return "taken_too_long"
        case PageCause.HAND_OVER:
            return "handed_over"
        case PageCause.RAISED:
            return f"raised:{page.level + 1}"
