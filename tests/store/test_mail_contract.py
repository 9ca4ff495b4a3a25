# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ledger of mails and the contacts promise, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store_samples import NOON, later

from bot.rules.mail import FOLDERS, Contact, Fate, MailReceived
from bot.rules.ticket import Person
from bot.store.mails import Place
from bot.store.store import Store

MAIL = MailReceived(
    "key1", "a" * 64, 100, NOON, "<m1@northwind.example>", "b",
    Person(email="Nora@Northwind.example"), subject="Down \0 again",
)  # fmt: skip
HERE = Place("esc@mail.example", "INBOX", 1_700_000_000, 7)
MOVABLE = frozenset(FOLDERS)


def _add(store: Store, mail: MailReceived = MAIL, place: Place = HERE) -> bool:
    return store.write(lambda tx: tx.mails.add(mail, place, NOON))


def _to_move(store: Store) -> list[tuple[int, Fate]]:
    with store.read() as reader:
        rows = reader.mails.to_move(HERE.account, HERE.folder, HERE.uidvalidity, MOVABLE, limit=10)
    return [(row.place.uid, row.fate) for row in rows]


def test_mail_is_written_down_once(store: Store) -> None:
    """The same mail in another place is counted, in the same place not even that."""
    answers = [
        _add(store), _add(store), _add(store, place=replace(HERE, uid=9)),
        _add(store, place=replace(HERE, uidvalidity=1_800_000_000)),
    ]  # fmt: skip

    with store.read() as reader:
        row = reader.mails.by_key("key1")
        known = reader.mails.known_uids(HERE.account, HERE.folder, HERE.uidvalidity)
    assert answers == [True, False, False, False]
    assert row is not None and (row.copies, row.fate) == (3, Fate.WAITING)
    assert known == {7, 9}


def test_mail_is_found_by_what_is_known_of_it(store: Store) -> None:
    """By its Message-ID, its case, its fate; its sender in small letters."""
    _add(store)
    store.write(lambda tx: tx.mails.decide("key1", Fate.CASE, "why", later(5), ticket_id="t1"))

    with store.read() as reader:
        [row] = reader.mails.by_message_id("<m1@northwind.example>")
        assert reader.mails.of_ticket("t1") == reader.mails.with_fate(Fate.CASE) == (row,)
        assert reader.mails.counts() == {Fate.CASE: 1}
        assert reader.mails.raws() == {"a" * 64}
    assert (row.sender, row.reason, row.decided_at) == ("nora@northwind.example", "why", later(5))


def test_only_decided_mails_are_moved(store: Store) -> None:
    """Not one that waits, nor one that stays, nor one that was moved already."""
    for number, fate in enumerate((None, Fate.CASE, Fate.NOTED, Fate.BOUNCE)):
        mail, place = replace(MAIL, key=f"k{number}"), replace(HERE, uid=number + 1)
        _add(store, mail, place)
        if fate is not None:
            store.write(lambda tx, n=number, f=fate: tx.mails.decide(f"k{n}", f, "why", NOON))
    store.write(lambda tx: tx.mails.moved((replace(HERE, uid=4),)))

    assert _to_move(store) == [(2, Fate.CASE)]


def test_copy_that_comes_after_the_decision_is_moved_too(store: Store) -> None:
    """Seen again in a renumbered folder; one that was to stay still stays."""
    for key, fate in (("k1", Fate.CASE), ("k2", Fate.NOTED)):
        _add(store, replace(MAIL, key=key), replace(HERE, uidvalidity=1, uid=int(key[1])))
        store.write(lambda tx, key=key, fate=fate: tx.mails.decide(key, fate, "why", NOON))
        _add(store, replace(MAIL, key=key), replace(HERE, uid=int(key[1])))

    assert _to_move(store) == [(1, Fate.CASE)]


def test_mails_and_acknowledgements_are_counted_by_time(store: Store) -> None:
    """For storms and for how many acknowledgements may go out."""
    _add(store)
    _add(store, replace(MAIL, key="key2", sender=Person(email="ola@x.example")),
         replace(HERE, uid=8))  # fmt: skip
    store.write(lambda tx: tx.mails.acknowledged("key1", later(60)))

    with store.read() as reader:
        assert reader.mails.seen_since(NOON, most=9) == 2
        assert reader.mails.seen_since(NOON, most=1) == 1
        assert reader.mails.seen_since(later(1), most=9) == 0
        assert reader.mails.seen_of_sender("ola@x.example", NOON) == 1
        assert reader.mails.acknowledged_since(NOON, sender="ola@x.example") == ()
        [sent] = reader.mails.acknowledged_since(NOON, sender="nora@northwind.example")
        assert reader.mails.latest_acknowledged(9) == (sent,)
    assert (sent.at, sent.sender) == (later(60), "nora@northwind.example")


def test_contact_is_kept_as_it_was_shown_last(store: Store) -> None:
    """One row an address, whatever its case, with all that rules may ask for."""
    first = Contact("Nora@Northwind.example", NOON, "Nora", "9", "Northwind", "sv", {"plan": None})
    last = replace(first, fields={"plan": "gold"}, as_of=NOON + timedelta(hours=1))
    store.write(lambda tx: (tx.contacts.save(first), tx.contacts.save(last)))

    with store.read() as reader:
        assert reader.contacts.load("NORA@northwind.example") == last
        assert reader.contacts.load("ola@northwind.example") is None
        assert (reader.contacts.count(), reader.contacts.as_of()) == (1, last.as_of)
