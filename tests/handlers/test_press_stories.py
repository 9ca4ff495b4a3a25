# SPDX-License-Identifier: GPL-3.0-or-later
"""What people press under a message happens, once, if they may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from case_mails import arrive, case_of, declare_down
from desk import POLICY, Desk, compiled_policy

from bot.handlers.timers import fire
from bot.rules.actions import Notice
from bot.rules.events import ButtonPressed, Event
from bot.rules.keeping import Kept

MINUTE = timedelta(minutes=1)
MORE = """
  bo: {slack: U0BO, mail: bo@acme.example}
ladders:
  page:
    levels: [{after: 0m, tell: team}, {after: 30m, tell: lead}]
rights: {raise: bo}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that pages the team for an outage, and the lead half an hour later."""
    text = POLICY.replace("  lead: {slack: leads}\n", "  lead: {slack: leads}" + MORE)
    text = text.replace("tell: team, comment: Told the team.", "page: page")
    made = Desk(compiled_policy(tmp_path, text))
    yield made
    made.close()


def _press(desk: Desk, action: str, number: int, person: str = "Bo", user: str = "") -> None:
    ticket, now = desk.ticket(number), desk.clock.now()
    message = {"user": user or f"U0{person.upper()}"}
    fact = ButtonPressed(action, f"ticket:{ticket.ticket_id}", person, "slack", message)
    key = f"press/{action}/{now}/{person}"
    desk.store.receive([Event(key, f"case/{ticket.ticket_id}", now, "slack", fact)]).result()
    desk.run()


def _told(desk: Desk, destination: str) -> list[Notice]:
    return [
        outgoing.message
        for _, outgoing in desk.channel.delivered
        if outgoing.destination == destination and isinstance(outgoing.message, Notice)
    ]


def _outage(desk: Desk) -> int:
    number = desk.write("Portal is down")
    desk.run(MINUTE)
    return number


def test_who_takes_it_owns_the_ticket(desk: Desk) -> None:
    """ "Assign to me" makes them the assignee in the helpdesk and stops the ladder."""
    number = _outage(desk)

    _press(desk, "take", number)
    desk.run(60 * MINUTE)

    assignee = desk.world.ticket(number).assignee_id
    assert desk.world.people.user(assignee).email == "bo@acme.example"
    assert _told(desk, "slack:leads") == [] or _told(desk, "slack:leads")[0].kind != "rule"


def test_snooze_is_quiet_for_a_quarter_of_an_hour(desk: Desk) -> None:
    """Nothing for fifteen minutes, then the same people hear of it again."""
    number = _outage(desk)
    before = len(_told(desk, "slack:support"))

    _press(desk, "snooze", number)
    desk.run(14 * MINUTE)
    during = len(_told(desk, "slack:support"))
    desk.run(2 * MINUTE)

    assert during == before
    assert any(each.reason.startswith("snooze_over:Bo") for each in _told(desk, "slack:support"))


def test_press_at_the_instant_of_a_level_loses_no_page(desk: Desk) -> None:
    """A snooze that is written between the look at the timers and the firing moves the level."""
    number = _outage(desk)
    with desk.store.read() as reader:
        ticket_id = desk.ticket(number).ticket_id
        [level] = [each for each in reader.timers.of_ticket(ticket_id) if each.kind == "ladder"]
    desk.clock.move_to(level.due_at)
    _press(desk, "snooze", number)
    now = desk.clock.now()

    desk.store.write(lambda tx: fire(level, tx, desk.compiled, now=now))
    desk.run(20 * MINUTE)

    pages = [each for each in _told(desk, "mail:team@acme.example") if each.kind == "rule"]
    assert len(pages) == 2


def test_snoozed_matter_can_be_taken(desk: Desk) -> None:
    """Who takes it within the quarter of an hour hears nothing more."""
    number = _outage(desk)
    _press(desk, "snooze", number)
    _press(desk, "acknowledge", number, "Eva")

    desk.run(20 * MINUTE)

    assert not any(each.reason.startswith("snooze_over") for each in _told(desk, "slack:support"))


def test_next_level_hears_at_once(desk: Desk) -> None:
    """ "Next level now" calls the lead without waiting for half an hour."""
    number = _outage(desk)

    _press(desk, "raise", number)

    assert [each.reason for each in _told(desk, "slack:leads")] == ["raised:2"]


def test_who_may_not_is_told_so(desk: Desk) -> None:
    """A right that is given to others is refused in a message of one's own, and nothing happens."""
    number = _outage(desk)

    _press(desk, "raise", number, "Eve")

    assert _told(desk, "slack:leads") == []
    assert [each.reason for each in _told(desk, "slack:U0EVE")] == ["not_allowed:bo"]


def test_name_taken_in_slack_presses_nothing(desk: Desk) -> None:
    """Who calls herself like somebody with a right, whose user id is another, is refused."""
    number = _outage(desk)

    _press(desk, "raise", number, "Bo", user="U0EVE")

    assert _told(desk, "slack:leads") == []
    assert [each.reason for each in _told(desk, "slack:U0EVE")] == ["not_allowed:bo"]


def test_press_long_afterwards_shows_nothing_empty(desk: Desk) -> None:
    """The words of a case's first message are no longer kept: its frame is not shown without."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    now, later = desk.clock.now(), desk.clock.now() + MINUTE
    with desk.store.read() as reader:
        found = reader.keeping.due(Kept.MESSAGES, later, 100)
    desk.store.write(lambda tx: tx.keeping.let_go(Kept.MESSAGES, found, before=later, now=later))
    fact = ButtonPressed("acknowledge", f"ticket:{case.ticket_id}", "Bo", "slack")
    press = Event(f"press/{now}", f"case/{case.ticket_id}", now, "slack", fact)
    desk.store.receive([press]).result()
    desk.run()

    said = _told(desk, "slack:support")
    assert said and all(each.title for each in said if each.ticket_id)
