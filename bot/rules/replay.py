# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a ticket back to one of its past events, so that rules can be tried on it again.

The store keeps a ticket's latest values and every change of them; the changes after the event are
undone. What no change tells of (who it belongs to, its plan) is taken as it is now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.consequences import ESCALATED_AT, HOLD, LEVEL
from bot.rules.events import FieldChanged, Occasion
from bot.rules.history import Change, ChangeKind
from bot.rules.policy import Rule
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.rules.ticket_news import DONE_TO_OPEN, with_value

OURS = (LEVEL, ESCALATED_AT, HOLD, "problem", "replied.", "kept.", "followed_up.")
"""Beginnings of the own fields that decisions leave on a ticket; a new ticket has none of them."""


OPENING = {Origin.MAILBOX: Occasion.MAILBOX, Origin.ALERT: Occasion.ALERT}
"""What opened a ticket that did not come from the helpdesk."""


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event on which rules were tried: the ticket right after it, and the history until it.

    `number` counts a ticket's events from 1.
    """

    number: int
    occasion: Occasion
    change: Change
    ticket: Ticket
    history: tuple[Change, ...]

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.change.at

    @property
    def changes(self) -> tuple[FieldChanged, ...]:
        """The field that the event changed, as rules see it."""
        change = self.change
        if change.kind is not ChangeKind.FIELD or change.field is None:
            return ()
        number = self.ticket.number or 0
        return (FieldChanged(number, change.field, change.old, change.new, change.actor),)


def occasions(ticket: Ticket, history: Sequence[Change]) -> list[tuple[int, Occasion]]:
    """The places in a history on which rules are tried, and what they are for the rules."""
    found: list[tuple[int, Occasion]] = []
    for index, change in enumerate(history):
        occasion = _occasion(ticket, change, is_first=not found)
        if occasion is not None:
            found.append((index, occasion))
    return found


def past_event(
    ticket: Ticket, history: Sequence[Change], rules: Sequence[Rule], number: int | None = None
) -> PastEvent | None:
    """A ticket's event by its number, the last one for None; None where it has no such event.

    `rules` are those that decided then: what they gave a new ticket is taken off again.
    """
    known = occasions(ticket, history)
    wanted = len(known) if number is None else number
    if not 1 <= wanted <= len(known):
        return None
    index, occasion = known[wanted - 1]
    return PastEvent(
        number=wanted,
        occasion=occasion,
        change=history[index],
        ticket=_ticket_at(ticket, history, index, rules if wanted == 1 else ()),
        history=tuple(history[: index + 1]),
    )


def _occasion(ticket: Ticket, change: Change, *, is_first: bool) -> Occasion | None:
    match change.kind:
        case ChangeKind.CREATED:
            return OPENING.get(ticket.origin, Occasion.CREATED) if is_first else None
        case ChangeKind.COMMENT if change.actor is Actor.REQUESTER and change.is_public:
            return Occasion.REQUESTER_REPLY
        case ChangeKind.COMMENT if change.actor is Actor.AGENT:
            return Occasion.AGENT_REPLY if change.is_public else Occasion.INTERNAL_NOTE
        case ChangeKind.FIELD if change.actor is not Actor.SELF:
            was_done = change.old in (Status.SOLVED, Status.CLOSED)
            is_reopened = change.field == "status" and was_done and change.new in DONE_TO_OPEN
            if change.field == "status" and change.new == Status.SOLVED:
                return Occasion.SOLVED
            return Occasion.REOPENED if is_reopened else Occasion.UPDATED
        case _:
            return None


def _ticket_at(
    ticket: Ticket, history: Sequence[Change], index: int, rules: Sequence[Rule]
) -> Ticket:
    """The ticket right after one entry of its history, before anything was decided on it."""
    later = history[index + 1 :]
    found = ticket
    for name in _fields_of(later):
        old = next(change.old for change in later if change.field == name)
        undone = FieldChanged(ticket.number or 0, name, None, old, Actor.SYSTEM)
        found = with_value(found, undone, ticket.created_at)
    if rules:
        found = _without_decisions(found, rules, known=_fields_of(history))
    after = {change.key for change in history[index:]}
    return replace(
        found,
        updated_at=history[index].at,
        set_by=_set_by(ticket, history, index),
        fired={
            rule_id: key for rule_id, key in ticket.fired.items() if key not in after and index > 0
        },
    )


def _fields_of(history: Sequence[Change]) -> list[str]:
    named = [each.field for each in history if each.kind is ChangeKind.FIELD and each.field]
    return list(dict.fromkeys(named))


def _without_decisions(ticket: Ticket, rules: Sequence[Rule], *, known: list[str]) -> Ticket:
    """A new ticket without what the rules gave it and the helpdesk has not confirmed yet."""
    effects = [rule.effects for rule in rules]
    fields = {name: value for name, value in ticket.fields.items() if not name.startswith(OURS)}
    for each in effects:
        for name, value in each.fields.items():
            if name not in known and fields.get(name) == value:
                fields[name] = None
    tags = ticket.tags
    if "tags" not in known:
        tags = tags - {tag for each in effects for tag in each.add_tags}
    return replace(ticket, fields=fields, tags=tags)


def _set_by(ticket: Ticket, history: Sequence[Change], index: int) -> dict[str, Actor]:
    """Who set each field last by then; what a ticket came with is taken for the requester's."""
    found: dict[str, Actor] = {}
    changed = _fields_of(history)
    for name in dict.fromkeys([*ticket.set_by, *changed]):
        before = [each.actor for each in history[: index + 1] if each.field == name]
        later = [each.old for each in history[index + 1 :] if each.field == name]
        if before:
            found[name] = before[-1]
        elif later and later[0] is not None:
            found[name] = Actor.REQUESTER
        elif not later and name in ticket.set_by:
            found[name] = ticket.set_by[name]
    return found
