# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of messages whose way does not work: the next way, one catch-up, a word of the dead.

A message goes its next way at once when it is refused or its way is known to fail, else when it was
not taken in time. When a way works again it is told once, in one message, what it missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.store.matters import still_waits
from bot.store.queues import OutboxRow, OutboxState
from bot.store.transaction import Transaction
from bot.texts.catch_up import catch_up_notice


def instead_of(outgoing: Outgoing, why: str) -> Outgoing | None:
    """The same notice by its next way, saying why it comes this way; None where there is none."""
    if not outgoing.fallback or not isinstance(outgoing.message, Notice):
        return None
    instead, *rest = outgoing.fallback
    return replace(
        outgoing,
        key=f"{outgoing.key}/instead/{instead}",
        destination=instead,
        order_key=f"{instead}/{outgoing.message.thread}",
        message=replace(outgoing.message, reason=why),
        fallback=tuple(rest),
        not_before=None,
    )


def refused_elsewhere(outgoing: Outgoing, reason: str) -> str:
    """The text code for a message that another way refused."""
    return f"refused_elsewhere:{_kind(outgoing.destination)}, {reason}"


def slow_elsewhere(outgoing: Outgoing) -> str:
    """The text code for a message that another way did not take in time."""
    return f"slow_elsewhere:{_kind(outgoing.destination)}"


def pass_on(row_id: int, outgoing: Outgoing, why: str, tx: Transaction, now: datetime) -> bool:
    """Send a message the next way as well; False where there is no next way."""
    instead = instead_of(outgoing, why)
    if instead is None:
        return False
    tx.outbox.pass_on(row_id, now)
    tx.outbox.add(instead, now)
    return True


def gather(rows: Sequence[OutboxRow], *, is_behind: bool) -> dict[str, list[OutboxRow]]:
    """Destination -> the messages that one catch-up stands for.

    One message alone that went no other way is simply sent. `is_behind`: the way did not work.
    Edits of messages that arrived stay what they are.
    """
    found: dict[str, list[OutboxRow]] = {}
    for row in rows:
        notice = row.outgoing.message
        is_edit = row.outgoing.is_edit or (
            isinstance(notice, Notice) and notice.kind is NoticeKind.ACKNOWLEDGED
        )
        if isinstance(notice, Notice) and not is_edit:
            found.setdefault(row.outgoing.destination, []).append(row)
    return {
        destination: missed
        for destination, missed in found.items()
        if any(row.passed_on_at for row in missed) or (is_behind and len(missed) > 1)
    }


def catch_up(
    destination: str, missed: Sequence[OutboxRow], tx: Transaction, *, now: datetime
) -> Outgoing:
    """Take back what was missed and put one message in its place, which lists what is still open.

    A catch-up that was never shown itself is taken into the new one.
    """
    for row in missed:
        if row.passed_on_at is None:
            pass_on(row.row_id, row.outgoing, slow_elsewhere(row.outgoing), tx, now)
        tx.outbox.supersede(now=now, reason="told in one catch-up", key=row.outgoing.key)
    since = min(row.created_at for row in missed)
    notice = catch_up_notice(
        _notices(missed), since=since, now=now, is_open=lambda each: still_waits(each, tx)
    )
    urgency = min((row.outgoing.urgency for row in missed), key=list(Urgency).index)
    summary = Outgoing(
        key=f"catch_up/{destination}/{now.isoformat()}",
        destination=destination,
        order_key=f"{destination}/catch_up",
        message=notice,
        urgency=urgency,
    )
    tx.outbox.add(summary, now)
    return summary


def word_of_the_dead(
    dead: Sequence[OutboxRow], told: Iterable[Outgoing], tx: Transaction, *, now: datetime
) -> int:
    """Tell those who look after Deskmate that messages died, by ways of another kind; how many.

    `told` are rows to the administrators, one a destination; each gets one word an hour and kind.
    """
    kinds = sorted({_kind(row.outgoing.destination) for row in dead})
    added = 0
    for kind in kinds:
        rows = [row for row in dead if _kind(row.outgoing.destination) == kind]
        reason = f"undelivered:{len(rows)}, {kind}, {(rows[-1].reason or '')[:120]}"
        for each in told:
            if _kind(each.destination) == kind or not isinstance(each.message, Notice):
                continue
            word = replace(
                each,
                key=f"dead/{kind}/{now:%Y-%m-%dT%H}/{each.destination}",
                message=replace(each.message, reason=reason, at=now),
            )
            added += tx.outbox.add(word, now)
    return added


def are_dead(rows: Iterable[OutboxRow]) -> list[OutboxRow]:
    """Those that reached nobody: refused or too late, with no next way, and no words of ours."""
    return [
        row
        for row in rows
        if isinstance(row.outgoing.message, Notice)
        and row.state in (OutboxState.REFUSED, OutboxState.EXPIRED)
        and not row.outgoing.fallback
        and not row.outgoing.is_edit
        and not row.outgoing.key.startswith("dead/")
    ]


def _notices(rows: Sequence[OutboxRow]) -> list[Notice]:
    return [row.outgoing.message for row in rows if isinstance(row.outgoing.message, Notice)]


def _kind(destination: str) -> str:
    return destination.partition(":")[0]
