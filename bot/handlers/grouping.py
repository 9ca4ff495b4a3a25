# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets messages of one group wait for each other, tells them in one, and keeps that one up to date.

What waits stands in the outbox with an hour of its own a little after the group's: if nobody
gathers it, it goes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.card_rooms import KEPT, may_show
from bot.rules.actions import Notice, NoticeKind, Outgoing, Timer, Urgency
from bot.rules.engine import CompiledPolicy
from bot.rules.grouping import (
    GRACE,
    GroupingSpec,
    after_flush,
    after_message,
    from_state,
    group_id,
    to_state,
    values_of,
)
from bot.store.queues import OutboxRow, OutboxState
from bot.store.silences import hidden_now
from bot.store.transaction import Transaction
from bot.texts.catch_up import line_of

GROUP = "group"
"""The kind of a group's timer; its key is `group/ID`, as is the state's."""
TOGETHER = "told together in "
"""How the reason of a row begins that a group's message stands for; its thread follows."""
HELD = "held by "
"""How the reason of a row begins that waited until a silence hid it; the silence follows."""
MOST_MENTIONS = 5


def wait_for_group(
    row: Outgoing,
    notice: Notice,
    spec: GroupingSpec,
    named: Mapping[str, str],
    tx: Transaction,
    *,
    now: datetime,
) -> bool:
    """Write a message down to wait for its group; False where it waits for nobody."""
    if row.urgency is Urgency.CRITICAL:
        return False
    name = f"{GROUP}/{group_id(row.destination, values_of(notice, spec, named))}"
    group = after_message(from_state(tx.states.load(name)), row.key, spec, now)
    assert group.due_at is not None, "a group that something waits in has its instant"
    waiting = replace(row, not_before=group.due_at + GRACE, is_obsolete_when_done=True)
    if tx.outbox.add(waiting, now):
        tx.states.save(name, to_state(group))
        shown = ", ".join(each for each in values_of(notice, spec, named) if each)
        detail = {"title": shown, "seconds": str(int(spec.every.total_seconds()))}
        tx.timers.set(Timer(name, GROUP, group.due_at, detail=detail))
    return True


