# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store promises about tickets, timers, machines and the journal, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from store_samples import NOON, later, ticket, timer

from bot.clock import VirtualClock
from bot.rules.actions import Reason
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor, Origin, Status
from bot.store.store import Store


def test_ticket_is_found_by_either_number(store: Store) -> None:
    """A ticket is loaded by our id, by the helpdesk's number and by a case reference."""
    saved = replace(ticket("t1", number=42), reference="R-7")
    store.write(lambda tx: tx.tickets.save(saved))

    with store.read() as reader:
        assert reader.tickets.load("t1") == saved
        assert reader.tickets.by_number(42) == saved
        assert reader.tickets.by_reference("R-7") == saved
        assert reader.tickets.load("t2") is None
        assert reader.tickets.by_number(43) is None
        assert reader.tickets.by_number(10**30) is None


def test_case_keeps_everything_when_it_is_adopted(store: Store) -> None:
    """A case that the helpdesk gives a number keeps its id, its history and its clocks."""
    change = Change("c1", NOON, ChangeKind.COMMENT, Actor.REQUESTER, is_public=True, body="Help")
    store.write(lambda tx: tx.tickets.save(ticket("case")))
    store.write(lambda tx: tx.tickets.add_change("case", change))
    store.write(lambda tx: tx.tickets.save_clocks("case", {"first_reply": {"spent": 12}}))

    adopted = replace(ticket("case", number=99), origin=Origin.MAILBOX)
    store.write(lambda tx: tx.tickets.save(adopted))

    with store.read() as reader:
        assert reader.tickets.by_number(99) == adopted
        assert reader.tickets.history("case") == (change,)
        assert reader.tickets.clocks("case") == {"first_reply": {"spent": 12}}


def test_cases_that_wait_are_those_nobody_has_looked_at(store: Store) -> None:
    """The oldest case without a number and without a state of its own comes first."""
    store.write(lambda tx: [tx.tickets.save(ticket(each)) for each in ("t1", "t2", "t3")])
    store.write(lambda tx: tx.tickets.save(ticket("t0", number=7)))
    store.write(lambda tx: tx.states.save("way/t1", {"stage": "there"}))

    with store.read() as reader:
        waiting = reader.tickets.cases_without_number(1, untouched="way/")
        assert [each.ticket_id for each in waiting] == ["t2"]
        assert reader.tickets.count_cases_without_number(untouched="way/") == 2
        assert len(reader.tickets.cases_without_number(5)) == 3
        assert (reader.states.first("way/", 1), reader.states.first("no/", 1)) == (("way/t1",), ())


def test_what_begins_alike_is_found_however_the_database_sorts(store: Store) -> None:
    """A server that sorts by a language passes over punctuation: no ladder would ever stop."""
    keys = (
        "ladder/ticket:a/late",
        "ladder/ticket:a/",
        "ladder/ticket:ab/late",
        "ladder/ticket:A/x",
    )
    store.write(lambda tx: [tx.alerts.save(each, {}) for each in keys])
    store.write(lambda tx: tx.states.save("look/7", {}))

    with store.read() as reader:
        found = list(reader.alerts.starting("ladder/ticket:a/"))
        assert (found, reader.states.first("look/", 1)) == (sorted(keys[:2]), ("look/7",))


def test_helpdesk_number_belongs_to_one_ticket(store: Store) -> None:
    """Two tickets never share a number; tickets without one do not collide."""
    store.write(lambda tx: tx.tickets.save(ticket("a", number=1)))
    store.write(lambda tx: tx.tickets.save(ticket("b")))
    store.write(lambda tx: tx.tickets.save(ticket("c")))

    with pytest.raises(IntegrityError):
        store.write(lambda tx: tx.tickets.save(ticket("d", number=1)))


def test_new_ids_sort_by_age_and_never_repeat(store: Store, clock: VirtualClock) -> None:
    """Ids are short and rise, also within one moment and when the clock is set back."""
    ids = [store.write(lambda tx: tx.tickets.new_id()) for _ in range(3)]
    clock.advance(timedelta(days=-1))
    ids += store.write(lambda tx: [tx.tickets.new_id() for _ in range(3)])
    clock.advance(timedelta(days=400))
    ids.append(store.write(lambda tx: tx.tickets.new_id()))

    assert ids == sorted(set(ids))
    assert {len(each) for each in ids} == {8}


def test_history_is_in_order_and_without_repeats(store: Store) -> None:
    """Changes come back as they happened, however they arrived, each once."""
    store.write(lambda tx: tx.tickets.save(ticket("t1")))
    late = Change("b", later(2), ChangeKind.FIELD, Actor.AGENT, field="status", new="open")
    early = Change("a", later(1), ChangeKind.CREATED, Actor.REQUESTER)

    added = store.write(lambda tx: [tx.tickets.add_change("t1", each) for each in (late, early)])
    again = store.write(lambda tx: tx.tickets.add_change("t1", late))

    assert (added, again) == ([True, True], False)
    with store.read() as reader:
        assert reader.tickets.history("t1") == (early, late)


