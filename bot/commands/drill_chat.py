# SPDX-License-Identifier: GPL-3.0-or-later
"""A chat tool dies in a rehearsal: what would have gone there must reach somebody another way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from bot.commands.drill_scene import SOON, Scene
from bot.commands.drill_values import DrillStep, failed, judged, listed, not_tried, said_of
from bot.rules.delivery import destinations
from bot.rules.policy import Recipient
from bot.sandbox.drill.letters import LATE, letter_in
from bot.sandbox.night.cast import Customer
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.teams import TeamsFault

CHATS: dict[str, StrEnum] = {"slack": SlackFault.UNAVAILABLE, "teams": TeamsFault.UNAVAILABLE}
NAMES = {"slack": "Slack", "teams": "Teams"}
ELSE_ADVICE = "give them a second way, or `else: NAME` (docs/delivery.md)"


def chat_dies_in_outage(scene: Scene) -> Iterator[DrillStep]:
    """While the helpdesk is down too: a new case is told to those who hear of outages."""
    assert scene.post is not None, "without a mailbox there are no cases"
    wanted = tuple(scene.destinations_of(scene.policy.outage.tell))
    dead = _chat_among(wanted)
    if dead is None:
        named = listed(scene.policy.outage.tell)
        yield not_tried("A chat tool dies", f"{named} is told by no chat")
        return
    with_chat = tuple(each for each in wanted if _kind(each) == dead)
    since = scene.clock.now()
    scene.world.faults.switch_on(CHATS[dead])
    scene.post.write(LATE, LATE.letter)
    scene.holds(lambda: scene.ticket_id_of(LATE) is not None)
    yield _judged(scene, dead, with_chat, scene.ticket_id_of(LATE), since)
    scene.world.faults.clear(CHATS[dead])


def chat_dies_on_a_day(scene: Scene) -> Iterator[DrillStep]:
    """While the helpdesk is there: a ticket that the policy tells somebody of by chat.

    Which ones those are is seen, not guessed: a customer reports an outage while all is well, and
    another one writes the same while the chat that heard of it is dead.
    """
    letter = letter_in(scene.policy.language)
    since = scene.clock.now()
    ticket_id = _reported(scene, letter, "contoso")
    if ticket_id is None:
        yield failed("A customer reports an outage", "a ticket", "not taken up")
        return
    scene.holds(lambda: scene.heard(scene.addressed(ticket_id), since), seconds=15)
    heard = scene.heard(scene.addressed(ticket_id), since)
    dead = _chat_among(heard)
    if dead is None:
        by = f"heard by {listed(heard)}" if heard else "nobody is told of such a ticket at once"
        yield not_tried("A chat tool dies", f"no chat is used: {by}")
        return
    with_chat = tuple(each for each in heard if _kind(each) == dead)
    since = scene.clock.now()
    scene.world.faults.switch_on(CHATS[dead])
    second = _reported(scene, letter, "fabrikam")
    yield _judged(scene, dead, with_chat, second, since)
    scene.world.faults.clear(CHATS[dead])


def _judged(
    scene: Scene, dead: str, with_chat: Iterable[str], ticket_id: str | None, since: datetime
) -> DrillStep:
    """Whether each who hears by the dead chat was reached by a way of another kind."""
    name = f"{NAMES[dead]} dies"
    silent = [each for each in scene.policy.people.values()
              if not set(with_chat).isdisjoint(destinations(each))]  # fmt: skip
    longest = max(each.fallback_after for each in silent)
    who = listed(each.name for each in silent)
    expected = f"{who} reached another way within {said_of(longest)}"
    if ticket_id is None:
        return failed(name, expected, "the ticket was not taken up")

    def reached() -> dict[str, str]:
        heard = scene.heard(scene.addressed(ticket_id), since)
        ways = {each.name: _other_ways(scene, each, dead) for each in silent}
        return {who: way for who, those in ways.items() for way in heard if way in those}

    is_ok = scene.holds(lambda: len(reached()) == len(silent), seconds=SOON)
    found = reached()
    parts = [f"{who} by {way}" for who, way in found.items()]
    unheard = [each.name for each in silent if each.name not in found]
    if unheard:
        parts.append(f"{listed(unheard)} by no other way until it is back")
    return judged(name, expected, "; ".join(parts), is_ok, "" if is_ok else ELSE_ADVICE)


def _other_ways(scene: Scene, person: Recipient, dead: str) -> tuple[str, ...]:
    """Where somebody is reached while a chat is dead: their other ways, and those named instead."""
    instead = scene.destinations_of(person.otherwise)
    return tuple(each for each in (*destinations(person), *instead) if _kind(each) != dead)


def _reported(scene: Scene, letter: Customer, company: str) -> str | None:
    """A customer's ticket, and the daemon's name of it; None if it is not taken up."""
    customer = scene.stage.furniture.customers[company]
    made = scene.world.create_ticket(letter.subject, letter.letter, requester=customer, via="web")
    scene.holds(lambda: scene.ticket_id(made.number) is not None)
    return scene.ticket_id(made.number)


def _chat_among(destinations: Iterable[str]) -> str | None:
    """The first chat among destinations."""
    return next((_kind(each) for each in destinations if _kind(each) in CHATS), None)


def _kind(destination: str) -> str:
    return destination.partition(":")[0]
