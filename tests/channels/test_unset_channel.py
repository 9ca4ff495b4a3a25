# SPDX-License-Identifier: GPL-3.0-or-later
"""A way that is not set up loses nothing: it refuses, says why, and the next way is taken."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from bot.channels.unset import UnsetChannel
from bot.clock import VirtualClock
from bot.outbox import Outbox
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.store.queues import OutboxState
from bot.store.store import Store
from bot.telemetry import Figures

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_message_takes_the_next_way() -> None:
    """What Slack cannot be sent goes by mail, and says why it comes that way."""
    clock = VirtualClock(NOW)
    notice = Notice(kind=NoticeKind.RULE, thread="ticket:1", at=NOW, title="Portal")
    row = Outgoing("k", "slack:support", "slack:support/ticket:1", notice, fallback=("mail:a@b.c",))
    with Store.open("sqlite://", clock=clock) as store:
        store.write(lambda tx: tx.outbox.add(row, NOW))
        outbox = Outbox(store, clock, Figures(), chance=random.Random(1))

        outbox.deliver("slack:", UnsetChannel("no Slack is set", "set DESKMATE_SLACK_BOT_TOKEN"))

        with store.read() as reader:
            refused = reader.outbox.by_key("k")
            instead = reader.outbox.by_key("k/instead/mail:a@b.c")
    assert refused is not None and refused.state is OutboxState.REFUSED
    assert "set DESKMATE_SLACK_BOT_TOKEN" in str(refused.reason)
    assert instead is not None and instead.state is OutboxState.WAITING
    message = instead.outgoing.message
    assert isinstance(message, Notice)
    assert message.reason == "refused_elsewhere:slack, no Slack is set"