def fire_group(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Tell what waited: one alone as it is, several in one message; forget a group that is quiet.

    What was taken, solved or sent meanwhile waits no more, and has left the group; what a silence
    that began meanwhile hides is held like any other message.
    """
    group = from_state(tx.states.load(timer.key))
    if not group.waiting:
        tx.states.forget(timer.key)
        return "quiet"
    rows = [row for key in group.waiting if (row := tx.outbox.by_key(key)) is not None]
    waiting = [row.outgoing for row in rows if row.state is OutboxState.WAITING]
    left = [row for row in waiting if not _hide_if_silenced(row, tx, compiled, now)]
    after = after_flush(group, now, has_spoken=bool(left))
    tx.states.save(timer.key, to_state(after))
    every = timedelta(seconds=int(timer.detail["seconds"]))
    tx.timers.set(Timer(timer.key, GROUP, now + every, detail=timer.detail))
    if len(left) == 1:
        _tell_alone(left[0], tx, now)
    elif left:
        # By its instant: a group that was forgotten counts from nothing again.
        thread = f"{GROUP}:{timer.key.removeprefix(f'{GROUP}/')}-{now:%Y%m%dT%H%M%S%f}"
        _tell_together(left, thread, timer.detail["title"], tx, now)
    return f"{len(left)} of {len(group.waiting)} told together"


def _hide_if_silenced(
    row: Outgoing, tx: Transaction, compiled: CompiledPolicy, now: datetime
) -> bool:
    """Write what waited down anew as hidden, where a silence holds by now; whether one does."""
    silence = hidden_now(row, tx, compiled, now=now)
    if silence is None:
        return False
    tx.outbox.supersede(now=now, reason=f"{HELD}{silence.label}", key=row.key)
    reason = f"{silence.label}: {silence.because}"
    held = replace(row, key=f"{row.key}/held", not_before=None)
    tx.outbox.add(held, now, untold=(OutboxState.SILENCED, reason))
    return True


def show_taken(subject: str, person: str, occasion: str, tx: Transaction, now: datetime) -> None:
    """Where a group's message told of a matter and can be edited, it says who has it now."""
    kind, _, which = subject.partition(":")
    # A ticket's messages are found by their index, all others by a look at every row.
    told = tx.outbox.of_ticket(which) if kind == "ticket" else tx.outbox.of_thread(subject)
    reasons = dict.fromkeys(row.reason or "" for row in told)
    for thread in (each.removeprefix(TOGETHER) for each in reasons if each.startswith(TOGETHER)):
        rooms: dict[str, list[OutboxRow]] = {}
        for row in tx.outbox.of_thread(thread):
            rooms.setdefault(row.outgoing.destination, []).append(row)
        for destination, said in rooms.items():
            if destination.startswith("slack:"):
                key = f"{thread}/{occasion}/{subject}/{destination}"
                _edit_group(said, subject, person, key, tx, now)


def _edit_group(
    said: Sequence[OutboxRow], subject: str, person: str, key: str, tx: Transaction, now: datetime
) -> None:
    """Of several edits of one room that wait only the newest is made."""
    latest, notice = said[-1].outgoing, said[-1].outgoing.message
    if not isinstance(notice, Notice):
        return
    lines = tuple(
        replace(line, owner=person) if line.thread == subject else line for line in notice.lines
    )
    is_left = any(_is_left(line.thread, tx) for line in lines)
    if len(said) > 1 and said[-1].state is OutboxState.WAITING:
        tx.outbox.supersede(now=now, reason="edited anew", key=latest.key)
    edit = replace(
        latest, key=key, fallback=(), urgency=Urgency.EDIT,
        message=replace(notice, at=now, lines=lines, mention=(),
                        buttons=notice.buttons if is_left else ()),
    )  # fmt: skip
    tx.outbox.add(edit, now)


def _is_left(thread: str, tx: Transaction) -> bool:
    """Whether a press would still take it: its ticket is open, and nobody has it."""
    kind, _, which = thread.partition(":")
    ticket = tx.tickets.load(which) if kind == "ticket" else None
    is_done = ticket is not None and ticket.status.is_done
    return not is_done and tx.alerts.load(f"taken/{which}") is None


def left_of(thread: str, tx: Transaction) -> tuple[str, ...]:
    """The matters that a group's message told of and nobody has yet, by their threads."""
    for row in tx.outbox.of_thread(thread):
        if isinstance(row.outgoing.message, Notice):
            threads = (line.thread for line in row.outgoing.message.lines)
            return tuple(each for each in threads if each and _is_left(each, tx))
    return ()


def _tell_alone(row: Outgoing, tx: Transaction, now: datetime) -> None:
    """One that waited alone goes as it is, and its room is kept up to date as any other."""
    assert isinstance(row.message, Notice), "only notices wait for a group"
    if may_show(row, row.message, tx, now=now, has_other_way=True):
        tx.outbox.hasten(row, now)
    else:
        tx.outbox.supersede(now=now, reason=KEPT, key=row.key)


def _tell_together(
    rows: Sequence[Outgoing], thread: str, title: str, tx: Transaction, now: datetime
) -> None:
    """One message with a line for each matter; the first to be due comes first."""
    told = [row.message for row in rows if isinstance(row.message, Notice)]
    notices = list({each.thread: each for each in told}.values())
    first = rows[0]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    ordered = sorted(notices, key=lambda each: each.due_at or far)
    dues = [each.due_at for each in notices if each.due_at is not None]
    mention = dict.fromkeys(name for each in notices for name in each.mention)
    notice = Notice(
        kind=NoticeKind.GROUP,
        thread=thread,
        at=now,
        title=title,
        due_at=min(dues, default=None),
        works=next((each.works for each in notices if each.works), ""),
        language=notices[0].language,
        zone=notices[0].zone,
        mention=tuple(mention)[:MOST_MENTIONS],
        buttons=("acknowledge",) if any("acknowledge" in each.buttons for each in notices) else (),
        lines=tuple(replace(line_of(each, now), thread=each.thread) for each in ordered),
        soon=len(rows),
        recipient=notices[0].recipient,
    )
    for row in rows:
        tx.outbox.supersede(now=now, reason=f"{TOGETHER}{thread}", key=row.key)
    tx.outbox.add(
        replace(
            first,
            key=f"{thread}/{first.destination}",
            order_key=f"{first.destination}/{thread}",
            message=notice,
            urgency=min((row.urgency for row in rows), key=list(Urgency).index),
            ticket_id=None,
            not_before=None,
            expires_at=max((row.expires_at for row in rows if row.expires_at), default=None),
            is_obsolete_when_done=False,
        ),
        now,
    )
