# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what the sandbox's helpdesk has of a case, as the helpdesk's door does."""

from __future__ import annotations

from bot.ports import Sought
from bot.rules.mail import Twin
from bot.sandbox.fake_names import Names
from bot.sandbox.world import World
from bot.sandbox.world_post import SuspendedTicket
from bot.sandbox.world_values import DeskTicket


def twins_in(world: World, names: Names, sought: Sought) -> tuple[Twin, ...]:
    """Tickets of the reference or of the requester, and their suspended mails."""
    requester = world.people.user_by_email(sought.email) if sought.email else None
    tickets = [
        _twin(ticket, world, names)
        for ticket in world.tickets()
        if ticket.external_id == sought.reference
        or (
            requester is not None
            and ticket.requester_id == requester.user_id
            and ticket.created_at >= sought.since
        )
    ]
    aside = [
        _suspended(each)
        for each in world.post.suspended()
        if each.mail.sender.casefold() == sought.email.casefold() and each.at >= sought.since
    ]
    return (*tickets, *aside)


def _twin(ticket: DeskTicket, world: World, names: Names) -> Twin:
    requester = world.people.user(ticket.requester_id)
    audits = world.audits(ticket.number)
    named = audits[0].system_metadata.get("message_id") if audits else None
    return Twin(
        name=f"#{ticket.number}",
        created_at=ticket.created_at,
        number=ticket.number,
        subject=ticket.subject,
        words=tuple(each.body for each in world.comments(ticket.number)),
        requester=(requester.email if requester else None) or "",
        external_id=ticket.external_id,
        message_id=str(named) if named else None,
        picture=names.snapshot(ticket),
    )


def _suspended(aside: SuspendedTicket) -> Twin:
    mail = aside.mail
    return Twin(
        name=f"suspended {aside.suspended_id}",
        created_at=aside.at,
        subject=mail.subject,
        words=(mail.text,),
        requester=mail.sender,
        message_id=mail.message_id,
    )
