# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns "tell these people" into rows of the outbox: which ways, whose language, what else.

A recipient with several ways is told on each of them. Outside a recipient's hours those named
under `else` are told instead; the same people are the way round a channel that refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.rules.actions import Notice, Outgoing, Urgency
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Recipient
from bot.rules.presence import present, roster_now


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
    for name in names:
        for person in present(name, compiled, now):
            for destination in destinations(person):
                addressed = replace(
                    notice,
                    language=person.language or notice.language,
                    zone=person.zone or notice.zone,
                    mention=mentions(person, compiled, now) or notice.mention,
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
                        fallback=_instead(person, compiled, now),
                        is_obsolete_when_done=is_obsolete_when_done,
                    ),
                )
    return tuple(rows.values())


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


def _instead(person: Recipient, compiled: CompiledPolicy, now: datetime) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in person.otherwise:
        for other in present(name, compiled, now):
            found.update(dict.fromkeys(destinations(other)))
    own = destinations(person)
    return tuple(destination for destination in found if destination not in own)