def test_open_tickets_leave_out_what_is_done(store: Store) -> None:
    """Solved, closed and deleted tickets are no longer open."""
    for name, status in (("a", Status.NEW), ("b", Status.SOLVED), ("c", Status.HOLD)):
        store.write(lambda tx, n=name, s=status: tx.tickets.save(ticket(n, status=s)))

    with store.read() as reader:
        assert [each.ticket_id for each in reader.tickets.open_tickets()] == ["a", "c"]
        assert (reader.tickets.count(), len(reader.tickets.all())) == (3, 3)


def test_clocks_are_what_was_saved_last(store: Store) -> None:
    """A clock that is no longer named is gone."""
    store.write(lambda tx: tx.tickets.save(ticket("t1")))
    store.write(lambda tx: tx.tickets.save_clocks("t1", {"a": {"n": 1}, "b": {"n": 1}}))
    store.write(lambda tx: tx.tickets.save_clocks("t1", {"b": {"n": 2}, "c": {"n": 3}}))

    with store.read() as reader:
        assert reader.tickets.clocks("t1") == {"b": {"n": 2}, "c": {"n": 3}}


def test_timer_falls_due_once(store: Store) -> None:
    """A timer is due from its instant on, until it was acted upon."""
    store.write(lambda tx: [tx.timers.set(timer("b", later(5))), tx.timers.set(timer("a", NOON))])

    with store.read() as reader:
        assert reader.timers.next_due() == NOON
        assert [each.key for each in reader.timers.due(later(5), 10)] == ["a", "b"]
        assert reader.timers.due(later(5), 1) == [timer("a", NOON)]
    assert store.write(lambda tx: tx.timers.mark_fired("a", NOON))
    assert not store.write(lambda tx: tx.timers.mark_fired("a", NOON))
    with store.read() as reader:
        assert reader.timers.next_due() == later(5)


def test_setting_a_timer_again_moves_it(store: Store) -> None:
    """A key has one instant; one that has fired fires again for a new instant alone."""
    store.write(lambda tx: tx.timers.set(timer("a", NOON)))
    store.write(lambda tx: tx.timers.set(timer("a", later(9))))
    with store.read() as reader:
        assert reader.timers.next_due() == later(9)
    store.write(lambda tx: tx.timers.mark_fired("a", later(9)))

    assert not store.write(lambda tx: tx.timers.set(timer("a", later(9))))
    assert store.write(lambda tx: tx.timers.set(timer("a", later(20))))


def test_answered_ticket_stops_its_timers(store: Store) -> None:
    """Timers stop by key, once, and others run on; a stopped one can run again."""
    for each in (
        timer("w", NOON, kind="sla_warning"),
        timer("o", NOON, ticket_id="t2", kind="sla_warning"),
    ):
        store.write(lambda tx, each=each: tx.timers.set(each))

    assert store.write(lambda tx: tx.timers.stop("w"))
    assert not store.write(lambda tx: tx.timers.stop("w"))
    with store.read() as reader:
        assert [each.key for each in reader.timers.due(NOON, 9)] == ["o"]
    assert store.write(lambda tx: tx.timers.set(timer("w", NOON)))


def test_states_cursors_and_alerts_are_remembered(store: Store) -> None:
    """Machines, cursors and alerts come back as they were last saved."""
    for number in (1, 2):
        store.write(lambda tx, n=number: tx.states.save("outage", {"n": n, "why": ["é\0"]}))
        store.write(lambda tx, n=number: tx.cursors.set("tickets", f"c{n}"))
        store.write(lambda tx, n=number: tx.alerts.save("k", {"level": n}, ticket_id="t1"))

    with store.read() as reader:
        assert reader.states.load("outage") == {"n": 2, "why": ["é\0"]}
        assert reader.states.load("breaker") is None
        assert reader.cursors.get("tickets") == "c2"
        assert reader.cursors.get("events") is None
        assert reader.alerts.load("k") == {"level": 2}
        assert reader.alerts.of_ticket("t1") == {"k": {"level": 2}}
    assert store.write(lambda tx: tx.alerts.delete("k"))


def test_incident_has_a_timeline(store: Store) -> None:
    """What happened in an outage is kept in order, apart from other outages."""
    store.write(lambda tx: tx.incidents.add(1, NOON, "declared", {"by": "probes"}))
    store.write(lambda tx: tx.incidents.add(2, later(9), "declared", {}))
    store.write(lambda tx: tx.incidents.add(1, later(5), "recovered", {}))

    with store.read() as reader:
        assert [entry.kind for entry in reader.incidents.of(1)] == ["declared", "recovered"]
        assert reader.incidents.latest() == 2


def test_journal_says_why(store: Store) -> None:
    """A decision is found by its subject with its reasons and policy."""
    reasons = (Reason("rule:vip", ("plan is gold",), ("gold",)),)
    store.write(lambda tx: tx.journal.add(NOON, "ticket:t1", "e1", "abc", reasons, "a\0" * 400))
    store.write(lambda tx: tx.journal.add(later(9), "ticket:t1", "e2", "abc", (), "nothing"))

    with store.read() as reader:
        first, second = reader.journal.of("ticket:t1")
    assert (first.reasons, first.policy_hash, first.event_key) == (reasons, "abc", "e1")
    assert (second.at, second.summary) == (later(9), "nothing")
