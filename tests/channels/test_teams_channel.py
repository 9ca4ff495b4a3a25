# SPDX-License-Identifier: GPL-3.0-or-later
"""Teams hears by webhook; a 202 is only accepted, and no answer is ever taken for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.teams import TeamsChannel
from bot.channels.teams_card import BUDGET, payload, size
from bot.clock import VirtualClock
from bot.ports import Accepted, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.sandbox.faults import Faults
from bot.sandbox.teams import TeamsDoor, TeamsFault
from bot.sandbox.world import World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOTICE = Notice(
    kind=NoticeKind.SLA_WARNING,
    thread="ticket:1",
    at=NOW,
    title="Portal is down",
    ticket_id="1",
    number=42,
    clock="first_response",
    due_at=NOW,
    link="https://acme.example/42",
    buttons=("acknowledge",),
)
ROW = Outgoing(key="k1", destination="teams:support", order_key="o", message=NOTICE)
ELEMENTS = {"TextBlock", "FactSet", "Action.OpenUrl", "AdaptiveCard", "message", "mention"}


class Room:
    """A Teams door and the channel that posts through it."""

    def __init__(self) -> None:
        self.world = World(VirtualClock(NOW))
        self.faults = Faults()
        self.door = TeamsDoor(self.world, self.faults).start()
        self.channel = TeamsChannel({"support": lambda: self.door.url("support")})

    def deliver(self, row: Outgoing = ROW) -> Outcome:
        return self.channel.deliver(row, now=NOW)


@pytest.fixture
def room() -> Iterator[Room]:
    made = Room()
    yield made
    made.door.stop()


def test_card_reaches_the_channel(room: Room) -> None:
    """A notice becomes one card; the flow's 202 is recorded as accepted."""
    outcome = room.deliver()

    assert outcome == Accepted("202")
    [card] = room.world.chat.cards("support")
    assert "Portal is down" in json.dumps(card.body, ensure_ascii=False)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (TeamsFault.THROTTLED, TryLater("Teams asks us to slow down", 7.0)),
        (TeamsFault.UNAVAILABLE, TryLater("Teams answers 503", 5.0)),
    ],
)
def test_busy_teams_is_asked_later(room: Room, fault: TeamsFault, expected: Outcome) -> None:
    """429 and 503 wait, at least as long as Teams says."""
    room.faults.switch_on(fault)

    assert room.deliver() == expected


def test_deleted_flow_is_refused_with_advice(room: Room) -> None:
    """A flow that is gone is never tried again, and says what to do."""
    room.faults.switch_on(TeamsFault.GONE)

    outcome = room.deliver()

    assert isinstance(outcome, Refused)
    assert "co-owner" in outcome.advice


def test_lost_answer_is_unknown(room: Room) -> None:
    """A line that breaks after the card was taken leaves it open."""
    room.faults.switch_on(TeamsFault.ANSWER_LOST, times=1)

    assert isinstance(room.deliver(), Unknown)
    assert len(room.world.chat.cards()) == 1


def test_unset_webhook_names_its_setting(room: Room) -> None:
    """A name that no setting knows is refused with the setting's name."""
    outcome = room.deliver(replace(ROW, destination="teams:second-line"))

    assert isinstance(outcome, Refused)
    assert "DESKMATE_TEAMS_SECOND_LINE" in outcome.advice


def test_closed_door_is_tried_later() -> None:
    """Nobody listening means that nothing was sent."""
    room = Room()
    room.door.stop()

    outcome = room.deliver()

    assert isinstance(outcome, TryLater)
    assert "sig" not in outcome.reason


def test_retired_connector_is_found_out() -> None:
    """A connector's address is refused by the check before it is ever used."""
    old = TeamsChannel({"old": lambda: "https://acme.webhook.office.com/webhookb2/1"})

    [finding] = old.examine(["teams:old"])

    assert not finding.is_ok
    assert "retired" in finding.detail


@given(
    title=st.text(max_size=400),
    quote=st.text(max_size=3_000),
    who=st.text(max_size=80),
    customer=st.text(max_size=300),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_hostile_texts_stay_texts(title: str, quote: str, who: str, customer: str) -> None:
    """Whatever a customer wrote, the card is valid, within budget, and made of our elements."""
    notice = replace(NOTICE, title=title, quote=quote, mention=(who,), customer=customer)

    card = payload(replace(ROW, message=notice), now=NOW, names={})

    assert size(card) <= BUDGET
    assert _types(json.loads(json.dumps(card))) <= ELEMENTS


def _types(node: object) -> set[str]:
    match node:
        case dict():
            own = {node["type"]} if isinstance(node.get("type"), str) else set()
            return own.union(*(_types(value) for value in node.values()))
        case list():
            return set().union(*(_types(each) for each in node))
        case _:
            return set()
