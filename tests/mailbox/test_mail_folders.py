# SPDX-License-Identifier: GPL-3.0-or-later
"""Which folders may hold a customer's mail, on servers of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.handlers.outage_times import BEFORE
from bot.rules.mail_folders import MARGIN, MailFolder, SweptFolder, swept_folders, swept_since
from bot.rules.outage_state import OutageState, Phase

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _listed(text: str, separator: str = "/") -> tuple[MailFolder, ...]:
    """`NAME +flag +flag, NAME`."""
    found = []
    for each in text.split(", "):
        name, *flags = each.split(" +")
        found.append(MailFolder(name, frozenset(flags), separator))
    return tuple(found)


@pytest.mark.parametrize(
    ("listed", "separator", "swept", "spam"),
    [
        ("INBOX, Archive, Customers/Acme", "/", {"Archive", "Customers/Acme"}, set()),
        ("INBOX, Outage, Outage/Processed, Outage/Parked, Outages", "/", {"Outages"}, set()),
        ("INBOX, INBOX.Outage.Processed, INBOX.Outage", ".", set(), set()),
        ("INBOX, Outage/Processed", ".", set(), set()),
        ("INBOX, Weg +trash, Weg/2024, Post +sent, Neu +drafts", "/", set(), set()),
        ("INBOX, Müll +junk, Müll/Alt", "/", set(), {"Müll", "Müll/Alt"}),
        ("INBOX, Sent +junk", "/", set(), {"Sent"}),
        ("INBOX, INBOX.Junk, INBOX.Sent Items, INBOX.VIP", ".", {"INBOX.VIP"}, {"INBOX.Junk"}),
        ("Gesendete Elemente, Entwürfe, Papierkorb, Junk-E-Mail, Kunden", "/", {"Kunden"},
         {"Junk-E-Mail"}),
        ("Éléments envoyés, Brouillons, Corbeille, Courrier indésirable", "/", set(),
         {"Courrier indésirable"}),
        ("Skickat, Utkast, Papperskorgen, Skräppost", "/", set(), {"Skräppost"}),
        ("Отправленные, Черновики, Корзина, Спам", "/", set(), {"Спам"}),
        ("[Gmail] +noselect, [Gmail]/All Mail +all, [Gmail]/Bin +trash, [Gmail]/Spam +junk, "
         "[Gmail]/Starred +flagged, [Gmail]/Important +important", "/", {"[Gmail]/All Mail"},
         {"[Gmail]/Spam"}),
    ],
)  # fmt: skip
def test_folders_are_told_by_mark_and_by_name(
    listed: str, separator: str, swept: set[str], spam: set[str]
) -> None:
    """What was sent, is a draft, was thrown away, or is ours is left; spam is known as spam."""
    found = swept_folders(_listed(listed, separator))

    assert {each.name for each in found if not each.is_spam} == swept
    assert {each.name for each in found if each.is_spam} == spam


def test_name_in_two_alphabets_of_one_letter_is_one() -> None:
    """Some servers write `ä` as a letter and its dots."""
    assert swept_folders(_listed("Skra\u0308ppost")) == (SweptFolder("Skra\u0308ppost", True),)


@pytest.mark.parametrize(
    ("state", "since"),
    [
        (OutageState(), None),
        (OutageState(phase=Phase.SUSPECT, first_failure_at=NOON), None),
        (OutageState(phase=Phase.DOWN, first_failure_at=NOON), NOON),
        (OutageState(phase=Phase.RECOVERING, first_failure_at=NOON), NOON),
        (OutageState(phase=Phase.DOWN, since=NOON, declared_by="Ada"), NOON),
        (OutageState(phase=Phase.DOWN, first_failure_at=NOON, seen_up_at=NOON - timedelta(days=1)),
         NOON - timedelta(days=1)),
        (OutageState(takes_in_since=NOON), NOON),
    ],
)  # fmt: skip
def test_mails_count_from_when_it_may_have_been_down(
    state: OutageState, since: datetime | None
) -> None:
    """By the same margin as a mail of the inbox."""
    expected = None if since is None else since - MARGIN

    assert expected == swept_since(state)
    assert MARGIN == BEFORE
