# SPDX-License-Identifier: GPL-3.0-or-later
"""What the outbox promises, on every database."""

from __future__ import annotations

from datetime import datetime

import pytest
from store_samples import NOON, later, outgoing

from bot.clock import VirtualClock
from bot.rules.actions import Outgoing, Urgency
from bot.rules.outcome import Accepted, Delivered, Outcome, Refused, TryLater, Unknown
from bot.store.queues import ClaimedOutgoing, Order, OutboxRow, OutboxState
from bot.store.store import Store


def add(store: Store, *messages: Outgoing) -> list[bool]:
    return store.write(lambda tx: [tx.outbox.add(message, NOON) for message in messages])


def claim(
    store: Store,
    seconds: float = 0,
    *,
    prefix: str = "",
    limit: int = 10,
    order: Order = Order.URGENT_FIRST,
) -> list[ClaimedOutgoing]:
    return store.write(
        lambda tx: tx.outbox.claim(
            destination_prefix=prefix,
            now=later(seconds),
            lease_seconds=60,
            limit=limit,
            order=order,
        )
    )


def record(
    store: Store,
    claimed: ClaimedOutgoing,
    outcome: Outcome,
    seconds: float = 0,
    retry_at: datetime | None = None,
) -> bool:
    return store.write(
        lambda tx: tx.outbox.record(claimed.row_id, outcome, later(seconds), retry_at=retry_at)
    )


def row(store: Store, key: str) -> OutboxRow:
    with store.read() as reader:
        found = reader.outbox.by_key(key)
    assert found is not None
    return found


def keys(claimed: list[ClaimedOutgoing]) -> list[str]:
    return [each.outgoing.key for each in claimed]


def test_same_decision_twice_is_one_message(store: Store) -> None:
    """A key that is there already adds nothing."""
    assert add(store, outgoing("a"), outgoing("a")) == [True, False]
    assert add(store, outgoing("a")) == [False]
    assert keys(claim(store)) == ["a"]


def test_pages_overtake_digests(store: Store) -> None:
    """Critical messages go first, then the oldest."""
    add(
        store,
        outgoing("low", urgency=Urgency.LOW),
        outgoing("one"),
        outgoing("page", urgency=Urgency.CRITICAL),
        outgoing("two"),
    )

    assert keys(claim(store, limit=2)) == ["page", "one"]
    assert keys(claim(store)) == ["two", "low"]


def test_oldest_first_is_oldest_first(store: Store) -> None:
    """A backlog can be worked off as it was decided."""
    add(store, outgoing("low", urgency=Urgency.LOW), outgoing("page", urgency=Urgency.CRITICAL))

    assert keys(claim(store, order=Order.OLDEST_FIRST)) == ["low", "page"]


def test_messages_of_one_order_key_go_one_by_one(store: Store) -> None:
    """The second message of a ticket on a channel waits until the first one is settled."""
    add(store, outgoing("a1", order_key="a"), outgoing("a2", order_key="a"), outgoing("b1"))
    first = claim(store)

    assert keys(first) == ["a1", "b1"]
    assert claim(store) == []
    record(store, first[0], Delivered("ts-1"))
    assert keys(claim(store)) == ["a2"]


def test_whole_tickets_bring_their_followers(store: Store) -> None:
    """A destination that merges gets all that waits for the tickets it gets, and no more."""
    add(
        store,
        outgoing("a1", order_key="a"),
        outgoing("b1", order_key="b"),
        outgoing("a2", order_key="a"),
        outgoing("c1", order_key="c"),
    )

    assert keys(claim(store, limit=3, order=Order.WHOLE_TICKETS)) == ["a1", "a2", "b1"]
    assert keys(claim(store, order=Order.WHOLE_TICKETS)) == ["c1"]


def test_message_that_must_be_looked_at_comes_alone(store: Store) -> None:
    """What may have arrived already is never merged with what follows it."""
    add(store, outgoing("a1", order_key="a"), outgoing("a2", order_key="a"))
    record(store, claim(store)[0], Unknown("line broke"))

    assert keys(claim(store, order=Order.WHOLE_TICKETS)) == ["a1"]


def test_each_channel_claims_its_own(store: Store) -> None:
    """A slow channel keeps no other one waiting."""
    add(store, outgoing("s", destination="slack:#a"), outgoing("h", destination="helpdesk"))

    assert keys(claim(store, prefix="helpdesk")) == ["h"]
    assert keys(claim(store, prefix="slack:")) == ["s"]


