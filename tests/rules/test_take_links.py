# SPDX-License-Identifier: GPL-3.0-or-later
"""A link says what it was made for, until its time is over, and nothing else passes for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.take_links import BadLink, TakeLink, read, sign

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LINK = TakeLink("ticket:1279v4xg", "åsa öberg", NOON + timedelta(hours=1))


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.integers(1, 10_000))
def test_link_comes_back_as_it_was_made(subject: str, person: str, minutes: int) -> None:
    """Whatever its subject and person are called."""
    link = TakeLink(subject, person, NOON + timedelta(minutes=minutes))

    assert read(sign(link, "s" * 16), "s" * 16, NOON) == link


def test_link_ends() -> None:
    """At its instant it is over."""
    token = sign(LINK, "s" * 16)

    assert read(token, "s" * 16, NOON + timedelta(minutes=59)) == LINK
    assert read(token, "s" * 16, NOON + timedelta(hours=1)) is BadLink.EXPIRED


@settings(deadline=None)
@given(st.integers(0, 200), st.characters(codec="ascii", categories=["L", "N"]))
def test_changed_link_is_forged(place: int, character: str) -> None:
    """One changed character makes it worthless."""
    token = sign(LINK, "s" * 16)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]

    found = read(changed, "s" * 16, NOON)
    assert found is BadLink.FORGED or changed == token


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(token: str) -> None:
    """What stands in an address raises nothing."""
    assert read(token, "s" * 16, NOON) is BadLink.FORGED


def test_link_is_short_enough_for_an_sms() -> None:
    """Subject, person, end and signature take less than a hundred characters."""
    assert len(sign(LINK, "s" * 16)) < 100
