# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever asks why a rule fired or kept quiet gets the first thing that stopped it, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config.load import Loaded, load_policy
from bot.rules.engine import CompiledPolicy, compile_policy, decide
from bot.rules.events import FieldChanged, Occasion
from bot.rules.situation import Situation
from bot.rules.text import prepare
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.rules.tracing import RuleTrace, Tried, steps_of, trace
from bot.rules.truth import Truth

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEAD = """
desk: test
hours:
  office: {zone: UTC, mon-fri: "09:00-17:00", holidays: none}
  night: {zone: UTC, daily: "20:00-06:00", holidays: none}
helpdesk: {category: C, code: K, plan: organization.plan}
categories: [incident, question, other]
priorities: {urgent: urgent, normal: normal}
words: {down: {en: [is down]}, all: {en: [everyone]}, late: {en: [too late]}}
people: {team: {slack: s}}
rules:
"""
TICKET = Ticket(
    ticket_id="t1",
    origin=Origin.HELPDESK,
    created_at=NOON,
    updated_at=NOON,
    status=Status.NEW,
    subject="Portal",
    description="It is down. Everyone waits",
    organisation="Acme",
    fields={"plan": "gold", "code": None},
)


def _compiled(folder: Path, rules: str) -> CompiledPolicy:
    (folder / "rules.yaml").write_text(HEAD + rules, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), "\n".join(map(str, loaded))
    return compile_policy(loaded.policy)


def _situation(**more: Any) -> Situation:
    given: dict[str, Any] = {
        "ticket": TICKET,
        "occasion": Occasion.CREATED,
        "at": NOON,
        "key": "k1",
        "message": prepare(TICKET.subject, TICKET.description, is_machine=Truth.FALSE),
    }
    return Situation(**{**given, **more})


def _one(folder: Path, rule: str, **more: Any) -> RuleTrace:
    [traced] = trace(_compiled(folder, f"  r: {rule}"), _situation(**more))
    return traced


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("{says: late}", "says late: not found in subject or body"),
        ("{says: {lists: [down], where: subject}}", "says down: not found in the subject"),
        ("{says: [down, late]}", "says late: not found in subject or body"),
        (
            "{says: [down, all]}",
            "says down and all: found in subject or body, but not in one sentence",
        ),
        ("{plan: silver}", "plan is gold, wanted silver"),
        ("{says: down, plan: [silver, bronze]}", "plan is gold, wanted silver or bronze"),
        ("{code: {missing: false}}", "code is missing"),
        ("{plan: {missing: true}}", "plan is gold, wanted none"),
        ("{plan: {not: gold}}", "must not hold, but does: plan is gold"),
        ("{priority: {at_least: normal}}", "priority is nothing, wanted at least normal"),
        ("{any_open: night}", "night is closed"),
        ("{all_closed: [office, night]}", "office is open"),
        ("{changed: status}", "this event did not change status"),
        ("{tag_added: vip}", "this event did not add the tag vip"),
        ("{matches: 'err(or)? 5'}", "matches 'err(or)? 5': not found in subject or body"),
        ("{machine_mail: true}", "no machine wrote it"),
        (
            "{any: [{plan: silver}, {says: late}]}",
            "none of 2: plan is gold, wanted silver; says late: not found in subject or body",
        ),
        (
            "{count: {at_least: 10, within: 30m}}",
            "1 ticket within 30m, wanted 10",
        ),
    ],
)
def test_trace_names_the_first_false_condition(tmp_path: Path, condition: str, why: str) -> None:
    """A rule that did not fire says which line of it is false, with the value seen."""
    traced = _one(tmp_path, f"{{if: {condition}, then: {{tag: x}}}}")

    assert (traced.tried, traced.seen) == (Tried.NO, (why,))


def test_trace_names_the_unknown_fact(tmp_path: Path) -> None:
    """A rule that kept quiet for want of a fact says which."""
    traced = _one(tmp_path, "{if: {region: emea}, then: {tag: x}}")

    assert (traced.tried, traced.seen) == (Tried.UNKNOWN, ("region is not known",))


