# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what from chat: rights are given to people, to rosters, and to those of a group."""

from __future__ import annotations

import re

from bot.rules.policy import Policy, Recipient
from bot.rules.roster_people import people_of

EVERYBODY = "everybody"
ACTIONS = (
    "acknowledge", "take", "snooze", "raise", "answer", "silence", "outage", "incident",
    "send_update",
)  # fmt: skip
ONLY_IF_NAMED = frozenset({"silence", "outage", "incident", "send_update"})
"""What nobody may do unless the policy says who."""
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")


def is_user_id(slack: str | None) -> bool:
    """Whether `slack` of somebody is a user id, not a channel or a name."""
    return slack is not None and _USER_ID.fullmatch(slack) is not None


def person_of(policy: Policy, name: str, user_id: str = "") -> Recipient | None:
    """The entry of `people:` that somebody in chat is; `user_id` is Slack's, empty elsewhere.

    In Slack anybody may take any name, so a name finds only those of whom no user id is known.
    Names agree without regard to capitals, spaces and underscores.
    """
    return next(iter(_entries(policy, name, user_id)), None)


def name_by_mail(policy: Policy, address: str, action: str) -> str:
    """As whom somebody writes by mail: the entry of `people:` with their address, or the address.

    Never as the name beside the address, which they choose themselves. Of several with one address
    it is one who may do what is asked.
    """
    wanted = address.casefold()
    names = [each.name for each in policy.people.values() if (each.mail or "").casefold() == wanted]
    entitled = (name for name in names if may(policy, action, name))
    return next(entitled, names[0] if names else address)


def may(policy: Policy, action: str, name: str, user_id: str = "") -> bool:
    """Whether somebody may do it; without a word of the policy everybody may do the harmless."""
    named = policy.rights.get(action)
    if named is None:
        return action not in ONLY_IF_NAMED
    if EVERYBODY in named:
        return True
    allowed = _members(policy, named)
    return any(each.name in allowed for each in _entries(policy, name, user_id))


def by_name_alone(policy: Policy) -> list[str]:
    """Those with a right whom Slack can only tell by a name that anybody may take there."""
    named = {name for names in policy.rights.values() for name in names}
    allowed = _members(policy, tuple(named))
    return [
        each.name
        for each in policy.people.values()
        if each.name in allowed and not is_user_id(each.slack)
    ]


def _entries(policy: Policy, name: str, user_id: str) -> list[Recipient]:
    """Everything that `people:` knows of somebody, by user id, else by name."""
    people = policy.people.values()
    known = [each for each in people if user_id and each.slack == user_id]
    if known:
        return known
    wanted = _plain(name)
    return [
        each
        for each in people
        if _plain(each.name) == wanted and not (user_id and is_user_id(each.slack))
    ]


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
