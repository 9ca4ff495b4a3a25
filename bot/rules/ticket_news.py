# SPDX-License-Identifier: GPL-3.0-or-later
"""How a fact from the helpdesk changes a ticket, and on what occasion the rules are tried then.

The export's picture of a ticket may be ahead of the events that led to it, and a webhook may have
told an event before: news that are known already change nothing and try no rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.rules.events import CommentAdded, Event, FieldChanged, Occasion, TicketGone, TicketSeen
from bot.rules.history import Change, ChangeKind
from bot.rules.ticket import Actor, Origin, Snapshot, Status, Ticket

OWN = "own/"
"""How the keys of our own decisions begin in a ticket's history."""
SAME_CHANGE = timedelta(seconds=5)
"""A webhook and the export may differ by so much about the instant of one change."""
ENOUGH = 1000
"""By so many of their first characters long words are known again."""
DONE_TO_OPEN = frozenset({Status.NEW, Status.OPEN, Status.PENDING, Status.HOLD})


@dataclass(frozen=True, slots=True)
class TicketNews:
    """A ticket after one event: `change` is its history's new entry, `occasion` what rules see.

    None in `change` or `occasion`: known already, or nothing that rules are tried on.
    """

    ticket: Ticket
    change: Change | None = None
    occasion: Occasion | None = None


def first_seen(ticket_id: str, snapshot: Snapshot) -> Ticket:
    """A ticket as its first picture shows it."""
    ticket = Ticket(
        ticket_id=ticket_id,
        origin=Origin.HELPDESK,
        created_at=snapshot.created_at,
        updated_at=snapshot.updated_at,
        status=snapshot.status,
        subject=snapshot.subject,
        description=snapshot.description,
        priority=snapshot.priority,
        form=_form(snapshot),
        set_by=_first_setters(snapshot),
    )
    return _pictured(ticket, snapshot)


def born(ticket_id: str, snapshot: Snapshot) -> TicketNews:
    """A ticket that is seen for the first time."""
    change = Change(
        key=f"ticket/{snapshot.number}/created",
        at=snapshot.created_at,
        kind=ChangeKind.CREATED,
        actor=Actor.REQUESTER,
        person_id=snapshot.requester.person_id,
        is_public=True,
        new=snapshot.status,
        body=snapshot.description,
    )
    return TicketNews(first_seen(ticket_id, snapshot), change, Occasion.CREATED)


def after_event(ticket: Ticket, event: Event, history: tuple[Change, ...]) -> TicketNews:
    """A known ticket after one event."""
    match event.fact:
        case TicketSeen(snapshot):
            return TicketNews(_seen_again(ticket, snapshot))
        case CommentAdded() as comment:
            return _after_comment(ticket, event, comment, history)
        case FieldChanged() as changed:
            return _after_change(ticket, event, changed, history)
        case TicketGone(how=how):
            gone = Change(event.key, event.at, ChangeKind.GONE, Actor.SYSTEM, new=how)
            updated_at = max(ticket.updated_at, event.at)
            return TicketNews(replace(ticket, status=Status.DELETED, updated_at=updated_at), gone)
        case _:
            raise TypeError(f"{type(event.fact).__name__} is no news of a ticket")


def _seen_again(ticket: Ticket, snapshot: Snapshot) -> Ticket:
    """Stale pictures never overwrite newer ones; `version` orders them as the helpdesk does."""
    is_gone = ticket.status is Status.DELETED and snapshot.updated_at <= ticket.updated_at
    if is_gone or snapshot.updated_at < ticket.updated_at:
        return ticket
    return _pictured(ticket, snapshot)


