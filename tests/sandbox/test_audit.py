# SPDX-License-Identifier: GPL-3.0-or-later
"""The count at the demo's end believes the world, not the daemon."""

from __future__ import annotations

from sandbox_callers import NOW

from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.outcome import Delivered
from bot.sandbox.audit import audit
from bot.sandbox.world import World
from bot.store.queues import OutboxState
from bot.store.store import Store
from bot.store.transaction import Transaction


def _outgoing(kind: NoticeKind) -> Outgoing:
    notice = Notice(kind=kind, thread="storm:1", at=NOW)
    return Outgoing(f"{kind}/1", "slack:support", "slack:support/storm:1", notice)


def test_edit_counts_only_when_it_is_seen(world: World) -> None:
    """An edit that was written down as delivered is lost until the message shows it."""
    posted = world.chat.post("support", "5 messages")

    def deliver(tx: Transaction) -> None:
        tx.outbox.add(_outgoing(NoticeKind.STORM), NOW)
        [row] = tx.outbox.claim(destination_prefix="slack:", now=NOW, lease_seconds=9, limit=1)
        tx.outbox.record(row.row_id, Delivered(f"C1:{posted.ts}"), NOW)

    with Store.open("sqlite://", clock=world.clock) as store:
        store.write(deliver)
        with store.read() as reader:
            before = audit(world, reader).lost
            world.chat.edit("support", posted.ts, "14 messages")
            after = audit(world, reader).lost

    assert before == ("storm/1 was delivered, but Slack has no such message",)
    assert after == ()


def test_silenced_message_is_not_lost(world: World) -> None:
    """What a silence hides was held back on purpose, with its reason."""
    hidden = (OutboxState.SILENCED, "silence works: we rebuild it")

    with Store.open("sqlite://", clock=world.clock) as store:
        store.write(lambda tx: tx.outbox.add(_outgoing(NoticeKind.ALERT), NOW, untold=hidden))
        with store.read() as reader:
            assert [row.reason for row in reader.outbox.all()] == [hidden[1]]
            assert audit(world, reader).lost == ()