def test_trace_shows_the_evidence(tmp_path: Path) -> None:
    """A rule that fired says what it saw."""
    traced = _one(tmp_path, "{if: {says: down, plan: gold}, then: {tag: x}}")

    assert (traced.tried, traced.is_edge) == (Tried.FIRED, True)
    assert any("is down" in each for each in traced.seen)
    assert "plan is gold" in traced.seen


def test_trace_says_that_a_rule_held_before(tmp_path: Path) -> None:
    """A rule that goes on holding fired, but does nothing again."""
    held = replace(TICKET, fired={"r": "earlier"})

    traced = _one(tmp_path, "{if: {says: down}, then: {tag: x}}", ticket=held)

    assert (traced.tried, traced.is_edge) == (Tried.FIRED, False)


@pytest.mark.parametrize(
    ("rule", "tried", "why"),
    [
        (
            "{event: [alert, reopened], if: {says: down}, then: {tag: x}}",
            Tried.OTHER_EVENT,
            "tried on alert, reopened",
        ),
        ("{if: {says: down}, then: {tag: x}, until: 2026-03-01}", Tried.OVER, "until 2026-03-01"),
    ],
)
def test_trace_says_why_a_rule_was_not_tried(
    tmp_path: Path, rule: str, tried: Tried, why: str
) -> None:
    """Other events and past dates are told apart from conditions that are false."""
    traced = _one(tmp_path, rule)

    assert (traced.tried, traced.seen) == (tried, (why,))


def test_trace_says_what_changed_instead(tmp_path: Path) -> None:
    """A change to another value is told with both values and who made it."""
    change = FieldChanged(1, "status", "new", "open", Actor.AGENT)

    traced = _one(
        tmp_path,
        "{if: {changed: {status: solved}}, then: {tag: x}}",
        occasion=Occasion.UPDATED,
        changes=(change,),
    )

    assert traced.seen == ("status changed from new to open by agent, wanted another change",)


LAYERED = """
  down: {if: {says: down}, then: {category: incident, tag: outage}}
  escalate: {if: {category: incident}, then: {priority: urgent}}
  loud: {if: {priority: urgent, tags: outage}, then: {tell: team}}
"""


@pytest.mark.parametrize("fired", [{}, {"down": "earlier", "escalate": "earlier"}])
def test_trace_agrees_with_the_decision(tmp_path: Path, fired: dict[str, str]) -> None:
    """Later layers see what earlier ones decided, exactly as they do in a decision."""
    compiled = _compiled(tmp_path, LAYERED)
    situation = _situation(ticket=replace(TICKET, fired=fired))

    traces = trace(compiled, situation)

    assert [(each.rule.rule_id, each.layer) for each in traces] == [
        ("down", 1), ("escalate", 2), ("loud", 3),
    ]  # fmt: skip
    by_decision = [each.rule.rule_id for each in decide(compiled, situation).fired]
    assert by_decision == [each.rule.rule_id for each in traces if each.tried is Tried.FIRED]


def test_trace_of_one_rule_answers_every_line(tmp_path: Path) -> None:
    """Whoever asks after one rule sees each of its lines, nested as they were written."""
    rule = "  r: {if: {says: down, any: [{plan: silver}, {region: emea}]}, then: {tag: x}}"

    steps = steps_of(_compiled(tmp_path, rule), _situation(), "r")

    assert [(each.depth, each.truth) for each in steps] == [
        (0, Truth.UNKNOWN), (1, Truth.TRUE), (1, Truth.UNKNOWN), (2, Truth.FALSE),
        (2, Truth.UNKNOWN),
    ]  # fmt: skip
    assert [each.what for each in steps[2:]] == [
        "one of", "plan is gold, wanted silver", "region is not known",
    ]  # fmt: skip