def _pictured(ticket: Ticket, snapshot: Snapshot) -> Ticket:
    """What the picture shows; a value that a person or we decided moves by its own event alone,
    because the picture may be older than a decision that is still on its way."""
    is_ours = ticket.origin is not Origin.HELPDESK
    decided = {name for name, by in ticket.set_by.items() if by in (Actor.AGENT, Actor.SELF)}
    return replace(
        ticket,
        number=snapshot.number,
        version=snapshot.version,
        updated_at=max(ticket.updated_at, snapshot.updated_at),
        status=snapshot.status,
        subject=snapshot.subject,
        description=snapshot.description or ticket.description,
        helpdesk_priority=snapshot.helpdesk_priority,
        category=ticket.category if "category" in decided else snapshot.category,
        tags=snapshot.tags,
        group=ticket.group if "group" in decided else snapshot.group,
        assignee=snapshot.assignee,
        requester=snapshot.requester,
        organisation=snapshot.organisation or (ticket.organisation if is_ours else None),
        language=snapshot.language,
        brand=snapshot.brand,
        via=ticket.via if is_ours else snapshot.via,
        fields={**ticket.fields, **_news_of_fields(ticket, snapshot)},
    )


def _news_of_fields(ticket: Ticket, snapshot: Snapshot) -> dict[str, str | None]:
    """The own fields of a picture but those that we set: it may be older than our decision."""
    return {
        name: value
        for name, value in snapshot.fields.items()
        if ticket.set_by.get(name) is not Actor.SELF
    }


def _form(snapshot: Snapshot) -> dict[str, str | None]:
    """The values that came with the ticket: its own fields, and a priority if one was chosen."""
    priority = snapshot.helpdesk_priority
    return {**snapshot.fields, **({"priority": priority} if priority is not None else {})}


def _first_setters(snapshot: Snapshot) -> dict[str, Actor]:
    """Whatever a new ticket carries came with it: from the requester's form, or a trigger.

    A ticket that somebody has worked on before we saw it carries what a person decided.
    """
    is_touched = snapshot.assignee is not None or snapshot.status is not Status.NEW
    setter = Actor.AGENT if is_touched else Actor.REQUESTER
    values = {
        **snapshot.fields,
        "priority": snapshot.helpdesk_priority,
        "category": snapshot.category,
        "group": snapshot.group,
    }
    return {name: setter for name, value in values.items() if value is not None}


def _after_comment(
    ticket: Ticket, event: Event, comment: CommentAdded, history: tuple[Change, ...]
) -> TicketNews:
    if any(change.key == event.key or _is_ours(change, ticket, event, comment)
           for change in history):  # fmt: skip
        return TicketNews(ticket)
    added = Change(
        key=event.key,
        at=event.at,
        kind=ChangeKind.COMMENT,
        actor=comment.actor,
        person_id=comment.author.person_id,
        is_public=comment.is_public,
        body=comment.body,
        own_key=comment.own_key,
    )
    ticket = replace(ticket, updated_at=max(ticket.updated_at, event.at))
    if comment.is_first or _is_opening(ticket, event, comment):
        return TicketNews(ticket, replace(added, kind=ChangeKind.CREATED))
    return TicketNews(ticket, added, _occasion_of(comment))


def _is_opening(ticket: Ticket, event: Event, comment: CommentAdded) -> bool:
    """The first message as another source tells it: same instant, same words."""
    return event.at == ticket.created_at and comment.body.strip() == ticket.description.strip()


def _is_ours(known: Change, ticket: Ticket, event: Event, comment: CommentAdded) -> bool:
    """A word of a case that comes back from the helpdesk, which was given it with its time."""
    return (
        ticket.origin is Origin.MAILBOX
        and bool(known.body)
        and abs(known.at - event.at) < timedelta(seconds=1)
        and _shows(comment.body, known.body or "")
    )


def _shows(shown: str, said: str) -> bool:
    """Whether these are the words, with their writer's name before them, whole or cut at the end.

    Words of more than `ENOUGH` characters may be cut: the helpdesk is not given all of a long mail.
    """
    shown, said = " ".join(shown.split()), " ".join(said.split())
    at = shown.find(said[:ENOUGH])
    is_cut = len(said) > ENOUGH and at >= 0 and said.startswith(shown[at:])
    return is_cut or shown.endswith(said)


