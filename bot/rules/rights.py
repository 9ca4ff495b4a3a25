# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what from chat: rights are given to people, to rosters, and to those of a group."""

from __future__ import annotations

from bot.rules.policy import Policy, Recipient
from bot.rules.roster_people import people_of

EVERYBODY = "everybody"
ACTIONS = (
    "acknowledge", "take", "snooze", "raise", "answer", "silence", "outage", "incident",
    "send_update",
)  # fmt: skip
ONLY_IF_NAMED = frozenset({"silence", "outage", "incident", "send_update"})
"""What nobody may do unless the policy says who."""


def person_of(policy: Policy, name: str, user_id: str = "") -> Recipient | None:
    """The entry of `people:` that somebody in chat is: by user id, else by name.

    Names agree without regard to capitals, spaces and underscores.
    """
    for person in policy.people.values():
        if user_id and person.slack == user_id:
            return person
    wanted = _plain(name)
    return next((each for each in policy.people.values() if _plain(each.name) == wanted), None)


def may(policy: Policy, action: str, name: str, user_id: str = "") -> bool:
    """Whether somebody may do it; without a word of the policy everybody may do the harmless."""
    named = policy.rights.get(action)
    if named is None:
        return action not in ONLY_IF_NAMED
    if EVERYBODY in named:
        return True
    person = person_of(policy, name, user_id)
    known = {_plain(name)} | ({_plain(person.name)} if person is not None else set())
    return not known.isdisjoint(_plain(each) for each in _members(policy, named))


def _members(policy: Policy, named: tuple[str, ...]) -> set[str]:
    """The people behind names of people, rosters and groups."""
    from_rosters = {
        person
        for each in named
        if each in policy.rosters
        for person in people_of(policy.rosters[each])
    }
    from_groups = {
        person for each in named if each in policy.groups for person in policy.groups[each].cover
    }
    return {*named, *from_rosters, *from_groups}


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())