def test_message_waits_for_its_hour(store: Store) -> None:
    """A message with an hour of its own goes out then, and lets others of its key pass."""
    add(
        store,
        outgoing("later", order_key="a", not_before=later(60)),
        outgoing("now", order_key="a"),
    )

    early = claim(store, 59)
    assert keys(early) == ["now"]
    record(store, early[0], Delivered())
    assert keys(claim(store, 60)) == ["later"]


def test_expired_message_is_never_sent(store: Store) -> None:
    """A message whose time has passed is settled as expired."""
    add(store, outgoing("a", expires_at=later(60)))

    assert claim(store, 60) == []
    assert row(store, "a").state is OutboxState.EXPIRED


def test_crash_while_sending_asks_to_look_first(store: Store) -> None:
    """A row whose sender vanished comes back as unknown, with when its attempt began."""
    add(store, outgoing("a"))
    claim(store)

    early, late = claim(store, 59), claim(store, 60)

    assert early == []
    assert [(each.state, each.attempts, each.since) for each in late] == [
        (OutboxState.UNKNOWN, 2, NOON)
    ]


@pytest.mark.parametrize(
    ("outcome", "state", "reference", "reason"),
    [
        (Delivered("ts-1"), OutboxState.DELIVERED, "ts-1", None),
        (Accepted("202"), OutboxState.ACCEPTED, "202", None),
        (Refused("no such channel", "invite the bot"), OutboxState.REFUSED, None, "invite the bot"),
        (TryLater("429", 30), OutboxState.WAITING, None, "429"),
        (Unknown("reset by peer"), OutboxState.UNKNOWN, None, "reset by peer"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_outcome_settles_the_row(
    store: Store, outcome: Outcome, state: OutboxState, reference: str | None, reason: str | None
) -> None:
    """Each way an attempt may end has its state, and its words are kept."""
    add(store, outgoing("a"))

    assert record(store, claim(store)[0], outcome, 1)
    found = row(store, "a")
    assert (found.state, found.reference) == (state, reference)
    assert (reason or "") in (found.reason or "")


def test_retry_waits_and_keeps_its_place(store: Store) -> None:
    """A message to be tried later goes then, before those of its key that came after it."""
    add(store, outgoing("a1", order_key="a"), outgoing("a2", order_key="a"))
    record(store, claim(store)[0], TryLater("429"), retry_at=later(30))

    assert claim(store, 29) == []
    assert [(c.outgoing.key, c.state) for c in claim(store, 30)] == [("a1", OutboxState.WAITING)]


def test_unproven_message_is_looked_at_again_later(store: Store) -> None:
    """After an unknown outcome the row comes back as unknown at the time that was named."""
    add(store, outgoing("a"))
    record(store, claim(store)[0], Unknown("reset"), retry_at=later(5))

    assert claim(store, 4) == []
    assert claim(store, 5)[0].state is OutboxState.UNKNOWN


def test_late_record_changes_nothing(store: Store) -> None:
    """An outcome for a row that was settled meanwhile is said to be late."""
    add(store, outgoing("a"))
    claimed = claim(store)[0]

    assert record(store, claimed, Delivered("1"))
    assert not record(store, claimed, TryLater("busy"))
    assert row(store, "a").state is OutboxState.DELIVERED


def test_message_expires_while_nothing_else_is_due(store: Store) -> None:
    """It waits for its next try, and its time passes first: then it is settled all the same."""
    add(store, outgoing("a", expires_at=later(60)))
    record(store, claim(store)[0], TryLater("429", 600), 1)

    assert claim(store, 61) == []
    assert row(store, "a").state is OutboxState.EXPIRED


def test_storm_takes_back_nothing_critical_and_no_edit(store: Store) -> None:
    """What it may count in place of showing is neither; other rooms keep theirs."""
    add(
        store,
        *(outgoing(urgency, urgency=urgency) for urgency in Urgency),
        outgoing("elsewhere", destination="slack:#other"),
    )

    with store.read() as reader:
        found = reader.outbox.unsent("slack:#support", NOON)
    assert {each.outgoing.key for each in found} == {Urgency.NORMAL, Urgency.LOW}


def test_every_try_is_logged(store: Store) -> None:
    """The attempts of a message can be read: when, how it ended, in which words."""
    add(store, outgoing("a"))
    record(store, claim(store)[0], TryLater("429", 10), 1)
    claim(store, 11)
    record(store, claim(store, 71)[0], Delivered("ts-1"), 72)

    with store.read() as reader:
        log = reader.outbox.attempts(row(store, "a").row_id)
    assert [(each.number, each.outcome, each.detail) for each in log] == [
        (1, "TryLater", "429"),
        (2, "LeaseEnded", "the sender vanished before it wrote down how it went"),
        (3, "Delivered", "ts-1"),
    ]
    assert (log[0].started_at, log[0].ended_at) == (NOON, later(1))


@pytest.mark.parametrize("held", ["slack", "slack:#support"])
def test_held_messages_stay_until_released(store: Store, held: str) -> None:
    """While a destination, or its whole kind, is held its rows stay; others go."""
    add(store, outgoing("s"), outgoing("h", destination="helpdesk"))
    store.write(lambda tx: tx.outbox.hold(held, "it is down"))

    assert keys(claim(store)) == ["h"]
    with store.read() as reader:
        assert reader.outbox.is_held("slack:#support")
        assert not reader.outbox.is_held("helpdesk")
        assert reader.outbox.held() == {held: "it is down"}
    assert store.write(lambda tx: tx.outbox.release(held))
    assert keys(claim(store)) == ["s"]


def test_answered_ticket_takes_its_warnings_back(store: Store) -> None:
    """What is obsolete once a ticket is done is not sent; what is on its way stays on it."""
    add(store, outgoing("on its way", is_obsolete_when_done=True))
    claim(store)
    add(
        store,
        outgoing("warning", is_obsolete_when_done=True),
        outgoing("report"),
        outgoing("other", ticket_id="t2", is_obsolete_when_done=True),
    )

    taken = store.write(lambda tx: tx.outbox.supersede(ticket_id="t1", now=NOON, reason="answered"))

    assert taken == 1
    assert row(store, "warning").state is OutboxState.SUPERSEDED
    assert keys(claim(store)) == ["report", "other"]


def test_one_message_can_be_taken_back(store: Store) -> None:
    """A message is superseded or dropped by name, and says why."""
    add(store, outgoing("a"), outgoing("b"))
    dropped = row(store, "b").row_id

    store.write(lambda tx: tx.outbox.supersede(key="a", now=NOON, reason="newer edit"))
    store.write(lambda tx: tx.outbox.drop(dropped, "nobody can say", NOON))

    assert (row(store, "a").state, row(store, "a").reason) == (
        OutboxState.SUPERSEDED,
        "newer edit",
    )
    assert row(store, "b").state is OutboxState.DROPPED


def test_watched_message_is_kept_and_never_sent(store: Store) -> None:
    """Watch-only writes decisions down, and the same decision later is still the same row."""
    store.write(lambda tx: tx.outbox.add(outgoing("a"), NOON, is_watched=True))

    assert claim(store) == []
    assert row(store, "a").state is OutboxState.WATCHED
    assert add(store, outgoing("a")) == [False]


def test_watch_only_store_sends_nothing(url: str, clock: VirtualClock) -> None:
    """A store that was opened to watch records every message and hands none out."""
    with Store.open(url, clock=clock, is_watch_only=True) as store:
        add(store, outgoing("a"))

        assert claim(store) == []
        assert row(store, "a").state is OutboxState.WATCHED


def test_outbox_says_how_much_waits_and_until_when(store: Store) -> None:
    """Counts by state and destination, and the next instant to look, are read without scanning."""
    add(store, outgoing("a"), outgoing("b", destination="mail:x", not_before=later(9)))
    claim(store, prefix="slack:")

    with store.read() as reader:
        assert reader.outbox.counts() == {"claimed": 1, "waiting": 1}
        assert reader.outbox.waiting() == {"slack:#support": 1, "mail:x": 1}
        assert reader.outbox.next_due("mail:") == later(9)
        assert reader.outbox.next_due("slack:") == later(60)
        assert reader.outbox.next_due("teams:") is None
        assert [r.outgoing.key for r in reader.outbox.of_ticket("t1")] == ["a", "b"]


def test_backlog_that_went_the_next_way_is_known(store: Store) -> None:
    """Only then, or when the way is closed, is a long line read for a catch-up."""
    add(store, outgoing("a"), outgoing("b"))
    with store.read() as reader:
        kind = f"{row(store, 'a').outgoing.destination.partition(':')[0]}:"
        before = reader.outbox.was_passed_by(kind, later(1))
    store.write(lambda tx: tx.outbox.pass_on(row(store, "a").row_id, later(1)))

    with store.read() as reader:
        after = [reader.outbox.was_passed_by(each, later(1)) for each in (kind, "sms:")]
    assert (before, after) == (False, [True, False])
