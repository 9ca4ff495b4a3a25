# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules decide as the policy says: by what is known, in the order of its lists, once per edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from few_rules import NOON, TICKET, Rules, with_fields

from bot.rules.events import AlertReceived, AlertState, FieldChanged, Occasion
from bot.rules.situation import Recent
from bot.rules.text import prepare
from bot.rules.ticket import Actor
from bot.rules.truth import Truth

NIGHT = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{says: down}", True),
        ("{says: [down, all]}", True),
        ("{says: all, plan: gold}", True),
        ("{plan: silver}", False),
        ("{plan: [silver, GOLD]}", True),
        ("{plan: {not: gold}}", False),
        ("{plan: {starts: go}}", True),
        ("{code: {missing: true}}", True),
        ("{code: {missing: false}}", False),
        ("{code: anything}", False),
        ("{organisation: acme}", True),
        ("{region: emea}", True),
        ("{any_open: office}", True),
        ("{all_closed: office}", False),
        ("{subject: {matches: '^port'}}", True),
        ("{matches: 'down for every'}", True),
        ("{not: {says: down}}", False),
        ("{any: [{plan: silver}, {says: down}]}", True),
        ("{none: [{plan: silver}]}", True),
        ("[{says: down}, {plan: gold}]", True),
        ("{machine_mail: true}", False),
        ("{status: new, via: {missing: true}}", True),
    ],
)
def test_condition_answers(tmp_path: Path, condition: str, expected: bool) -> None:
    """Each word of the language holds, or does not, for a ticket that is known."""
    rules = Rules(tmp_path, f"  r: {{if: {condition}, then: {{tag: x}}}}")

    assert rules.fires() is expected


@pytest.mark.parametrize(
    "condition",
    ["{plan: gold}", "{plan: {not: gold}}", "{not: {plan: gold}}", "{plan: {missing: true}}"],
)
def test_unknown_fact_fires_nothing(tmp_path: Path, condition: str) -> None:
    """What could not be read decides neither way, not even by "not", and is named."""
    rules = Rules(tmp_path, f"  r: {{if: {condition}, then: {{tag: x}}}}")

    decision = rules.decide(unknown=frozenset({"plan"}))

    assert decision.fired == ()
    assert decision.unknown == ("plan",)


def test_known_part_decides_beside_an_unknown_one(tmp_path: Path) -> None:
    """False beats unknown under all, true beats unknown under any."""
    rules = Rules(
        tmp_path,
        "  both: {if: {plan: gold, says: down}, then: {tag: a}}\n"
        "  either: {if_any: [{plan: gold}, {says: down}], then: {tag: b}}",
    )
    quiet = prepare("Hello", "Hello", is_machine=Truth.FALSE)

    loud = rules.decide(unknown=frozenset({"plan"}))
    silent = rules.decide(unknown=frozenset({"plan"}), message=quiet)

    assert loud.add_tags == {"b"}
    assert silent.add_tags == set()


def test_rule_tells_again_only_after_it_was_false(tmp_path: Path) -> None:
    """An edge tells once; unknown in between is no edge, false is one."""
    rules = Rules(tmp_path, "  r: {if: {plan: gold}, then: {tell: team}}")
    first = rules.decide()
    holding = replace(TICKET, fired=first.holding)
    unread = rules.decide(holding, unknown=frozenset({"plan"}))
    still = rules.decide(replace(holding, fired=unread.holding))
    ended = rules.decide(with_fields({"plan": "silver"}))
    again = rules.decide(replace(TICKET, fired=ended.holding))

    assert [len(each.told) for each in (first, unread, still, ended, again)] == [1, 0, 0, 0, 1]


def test_change_is_an_occasion_of_its_own(tmp_path: Path) -> None:
    """`changed` asks what has just happened, by whom, from what and to what."""
    rules = Rules(
        tmp_path,
        "  r: {if: {changed: {field: priority, from: normal, to: urgent, by: agent}},"
        " then: {tell: team}}",
    )
    change = FieldChanged(7, "priority", "normal", "urgent", Actor.AGENT)
    ticket = replace(TICKET, fired={"r": "k0"})

    def tells(changed: FieldChanged) -> int:
        decision = rules.decide(ticket, occasion=Occasion.UPDATED, changes=(changed,))
        return len(decision.told)

    assert tells(change) == 1
    assert tells(replace(change, actor=Actor.REQUESTER)) == 0
    assert tells(replace(change, old="high")) == 0
    assert tells(replace(change, new="high")) == 0


def test_count_needs_tickets_and_customers_within_the_window(tmp_path: Path) -> None:
    """Three incidents of two customers within 30 minutes, this one included."""
    rules = Rules(
        tmp_path,
        "  set: {if: {says: down}, then: {category: incident}}\n"
        "  surge: {if: {count: {category: incident, at_least: 3, customers: 2, within: 30m}},"
        " then: {tell: lead}}",
    )

    def tells(*others: tuple[int, str, str]) -> bool:
        recent = tuple(
            Recent(f"o{n}", NOON - timedelta(minutes=minutes), category, customer)
            for n, (minutes, category, customer) in enumerate(others)
        )
        return bool(rules.decide(recent=recent).told)

    assert tells((5, "incident", "Beta"), (29, "incident", "Acme"))
    assert not tells((5, "incident", "Beta"), (30, "incident", "Acme"))
    assert not tells((5, "incident", "Acme"), (6, "incident", "Acme"))
    assert not tells((5, "incident", "Beta"), (6, "question", "Gamma"))


