# SPDX-License-Identifier: GPL-3.0-or-later
"""A personal link opens the page to its person, for its time, and to nobody who may not read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.desk_links import (
    PATH,
    BadDeskLink,
    DeskLink,
    address_of,
    is_opened_at,
    link_of,
    read,
    whose,
)
from bot.rules.policy import Policy, Recipient
from bot.rules.roster_values import RosterSpec, Rotation
from bot.rules.take_links import TakeLink, sign

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECRET = "s" * 16
NOBODY = Policy(desk="test", digest="d", zone="UTC", language="en")


def _named(person: str) -> Policy:
    return replace(NOBODY, people={person: Recipient(person)}, rights={"outage": (person,)})


def _token(link: DeskLink, secret: str = SECRET) -> str:
    return address_of(link, "https://desk.example", secret).partition(PATH)[2]


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(0, 10**11), st.integers(1, 24 * 60))
def test_link_comes_back_as_it_was_made(person: str, milliseconds: int, minutes: int) -> None:
    """Whatever its person is called, whenever it was made."""
    link = link_of(person, NOON + timedelta(milliseconds=milliseconds), timedelta(minutes=minutes))
    token = _token(link)

    assert read(token, SECRET, link.made_at, policy=_named(person), taken_back=None) == link
    assert whose(token, SECRET) == person


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_no_link(token: str) -> None:
    """What stands in an address raises nothing and opens nothing."""
    assert whose(token, SECRET) is None
    assert read(token, SECRET, NOON, policy=NOBODY, taken_back=None) is BadDeskLink.FORGED


def test_link_holds_for_a_day_at_most() -> None:
    """A longer one is cut, and a longer one that somebody signed opens nothing."""
    cut = link_of("bo", NOON, timedelta(days=9))
    forged = DeskLink("bo", NOON, NOON + timedelta(hours=25))

    assert cut.expires_at == NOON + timedelta(hours=24)
    held = read(_token(forged), SECRET, NOON, policy=_named("bo"), taken_back=None)
    assert held is BadDeskLink.FORGED
    late = read(_token(cut), SECRET, cut.expires_at, policy=_named("bo"), taken_back=None)
    assert late is BadDeskLink.EXPIRED


def test_what_was_taken_back_opens_nothing_and_a_new_one_does() -> None:
    """Only what was made until then."""
    link = link_of("bo", NOON, timedelta(hours=1))
    before, after = NOON - timedelta(seconds=1), NOON + timedelta(seconds=1)
    policy, token = _named("bo"), _token(link)

    found = read(token, SECRET, NOON, policy=policy, taken_back=after)
    assert found is BadDeskLink.TAKEN_BACK
    assert read(token, SECRET, NOON, policy=policy, taken_back=before) == link


def test_who_left_the_policy_reads_no_more() -> None:
    """A roster's people and those with the right may; everybody else's link is over."""
    rotation = Rotation(people=("bo",), days=7, since=NOON.date())
    rostered = replace(NOBODY, rosters={"duty": RosterSpec("duty", "UTC", rotation=rotation)})
    token = _token(link_of("bo", NOON, timedelta(hours=1)))

    found = [
        read(token, SECRET, NOON, policy=policy, taken_back=None)
        for policy in (rostered, _named("bo"), replace(_named("bo"), rights={}), NOBODY)
    ]
    over = BadDeskLink.TAKEN_BACK
    assert [isinstance(each, DeskLink) for each in found] == [True, True, False, False]
    assert found[2:] == [over, over]


def test_link_to_take_a_ticket_opens_no_page() -> None:
    """The same secret signs both, each for its own purpose alone."""
    taking = sign(TakeLink("bo", "1", NOON + timedelta(hours=1)), SECRET)

    assert whose(taking, SECRET) is None


@pytest.mark.parametrize(
    ("url", "is_opened"),
    [
        ("https://desk.example", True),
        ("http://localhost:8080", True),
        ("http://desk.example", False),
        ("", False),
    ],
)
def test_links_lead_to_https_alone(url: str, is_opened: bool) -> None:
    """What customers wrote crosses no line in the clear; this machine is no line."""
    assert is_opened_at(url) is is_opened
