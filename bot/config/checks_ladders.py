# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at ladders, digests, reminders, silences: names of people and calendars that nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.config.places import place_of
from bot.config.problems import Problem, did_you_mean
from bot.rules.policy import Place, Policy
from bot.rules.rights import EVERYBODY


def check_ladders(policy: Policy) -> Iterator[Problem]:
    """Every mistake of the ladders and digests of a policy."""
    people = [*policy.people, *policy.rosters]
    for ladder in policy.ladders.values():
        place = place_of(policy, f"ladders.{ladder.name}")
        for level in ladder.levels:
            yield from unknown_names(place, "person", level.tell, people)
            if level.hours is not None and level.hours != "always":
                yield from unknown_names(place, "calendar", (level.hours,), policy.calendars)
    for digest in policy.digests.values():
        yield from unknown_names(digest.place, "person", digest.tell, people)
        yield from unknown_names(digest.place, "calendar", (digest.hours,), policy.calendars)
    for reminder in policy.reminders.values():
        yield from unknown_names(reminder.place, "person", reminder.tell, people)
        if reminder.hours is not None:
            yield from unknown_names(
                reminder.place, "calendar", (reminder.hours,), policy.calendars
            )


def check_rights(policy: Policy) -> Iterator[Problem]:
    """Rights are given to people, rosters and groups that exist."""
    known = [EVERYBODY, *policy.people, *policy.rosters, *policy.groups]
    for names in policy.rights.values():
        yield from unknown_names(place_of(policy, "rights"), "name", names, known)


def check_silences(policy: Policy) -> Iterator[Problem]:
    """Silences and works while a calendar is open name one that exists, and people that do."""
    for silence in (*policy.silences.values(), *policy.maintenance.values()):
        if silence.during:
            yield from unknown_names(silence.place, "calendar", (silence.during,), policy.calendars)
        person = silence.only.get("person")
        if person is not None:
            yield from unknown_names(silence.place, "person", (person,), policy.people)


def unknown_names(
    place: Place, what: str, names: Iterable[str], known: Iterable[str]
) -> Iterator[Problem]:
    """A mistake for each name that nobody defined, with the nearest one that somebody did."""
    choices = list(known)
    for name in names:
        if name not in choices:
            yield Problem(place, f"{what} {name!r} is not defined", did_you_mean(name, choices))
