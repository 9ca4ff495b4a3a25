# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a whole policy: names that nobody defined, promises nobody hears of, patterns, dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.config.checks_audience import check_audience
from bot.config.checks_ladders import (
    check_ladders,
    check_rights,
    check_silences,
    unknown_names,
)
from bot.config.checks_rosters import check_rosters
from bot.config.checks_rules import check_rules
from bot.config.checks_ways import check_ways
from bot.config.checks_words import check_words
from bot.config.cover import cover_warnings
from bot.config.incidents import check_incidents
from bot.config.keeping import check_keep
from bot.config.places import place_of, word_place
from bot.config.problems import Problem
from bot.rules.answers import span_words
from bot.rules.business_time import calendars_of
from bot.rules.policy import Policy, Promise, Recipient
from bot.rules.policy_parts import NOWHERE
from bot.rules.text import ListProblem, PatternProblem, compile_pattern
from bot.rules.text_entries import entries_of

LEAST_WITNESSES = 2
"""One alone may be down itself, so it never counts."""
RETIRED_TEAMS = ".webhook.office.com"


def check_policy(policy: Policy) -> list[Problem]:
    """Every mistake and every doubtful thing that shows only when all files are read."""
    return [
        *_calendars(policy),
        *_people(policy),
        *_else_circles(policy),
        *_groups(policy),
        *_promises(policy),
        *_outage(policy),
        *_paths(policy),
        *check_ladders(policy),
        *check_silences(policy),
        *check_rights(policy),
        *check_rosters(policy),
        *check_incidents(policy),
        *_fingerprints(policy),
        *_words(policy),
        *check_rules(policy),
        *cover_warnings(policy),
        *check_words(policy),
        *check_audience(policy),
        *check_ways(policy),
        *check_keep(policy),
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


def _else_circles(policy: Policy) -> Iterator[Problem]:
    """People who stand in for each other in a circle: nobody would be left to be told."""
    told: set[str] = set()
    for name in policy.people:
        way = _circle_from(policy, name)
        if way and not told & set(way):
            told |= set(way)
            what = f"people who stand in for each other in a circle: {' -> '.join(way)}"
            yield Problem(policy.people[name].place, what, "let one of them have no `else`")


def _circle_from(policy: Policy, name: str) -> list[str]:
    """The way along `else` that leads back to the beginning; empty if none does."""
    open_ways, seen = [[name]], set[str]()
    while open_ways:
        way = open_ways.pop()
        for other in policy.people[way[-1]].otherwise:
            if other == name:
                return [*way, name]
            if other in policy.people and other not in seen:
                seen.add(other)
                open_ways.append([*way, other])
    return []


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
        yield from _warnings(promise)
        covered = {target.priority for target in promise.clock.targets}
        missing = [code for code in policy.priorities if code not in covered]
        if promise.clock.is_complete and None not in covered and missing:
            what = f"promise {promise.clock.name!r} has no target for {', '.join(missing)}"
            yield Problem(promise.place, what, "add a line for each, or remove `complete`")


def _warnings(promise: Promise) -> Iterator[Problem]:
    """A warning that would come before the promise begins comes with it, which nobody means."""
    clock = promise.clock
    times = sorted(timedelta(seconds=target.within) for target in clock.targets)
    leads = [warn.lead for warn in clock.warn if warn.lead is not None]
    if not times or not leads or max(leads) < times[0]:
        return
    what = f"promise {clock.name!r} warns {span_words(max(leads))} before its end"
    advice = f"a promise of {span_words(times[0])} begins later; write a share, such as 75%"
    yield Problem(promise.place, what, advice, is_warning=max(leads) < times[-1])


def _outage(policy: Policy) -> Iterator[Problem]:
    outage = policy.outage
    yield from unknown_names(outage.place, "person", outage.tell, policy.people)
    if outage.banner and not outage.banner_texts.get(policy.language, "x"):
        yield Problem(outage.place, "the banner says nothing in the desk's language")
    for witness in outage.witnesses:
        host, _, port = witness.rpartition(":")
        if not host or not port.isdecimal():
            yield Problem(outage.place, f"witness {witness!r} is no host:port", "write 1.1.1.1:53")
    if outage.place != NOWHERE and len(outage.witnesses) < LEAST_WITNESSES:
        yield Problem(
            outage.place,
            f"helpdesk_down names {len(outage.witnesses) or 'no'} witness"
            f"{'' if outage.witnesses else 'es'}: a dead line of your own counts as an outage",
            "name three of different operators: `witnesses: [1.1.1.1:53, 8.8.8.8:53, 9.9.9.9:53]`",
            is_warning=True,
        )


def _words(policy: Policy) -> Iterator[Problem]:
    for name, spec in policy.words.items():
        for entry in entries_of(name, spec):
            if isinstance(entry, ListProblem):
                place = word_place(policy, name, entry.entry)
                yield Problem(place, f"words {name}: {entry.entry!r}: {entry.text}")


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
