# SPDX-License-Identifier: GPL-3.0-or-later
"""Rebuilds what the rules saw at a stored ticket's past event, for explaining and replaying.

Everything the store keeps with its time is as it was then. What it keeps without one is as it is
now: the categories of the tickets that are counted, organisations, plans.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from bot.handlers.tickets import message_of
from bot.rules.alarms import alert_of
from bot.rules.conditions import Count
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Occasion
from bot.rules.layers import parts_of
from bot.rules.outage_state import OutageState, from_row
from bot.rules.policy import Rule
from bot.rules.replay import PastEvent, past_event
from bot.rules.situation import Recent, Situation
from bot.rules.ticket import Actor, Ticket
from bot.rules.ticket_facts import known_facts, on_duty_now
from bot.rules.ticket_news import TicketNews
from bot.store.transaction import Reader


class Past:
    """The store as the rules of one policy would have seen it at past events."""

    def __init__(
        self,
        reader: Reader,
        compiled: CompiledPolicy,
        *,
        since: datetime,
        decided_by: tuple[Rule, ...] = (),
    ) -> None:
        """Read what is counted once; no event before `since` will be asked for.

        `decided_by` are rules of other policies that may have decided on new tickets then.
        """
        self._reader = reader
        self._rules = (*compiled.policy.rules, *decided_by)
        self._compiled = compiled
        self._outage = from_row(reader.states.load("outage"))
        windows = [
            part.within
            for rule in compiled.policy.rules
            for part in parts_of(rule.condition)
            if isinstance(part, Count)
        ]
        self._window = max(windows, default=timedelta())
        tickets = reader.tickets.created_since(since - self._window) if windows else ()
        recent = [
            Recent(each.ticket_id, each.created_at, each.category, each.organisation, each.fields)
            for each in tickets
        ]
        self._recent = sorted(recent, key=lambda each: each.at)
        self._instants = [each.at for each in self._recent]

    def event(self, ticket: Ticket, number: int | None = None) -> PastEvent | None:
        """A ticket's event by its number, the last one for None."""
        history = self._reader.tickets.history(ticket.ticket_id)
        return past_event(ticket, history, self._rules, number)

    def situation(self, past: PastEvent) -> Situation:
        """What the rules see of the event."""
        ticket, at = past.ticket, past.at
        news = TicketNews(ticket, past.change, past.occasion)
        outage = _outage_at(self._outage, at)
        return Situation(
            ticket=ticket,
            occasion=past.occasion,
            at=at,
            key=past.change.key,
            message=message_of(news, past.history),
            changes=past.changes,
            actor=Actor.SYSTEM if past.occasion is Occasion.ALERT else past.change.actor,
            recent=tuple(self._recent_at(at)),
            helpdesk_state="down" if outage else "up",
            alert=alert_of(ticket) if past.occasion is Occasion.ALERT else None,
            known=known_facts(ticket, outage, at),
            form=ticket.form,
            on_duty=on_duty_now(self._compiled, at),
        )

    def _recent_at(self, at: datetime) -> list[Recent]:
        first = bisect_left(self._instants, at - self._window)
        return self._recent[first : bisect_right(self._instants, at)]


def _outage_at(state: OutageState, at: datetime) -> dict[str, str]:
    """The last outage, if the instant lies in it; older ones are not looked up."""
    declared, healthy = state.declared_at, state.healthy_at
    if declared is None or at < declared:
        return {}
    has_ended = healthy is not None and declared <= healthy <= at
    return {} if has_ended else {"phase": "down", "since": declared.isoformat()}
