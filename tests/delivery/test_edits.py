# SPDX-License-Identifier: GPL-3.0-or-later
"""What only brings a message up to date waits for all others, and nothing waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from ways import NOON, Post, message

from bot.ports import Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.store.queues import OutboxState

MOST_A_MINUTE = 50
ROOMS = 40


def edit(key: str, room: str = "support", thread: str = "ticket:t1") -> Outgoing:
    """An edit of the message that opened a ticket's thread."""
    row = message(key, f"slack:{room}", NoticeKind.SLA_WARNING, urgency=Urgency.EDIT, thread=thread)
    assert isinstance(row.message, Notice)
    ticket_id = thread.removeprefix("ticket:")
    return replace(row, ticket_id=ticket_id, message=replace(row.message, ticket_id=ticket_id))


@pytest.mark.long
def test_edits_are_bounded_and_pages_pass_them(post: Post) -> None:
    """Hundreds of edits go out at 50 a minute at most; a page in their midst goes at once."""
    post.add(*(edit(f"e{n}", f"room{n % ROOMS}", f"ticket:t{n}") for n in range(300)))
    post.run(60)
    page = message("page", "slack:room0", urgency=Urgency.CRITICAL, thread="ticket:t0")
    post.add(page)
    post.run(240)

    times = [at for at, sent in post.way.shown if sent.is_edit]
    minutes = [sum(at <= each < at + timedelta(minutes=1) for each in times) for at in times]
    assert max(minutes) <= MOST_A_MINUTE
    assert len(times) > 150
    assert next(at for at, sent in post.way.shown if sent.key == "page") == NOON.replace(minute=1)


def test_edit_waits_for_its_message_and_no_message_for_it(post: Post) -> None:
    """The message that an edit changes comes first; a later message passes an edit that waits."""
    until = NOON + timedelta(seconds=20)

    def judge(outgoing: Outgoing, now: datetime) -> Outcome | None:
        return TryLater("busy", 5) if outgoing.key in ("first", "e1") and now < until else None

    post.way.judge = judge
    post.add(message("first", thread="ticket:t1"), edit("e1"))
    post.run(40)
    post.way.judge = lambda row, _: TryLater("429", 60) if row.is_edit else None
    post.add(edit("e2"), message("later", thread="ticket:t1"))
    post.run(10)

    assert post.shown("slack:support") == ["first", "e1", "later"]


def test_slack_slowing_edits_slows_no_page(post: Post) -> None:
    """A 429 for edits holds every edit for so long, and not one message."""
    post.way.judge = lambda row, _: TryLater("429", 60) if row.is_edit else None
    post.add(edit("e1"))
    post.run(2)
    post.add(edit("e2", "other", "ticket:t2"), message("news"))

    post.run(30)

    assert [row.key for _, row in post.way.tries] == ["e1", "news"]


def test_lost_edit_is_made_again_and_given_up_quietly(post: Post) -> None:
    """After a lost answer the same edit is made once more; a refused one is no dead message."""
    lost = iter([Unknown("the line broke")])
    post.way.judge = lambda *_: next(lost, None)
    post.way.find = lambda *_, **__: Refused("made again")  # type: ignore[method-assign]
    post.add(edit("e1"))
    post.run(10)
    post.way.judge = lambda row, _: Refused("no message") if row.is_edit else None
    post.add(edit("e2"))
    post.run(10)

    assert post.shown("slack:support") == ["e1", "e1"]
    assert post.row("e2").state is OutboxState.SUPERSEDED
    assert [row for _, row in post.way.shown if row.destination.startswith("mail:")] == []


def test_newer_state_replaces_what_waits(post: Post) -> None:
    """Of several edits of a ticket only the newest is made, also where an older one is in doubt."""
    post.way.judge = lambda *_: Unknown("no answer")
    post.add(edit("e1"))
    post.run(1)
    now = post.clock.now()
    post.store.write(lambda tx: tx.outbox.supersede_edits("t1", now=now))
    post.way.judge = lambda *_: None
    post.add(edit("e2"))
    post.run(10)

    assert post.shown("slack:support") == ["e1", "e2"]
    assert post.row("e1").state is OutboxState.SUPERSEDED
