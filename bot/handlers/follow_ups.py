# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the internal ticket that a rule's `follow_up` asks for: one per text, linked both ways.

An incident of the product that is closed gets one too, which names the draft of its report.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.rules.actions import Outgoing, TicketCreation, TicketMessage, external_id_of
from bot.rules.consequences import FOLLOWED, FOLLOWS
from bot.rules.incident_values import Incident
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.store.transaction import Transaction

TAG = "follow_up"


def not_followed(texts: Iterable[str], ticket: Ticket) -> tuple[str, ...]:
    """The texts for which the ticket has no follow-up yet."""
    return tuple(text for text in texts if ticket.fields.get(FOLLOWED + text) is None)


def open_follow_ups(texts: Iterable[str], ticket: Ticket, tx: Transaction, *, at: datetime,
                    now: datetime) -> dict[str, str]:  # fmt: skip
    """One internal ticket for each text, ours before it is the helpdesk's; their ids by text."""
    found = {}
    for text in not_followed(texts, ticket):
        follow_up = _ticket(text, ticket, tx.tickets.new_id(), at)
        tx.tickets.save(follow_up)
        tx.outbox.add(_creation(follow_up), now)
        found[text] = follow_up.ticket_id
    return found


def follow_incident(text: str, incident: Incident, tx: Transaction, *, now: datetime) -> None:
    """One internal ticket each time an incident is closed; people find the draft by its name."""
    began, over = incident.began_at, incident.restored_at or now
    body = (
        f"{text}\n\nThis follows up incident {incident.name}: {', '.join(incident.services)}, "
        f"{began:%Y-%m-%d %H:%M} to {over:%Y-%m-%d %H:%M} UTC.\n"
        f"The draft of its report: deskmate incident report {incident.name}"
    )
    follow_up = Ticket(
        ticket_id=tx.tickets.new_id(),
        origin=Origin.FOLLOW_UP,
        created_at=now,
        updated_at=now,
        status=Status.NEW,
        subject=f"{incident.name}: {text}"[:200],
        description=body,
        tags=frozenset({TAG}),
        fields={FOLLOWS: incident.thread},
    )
    tx.tickets.save(follow_up)
    tx.outbox.add(_creation(follow_up), now)


def _ticket(text: str, ticket: Ticket, ticket_id: str, at: datetime) -> Ticket:
    name = ticket.number or ticket.reference or "a ticket that has no number yet"
    return Ticket(
        ticket_id=ticket_id,
        origin=Origin.FOLLOW_UP,
        created_at=at,
        updated_at=at,
        status=Status.NEW,
        subject=text[:200],
        description=f"{text}\n\nThis follows up {name}: {ticket.subject[:200]}",
        priority=ticket.priority,
        category=ticket.category,
        group=ticket.group,
        tags=frozenset({TAG}),
        fields={FOLLOWS: ticket.ticket_id},
        set_by=dict.fromkeys(("priority", "category", "group"), Actor.SELF),
    )


def _creation(follow_up: Ticket) -> Outgoing:
    creation = TicketCreation(
        ticket_id=follow_up.ticket_id,
        external_id=external_id_of(follow_up.ticket_id),
        subject=follow_up.subject,
        messages=(TicketMessage(follow_up.description, is_public=False),),
        priority=follow_up.priority,
        category=follow_up.category,
        group=follow_up.group,
        tags=follow_up.tags,
    )
    return Outgoing(
        key=f"create/ticket:{follow_up.ticket_id}",
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{follow_up.ticket_id}",
        message=creation,
        ticket_id=follow_up.ticket_id,
    )
