# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a whole policy: names that nobody defined, promises nobody hears of, patterns, dates."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.checks_ladders import check_ladders, check_silences, unknown_names
from bot.config.checks_rosters import check_rosters
from bot.config.checks_words import check_words
from bot.config.cover import cover_warnings
from bot.config.places import place_of, word_place
from bot.config.problems import Problem
from bot.rules.business_time import calendars_of
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
from bot.rules.policy import Effects, Place, Policy, Recipient, Rule
from bot.rules.situation import FINGERPRINT
from bot.rules.text import PatternProblem, compile_lists, compile_pattern

RETIRED_TEAMS = ".webhook.office.com"


def check_policy(policy: Policy) -> list[Problem]:
    """Every mistake and every doubtful thing that shows only when all files are read."""
    return [
        *_calendars(policy),
        *_people(policy),
        *_groups(policy),
        *_promises(policy),
        *_outage(policy),
        *_paths(policy),
        *check_ladders(policy),
        *check_silences(policy),
        *check_rosters(policy),
        *_fingerprints(policy),
        *_words(policy),
        *(problem for rule in policy.rules for problem in _rule(policy, rule)),
        *_rule_circles(policy),
        *cover_warnings(policy),
        *check_words(policy),
    ]


def _calendars(policy: Policy) -> Iterator[Problem]:
    for name, spec in policy.calendars.items():
        place = place_of(policy, f"hours.{name}")
        yield from unknown_names(place, "calendar", (*spec.union, *spec.without), policy.calendars)
        has_hours = (
            spec.week or spec.monthly or spec.is_always_open or spec.union or spec.shifts
            or spec.days_from or spec.days_by
        )  # fmt: skip
        if not has_hours:
            yield Problem(place, f"calendar {name!r} never opens", "write `mon-fri: ...`")
        elif spec.holidays == "unstated" and not (spec.is_always_open or spec.union):
            advice = "write `holidays: none`, or a country such as `holidays: SE`"
            yield Problem(place, f"calendar {name!r} names no holidays", advice, is_warning=True)
    yield from _circles(policy)


def _circles(policy: Policy) -> Iterator[Problem]:
    try:
        calendars_of(policy.calendars)
    except ValueError as error:
        if "circle" in str(error):
            yield Problem(
                place_of(policy, "hours"), str(error), "let one of them name its own hours"
            )


def _people(policy: Policy) -> Iterator[Problem]:
    for person in policy.people.values():
        yield from unknown_names(person.place, "person", person.otherwise, policy.people)
        if person.mention_from is not None:
            names = (person.mention_from,)
            yield from unknown_names(person.place, "roster", names, policy.rosters)
        if person.nobody_took_it is not None:
            told = person.nobody_took_it.tell
            yield from unknown_names(
                person.place, "person", told, [*policy.people, *policy.rosters]
            )
        if person.hours:
            yield from unknown_names(person.place, "calendar", (person.hours,), policy.calendars)
        if not _ways(person) and not person.otherwise:
            advice = "write slack, teams, mail or sms"
            yield Problem(person.place, f"{person.name!r} can be reached by no way", advice)
        if person.teams and RETIRED_TEAMS in person.teams:
            advice = "make a Workflows webhook and set DESKMATE_TEAMS_<NAME>"
            yield Problem(person.place, "Teams connectors are retired", advice)
        elif person.teams and "://" in person.teams:
            advice = "set DESKMATE_TEAMS_<NAME> and write the name here"
            yield Problem(person.place, "a Teams address is a secret", advice)


def _ways(person: Recipient) -> tuple[str, ...]:
    return tuple(way for way in (person.slack, person.teams, person.mail, person.sms) if way)


def _groups(policy: Policy) -> Iterator[Problem]:
    for group in policy.groups.values():
        yield from unknown_names(group.place, "person", group.cover, policy.people)


def _promises(policy: Policy) -> Iterator[Problem]:
    for promise in policy.promises.values():
        told = (*promise.tell_at_warning, *promise.tell_at_breach)
        yield from unknown_names(promise.place, "person", told, [*policy.people, *policy.rosters])
        if promise.page_at_breach is not None:
            pages = (promise.page_at_breach,)
            yield from unknown_names(promise.place, "ladder", pages, policy.ladders)
        named = [each for each in (promise.hours, *promise.clock.hours_by.values()) if each]
        yield from unknown_names(promise.place, "calendar", named, policy.calendars)
        if promise.clock.warn and not promise.tell_at_warning:
            what = f"promise {promise.clock.name!r} warns nobody"
            yield Problem(promise.place, what, "write `tell: ...`")
        covered = {target.priority for target in promise.clock.targets}
        missing = [code for code in policy.priorities if code not in covered]
        if promise.clock.is_complete and None not in covered and missing:
            what = f"promise {promise.clock.name!r} has no target for {', '.join(missing)}"
            yield Problem(promise.place, what, "add a line for each, or remove `complete`")


