# SPDX-License-Identifier: GPL-3.0-or-later
"""The first message about a ticket says how it stands now; whom a step calls, it calls besides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.rules.actions import Notice
from bot.rules.events import ButtonPressed, Event
from bot.sandbox.fakes import FakeChannel
from bot.sandbox.world_values import NewComment

MINUTE = timedelta(minutes=1)
SUPPORT, LEADS = "slack:support", "slack:leads"
LADDER = """
ladders:
  page:
    levels: [{after: 0m, tell: team}, {after: 30m, tell: lead}]
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that answers within an hour and pages the lead half an hour after the team."""
    text = POLICY.replace("  lead: {slack: leads}\n", "  lead: {slack: leads}" + LADDER)
    text = text.replace("tell: team, comment: Told the team.", "page: page")
    made = Desk(compiled_policy(tmp_path, text))
    yield made
    made.close()


def _outage(desk: Desk) -> int:
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    return number


def _cards(desk: Desk, room: str = SUPPORT) -> list[tuple[datetime, Notice]]:
    """What the room's first message was made to say, and when."""
    return [
        (at, out.message)
        for at, out in desk.channel.edited
        if out.destination == room and isinstance(out.message, Notice)
    ]


def _kinds(desk: Desk, room: str = SUPPORT) -> list[str]:
    return [notice.kind for _, notice in _cards(desk, room)]


def _posted(desk: Desk) -> int:
    return len([out for _, out in desk.channel.delivered if out.destination == SUPPORT])


def _agent_does(desk: Desk, number: int, **change: object) -> None:
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, **change)
    desk.run(MINUTE)


def test_card_follows_the_clock(desk: Desk) -> None:
    """Half of the rest, the next level, five minutes, due, and a few times after: all edits."""
    _outage(desk)
    desk.run(timedelta(minutes=179))

    minutes = [(at - MONDAY) // MINUTE for at, _ in _cards(desk)]
    assert minutes == [30, 30, 45, 55, 60, 75, 120]
    assert _kinds(desk) == ["sla_warning"] * 4 + ["sla_breached"] * 3
    assert [notice.reason for _, notice in _cards(desk)][:2] == ["", "next_level:2"]
    assert all(notice.buttons for _, notice in _cards(desk))


def test_step_that_calls_is_a_message_too(desk: Desk) -> None:
    """An edit notifies nobody: the lead's level and the breach are messages all the same."""
    _outage(desk)
    desk.run(timedelta(minutes=90))

    called = [out.destination for _, out in desk.channel.delivered]
    assert called.count(LEADS) == 2
    assert _kinds(desk, LEADS)[-1] == "sla_breached"


def test_who_takes_it_stands_in_the_card(desk: Desk) -> None:
    """The card says who has it and until when, with nothing left to press."""
    number = _outage(desk)

    desk.press(number, "Bo")

    _, card = _cards(desk)[-1]
    assert (card.kind, card.owner, card.buttons) == ("acknowledged", "Bo", ())
    assert card.due_at == MONDAY + 60 * MINUTE


def test_answer_and_end_close_the_card(desk: Desk) -> None:
    """Answered, then done; a customer's thanks and the time change nothing after that."""
    number = _outage(desk)
    _agent_does(desk, number, comment=NewComment("It is up again."))
    _agent_does(desk, number, values={"status": "solved"})
    _agent_does(desk, number, comment=NewComment("Note.", is_public=False))
    desk.run(timedelta(hours=30), look_every=timedelta(hours=3))

    assert _kinds(desk) == ["answered", "done"]
    assert _cards(desk)[-1][1].buttons == ()


def test_reopened_ticket_shows_its_state_when_it_is_told(desk: Desk) -> None:
    """A closed card stays closed until somebody hears of the ticket anew."""
    number = _outage(desk)
    _agent_does(desk, number, values={"status": "solved"})
    customer = desk.furniture.customers["contoso"]
    desk.world.change_ticket(number, by=customer, comment=NewComment("The portal is down again"))
    desk.run(MINUTE)
    before = _kinds(desk)
    desk.run(timedelta(hours=5))

    assert before[0] == "done"
    assert "sla_breached" in _kinds(desk)


def test_edits_that_wait_are_one(desk: Desk) -> None:
    """While Slack is away the newest state replaces every older one."""
    number = _outage(desk)
    back_at = desk.clock.now() + timedelta(minutes=55)
    desk.channel = FakeChannel(desk.world, is_down=lambda: desk.clock.now() < back_at)

    desk.run(timedelta(minutes=50))
    desk.press(number, "Bo")
    desk.run(timedelta(minutes=7))

    assert _kinds(desk) == ["acknowledged"]


def test_snooze_shows_and_ends(desk: Desk) -> None:
    """Who put it off stands there for a quarter of an hour."""
    number = _outage(desk)
    ticket, now = desk.ticket(number), desk.clock.now()
    fact = ButtonPressed("snooze", f"ticket:{ticket.ticket_id}", "Bo", "slack", {})
    desk.store.receive([Event("p", f"case/{ticket.ticket_id}", now, "slack", fact)]).result()
    desk.run(20 * MINUTE)

    assert [notice.reason for _, notice in _cards(desk)][:2] == ["put_off:Bo", "told_again:2"]


def test_room_told_once_is_not_edited_at_once(desk: Desk) -> None:
    """A fresh message says it all: nothing is edited until something changes."""
    _outage(desk)

    assert _posted(desk) == 1
    assert _cards(desk) == []
