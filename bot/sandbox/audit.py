# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the world with the store, row by row: what was lost, and what came twice.

Nothing is taken from what the daemon says of itself: a message counts as arrived when the world
has it, and as twice when the world has it twice.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.actions import TicketUpdate
from bot.sandbox.world import World
from bot.store.queues import OutboxRow, OutboxState
from bot.store.transaction import Reader

ARRIVED = frozenset({OutboxState.DELIVERED, OutboxState.ACCEPTED})
NOT_WANTED = frozenset(
    {OutboxState.SUPERSEDED, OutboxState.EXPIRED, OutboxState.WATCHED, OutboxState.SILENCED}
)


@dataclass(frozen=True, slots=True)
class Audit:
    """What the comparison found; each entry says what and where."""

    lost: tuple[str, ...]
    duplicates: tuple[str, ...]
    allowed_duplicates: tuple[str, ...]
    """Mails and Teams cards that came twice: those channels cannot be read back."""


def audit(world: World, reader: Reader, *, without: frozenset[int] = frozenset()) -> Audit:
    """Compare everything; `without` are tickets that are none (the canary)."""
    rows = reader.outbox.all()
    lost = [*_lost_tickets(world, reader, without), *_lost_messages(world, rows)]
    lost += [f"{row.event.key} was parked" for row in reader.inbox.parked()]
    twice = [
        *_more_than_once("ticket update", update_keys(world)),
        *_more_than_once("Slack message", slack_keys(world)),
    ]
    allowed = [
        *_more_than_once("mail", mail_ids(world)),
        *_extra_cards(world, rows),
    ]
    return Audit(tuple(lost), tuple(twice), tuple(allowed))


def update_keys(world: World) -> Counter[str]:
    """How often each ticket update with a comment arrived: outbox key -> times."""
    return Counter(
        key
        for ticket in world.desk.tickets()
        for comment in world.comments(ticket.number)
        for key in keys_of(comment.custom_metadata)
    )


def keys_of(metadata: Mapping[str, object]) -> Iterable[str]:
    """The outbox keys that a comment's metadata carries."""
    kept = metadata.get("deskmate_key") or metadata.get("deskmate_keys")
    if isinstance(kept, str):
        return (kept,)
    return tuple(str(key) for key in kept) if isinstance(kept, list | tuple) else ()


def slack_keys(world: World) -> Counter[str]:
    """How often each message was posted in Slack, edits apart: outbox key -> times."""
    return Counter(each.key for each in world.chat.messages() if each.key)


def mail_ids(world: World) -> Counter[str]:
    """How often each mail was taken: Message-ID and recipient -> times."""
    found: Counter[str] = Counter()
    for mail in world.mail.sent():
        message = email.message_from_bytes(mail.raw, policy=email.policy.default)
        found[f"{message.get('Message-ID')} to {', '.join(mail.recipients)}"] += 1
    return found


def _lost_tickets(world: World, reader: Reader, without: frozenset[int]) -> Iterable[str]:
    for ticket in world.tickets():
        if ticket.number in without:
            continue
        known = reader.tickets.by_number(ticket.number)
        if known is None:
            yield f"ticket {ticket.number} is not in the store"
        elif known.category is None:
            yield f"ticket {ticket.number} has no category"


def _lost_messages(world: World, rows: Iterable[OutboxRow]) -> Iterable[str]:
    updates, posted, edited = update_keys(world), slack_keys(world), _edited(world)
    for row in rows:
        outgoing = row.outgoing
        if row.state in NOT_WANTED or (outgoing.is_edit and row.state is OutboxState.REFUSED):
            continue
        if row.state not in ARRIVED:
            yield f"{outgoing.key} is {row.state}: {row.reason or 'no reason'}"
            continue
        message = outgoing.message
        has_comment = isinstance(message, TicketUpdate) and message.comment is not None
        if has_comment and not updates[outgoing.key]:
            yield f"{outgoing.key} was delivered, but the helpdesk has no such comment"
        is_post = outgoing.destination.startswith("slack:")
        is_edit = (row.reference or "").rpartition(":")[2] in edited
        if is_post and not posted[outgoing.key] and not is_edit:
            yield f"{outgoing.key} was delivered, but Slack has no such message"


def _edited(world: World) -> frozenset[str]:
    """The timestamps of the messages that were edited; no two messages of the world share one."""
    return frozenset(each.ts for each in world.chat.messages() if each.is_edited)


def _extra_cards(world: World, rows: Iterable[OutboxRow]) -> Iterable[str]:
    """Cards have no key that the world could read: equal ones are counted against the rows."""
    decided = Counter(
        row.outgoing.destination.removeprefix("teams:")
        for row in rows
        if row.outgoing.destination.startswith("teams:") and row.state in ARRIVED
    )
    shown = Counter(card.webhook for card in world.chat.cards())
    alike = Counter((c.webhook, json.dumps(c.body, sort_keys=True)) for c in world.chat.cards())
    for webhook, count in shown.items():
        if count > decided[webhook]:
            extra = sum(times - 1 for (where, _), times in alike.items() if where == webhook)
            yield f"{webhook}: {count} cards for {decided[webhook]} rows ({extra} equal ones)"


def _more_than_once(what: str, counted: Counter[str]) -> Iterable[str]:
    return (f"{what} {key} came {times} times" for key, times in counted.items() if times > 1)