def _outage(policy: Policy) -> Iterator[Problem]:
    outage = policy.outage
    yield from unknown_names(outage.place, "person", outage.tell, policy.people)
    if outage.banner and not outage.banner_texts.get(policy.language, "x"):
        yield Problem(outage.place, "the banner says nothing in the desk's language")
    for witness in outage.witnesses:
        host, _, port = witness.rpartition(":")
        if not host or not port.isdecimal():
            yield Problem(outage.place, f"witness {witness!r} is no host:port", "write 1.1.1.1:53")


def _words(policy: Policy) -> Iterator[Problem]:
    for problem in compile_lists(policy.words).problems:
        place = word_place(policy, problem.list_name, problem.entry)
        yield Problem(place, f"words {problem.list_name}: {problem.entry!r}: {problem.text}")


def _rule(policy: Policy, rule: Rule) -> Iterator[Problem]:
    effects, place = rule.effects, rule.place
    for part in parts_of(rule.condition):
        yield from _condition(policy, place, part)
    yield from unknown_names(place, "person", effects.tell, [*policy.people, *policy.rosters])
    for what, name, known in (
        ("priority", effects.priority, policy.priorities),
        ("category", effects.category, policy.categories),
        ("group", effects.group, policy.groups),
    ):
        if name is not None:
            yield from unknown_names(place, what, (name,), known)
    yield from unknown_names(place, "field", effects.fields, policy.helpdesk.fields)
    if effects.link is not None:
        yield from unknown_names(place, "fingerprint", (effects.link,), policy.fingerprints)
    if effects.page is not None:
        yield from unknown_names(place, "ladder", (effects.page,), policy.ladders)
    if effects.escalate is not None:
        yield from unknown_names(place, "path", (effects.escalate,), policy.paths)
    yield from unknown_names(place, "template", effects.replies, policy.templates)
    if effects.suggest and policy.knowledge is None:
        advice = "write `knowledge: {folder: articles}`, or `knowledge: {help_centre: true}`"
        yield Problem(place, "suggest: nothing to suggest from", advice, is_warning=True)
    if effects.hold_to_end_of is not None:
        yield from unknown_names(place, "calendar", (effects.hold_to_end_of,), policy.calendars)
        if rule.occasions != {Occasion.ALERT}:
            advice = "write `event: alert`; a customer's ticket waits for nobody's window"
            yield Problem(place, "hold_to_end_of holds alerts only", advice)
    if effects == Effects():
        yield Problem(place, f"rule {rule.rule_id!r} does nothing", "write something under `then:`")


def _paths(policy: Policy) -> Iterator[Problem]:
    for path in policy.paths.values():
        yield from unknown_names(path.place, "person", path.steps, policy.people)
        if path.hours and path.hours != "always":
            yield from unknown_names(path.place, "calendar", (path.hours,), policy.calendars)


def _fingerprints(policy: Policy) -> Iterator[Problem]:
    for fingerprint in policy.fingerprints.values():
        compiled = compile_pattern(fingerprint.pattern)
        if isinstance(compiled, PatternProblem):
            yield Problem(fingerprint.place, f"pattern {fingerprint.pattern!r}: {compiled.text}")


def _condition(policy: Policy, place: Place, part: Condition) -> Iterator[Problem]:
    match part:
        case Says(lists=lists, one_of=one_of, without=without):
            named_lists = (*lists, *one_of, *without)
            yield from unknown_names(place, "word list", named_lists, policy.words)
        case AnyOpen(calendars=names) | AllClosed(calendars=names) | StartsDuring(calendars=names):
            yield from unknown_names(place, "calendar", names, policy.calendars)
        case Matches(pattern=pattern):
            compiled = compile_pattern(pattern)
            if isinstance(compiled, PatternProblem):
                yield Problem(place, f"pattern {pattern!r}: {compiled.text}")
        case FieldIs(field="priority", values=values):
            yield from unknown_names(place, "priority", values, policy.priorities)
        case FieldIs(field="category", values=values):
            yield from unknown_names(place, "category", values, policy.categories)
        case FieldIs(field="group", values=values):
            yield from unknown_names(place, "group", values, policy.groups)
        case Changed(field="priority", to=to, was=was):
            yield from unknown_names(place, "priority", (*to, *was), policy.priorities)
        case Count(category=names, same=same):
            yield from unknown_names(place, "category", names, policy.categories)
            named = (each for each in same if each.startswith(FINGERPRINT))
            known = [FINGERPRINT + each for each in policy.fingerprints]
            yield from unknown_names(place, "fingerprint", named, known)


def _rule_circles(policy: Policy) -> Iterator[Problem]:
    found = circles(policy.rules)
    if found:
        names = ", ".join(rule.rule_id for rule in found)
        advice = "let one of them read what no rule sets"
        yield Problem(found[0].place, f"rules read what they set in a circle: {names}", advice)
