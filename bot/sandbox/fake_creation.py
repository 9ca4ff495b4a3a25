# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the tickets that Deskmate creates, in the sandbox's world, as the helpdesk's door does.

Files go with the words that they came with; the world keeps what they are called and how large.
"""

from __future__ import annotations

from dataclasses import replace

from bot.ports import Enclosed, Enclosures
from bot.rules.actions import TicketCreation, TicketMessage, TicketUpdate
from bot.sandbox.fake_names import Names
from bot.sandbox.world import World
from bot.sandbox.world_values import Attachment, DeskTicket, NewComment, Refusal, Via

KEY = "deskmate_key"


def no_files(mail: str) -> tuple[Enclosed, ...]:
    """For a world in which no mail brings files."""
    del mail
    return ()


def attached(world: World, enclosures: Enclosures, mail: str | None) -> tuple[Attachment, ...]:
    """The files of a raw mail as they hang on a comment."""
    return tuple(
        Attachment(world.people.next_id(), each.name, each.content_type, len(each.content))
        for each in (enclosures(mail) if mail else ())
    )


def make_ticket(
    world: World, names: Names, key: str, creation: TicketCreation, enclosures: Enclosures
) -> DeskTicket | Refusal:
    """The new ticket with its messages; of a backdated one nobody in the world hears."""
    person, people = creation.requester, world.people
    requester = people.user_or_new(person.email, person.name or "") if person.email else None
    who = requester or world.daemon
    values, fields = names.values_of(_as_update(creation))
    if creation.status:
        values["status"] = creation.status
    values = {**values, "tags": tuple(sorted(creation.tags)), "external_id": creation.external_id}
    comments = [
        replace(
            _comment(world, each, who.user_id), attachments=attached(world, enclosures, each.mail)
        )
        for each in creation.messages
    ]
    made = world.desk.create(
        creation.subject, comments[0], who, by=world.daemon,
        values=values, fields=fields, via=Via("api"), metadata={KEY: key}, system_metadata={},
        born=creation.created_at, is_import=creation.is_backdated,
    )  # fmt: skip
    if isinstance(made, Refusal):
        return made
    for each, comment in list(zip(creation.messages, comments, strict=True))[1:]:
        at = each.at or made.created_at
        world.desk.add_old(made.number, comment, by=world.daemon, at=at)
    return made


def _comment(world: World, message: TicketMessage, requester_id: int) -> NewComment:
    if message.author is None:
        return NewComment(message.body, message.is_public, requester_id)
    email = message.author.email
    known = world.people.user_by_email(email) if email else None
    if known is not None:
        return NewComment(message.body, message.is_public, known.user_id)
    name = message.author.name
    shown = f"{name or ''} ({email or 'no address'})".strip()
    named = f"{shown}:\n\n" if name or email else ""
    return NewComment(named + message.body, message.is_public, world.daemon.user_id)


def _as_update(creation: TicketCreation) -> TicketUpdate:
    return TicketUpdate(
        creation.ticket_id, None, priority=creation.priority, category=creation.category,
        group=creation.group, fields=creation.fields,
    )  # fmt: skip
