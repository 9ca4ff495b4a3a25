# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate incident open|update|send|told|restored|close|merge|affected`: a person's word.

What cannot be done is said at once; what can be goes by the inbox to the running daemon.
"""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.case import call_time
from bot.commands.incident_product import AffectedTicket, affected_tickets
from bot.commands.incident_text import said_at
from bot.commands.status import safe
from bot.commands.stored import load_compiled, stored, writable
from bot.commands.unusable import Unusable
from bot.rules.events import Event
from bot.rules.incident_orders import completed, objection
from bot.rules.incident_values import IncidentOrdered, Verb, number_of
from bot.sources.chat_commands import find_ticket
from bot.store.incidents import load_incident
from bot.store.transaction import Reader
from bot.texts.words import language, said

SOURCE = "command"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed; `name` is the incident's, `into` the one that it becomes part of.

    `at` is when it began or ended.
    """

    verb: Verb
    text: str = ""
    name: str = ""
    services: tuple[str, ...] = ()
    severity: str = ""
    tickets: tuple[str, ...] = ()
    at: str | None = None
    language: str = ""
    by: str | None = None
    into: str = ""


def give(folder: Path, typed: Typed) -> int:
    """Write down a person's word; 0, or 2 for what is unusable or cannot be done."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        compiled, now = load_compiled(folder, clock), clock.now()
        order = completed(_order(typed, compiled.policy.zone, now), compiled.policy)
        with writable(clock) as store:
            with store.read() as reader:
                order = replace(order, tickets=_tickets(typed.tickets, reader))
                known = load_incident(order.number, reader) if order.number else None
                into = load_incident(order.into, reader) if order.into else None
            refused = objection(order, known, compiled.policy, compiled.calendars, now, into=into)
            if refused:
                raise Unusable(f"deskmate: {said(refused, language('en').words.chat_replies)}")
            key = f"{SOURCE}/incident/{order.verb}/{typed.name}/{now.isoformat()}"
            store.receive([Event(key, "incident", now, SOURCE, order)]).result()
    except Unusable as problem:
        problem.show(console)
        return 2
    what = known.name if known is not None else ", ".join(order.services)
    console.print(
        f"{order.verb} {what}: written down; a running daemon takes it up at once", markup=False
    )
    return 0


def show_affected(name: str, zone: str, *, as_json: bool) -> int:
    """Print the tickets of an incident: whose, since when, told when and how; 0, or 2."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            incident = load_incident(_number(name), reader)
            if incident is None:
                raise Unusable(f"deskmate: there is no incident {name}; see `incident list`")
            rows = affected_tickets(incident, reader)
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        shown = [_row(each) for each in rows]
        print(json.dumps({"incident": incident.name, "affected": shown}, ensure_ascii=False))  # noqa: T201
        return 0
    for each in rows:
        told = (
            f"told {said_at(each.told_at, zone)} by {each.told_by}" if each.told_at else "NOT TOLD"
        )
        line = f"{each.ticket}  {each.customer or '-'}  {each.status}  {told}  (by {each.by})"
        console.print(safe(line))
    if not rows:
        console.print(f"No ticket is part of {incident.name}.")
    return 0


def _order(typed: Typed, zone: str, now: Any) -> IncidentOrdered:
    try:
        at = call_time(typed.at, zone, now) if typed.at else None
    except ValueError as error:
        raise Unusable(f"deskmate: {error}") from None
    return IncidentOrdered(
        verb=typed.verb,
        by=typed.by or getpass.getuser(),
        text=typed.text,
        number=0 if typed.verb is Verb.OPEN else _number(typed.name),
        services=typed.services,
        severity=typed.severity,
        at=at,
        language=typed.language,
        into=_number(typed.into) if typed.into else 0,
    )


def _number(name: str) -> int:
    number = number_of(name)
    if number is None:
        raise Unusable(f"deskmate: {name!r} is no incident; write P3, as `incident list` shows it")
    return number


def _tickets(names: tuple[str, ...], reader: Reader) -> tuple[str, ...]:
    found = []
    for name in names:
        ticket = find_ticket(name, reader)
        if ticket is None:
            raise Unusable(f"deskmate: ticket {name} is not known here")
        found.append(ticket.ticket_id)
    return tuple(found)


def _row(each: AffectedTicket) -> dict[str, Any]:
    return {
        "ticket": each.ticket,
        "customer": each.customer,
        "status": each.status,
        "since": each.since.isoformat(timespec="seconds"),
        "by": each.by,
        "told_at": each.told_at.isoformat(timespec="seconds") if each.told_at else None,
        "told_by": each.told_by,
    }
