# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask for help is known before the helpdesk is down, and stays known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sources_doors import NOW

from bot.ports import ContactPage, Trouble, TroubleKind
from bot.rules.mail import Contact
from bot.sources.contacts import ContactReader
from bot.store.store import Store

NORA = Contact("Nora@Northwind.example", NOW, "Nora", "9", "Northwind", "sv", {"plan": "gold"})


class Pages:
    """A helpdesk that gives these pages, one after the other."""

    def __init__(self, *pages: ContactPage | Trouble) -> None:
        self._pages = list(pages)
        self.asked: list[str | None] = []

    def contacts_since(self, cursor: str | None, start: datetime) -> ContactPage | Trouble:
        self.asked.append(cursor)
        return self._pages.pop(0)


def test_contact_is_found_by_address_in_any_case(store: Store) -> None:
    """Organisation and plan are there when the helpdesk is not."""
    ContactReader(Pages(ContactPage((NORA,), "c1", is_last=True)), store).step(NOW)

    with store.read() as reader:
        found = reader.contacts.load("nora@northwind.EXAMPLE")
        as_of = reader.contacts.as_of()
    assert found == NORA
    assert as_of == NOW


def test_contact_who_left_is_forgotten(store: Store) -> None:
    """A new owner of the address keeps it; everybody else stays."""
    ola = replace(NORA, email="ola@northwind.example", person_id="10")
    heir = replace(NORA, name="Another Nora", person_id="11")
    pages = Pages(
        ContactPage((NORA, ola), "c1", is_last=True),
        ContactPage((), "c2", is_last=True, gone=frozenset({"9"})),
        ContactPage((heir,), "c3", is_last=True, gone=frozenset({"9"})),
    )
    reader = ContactReader(pages, store)
    known = []
    for hours in (0, 2, 4):
        reader.step(NOW + timedelta(hours=hours))
        with store.read() as view:
            known.append((view.contacts.load("nora@northwind.example"), view.contacts.count()))

    assert known == [(NORA, 2), (None, 1), (heir, 2)]


def test_pages_follow_one_another_without_haste(store: Store) -> None:
    """One page in half a minute; after the last one it rests for an hour."""
    pages = Pages(
        ContactPage((), "c1", is_last=False), ContactPage((), "c2", is_last=True),
        ContactPage((), "c3", is_last=True),
    )  # fmt: skip
    reader = ContactReader(pages, store)
    for seconds in (0, 1, 31, 600, 3632):
        reader.step(NOW + timedelta(seconds=seconds))

    assert pages.asked == [None, "c1", "c2"]


def test_helpdesk_that_is_down_takes_nothing_away(store: Store) -> None:
    """What was known before is known still, with its age."""
    pages = Pages(ContactPage((NORA,), "c1", is_last=True), Trouble(TroubleKind.DOWN, "503"))
    reader = ContactReader(pages, store)
    reader.step(NOW)
    reader.step(NOW + timedelta(hours=2))

    with store.read() as view:
        assert view.contacts.count() == 1
        assert (view.states.load("contacts") or {})["at"] == NOW.isoformat()