def _occasion_of(comment: CommentAdded) -> Occasion | None:
    match comment.actor:
        case Actor.REQUESTER if comment.is_public:
            return Occasion.REQUESTER_REPLY
        case Actor.AGENT:
            return Occasion.AGENT_REPLY if comment.is_public else Occasion.INTERNAL_NOTE
        case _:
            return None


def _after_change(
    ticket: Ticket, event: Event, changed: FieldChanged, history: tuple[Change, ...]
) -> TicketNews:
    of_field = [known for known in history if known.field == changed.field]
    if any(_is_same(known, event, changed, is_latest=known is of_field[-1]) for known in of_field):
        return TicketNews(ticket)
    if _is_default(ticket, changed):
        return TicketNews(ticket)
    added = Change(
        key=event.key,
        at=event.at,
        kind=ChangeKind.FIELD,
        actor=changed.actor,
        person_id=changed.person_id,
        field=changed.field,
        old=changed.old,
        new=changed.new,
        own_key=changed.own_key,
    )
    is_late = event.at < _last_change(changed.field, history)
    ticket = ticket if is_late else with_value(ticket, changed, event.at)
    if changed.actor is Actor.SELF:
        return TicketNews(ticket, added)
    is_reopened = (
        changed.field == "status"
        and changed.old in (Status.SOLVED, Status.CLOSED)
        and changed.new in DONE_TO_OPEN
    )
    if changed.field == "status" and changed.new == Status.SOLVED:
        return TicketNews(ticket, added, Occasion.SOLVED)
    return TicketNews(ticket, added, Occasion.REOPENED if is_reopened else Occasion.UPDATED)


def _is_default(ticket: Ticket, changed: FieldChanged) -> bool:
    """The desk's default coming back, which the helpdesk was given while nobody had decided."""
    return (
        changed.actor is Actor.SELF
        and changed.field == "priority"
        and ticket.priority is None
        and changed.old is None
    )


def _is_same(known: Change, event: Event, changed: FieldChanged, *, is_latest: bool) -> bool:
    """The same change told twice, or our own decision coming back from the helpdesk.

    Only a field's latest change can be told again; the same values after another are a new one.
    """
    if known.key == event.key:
        return True
    if changed.actor is Actor.SELF and known.actor is Actor.SELF:
        # Two of our codes may share one value of the helpdesk, which comes back as the first.
        is_decided = known.key.startswith(OWN) and changed.field == "priority"
        return known.field == changed.field and (known.new == changed.new or is_decided)
    return (
        is_latest
        and known.kind is ChangeKind.FIELD
        and known.field == changed.field
        and known.new == changed.new
        and known.old == changed.old
        and abs(known.at - event.at) <= SAME_CHANGE
    )


def _last_change(field: str, history: tuple[Change, ...]) -> datetime:
    instants = [change.at for change in history if change.field == field]
    return max(instants, default=datetime.min.replace(tzinfo=UTC))


def with_value(ticket: Ticket, changed: FieldChanged, at: datetime) -> Ticket:
    """The ticket with one field's new value, and who set it."""
    ticket = replace(
        ticket,
        updated_at=max(ticket.updated_at, at),
        set_by={**ticket.set_by, changed.field: changed.actor},
    )
    match changed.field:
        case "status":
            return replace(ticket, status=Status(changed.new or "open"))
        case "priority":
            return replace(ticket, priority=changed.new)
        case "category":
            return replace(ticket, category=changed.new)
        case "group":
            return replace(ticket, group=changed.new)
        case "subject":
            return replace(ticket, subject=changed.new or "")
        case "organisation":
            return replace(ticket, organisation=changed.new)
        case "tags":
            return replace(ticket, tags=frozenset((changed.new or "").split()))
        case "assignee" | "requester":
            return ticket
        case name:
            return replace(ticket, fields={**ticket.fields, name: changed.new})
