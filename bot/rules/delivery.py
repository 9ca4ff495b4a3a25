# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns "tell these people" into rows of the outbox: which ways, whose language, what else.

A recipient with several ways is told on each of them, or with `mode: first_success` on the next one
when one fails. Outside a recipient's hours those named under `else` are told instead; the same
people are the way round a channel that refuses or takes too long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.actions import Notice, Outgoing, Urgency
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Recipient, Ways
from bot.rules.presence import present, roster_now
from bot.rules.roster_people import people_of_rosters

OF_USE = {Urgency.NORMAL: timedelta(days=1), Urgency.LOW: timedelta(hours=8)}
"""How long a message waits for its way before it is given up, and those who look after Deskmate
hear of it."""


def tell(
    names: Iterable[str],
    notice: Notice,
    compiled: CompiledPolicy,
    *,
    key: str,
    now: datetime,
    urgency: Urgency | None = None,
    is_obsolete_when_done: bool = False,
) -> tuple[Outgoing, ...]:
    """One row per destination, each once; `key` says on which occasion."""
    rows: dict[str, Outgoing] = {}
    on_duty_at_times = people_of_rosters(compiled.policy)
    for name in names:
        for person in present(name, compiled, now):
            ways = destinations(person)
            instead = _instead(person, compiled, now)
            if person.mode is Ways.FIRST_SUCCESS:
                ways, instead = ways[:1], (*ways[1:], *instead)
            for destination in ways:
                addressed = replace(
                    notice,
                    language=person.language or notice.language,
                    zone=person.zone or notice.zone,
                    mention=mentions(person, compiled, now) or notice.mention,
                    recipient=person.name if person.name in on_duty_at_times else "",
                )
                rows.setdefault(
                    destination,
                    Outgoing(
                        key=f"{key}/{destination}",
                        destination=destination,
                        order_key=f"{destination}/{notice.thread}",
                        message=addressed,
                        urgency=urgency or person.urgency,
                        ticket_id=notice.ticket_id,
                        expires_at=_expires_at(urgency or person.urgency, now),
                        fallback=instead,
                        is_obsolete_when_done=is_obsolete_when_done,
                        fallback_after=person.fallback_after,
                    ),
                )
    return tuple(rows.values())


def _expires_at(urgency: Urgency, now: datetime) -> datetime | None:
    """A page is of use until somebody has it; the rest not for ever."""
    use = OF_USE.get(urgency)
    return None if use is None else now + use


def mentions(person: Recipient, compiled: CompiledPolicy, now: datetime) -> tuple[str, ...]:
    """Who is called by name: those written down, else the first on duty of `mention_from`."""
    roster = person.mention_from
    if person.mention or roster is None or roster not in compiled.policy.rosters:
        return person.mention
    return roster_now(roster, compiled, now)[:1]


def destinations(person: Recipient) -> tuple[str, ...]:
    """The recipient's ways as the outbox addresses them."""
    ways = (
        ("slack", person.slack),
        ("teams", person.teams),
        ("mail", person.mail),
        ("sms", person.sms),
    )
    return tuple(f"{way}:{address}" for way, address in ways if address)


def people_at(destination: str, compiled: CompiledPolicy) -> frozenset[str]:
    """The recipients that a destination is a way of."""
    return frozenset(
        name
        for name, person in compiled.policy.people.items()
        if destination in destinations(person)
    )


def _instead(person: Recipient, compiled: CompiledPolicy, now: datetime) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in person.otherwise:
        for other in present(name, compiled, now):
            found.update(dict.fromkeys(destinations(other)))
    own = destinations(person)
    return tuple(destination for destination in found if destination not in own)
