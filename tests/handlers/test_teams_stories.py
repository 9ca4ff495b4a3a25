# SPDX-License-Identifier: GPL-3.0-or-later
"""Teams shows one matter three times at most, and whoever has to be called is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import POLICY, Desk, compiled_policy

from bot.rules.actions import Notice, Outgoing, Urgency
from bot.rules.probes import Verdict
from bot.sandbox.world_values import NewComment

MINUTE = timedelta(minutes=1)
TEAMS, MAIL = "teams:support", "mail:team@acme.example"
LADDER = """
ladders:
  page:
    levels: [{after: 0m, tell: team}, {after: 20m, tell: team}, {after: 40m, tell: team}]
    repage: {every: 10m, most: 9}
"""
MakeDesk = Callable[..., Desk]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[MakeDesk]:
    """Makes a desk whose team has these ways, and a ladder that calls it again and again."""
    made: list[Desk] = []

    def make(ways: str, tell: str = "team") -> Desk:
        ladder = LADDER.replace("tell: team", f"tell: {tell}")
        text = POLICY.replace("{slack: support, mail: team@acme.example}", ways)
        text = text.replace("  lead: {slack: leads}\n", f"  lead: {{slack: leads}}{ladder}")
        text = text.replace("breached: {tell: lead}", f"breached: {{tell: {tell}}}")
        text = f"{text}  word: {{event: requester_reply, then: {{tell: team}}}}\n"
        text = text.replace("tell: team, comment: Told the team.", "tell: team, page: page")
        made.append(Desk(compiled_policy(tmp_path, text)))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def _shown(desk: Desk, destination: str) -> list[Outgoing]:
    return [out for _, out in desk.channel.delivered if out.destination == destination]


def _calls(desk: Desk, destination: str) -> int:
    return len([o for o in _shown(desk, destination) if o.urgency is Urgency.CRITICAL])


def _incident(desk: Desk) -> int:
    """A ticket that nobody takes for two hours, then an answer."""
    number = desk.write("Portal is down")
    desk.run(timedelta(hours=2))
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, comment=NewComment("It is up again."))
    desk.run(2 * MINUTE)
    return number


def test_incident_is_three_cards(make: MakeDesk) -> None:
    """Its first news, its worst change, its end with what was kept; every call comes by mail."""
    desk = make("{teams: support, mail: team@acme.example, mode: first_success}")

    _incident(desk)

    cards = [out.message for out in _shown(desk, TEAMS) if isinstance(out.message, Notice)]
    assert [card.kind for card in cards] == ["rule", "rule", "answered"]
    assert cards[2].reason.startswith("kept_back:") and cards[2].lines
    assert _calls(desk, MAIL) >= 9


def test_only_way_is_used_for_every_call(make: MakeDesk) -> None:
    """Where Teams is the only way a call is a card, however many there were."""
    desk = make("{teams: support}")

    _incident(desk)

    assert _calls(desk, TEAMS) >= 9


def test_call_of_others_beside_calls_nobody_here(make: MakeDesk) -> None:
    """Whose only way is Teams is called there each time, though the lead is called by Slack."""
    desk = make("{teams: support}", tell="[team, lead]")

    _incident(desk)

    assert _calls(desk, TEAMS) == _calls(desk, "slack:leads") >= 9


def test_other_way_beside_keeps_the_rest(make: MakeDesk) -> None:
    """Told by Teams and by mail, mail says everything and Teams three things."""
    desk = make("{teams: support, mail: team@acme.example}")

    _incident(desk)

    assert len(_shown(desk, TEAMS)) == 3
    assert _calls(desk, MAIL) >= 9


def test_next_incident_of_a_ticket_begins_anew(make: MakeDesk) -> None:
    """After an answer the customer writes again: Teams hears of it, and of their next word not."""
    desk = make("{teams: support, mail: team@acme.example}")
    number = _incident(desk)
    customer = desk.furniture.customers["contoso"]

    for words in ("The portal is down again", "Is anybody there?"):
        desk.world.change_ticket(number, by=customer, comment=NewComment(words))
        desk.run(2 * MINUTE)

    kinds = [out.message.kind for out in _shown(desk, TEAMS) if isinstance(out.message, Notice)]
    assert kinds == ["rule", "rule", "answered", "rule"]


def _outage(desk: Desk, minutes: int, verdict: Verdict) -> None:
    for _ in range(minutes * 2):
        desk.probe(verdict)
        desk.run(timedelta(seconds=30))


def test_outage_is_three_cards(make: MakeDesk) -> None:
    """Down, down again, back; the reminders in between come by mail and stand on the last card."""
    desk = make("{teams: support, mail: team@acme.example}")
    for minutes, verdict in (
        (70, Verdict.DOWN),
        (4, Verdict.OK),
        (70, Verdict.DOWN),
        (20, Verdict.OK),
    ):
        _outage(desk, minutes, verdict)

    cards = [out.message for out in _shown(desk, TEAMS) if isinstance(out.message, Notice)]
    assert [card.kind for card in cards] == ["helpdesk_down", "helpdesk_down", "helpdesk_up"]
    assert [card.reason for card in cards][1:] == ["relapsed", "recovered"]
    assert cards[2].lines
    assert len(_shown(desk, MAIL)) > 5
