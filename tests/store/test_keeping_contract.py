# SPDX-License-Identifier: GPL-3.0-or-later
"""What is let go of when its time is over, and what never is, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOON, event, later, outgoing, ticket, timer

from bot.app_upkeep import BATCH, Upkeep
from bot.clock import VirtualClock
from bot.rules.events import Unreadable
from bot.rules.history import Change, ChangeKind
from bot.rules.keeping import USUAL, KeepPolicy, Kept
from bot.rules.mail import Contact, Fate, MailReceived
from bot.rules.outcome import Delivered, Refused
from bot.rules.ticket import Actor, Person, Status
from bot.store.outages import PRODUCT
from bot.store.store import Store
from bot.telemetry import Figures

SOON = later(1)
MUCH_LATER = NOON + timedelta(days=500)
NORA = Person("7", "Nora Wind", "nora@northwind.example")


def let_go(store: Store, kind: Kept) -> int:
    """Let go of everything of a kind that is older than a second."""
    with store.read() as reader:
        found = reader.keeping.due(kind, SOON, 100)
    return store.write(lambda tx: tx.keeping.let_go(kind, found, before=SOON, now=MUCH_LATER))


def settle(store: Store, key: str, source: str = "webhook") -> None:
    """An event that came and was handled."""
    store.receive([replace(event(key, key), source=source)]).result()
    claimed = store.write(lambda tx: tx.inbox.claim(now=NOON, lease_seconds=9, limit=9))
    store.write(lambda tx: [tx.inbox.settle(each.row_id, "decided", NOON) for each in claimed])


def test_settled_event_loses_its_words_before_its_key(store: Store) -> None:
    """It cannot come a second time, nobody can read it, and in the end nothing is left of it."""
    settle(store, "old")
    store.receive([event("open", "b")]).result()

    assert let_go(store, Kept.KEYS) == 0
    assert let_go(store, Kept.EVENTS) == 1
    with store.read() as reader:
        old, still = reader.inbox.by_key("old"), reader.inbox.by_key("open")
        assert reader.keeping.stock(Kept.EVENTS, SOON).due == 0
    assert old is not None and isinstance(old.event.fact, Unreadable)
    assert still is not None and not isinstance(still.event.fact, Unreadable)
    assert store.receive([event("old", "old")]).result() == 0
    assert let_go(store, Kept.KEYS) == 1
    assert store.receive([event("old", "old")]).result() == 1


def test_settled_message_loses_its_words_before_its_key(store: Store) -> None:
    """What was sent is known as sent; a refused one is not retried empty."""
    wanted = ("sent", "refused", "open")
    store.write(lambda tx: [tx.outbox.add(outgoing(key), NOON) for key in wanted])
    rows = store.write(
        lambda tx: tx.outbox.claim(destination_prefix="slack:", now=NOON, lease_seconds=60, limit=2)
    )
    store.write(lambda tx: tx.outbox.record(rows[0].row_id, Delivered("1"), NOON))
    store.write(lambda tx: tx.outbox.record(rows[1].row_id, Refused("no such room"), NOON))

    assert (let_go(store, Kept.MESSAGES), let_go(store, Kept.DEAD_LETTERS)) == (1, 1)
    with store.read() as reader:
        sent, refused, still = (reader.outbox.by_key(key) for key in wanted)
        assert reader.outbox.attempts(rows[1].row_id)[0].detail == ""
    assert sent is not None and refused is not None and still is not None
    assert [each.outgoing.message.title for each in (sent, refused, still)] == ["", "", "open"]
    assert store.write(lambda tx: tx.outbox.add(outgoing("sent"), NOON)) is False
    assert store.write(lambda tx: tx.outbox.retry(refused.row_id, NOON)) is False
    assert let_go(store, Kept.KEYS) == 2


def test_what_is_retried_meanwhile_stays(store: Store) -> None:
    """Between the look and the letting go somebody may have needed it again."""
    store.write(lambda tx: tx.outbox.add(outgoing("a"), NOON))
    [row] = store.write(
        lambda tx: tx.outbox.claim(destination_prefix="slack:", now=NOON, lease_seconds=60, limit=1)
    )
    store.write(lambda tx: tx.outbox.record(row.row_id, Refused("no such room"), NOON))
    with store.read() as reader:
        found = reader.keeping.due(Kept.DEAD_LETTERS, SOON, 100)
    store.write(lambda tx: tx.outbox.retry(row.row_id, NOON))

    gone = store.write(
        lambda tx: tx.keeping.let_go(Kept.DEAD_LETTERS, found, before=SOON, now=SOON)
    )

    assert (len(found[0]), gone) == (1, 0)


def test_ticket_that_is_done_loses_its_words(store: Store) -> None:
    """Its number, its states and who did what stay; the others are whole."""
    done = replace(ticket("done", number=1, status=Status.SOLVED), requester=NORA)
    tickets = (done, ticket("open", number=2), ticket("case", status=Status.SOLVED))
    said = Change("c1", NOON, ChangeKind.COMMENT, Actor.REQUESTER, is_public=True, body="On fire")
    state = Change("c2", NOON, ChangeKind.FIELD, Actor.AGENT, field="status", old="open", new="x")
    store.write(lambda tx: [tx.tickets.save(each) for each in tickets])
    store.write(lambda tx: [tx.tickets.add_change("done", each) for each in (said, state)])

    assert let_go(store, Kept.TICKETS) == 1
    with store.read() as reader:
        left, history = reader.tickets.load("done"), reader.tickets.history("done")
        others = [reader.tickets.load(each) for each in ("open", "case")]
    assert left == replace(done, subject="", description="", requester=Person("7"))
    assert history == (replace(said, body=None), state)
    assert others == list(tickets[1:])
    assert let_go(store, Kept.TICKETS) == 0


def test_mail_is_known_for_ever(store: Store) -> None:
    """The file, the sender and the subject go; the same mail is still no new one."""
    mail = MailReceived("k1", "a" * 64, 9, NOON, "<m1@x>", sender=NORA, subject="Down")
    store.write(lambda tx: tx.mails.add(mail, None, NOON))
    store.write(lambda tx: tx.mails.add(replace(mail, key="k2"), None, NOON))
    assert let_go(store, Kept.MAILS) == 0
    store.write(lambda tx: tx.mails.decide("k1", Fate.NOTED, "the helpdesk was there", NOON))

    assert (let_go(store, Kept.MAILS), let_go(store, Kept.SENDERS)) == (1, 1)
    with store.read() as reader:
        known, waiting = reader.mails.by_key("k1"), reader.mails.by_key("k2")
    assert known is not None and waiting is not None
    assert (known.raw, known.sender, known.subject, known.message_id) == ("", "", "", None)
    assert (waiting.raw, waiting.subject) == ("a" * 64, "Down")
    assert store.write(lambda tx: tx.mails.add(mail, None, NOON)) is False


def test_the_rest_goes_by_its_own_time(store: Store) -> None:
    """Journal, alerts of what is done, contacts, timers; what is open and the last outage stay."""
    store.write(lambda tx: tx.tickets.save(ticket("done", number=1, status=Status.CLOSED)))
    store.write(lambda tx: tx.tickets.save(ticket("open", number=2)))
    store.write(
        lambda tx: [tx.alerts.save(f"taken/{t}", {}, ticket_id=t) for t in ("done", "open")]
    )
    store.write(lambda tx: tx.alerts.save("incident/000001/ticket/done", {}, ticket_id="done"))
    store.write(lambda tx: [tx.incidents.add(n, NOON, "declared", {}) for n in (1, 2)])
    store.write(
        lambda tx: [tx.incidents.add(n, NOON, "opened", {}, matter=PRODUCT) for n in (1, 2)]
    )
    store.write(lambda tx: tx.journal.add(NOON, "ticket:done", "e", "p", (), "why"))
    store.write(lambda tx: tx.contacts.save(Contact("nora@x.io", NOON)))
    store.write(lambda tx: [tx.timers.set(timer(key, NOON)) for key in ("ended", "runs")])
    store.write(lambda tx: tx.timers.stop("ended"))

    kinds = (Kept.ALERTS, Kept.INCIDENTS, Kept.JOURNAL, Kept.CONTACTS, Kept.EVENTS)
    assert [let_go(store, kind) for kind in kinds] == [1] * 5
    with store.read() as reader:
        assert reader.alerts.load("taken/open") == {}
        assert reader.alerts.load("incident/000001/ticket/done") == {}
        assert (len(reader.incidents.of(1)), reader.incidents.latest()) == (0, 2)
        assert len(reader.incidents.of(1, PRODUCT)) == 1
        assert reader.timers.running() == 1


@pytest.mark.parametrize("end", ["closed", "joined"])
def test_timeline_goes_as_a_whole(store: Store, end: str) -> None:
    """An interruption that lost its beginning would be none: it waits for its last entry."""
    turns = ((NOON, "opened"), (later(60), end))
    store.write(
        lambda tx: [tx.incidents.add(1, at, kind, {}, matter=PRODUCT) for at, kind in turns]
    )
    store.write(lambda tx: tx.incidents.add(2, NOON, "opened", {}, matter=PRODUCT))

    assert let_go(store, Kept.INCIDENTS) == 0
    with store.read() as reader:
        stock = reader.keeping.stock(Kept.INCIDENTS, later(61))
        assert (stock.count, stock.oldest, stock.due) == (3, NOON, 2)


def test_upkeep_goes_in_small_steps_and_rests(store: Store, clock: VirtualClock) -> None:
    """A hundred rows a write, until nothing is left; then not before an hour has passed."""
    entries = range(2 * BATCH + 1)
    store.write(lambda tx: [tx.journal.add(NOON, f"t:{n}", "e", "p", (), "w") for n in entries])
    keep = KeepPolicy({**USUAL, Kept.JOURNAL: timedelta(days=1)})
    upkeep = Upkeep(store, clock, Figures(), None, keep=lambda: keep)

    assert upkeep.prune() is False
    clock.move_to(NOON + timedelta(days=2))
    left = []
    while upkeep.prune():
        with store.read() as reader:
            left.append(reader.keeping.stock(Kept.JOURNAL, None).count)
    store.write(lambda tx: tx.journal.add(NOON, "late", "e", "p", (), "why"))

    assert left == [BATCH + 1, 1, 0]
    assert upkeep.prune() is False
    clock.move_to(clock.now() + timedelta(hours=1))
    assert upkeep.prune() is True