def test_once_per_waits(tmp_path: Path) -> None:
    """A rule with `once_per` keeps quiet until its time is over."""
    rules = Rules(tmp_path, "  r: {if: {says: down}, then: {tell: team, once_per: 30m}}")

    def tells(minutes: int) -> bool:
        last = {"r": NOON - timedelta(minutes=minutes)}
        return bool(rules.decide(last_told=last).told)

    assert not tells(29)
    assert tells(30)


def test_watched_rule_changes_nothing(tmp_path: Path) -> None:
    """A rule on watch says that it would have fired, and does nothing."""
    rules = Rules(
        tmp_path, "  r: {if: {says: down}, watch: true, then: {tag: x, tell: team, priority: high}}"
    )

    decision = rules.decide()

    assert [fired.rule.rule_id for fired in decision.fired] == ["r"]
    assert (decision.add_tags, decision.told, decision.priority) == (frozenset(), (), None)


def test_rule_ends_after_its_last_day(tmp_path: Path) -> None:
    """`until` names the last day on which a rule is tried."""
    rules = Rules(tmp_path, "  r: {if: {says: down}, until: 2026-03-02, then: {tag: x}}")

    assert rules.fires()
    assert not rules.fires(at=NOON + timedelta(days=1))


def test_rule_is_tried_on_its_events_alone(tmp_path: Path) -> None:
    """`event` names what a rule is tried on; without it, notes among ourselves are left out."""
    rules = Rules(
        tmp_path,
        "  note: {event: internal_note, if: {says: down}, then: {tag: n}}\n"
        "  any: {if: {says: down}, then: {tag: a}}",
    )

    assert rules.decide(occasion=Occasion.INTERNAL_NOTE).add_tags == {"n"}
    assert rules.decide().add_tags == {"a"}


def test_alert_fields_can_be_asked(tmp_path: Path) -> None:
    """Rules see what monitoring said; where there is no alert, it has no state."""
    rules = Rules(tmp_path, "  r: {event: [alert, created], if: {alert.state: firing, "
                            "alert.host: db-1}, then: {tell: team}}")  # fmt: skip
    alert = AlertReceived(AlertState.FIRING, "disk full", "monitoring", host="db-1")

    assert rules.fires(occasion=Occasion.ALERT, alert=alert)
    assert not rules.fires()


def test_calendar_is_asked_at_the_events_time(tmp_path: Path) -> None:
    """In hours and out of hours are opposites, to the second."""
    rules = Rules(tmp_path, "  r: {if: {all_closed: office}, then: {tell: lead}}")

    assert rules.fires(at=NIGHT)
    assert rules.fires(at=NOON.replace(hour=17))
    assert not rules.fires(at=NOON.replace(hour=16, minute=59, second=59))


def test_one_part_is_searched_by_itself(tmp_path: Path) -> None:
    """Words in the subject hide none in the body, nor the other way round."""
    rules = Rules(
        tmp_path,
        "  body: {if: {says: {lists: [down], where: body}}, then: {tag: b}}\n"
        "  subject: {if: {says: {lists: [down], where: subject}}, then: {tag: s}}",
    )

    def tags(subject: str, body: str) -> frozenset[str]:
        return rules.decide(message=prepare(subject, body, is_machine=Truth.FALSE)).add_tags

    assert tags("It is down", "It is down") == {"b", "s"}
    assert tags("Hello", "It is down") == {"b"}
    assert tags("It is down", "Hello") == {"s"}


def test_evidence_names_what_was_seen(tmp_path: Path) -> None:
    """Every rule that fired says why, in words a support lead would check."""
    rules = Rules(tmp_path, "  r: {because: I6, if: {says: down, plan: gold}, then: {tag: x}}")

    [fired] = rules.decide().fired

    assert fired.rule.because == ("I6",)
    assert fired.evidence == ('list "down": "is down" in the body, word 2', "plan is gold")


@pytest.mark.parametrize(
    ("rule", "acts"),
    [
        ("if: {says: down}, then: {tag: x}", False),
        ("event: requester_reply, if: {says: down}, then: {tag: x}", True),
        ("event: [requester_reply, updated], if: {says: down}, then: {tag: x}", False),
        ("if: {says: down}, then: {tag: x, escalate: up}", True),
    ],
)
def test_rule_that_held_before_acts_on_news_alone(tmp_path: Path, rule: str, acts: bool) -> None:
    """Naming replies, or a step up a path, makes each reply an occasion of its own."""
    rules = Rules(tmp_path, f"  a: {{{rule}}}\npaths: {{up: {{steps: [team, lead]}}}}\n")
    held = replace(TICKET, fired={"a": "earlier"})

    decision = rules.decide(held, occasion=Occasion.REQUESTER_REPLY)

    assert [each.is_edge for each in decision.fired] == [acts]


@pytest.mark.parametrize(
    ("rule", "evidence"),
    [
        ("if: {plan: {not: silver}}, then: {tag: x}", ("plan is gold",)),
        ("if: {code: {missing: true}}, then: {tag: x}", ("code is nothing",)),
        ("if: {says: down}, unless: {any_open: office}, then: {tag: x}", None),
        ("event: created, then: {tag: x}", ("event is created",)),
        ("if: {none: [{says: all, plan: silver}]}, then: {tag: x}", ("event is created",)),
    ],
)
def test_every_rule_that_fires_says_what_it_saw(
    tmp_path: Path, rule: str, evidence: tuple[str, ...] | None
) -> None:
    """A line that must not hold shows the value seen, a rule without any the event it is for."""
    fired = Rules(tmp_path, f"  a: {{{rule}}}\n").decide().fired

    assert [each.evidence for each in fired] == ([] if evidence is None else [evidence])
