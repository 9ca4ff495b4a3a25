# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/desk incident` understands: `open SERVICE SEVERITY words`, and `VERB P3 words`.

Alone it lists what is not closed; with a name it shows that one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event
from bot.rules.incident_orders import completed, objection
from bot.rules.incident_values import Incident, IncidentOrdered, Verb, number_of
from bot.rules.ticket import Ticket
from bot.sources.chat_threads import as_typed
from bot.store.incidents import affected_by, all_incidents, load_incident
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.texts.cleaning import one_line
from bot.texts.instants import time_of
from bot.texts.words import language, said

MOST = 10
_LONGEST = 150
_VERBS = {each.value: each for each in Verb if each is not Verb.OPEN}

Finder = Callable[[str, Reader], Ticket | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person reads, and what has to be written down before they may."""

    text: str
    event: Event | None = None


class IncidentCommands:
    """Answers `/desk incident ...`; it writes nothing down itself."""

    def __init__(
        self, store: Store, compiled: Callable[[], CompiledPolicy], find: Finder, source: str
    ) -> None:
        """`find` knows tickets by what people call them; `source` is the chat."""
        self._store = store
        self._compiled = compiled
        self._find = find
        self._source = source

    def answer(self, rest: str, person: str, now: datetime, user_id: str = "") -> Answer:
        """Take what was typed behind `/desk incident`."""
        verb, _, words = as_typed(rest).strip().partition(" ")
        number = number_of(verb)
        if not verb or number is not None:
            return Answer(self._listed(number, now))
        order = self._order(verb.casefold(), words.strip(), person)
        if isinstance(order, str):
            return Answer(self._say(order))
        compiled = self._compiled()
        order = completed(replace(order, user_id=user_id), compiled.policy)
        with self._store.read() as reader:
            known = load_incident(order.number, reader) if order.number else None
            into = load_incident(order.into, reader) if order.into else None
        refused = objection(order, known, compiled.policy, compiled.calendars, now, into=into)
        if refused:
            return Answer(self._say(refused))
        # The same word of the same person within a minute is one order: Slack asks again.
        digest = hashlib.sha256(repr(order).encode()).hexdigest()[:24]
        key = f"{self._source}/incident/{order.verb}/{digest}/{now:%Y%m%dT%H%M}"
        what = known.name if known is not None else ", ".join(order.services)
        return Answer(
            self._say(f"incident_taken:{order.verb} {what}"),
            Event(key, "incident", now, self._source, order),
        )

    def _order(self, verb: str, words: str, person: str) -> IncidentOrdered | str:
        """What was typed, or why it cannot be meant, as a code that texts say."""
        first, _, rest = words.partition(" ")
        if verb == Verb.OPEN:
            severity, _, title = rest.strip().partition(" ")
            services = tuple(each for each in first.split(",") if each)
            severities = self._compiled().policy.incidents.severities
            if len(severities) == 1 and severity not in severities:
                severity, title = "", rest
            return IncidentOrdered(
                Verb.OPEN, person, title.strip(), services=services, severity=severity
            )
        number = number_of(first)
        if verb not in _VERBS or number is None:
            return "how_to_incident"
        wanted = _VERBS[verb]
        if wanted is Verb.MERGE:
            into = number_of(rest)
            if not into:
                return "how_to_incident"
            return IncidentOrdered(wanted, person, "", number, into=into)
        if wanted not in (Verb.ADD, Verb.REMOVE):
            return IncidentOrdered(wanted, person, rest.strip(), number)
        with self._store.read() as reader:
            found = {name: self._find(name, reader) for name in rest.split()}
        unknown = [name for name, ticket in found.items() if ticket is None]
        if not found or unknown:
            return f"unknown_ticket:{', '.join(unknown)}" if unknown else "how_to_incident"
        tickets = tuple(each.ticket_id for each in found.values() if each is not None)
        return IncidentOrdered(wanted, person, "", number, tickets=tickets)

    def _listed(self, number: int | None, now: datetime) -> str:
        with self._store.read() as reader:
            every = all_incidents(reader)
            shown = [each for each in every if each.number == number or
                     (number is None and not each.is_closed)]  # fmt: skip
            lines = [self._line(each, reader, now) for each in shown[-MOST:]]
        if lines:
            return "\n".join(lines)
        return self._say("no_incidents" if number is None else f"unknown_incident:P{number}")

    def _line(self, incident: Incident, reader: Reader, now: datetime) -> str:
        policy = self._compiled().policy
        words = language(policy.language).words
        due = ""
        if incident.due_at is not None:
            at = local_time("UTC", incident.due_at)
            due = f"{words.due}{words.colon}{time_of(at, now=now, zone=policy.zone, words=words)}"
        tickets = len(affected_by(incident.number, reader))
        services = ", ".join(policy.labels.get(each, each) for each in incident.services)
        severity = policy.labels.get(incident.severity, incident.severity)
        parts = (incident.name, _standing(incident), severity, services, due,
                 f"{words.ticket}{words.colon}{tickets}", incident.title)  # fmt: skip
        return one_line(" - ".join(part for part in parts if part), _LONGEST)

    def _say(self, what: str) -> str:
        words = language(self._compiled().policy.language).words
        return one_line(said(what, words.chat_replies), 300)


def _standing(incident: Incident) -> str:
    """How it stands, or of which other one it is a part."""
    return f"→ P{incident.part_of}" if incident.part_of else incident.phase.value
