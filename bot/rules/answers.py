# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers the conditions that look beyond one ticket: counts, alerts, rosters, announced works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from bot.rules.business_time import Calendar
from bot.rules.conditions import (
    Count,
    CountAlerts,
    MachineMail,
    NoticeUnder,
    StartsDuring,
    TagAdded,
)
from bot.rules.events import AlertReceived
from bot.rules.situation import Decided, Recent, Situation
from bot.rules.truth import Truth, not_, truth_of


class Answer(NamedTuple):
    """Whether a condition holds, and what was seen: evidence for it, or the facts that lack.

    A tuple, because it is made by the thousand.
    """

    truth: Truth
    evidence: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


NO = Answer(Truth.FALSE)


def span_words(span: timedelta) -> str:
    """`1h30m`, as the language writes it, the largest unit first."""
    left, told = int(span.total_seconds()), ""
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, left = divmod(left, size)
        told += f"{count}{unit}" if count else ""
    return told or "0s"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def count_tickets(condition: Count, situation: Situation, decided: Decided) -> Answer:
    """So many tickets like this one in a sliding window, this one included."""
    now, ticket = situation.at, situation.ticket
    mine = Recent(ticket.ticket_id, now, decided.category, ticket.organisation, decided.fields)
    others = (
        each
        for each in situation.recent
        if each.ticket_id != mine.ticket_id and now - condition.within < each.at <= now
    )
    alike = [each for each in (mine, *others) if _is_alike(each, mine, condition)]
    customers = {each.organisation for each in alike if each.organisation}
    is_enough = len(alike) >= condition.at_least and len(customers) >= condition.customers
    is_one_of_them = bool(alike) and alike[0] is mine
    of = f" of {_counted(len(customers), 'customer')}" if condition.customers else ""
    evidence = f"{_counted(len(alike), 'ticket')}{of} within {span_words(condition.within)}"
    return Answer(truth_of(is_enough and is_one_of_them), (evidence,))


def count_alerts(condition: CountAlerts, situation: Situation) -> Answer:
    """So many alerts like this one in a sliding window, this one included."""
    alert, now = situation.alert, situation.at
    if alert is None:
        return Answer(Truth.FALSE)
    alike = [
        each
        for each in situation.recent_alerts
        if now - condition.within < each.at <= now
        and all(
            getattr(each, name, None) == _of_this(alert, name, situation) for name in condition.same
        )
    ]
    count = len(alike) + 1
    seen = f"{count} alerts of the same {' and '.join(condition.same)} within "
    seen += span_words(condition.within)
    return Answer(truth_of(count >= condition.at_least), (seen,))


def tag_added(condition: TagAdded, situation: Situation) -> Answer:
    """One of the tags was added by this very event."""
    for change in situation.changes:
        if change.field != "tags" or (condition.by and change.actor.value not in condition.by):
            continue
        added = set((change.new or "").split()) - set((change.old or "").split())
        found = sorted(added.intersection(condition.tags))
        if found:
            return Answer(Truth.TRUE, (f"tag {found[0]} added by {change.actor.value}",))
    return Answer(Truth.FALSE)


def machine_mail(condition: MachineMail, situation: Situation) -> Answer:
    """A machine wrote the message, or did not; an event without a text is nobody's mail."""
    message = situation.message
    truth = message.is_machine if message else Truth.FALSE
    unknown = ("machine_mail",) if truth is Truth.UNKNOWN else ()
    return Answer(truth if condition.expected else not_(truth), ("a machine's mail",), unknown)


def nobody_on(roster: str, situation: Situation) -> Answer:
    """Nobody of the roster is there; unknown where nothing says who is."""
    present = situation.on_duty.get(roster)
    if present is None:
        return Answer(Truth.UNKNOWN, (), (roster,))
    return Answer(truth_of(not present), (f"nobody of {roster} is there",))


def announced_works(
    condition: NoticeUnder | StartsDuring, situation: Situation, calendars: Mapping[str, Calendar]
) -> Answer:
    """Whether works were announced too late, or start at hours that they should not."""
    works = situation.maintenance
    if works is None:
        return Answer(Truth.UNKNOWN, (), ("maintenance",))
    if isinstance(condition, NoticeUnder):
        notice = works.starts_at - works.announced_at
        return Answer(truth_of(notice < condition.notice), (f"announced {notice} before",))
    for name in condition.calendars:
        if calendars[name].is_open(works.starts_at):
            return Answer(Truth.TRUE, (f"it starts while {name} is open",))
    return Answer(Truth.FALSE)


def _of_this(alert: AlertReceived, name: str, situation: Situation) -> str | None:
    if name == "organisation":
        return situation.ticket.organisation
    value: str | None = getattr(alert, name, None)
    return value


def _is_alike(each: Recent, mine: Recent, condition: Count) -> bool:
    if condition.category and each.category not in condition.category:
        return False
    for name in condition.same:
        if name == "organisation":
            if each.organisation != mine.organisation:
                return False
        elif each.fields.get(name) != mine.fields.get(name):
            return False
    return True
