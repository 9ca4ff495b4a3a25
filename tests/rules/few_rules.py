# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk of a few lines, so that a test need only write its rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.config.load import Loaded, load_policy
from bot.rules.engine import CompiledPolicy, RulesDecision, compile_policy, decide
from bot.rules.events import Occasion
from bot.rules.situation import Situation
from bot.rules.text import prepare
from bot.rules.ticket import Origin, Status, Ticket
from bot.rules.truth import Truth

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEAD = """
desk: test
hours: {office: {zone: UTC, mon-fri: "09:00-17:00", holidays: none}}
helpdesk: {category: C, code: K, plan: organization.plan, region: organization.region,
  fields: {area: A}}
facts: {region: {from: organization.region, if_unknown: emea}}
categories: [incident, question, other]
priorities: {urgent: urgent, high: high, normal: normal}
words: {down: {en: [is down], sv: [ligger nere]}, all: {en: [everyone]}}
people: {team: {slack: s}, lead: {slack: l}}
groups: {first: [team], second: [lead]}
rules:
"""
TICKET = Ticket(
    ticket_id="t1",
    origin=Origin.HELPDESK,
    created_at=NOON,
    updated_at=NOON,
    status=Status.NEW,
    subject="Portal",
    description="It is down for everyone",
    number=7,
    organisation="Acme",
    fields={"plan": "gold", "code": None},
)


class Rules:
    """Compiles rules of a few lines and decides with them."""

    def __init__(self, folder: Path, rules: str) -> None:
        (folder / "rules.yaml").write_text(HEAD + rules, encoding="utf-8")
        loaded = load_policy(folder, this_year=2026)
        assert isinstance(loaded, Loaded), "\n".join(map(str, loaded))
        self.compiled: CompiledPolicy = compile_policy(loaded.policy)

    def decide(self, ticket: Ticket = TICKET, **situation: Any) -> RulesDecision:
        given: dict[str, Any] = {
            "occasion": Occasion.CREATED,
            "at": NOON,
            "key": "k1",
            "message": prepare(ticket.subject, ticket.description, is_machine=Truth.FALSE),
        }
        return decide(self.compiled, Situation(ticket=ticket, **{**given, **situation}))

    def fires(self, ticket: Ticket = TICKET, **situation: Any) -> bool:
        return bool(self.decide(ticket, **situation).fired)


def with_fields(fields: Mapping[str, str | None]) -> Ticket:
    return replace(TICKET, fields=fields)
