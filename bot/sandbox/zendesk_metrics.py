# SPDX-License-Identifier: GPL-3.0-or-later
"""Ticket metrics and metric events of the sandbox, worked out from a ticket's audits.

Calendar minutes only: `business` repeats them, since the sandbox's helpdesk keeps no schedule per
ticket. Nothing of Deskmate's own clocks reads these figures.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.world_people import Directory
from bot.sandbox.world_values import Audit, DeskTicket
from bot.sandbox.zendesk_render import Json, instant

_DONE = ("solved", "closed")


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """How long a ticket was in one status; `until` is None for the present one."""

    status: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class MetricEvent:
    """One line of the metric-event export."""

    number: int
    metric: str
    kind: str
    instance: int
    at: datetime


def metric_json(ticket: DeskTicket, audits: Sequence[Audit], people: Directory, base: str) -> Json:
    """The metrics of one ticket; minutes are None until the thing happened."""
    replies = _agent_replies(audits, people)
    solved = _solved_at(audits)
    spans = list(_spans(audits))
    first = replies[0] - ticket.created_at if replies else None
    assigned = [a.created_at for a in audits if _sets(a, "assignee_id")]
    shown: Json = {
        "id": 360_000_000_000 + ticket.number, "ticket_id": ticket.number,
        "url": f"{base}/ticket_metrics/{360_000_000_000 + ticket.number}.json",
        "reply_time_in_minutes": _minutes(first),
        "first_resolution_time_in_minutes": _minutes(_since(ticket, solved[:1])),
        "full_resolution_time_in_minutes": _minutes(_since(ticket, solved[-1:])),
        "agent_wait_time_in_minutes": _minutes(_spent(spans, ("pending",))),
        "requester_wait_time_in_minutes": _minutes(_spent(spans, ("new", "open", "hold"))),
        "on_hold_time_in_minutes": _minutes(_spent(spans, ("hold",))),
        "reopens": _reopens(spans), "replies": len(replies),
        "group_stations": sum(_sets(a, "group_id") for a in audits),
        "assignee_stations": len(assigned),
        "initially_assigned_at": _written(assigned[:1]), "assigned_at": _written(assigned[-1:]),
        "solved_at": _written(solved[-1:]) if ticket.status in _DONE else None,
        "created_at": instant(ticket.created_at), "updated_at": instant(ticket.updated_at),
        "status_updated_at": _written([spans[-1].since] if spans else []),
        "custom_status_updated_at": _written([spans[-1].since] if spans else []),
        "assignee_updated_at": _written(assigned[-1:]),
        "latest_comment_added_at": _written([a.created_at for a in audits if a.comments][-1:]),
        "requester_updated_at": _written(_requester_times(ticket, audits)[-1:]),
    }  # fmt: skip
    return shown


def metric_events(
    ticket: DeskTicket, audits: Sequence[Audit], people: Directory
) -> Iterator[MetricEvent]:
    """Activations and fulfilments of reply, wait and resolution times, in order of time."""
    number, born = ticket.number, ticket.created_at
    yield MetricEvent(number, "reply_time", "activate", 1, born)
    yield MetricEvent(number, "requester_wait_time", "activate", 1, born)
    yield MetricEvent(number, "resolution_time", "activate", 1, born)
    replies = _agent_replies(audits, people)
    if replies:
        yield MetricEvent(number, "reply_time", "fulfill", 1, replies[0])
    instance = 1
    for before, after in _neighbours(list(_spans(audits))):
        if after.status in _DONE and before.status not in _DONE:
            yield MetricEvent(number, "resolution_time", "fulfill", instance, after.since)
            yield MetricEvent(number, "requester_wait_time", "fulfill", instance, after.since)
        elif before.status in _DONE and after.status not in _DONE:
            instance += 1
            yield MetricEvent(number, "resolution_time", "activate", instance, after.since)
        elif after.status == "pending":
            yield MetricEvent(number, "requester_wait_time", "pause", instance, after.since)
        elif before.status == "pending":
            yield MetricEvent(number, "requester_wait_time", "activate", instance, after.since)


def _spans(audits: Sequence[Audit]) -> Iterator[StatusSpan]:
    status, since = "", None
    for audit in audits:
        for event in audit.changes:
            if event.name != "status":
                continue
            if since is not None:
                yield StatusSpan(status, since, audit.created_at)
            status, since = str(event.value), audit.created_at
    if since is not None:
        yield StatusSpan(status, since)


def _neighbours(spans: Sequence[StatusSpan]) -> Iterator[tuple[StatusSpan, StatusSpan]]:
    return itertools.pairwise(spans)


def _agent_replies(audits: Sequence[Audit], people: Directory) -> list[datetime]:
    return [
        comment.created_at
        for audit in audits[1:]
        for comment in audit.comments
        if comment.is_public and _is_staff(people, comment.author_id)
    ]


def _requester_times(ticket: DeskTicket, audits: Sequence[Audit]) -> list[datetime]:
    return [a.created_at for a in audits if a.author_id == ticket.requester_id]


def _is_staff(people: Directory, user_id: int) -> bool:
    user = people.user(user_id)
    return user is not None and user.is_staff


def _solved_at(audits: Sequence[Audit]) -> list[datetime]:
    return [
        a.created_at for a in audits for e in a.changes if e.name == "status" and e.value in _DONE
    ]


def _sets(audit: Audit, name: str) -> bool:
    return any(event.name == name and event.value is not None for event in audit.changes)


def _reopens(spans: Sequence[StatusSpan]) -> int:
    return sum(a.status in _DONE and b.status not in _DONE for a, b in _neighbours(spans))


def _spent(spans: Sequence[StatusSpan], statuses: tuple[str, ...]) -> timedelta:
    ended = (s.until - s.since for s in spans if s.status in statuses and s.until is not None)
    return sum(ended, timedelta())


def _since(ticket: DeskTicket, at: Sequence[datetime]) -> timedelta | None:
    return at[0] - ticket.created_at if at else None


def _minutes(time: timedelta | None) -> Json:
    minutes = None if time is None else int(time.total_seconds() // 60)
    return {"calendar": minutes, "business": minutes}


def _written(at: Sequence[datetime]) -> str | None:
    return instant(at[0]) if at else None
