# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at rules: names in conditions and effects that nobody defined, patterns, circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.config.places import text_place
from bot.config.problems import Problem, did_you_mean
from bot.rules.conditions import (
    AllClosed,
    AnyOpen,
    Changed,
    Condition,
    Count,
    FieldIs,
    Matches,
    Says,
    StartsDuring,
)
from bot.rules.events import Occasion
from bot.rules.layers import circles, parts_of
from bot.rules.policy import Effects, Policy, Rule
from bot.rules.portal_notices import PORTAL, filled
from bot.rules.situation import FINGERPRINT
from bot.rules.text import PatternProblem, compile_pattern

MOST_LISTS_TOGETHER = 4
"""Lists that may be asked to meet in one sentence: their hits are tried in every combination."""


def check_rules(policy: Policy) -> Iterator[Problem]:
    """Every mistake of the rules, at the word that is wrong."""
    for rule in policy.rules:
        for part in parts_of(rule.condition):
            yield from _condition(policy, rule, part)
        yield from _rule(policy, rule)
    yield from _circles(policy)


def _unknown(
    policy: Policy, rule: Rule, what: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    choices = list(known)
    for name in names:
        if name not in choices:
            advice = did_you_mean(name, choices)
            place = text_place(policy, rule, name)
            yield Problem(place, f"{what} {name!r} is not defined", advice)


def _rule(policy: Policy, rule: Rule) -> Iterator[Problem]:
    effects, place = rule.effects, rule.place
    yield from _unknown(policy, rule, "person", effects.tell, [*policy.people, *policy.rosters])
    for what, name, known in (
        ("priority", effects.priority, policy.priorities),
        ("category", effects.category, policy.categories),
        ("group", effects.group, policy.groups),
    ):
        if name is not None:
            yield from _unknown(policy, rule, what, (name,), known)
    yield from _unknown(policy, rule, "field", effects.fields, policy.helpdesk.fields)
    if effects.link is not None:
        yield from _unknown(policy, rule, "fingerprint", (effects.link,), policy.fingerprints)
    if effects.page is not None:
        yield from _unknown(policy, rule, "ladder", (effects.page,), policy.ladders)
    if effects.escalate is not None:
        yield from _unknown(policy, rule, "path", (effects.escalate,), policy.paths)
    yield from _unknown(policy, rule, "template", effects.replies, policy.templates)
    yield from _publications(policy, rule)
    if effects.suggest and policy.knowledge is None:
        advice = "write `knowledge: {folder: articles}`, or `knowledge: {help_centre: true}`"
        yield Problem(place, "suggest: nothing to suggest from", advice, is_warning=True)
    if effects.hold_to_end_of is not None:
        yield from _unknown(policy, rule, "calendar", (effects.hold_to_end_of,), policy.calendars)
        if rule.occasions != {Occasion.ALERT}:
            advice = "write `event: alert`; a customer's ticket waits for nobody's window"
            yield Problem(place, "hold_to_end_of holds alerts only", advice)
    if effects == Effects():
        yield Problem(place, f"rule {rule.rule_id!r} does nothing", "write something under `then:`")


def _publications(policy: Policy, rule: Rule) -> Iterator[Problem]:
    """A notice needs a place that there is, and a template that a portal can show."""
    for each in rule.effects.publish:
        name = each.template or rule.rule_id
        if each.where != PORTAL:
            place = text_place(policy, rule, each.where)
            what = f"publish: there is no {each.where!r}"
            yield Problem(place, what, f"write `publish: {{where: {PORTAL}, template: {name}}}`")
            continue
        yield from _unknown(policy, rule, "template", (name,), policy.templates)
        _, empty = filled(policy.templates.get(name, {}), policy.outage.mailbox)
        if empty and name in policy.templates:
            what = f"publish: template {name!r} cannot be filled in on the portal ({empty})"
            advice = "there `{mailbox}` alone is filled in, where `helpdesk_down: mailbox:` is set"
            yield Problem(text_place(policy, rule, name), what, advice, is_warning=True)


def _condition(policy: Policy, rule: Rule, part: Condition) -> Iterator[Problem]:
    match part:
        case Says(lists=lists, one_of=one_of, without=without):
            named_lists = (*lists, *one_of, *without)
            yield from _unknown(policy, rule, "word list", named_lists, policy.words)
            if len(lists) + bool(one_of) > MOST_LISTS_TOGETHER and not part.is_anywhere:
                advice = f"ask for {MOST_LISTS_TOGETHER} at most, or write `says_all:`"
                place = text_place(policy, rule, lists[0])
                yield Problem(place, f"says: {len(lists)} lists in one sentence", advice)
        case AnyOpen(calendars=names) | AllClosed(calendars=names) | StartsDuring(calendars=names):
            yield from _unknown(policy, rule, "calendar", names, policy.calendars)
        case Matches(pattern=pattern):
            compiled = compile_pattern(pattern)
            if isinstance(compiled, PatternProblem):
                place = text_place(policy, rule, pattern)
                yield Problem(place, f"pattern {pattern!r}: {compiled.text}")
        case FieldIs(field="priority", values=values):
            yield from _unknown(policy, rule, "priority", values, policy.priorities)
        case FieldIs(field="category", values=values):
            yield from _unknown(policy, rule, "category", values, policy.categories)
        case FieldIs(field="group", values=values):
            yield from _unknown(policy, rule, "group", values, policy.groups)
        case Changed(field="priority", to=to, was=was):
            yield from _unknown(policy, rule, "priority", (*to, *was), policy.priorities)
        case Count(category=names, same=same):
            yield from _unknown(policy, rule, "category", names, policy.categories)
            named = (each for each in same if each.startswith(FINGERPRINT))
            known = [FINGERPRINT + each for each in policy.fingerprints]
            yield from _unknown(policy, rule, "fingerprint", named, known)


def _circles(policy: Policy) -> Iterator[Problem]:
    found = circles(policy.rules)
    if found:
        names = ", ".join(rule.rule_id for rule in found)
        advice = "let one of them read what no rule sets"
        yield Problem(found[0].place, f"rules read what they set in a circle: {names}", advice)
