# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk whose store on disk holds tickets that the daemon's own handlers have decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.handlers.alarms import handle_alert
from bot.handlers.tickets import handle_ticket_event
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.events import (
    AlertReceived,
    AlertState,
    CommentAdded,
    Event,
    Fact,
    FieldChanged,
    TicketSeen,
)
from bot.rules.ticket import Actor, Person, Snapshot, Status
from bot.store.store import Store

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
RULES = """\
desk: test
zone: Europe/Paris
hours:
  office: {zone: Europe/Paris, mon-fri: "09:00-18:00", holidays: none}
helpdesk: {category: Category, plan: organization.plan}
categories: [incident, question, other]
priorities: {p1: urgent, p2: high, p3: normal}
words:
  down: {en: [is down]}
  ask: {en: [how can i]}
  slow: {en: [slow]}
people:
  team: {slack: support, mail: team@acme.example}
  lead: {slack: leads}
groups: {first_line: [team]}
promises:
  first_response:
    within: {p1: 1h, p2: 4h, p3: 8h}
    hours: office
    warn: 50%
    tell: team
    breached: {tell: lead}
rules:
  down:
    if: {says: down}
    then: {category: incident, priority: p1, tag: outage, tell: team}
    because: [S1, S2]
  question:
    if: {says: ask}
    then: {category: question, priority: p3}
  slow:
    if: {says: slow}
    then: {category: incident, priority: p2}
  incident-in-hours:
    if: {category: incident, any_open: office}
    then: {group: first_line}
  gold:
    if: {plan: gold}
    then: {tag: gold}
"""


class ReplayDesk:
    """Feeds events to the handlers, as the inbox does, and keeps the store where commands look."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "desk.sqlite3"
        self.url = f"sqlite:///{self.file}"
        self.compiled = self.write(folder, RULES)
        self.clock = VirtualClock(NOON)
        self._comments = 0

    def write(self, folder: Path, rules: str) -> CompiledPolicy:
        """Write a policy and load it."""
        folder.mkdir(exist_ok=True)
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
        loaded = load_policy(folder, this_year=2026)
        assert isinstance(loaded, Loaded), "\n".join(map(str, loaded))
        return compile_policy(loaded.policy)

    def ticket(
        self,
        number: int,
        subject: str,
        body: str = "Hello",
        *,
        at: datetime = NOON,
        fields: Mapping[str, str | None] | None = None,
    ) -> None:
        """A customer writes a new ticket."""
        picture = Snapshot(
            number=number,
            created_at=at,
            updated_at=at,
            version=at.isoformat(),
            status=Status.NEW,
            subject=subject,
            description=body,
            requester=Person("9", "Ada", "ada@contoso.example"),
            organisation="Contoso",
            via="web",
            fields=dict(fields or {}),
        )
        self._take(number, at, TicketSeen(picture), f"seen/{number}")

    def says(self, number: int, body: str, *, at: datetime, actor: Actor = Actor.REQUESTER) -> None:
        """Somebody adds a public reply."""
        self._comments += 1
        person = Person("9" if actor is Actor.REQUESTER else "7")
        fact = CommentAdded(number, str(self._comments), person, actor, True, body)
        self._take(number, at, fact, f"ticket/{number}/comment/{self._comments}")

    def alert(self, name: str, *, at: datetime = NOON) -> str:
        """Monitoring reports; the id of the ticket that was opened."""
        fact = AlertReceived(AlertState.FIRING, name, "zabbix", host="db-1")
        event = Event(f"alert/{name}", f"alert/{name}", at, "webhook", fact)
        with Store.open(self.url, clock=VirtualClock(at)) as store:
            done = store.write(lambda tx: handle_alert(event, fact, tx, self.compiled, now=at))
            return done.ticket_id or ""

    def sets(self, number: int, field: str, old: str | None, new: str, *, at: datetime) -> None:
        """An agent sets a field."""
        fact = FieldChanged(number, field, old, new, Actor.AGENT, "7")
        self._take(number, at, fact, f"ticket/{number}/{field}={new}@{at.isoformat()}")

    def _take(self, number: int, at: datetime, fact: Fact, key: str) -> None:
        event = Event(key, f"ticket/{number}", at, "export", fact)
        now = at + timedelta(seconds=1)
        with Store.open(self.url, clock=VirtualClock(now)) as store:
            store.write(lambda tx: handle_ticket_event(event, tx, self.compiled, now=now))
