# SPDX-License-Identifier: GPL-3.0-or-later
"""A message whose way does not work goes the next one, and the way hears once what it missed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ways import NOON, SECOND, BusyClock, Post, message

from bot.ports import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing, TicketUpdate, Urgency
from bot.store.queues import OutboxState

TEAM = ("slack:support", ("mail:team@acme.example",))
MAIL = "mail:team@acme.example"


def down(kind: str, minutes: float) -> object:
    """A judge: everything of this kind fails until so many minutes have passed."""
    until = NOON + timedelta(minutes=minutes)

    def judge(outgoing: Outgoing, now: datetime) -> Outcome | None:
        fails = outgoing.destination.startswith(kind) and now < until
        return TryLater("503") if fails else None

    return judge


def test_refused_message_goes_the_next_way_at_once(post: Post) -> None:
    """A permanent failure waits for nobody, and the message says why it comes this way."""
    post.way.judge = lambda row, _: Refused("archived") if row.destination == TEAM[0] else None
    post.add(message("a", TEAM[0], fallback=TEAM[1]))

    post.run(2)

    (_, sent), *_ = [each for each in post.way.shown if each[1].destination == MAIL]
    assert isinstance(sent.message, Notice)
    assert sent.message.reason == "refused_elsewhere:slack, archived"


def test_slow_way_is_gone_round_after_a_minute(post: Post) -> None:
    """What one way has not taken within `fallback_after` goes the next one as well."""
    post.way.judge = lambda row, _: TryLater("busy", 300) if row.destination == TEAM[0] else None
    post.add(message("a", TEAM[0], fallback=TEAM[1]))

    post.run(58)
    early = post.shown(MAIL)
    post.run(5)

    assert early == []
    assert post.shown(MAIL) == [f"a/instead/{MAIL}"]


def test_way_known_to_fail_is_gone_round_at_once(post: Post) -> None:
    """After three failures nobody waits a minute to hear by mail."""
    post.way.judge = down("slack", 30)
    post.add(*(message(f"first-{n}", TEAM[0], fallback=TEAM[1]) for n in range(3)))
    post.run(10)

    post.add(message("page", TEAM[0], fallback=TEAM[1]))
    post.run(2)

    assert f"page/instead/{MAIL}" in post.shown(MAIL)


def test_half_an_hour_without_slack_is_one_catch_up(post: Post) -> None:
    """Each message came by mail meanwhile; on its return Slack shows one message that counts."""
    post.way.judge = down("slack", 30)
    for minute in range(10):
        post.add(message(f"m{minute}", TEAM[0], fallback=TEAM[1]))
        post.run(60, every=10)
    post.run(25 * 60, every=15)

    assert len(post.shown(MAIL)) == 10
    assert post.kinds(TEAM[0]) == [NoticeKind.CATCH_UP]
    _, sent = next(each for each in post.way.shown if each[1].destination == TEAM[0])
    assert isinstance(sent.message, Notice)
    assert sent.message.soon == 10


def test_catch_up_stands_though_time_passes_in_between() -> None:
    """What falls due while the outbox looks for what was missed is not told one by one."""
    clock = BusyClock(NOON)
    post = Post(clock=clock)
    post.way.judge = lambda row, now: (
        TryLater("429", after=90) if row.destination == TEAM[0] and now == NOON else None
    )
    post.add(*(message(f"m{n}", TEAM[0], fallback=TEAM[1]) for n in range(2)))
    post.run(89)
    clock.move_to(NOON + timedelta(seconds=89.5))

    clock.step = SECOND
    post.outbox.deliver("slack:", post.way)
    clock.step = timedelta()
    post.run(5)

    assert post.shown(MAIL) == [f"m{n}/instead/{MAIL}" for n in range(2)]
    assert post.kinds(TEAM[0]) == [NoticeKind.CATCH_UP]
    post.store.close()


def test_nothing_is_lost_while_every_way_is_down(post: Post) -> None:
    """All ways down together: on return each tells in one message what it missed."""
    until = NOON + timedelta(minutes=30)
    post.way.judge = lambda _, now: TryLater("503") if now < until else None
    post.add(*(message(f"m{n}", TEAM[0], fallback=("teams:support", MAIL)) for n in range(8)))

    post.run(45 * 60, every=15)

    for destination in (TEAM[0], "teams:support", MAIL):
        assert post.kinds(destination) == [NoticeKind.CATCH_UP]


def test_lone_message_is_simply_sent_late(post: Post) -> None:
    """One message with no other way waits for its own and comes as it is."""
    post.way.judge = down("slack", 10)
    post.add(message("alone"))

    post.run(12 * 60, every=15)

    assert post.shown("slack:support") == ["alone"]


def test_dead_way_is_tried_twice_a_minute_at_most(post: Post) -> None:
    """While a way fails, one message is tried every half minute, not each of them."""
    post.way.judge = down("slack", 60)
    post.add(*(message(f"m{n}") for n in range(20)))

    post.run(10 * 60, every=5)

    assert len(post.way.tries) <= 20 + 3


def test_critical_message_only_accepted_is_doubled(post: Post) -> None:
    """A Teams 202 proves nothing: without "I have it" in a minute the next way is taken."""
    teams = "teams:support"
    post.way.judge = lambda row, _: Accepted("run") if row.destination == teams else None
    post.add(message("page", teams, urgency=Urgency.CRITICAL, fallback=(MAIL,)))
    post.add(message("news", teams, fallback=(MAIL,)))

    post.run(90)

    assert post.shown(MAIL) == [f"page/instead/{MAIL}"]


def test_accepted_page_is_not_doubled_once_taken(post: Post) -> None:
    """Somebody has it within the minute: nobody is called by mail."""
    post.way.judge = lambda row, _: Accepted() if row.destination == "teams:support" else None
    page = message("page", "teams:support", urgency=Urgency.CRITICAL, fallback=(MAIL,))
    post.add(page)
    post.run(10)

    now = post.clock.now()
    post.store.write(
        lambda tx: tx.outbox.supersede(now=now, reason="Bo has it", thread="alert:page")
    )
    post.run(90)

    assert post.shown(MAIL) == []


def test_revoked_token_opens_the_way_for_all(post: Post) -> None:
    """One refusal for all messages stops the tries; what has no other way waits for a new token."""
    post.way.judge = lambda *_: Refused("token_revoked", "install again", is_for_all=True)
    post.add(*(message(f"m{n}") for n in range(5)))

    post.run(60)
    tries = len(post.way.tries)
    post.way.judge = lambda *_: None
    post.run(60)

    assert tries <= 3
    assert post.kinds("slack:support") == [NoticeKind.CATCH_UP]


def test_dead_message_is_told_another_way(post: Post) -> None:
    """A message that reaches nobody is told to those who look after Deskmate, once an hour."""
    post.way.judge = lambda row, _: Refused("archived") if "slack" in row.destination else None
    post.add(message("a"), message("b"))

    post.run(30)

    assert post.row("a").state is OutboxState.REFUSED
    told = [each.message for _, each in post.way.shown if each.destination.startswith("mail:")]
    assert [each.reason for each in told if isinstance(each, Notice)] == [
        "undelivered:2, slack, archived"
    ]


def test_lost_answer_is_looked_up_not_sent_twice(post: Post) -> None:
    """The other side took it and the answer was lost: it is found there."""
    lost = iter([Unknown("the line broke")])
    post.way.judge = lambda *_: next(lost, None)
    post.add(message("a"))

    post.run(10)

    assert post.shown("slack:support") == ["a"]
    assert post.row("a").state is OutboxState.DELIVERED


def test_row_in_doubt_is_looked_up_after_it_had_to_wait(post: Post) -> None:
    """Before it could be looked for, the channel asked for patience: it is still not sent twice."""
    answers = {"a": Unknown("the line broke"), "page": TryLater("429", 20)}
    post.way.judge = lambda row, _: answers.pop(row.key, None)
    post.add(message("a"))
    post.run(2)

    post.add(message("page", urgency=Urgency.CRITICAL))
    post.run(60)

    assert post.shown("slack:support") == ["a", "page"]
    assert post.row("a").state is OutboxState.DELIVERED


def test_row_in_doubt_is_looked_for_where_it_was_sent(post: Post) -> None:
    """However often looking fails, it is looked for since its first try, no sooner than asked."""
    lost = iter([Unknown("the line broke")])
    post.way.judge = lambda *_: next(lost, None)
    asked: list[tuple[datetime, datetime]] = []

    def find(_row: Outgoing, *, since: datetime) -> Outcome:
        asked.append((post.clock.now(), since))
        return TryLater("429", 90) if len(asked) < 4 else Delivered("there")

    post.way.find = find  # type: ignore[method-assign]
    post.add(message("a"), message("b", thread="alert:other"))
    post.run(400)

    looked = [at for at, _ in asked]
    assert {since for _, since in asked} == {NOON}
    assert all(b - a >= timedelta(seconds=90) for a, b in itertools.pairwise(looked))
    assert post.shown("slack:support") == ["a", "b"]
    assert post.row("a").state is OutboxState.DELIVERED


def test_channel_that_throttles_for_long_is_not_waited_for_longer(post: Post) -> None:
    """Whoever had to wait twenty times comes as soon as the channel takes one a second again."""
    until = NOON + timedelta(minutes=2)
    post.way.judge = lambda _, now: TryLater("429", 2) if now < until else None
    post.add(*(message(f"m{number}") for number in range(6)))

    post.run(135)

    assert len(post.shown("slack:support")) == 6


@dataclass
class ScarceHelpdesk:
    """A helpdesk of which our share is used up for ten minutes."""

    now: Callable[[], datetime]

    def update(self, updates: Mapping[str, TicketUpdate]) -> dict[str, Outcome]:
        """Refuse all, or take all."""
        is_scarce = self.now() < NOON + timedelta(minutes=10)
        return {key: TryLater("share", 3) if is_scarce else Delivered(key) for key in updates}


def test_update_is_made_soon_after_our_share_is_free(post: Post) -> None:
    """However often an update had to wait for our share of the helpdesk, it is not put off long."""
    update = TicketUpdate(ticket_id="T1", number=1, comment="Bo has it.")
    post.add(Outgoing("note", "helpdesk", "helpdesk/ticket:T1", update, ticket_id="T1"))
    helpdesk = ScarceHelpdesk(post.clock.now)
    for _ in range(632):
        post.outbox.deliver_updates(helpdesk)  # type: ignore[arg-type]
        post.clock.move_to(post.clock.now() + timedelta(seconds=1))

    assert post.row("note").state is OutboxState.DELIVERED


def test_promised_patience_outlives_a_restart(post: Post) -> None:
    """A destination that asked for two minutes is left alone by the next process as well."""
    post.way.judge = lambda *_: TryLater("429", 120)
    post.add(message("a"))
    post.run(2)

    post.restart()
    post.add(message("b"))
    post.run(110)

    assert [row.key for _, row in post.way.tries] == ["a"]


def test_patience_holds_for_what_was_claimed_together(post: Post) -> None:
    """Messages taken with the one that was told to wait are not tried before that time either."""
    post.way.judge = lambda *_: TryLater("429", 120)
    post.add(message("a"), message("b"), message("c"))

    post.run(110)

    assert [row.key for _, row in post.way.tries] == ["a"]
