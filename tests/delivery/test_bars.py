# SPDX-License-Identifier: GPL-3.0-or-later
"""The bars of delivery in virtual time: a storm on a slow channel loses nothing and stays short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ways import NOON, SECOND, Post

from bot.config.load import Loaded, load_policy
from bot.handlers.sending import send
from bot.handlers.storms import renew_storm
from bot.ports import Outcome, TryLater
from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.store.queues import OutboxState

SLACK = "slack:support"
ALERTS, SECONDS = 600, 60
QUIET = 150
CRITICAL_EVERY = 25
"""One alert in so many is a page: 24 of the 600, fewer than one each second."""


@dataclass
class SlowChannel:
    """Takes one message a second and asks for patience otherwise; remembers what it was asked."""

    patience: float = 2.0
    free_at: datetime = NOON
    closed_until: datetime = NOON
    early: list[datetime] = field(default_factory=list)
    posts: int = 0

    def judge(self, _outgoing: Outgoing, now: datetime) -> Outcome | None:
        """429 with `Retry-After` for what comes within a second of the last message."""
        if now < self.closed_until:
            self.early.append(now)
        if now < self.free_at:
            self.closed_until = now + timedelta(seconds=self.patience)
            return TryLater("429", self.patience)
        self.free_at = now + timedelta(seconds=1)
        self.posts += 1
        return None


@pytest.fixture
def compiled(tmp_path: Path) -> CompiledPolicy:
    """One team in one channel."""
    text = "desk: test\npeople: {team: {slack: support}}\n"
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded)
    return compile_policy(loaded.policy)


def _alert(number: int, compiled: CompiledPolicy, now: datetime) -> tuple[Outgoing, ...]:
    notice = Notice(
        NoticeKind.ALERT, f"alert:{number}", now, title=f"Alert {number}",
        organisation=f"Customer {number % 40}",
    )  # fmt: skip
    urgency = Urgency.CRITICAL if number % CRITICAL_EVERY == 0 else Urgency.NORMAL
    return tell(["team"], notice, compiled, key=f"alert/{number}", now=now, urgency=urgency)


def _storm(post: Post, compiled: CompiledPolicy) -> None:
    """Ten alerts a second for a minute, then the quiet that ends it."""
    for second in range(SECONDS + QUIET):
        now = post.clock.now()
        numbers = range(second * 10, second * 10 + 10) if second < SECONDS else range(0)
        rows = [row for number in numbers for row in _alert(number, compiled, now)]
        if rows:
            post.store.write(lambda tx, r=rows, at=now: send(r, tx, compiled, now=at))
        _renew(post, compiled)
        post.run(1)


def _renew(post: Post, compiled: CompiledPolicy) -> None:
    now = post.clock.now()
    with post.store.read() as reader:
        due = reader.timers.due(now, 10)
    for timer in due:
        post.store.write(lambda tx, t=timer: tx.timers.mark_fired(t.key, now))
        post.store.write(lambda tx, t=timer: renew_storm(t, tx, compiled, now=now))


@pytest.fixture
def channel(post: Post, compiled: CompiledPolicy) -> Iterator[SlowChannel]:
    """The slow channel after the storm."""
    slow = SlowChannel()
    post.way.judge = slow.judge
    _storm(post, compiled)
    yield slow


@pytest.mark.long
def test_storm_on_a_slow_channel(post: Post, channel: SlowChannel) -> None:
    """600 alerts in a minute at one a second: none lost, pages quick, few posts, patience kept."""
    with post.store.read() as reader:
        rows = [row for row in reader.outbox.all() if row.outgoing.key.startswith("alert/")]
    waits = [
        (at - sent.message.at).total_seconds()
        for at, sent in post.way.shown
        if sent.urgency is Urgency.CRITICAL and sent.key.startswith("alert/")
        and isinstance(sent.message, Notice)
    ]  # fmt: skip
    told = [row for row in rows if row.state is OutboxState.DELIVERED]
    counted = [row for row in rows if (row.reason or "").startswith("counted in storm")]
    afterwards = [sent.key for at, sent in post.way.shown
                  if at > NOON + SECONDS * SECOND and sent.key.startswith("alert/")]  # fmt: skip
    storms = [each.message for _, each in post.way.shown if "storm:" in each.key]

    assert len(told) + len(counted) == len(rows) == ALERTS
    assert len(waits) == ALERTS / CRITICAL_EVERY
    assert sorted(waits)[int(len(waits) * 0.99)] <= 5
    assert channel.early == afterwards == []
    assert channel.posts <= 60
    assert max(each.soon for each in storms if isinstance(each, Notice)) == ALERTS


def test_what_was_sent_back_is_counted_in_the_storm(post: Post, compiled: CompiledPolicy) -> None:
    """Alerts that a busy channel sent back just before the storm do not come after it."""
    post.way.judge = lambda _, now: TryLater("429", 30) if now < NOON + 5 * SECOND else None
    for second in range(3):
        rows = [row for number in range(10)
                for row in _alert(10 * second + number + 1, compiled, post.clock.now())
                if row.urgency is not Urgency.CRITICAL]  # fmt: skip
        now = post.clock.now()
        post.store.write(lambda tx, r=rows, at=now: send(r, tx, compiled, now=at))
        post.run(1)
    for _ in range(60):
        _renew(post, compiled)
        post.run(1)

    shown = [sent.message.kind for _, sent in post.way.shown if isinstance(sent.message, Notice)]
    assert set(shown) == {NoticeKind.STORM}
