# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds where rules, lists and people disagree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from few_rules import TICKET, Rules

from bot.rules.events import Occasion
from bot.rules.ticket import Actor


def test_earlier_in_the_list_wins_whatever_the_order(tmp_path: Path) -> None:
    """The worst priority and the first category hold, however the rules are ordered."""
    rules = Rules(
        tmp_path,
        "  a: {if: {says: down}, then: {priority: normal, category: question}}\n"
        "  b: {if: {says: down}, then: {priority: urgent, category: incident}}\n"
        "  c: {if: {says: down}, then: {priority: high}}",
    )

    decision = rules.decide()

    assert (decision.priority, decision.category) == ("urgent", "incident")


def test_order_follows_from_what_rules_read(tmp_path: Path) -> None:
    """A rule that reads the priority runs after the one that sets it, though it stands before."""
    rules = Rules(
        tmp_path,
        "  tell: {if: {priority: urgent, tags: outage}, then: {tell: team}}\n"
        "  tag: {if: {category: incident}, then: {tag: outage}}\n"
        "  set: {if: {says: down}, then: {priority: urgent, category: incident}}",
    )

    assert [told.names for told in rules.decide().told] == [("team",)]


def test_default_category_is_marked(tmp_path: Path) -> None:
    """Where no rule decides, the last category holds, and says that nobody decided it."""
    rules = Rules(tmp_path, "  r: {if: {plan: silver}, then: {category: incident}}")

    decision = rules.decide()

    assert decision.category == "other"
    assert decision.defaults == ("category other",)
    assert decision.priority is None


def test_persons_decision_stays_and_is_noted(tmp_path: Path) -> None:
    """What an agent set is kept; what the rule proposed is said."""
    rules = Rules(tmp_path, "  r: {if: {says: down}, then: {priority: urgent}}")
    ticket = replace(TICKET, priority="normal", set_by={"priority": Actor.AGENT})

    decision = rules.decide(ticket)

    assert decision.priority == "normal"
    assert decision.kept == ("priority urgent",)


def test_requesters_priority_is_not_trusted(tmp_path: Path) -> None:
    """A form's "urgent" is no decision: rules see no priority and may set a lower one."""
    rules = Rules(
        tmp_path,
        "  r: {if: {priority: {missing: true}}, then: {tag: unrated}}\n"
        "  s: {if: {says: down}, then: {priority: normal}}",
    )
    ticket = replace(TICKET, priority="urgent", set_by={"priority": Actor.REQUESTER})

    assert rules.decide(ticket).priority == "normal"


def test_persons_own_field_stays(tmp_path: Path) -> None:
    """A field of the desk's own is as safe as the priority: an agent's value is not changed."""
    rules = Rules(tmp_path, "  r: {if: {says: down}, then: {set: {area: portal}}}")
    ticket = replace(TICKET, fields={"area": "billing"}, set_by={"area": Actor.AGENT})

    decision = rules.decide(ticket)

    assert decision.fields == {}
    assert decision.kept == ("area portal",)
    assert rules.decide().fields == {"area": "portal"}


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_earlier_group_wins_whatever_the_order_of_rules(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    """Rules that propose two groups are settled by the list of groups, and the journal says so."""
    groups = dict(zip(names, ("second", "first"), strict=True))
    lines = (f"  {n}: {{if: {{says: down}}, then: {{group: {groups[n]}}}}}" for n in ("a", "b"))

    decision = Rules(tmp_path, "\n".join(lines)).decide()

    assert decision.group == "first"
    assert decision.conflicts == ("group: first or second",)


def test_rules_that_do_not_agree_set_no_field(tmp_path: Path) -> None:
    """Of two values for a field of the desk's own none is taken, and the journal says so."""
    rules = Rules(
        tmp_path,
        "  a: {if: {says: down}, then: {set: {area: portal}}}\n"
        "  b: {if: {says: all}, then: {set: {area: billing}}}",
    )

    decision = rules.decide()

    assert decision.fields == {}
    assert [each.evidence for each in decision.reasons()][-1] == ("area: billing or portal",)


def test_reply_never_lowers_a_priority(tmp_path: Path) -> None:
    """What the rules decided once is only raised by later messages."""
    rules = Rules(tmp_path, "  r: {if: {says: down}, then: {priority: normal}}")
    ticket = replace(TICKET, priority="urgent", set_by={"priority": Actor.SELF})

    assert rules.decide(ticket, occasion=Occasion.REQUESTER_REPLY).priority == "urgent"


def test_rule_may_ask_for_the_default_category(tmp_path: Path) -> None:
    """A ticket that no rule fits has the last category, also where another rule asks for it."""
    rules = Rules(
        tmp_path,
        """
  down: {if: {says: down}, then: {category: incident}}
  rest: {if: {category: other}, then: {priority: normal}}
""",
    )

    assert rules.decide(replace(TICKET, description="hello")).priority == "normal"
    assert rules.decide().priority is None
