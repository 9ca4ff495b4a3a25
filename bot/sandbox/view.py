# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the world as the sandbox's page does: the queue, the chat, the cards, the mails."""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.pages.world import Said, TicketRow, WorldView
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_chat import ChatMessage, TeamsCard
from bot.sandbox.world_mail import PostedMail
from bot.sandbox.world_values import DeskTicket

SHOWN = 60
LINES = 6
_DOWN = frozenset(
    {Fault.REFUSED, Fault.UNAVAILABLE, Fault.UNAVAILABLE_PAGE, Fault.BAD_GATEWAY_PAGE, Fault.HANGS}
)
_ALARMS = ("breach", "down", "broken", "missed")
_WARNINGS = ("left", "warn", "soon", "due")


_MARKDOWN_MARK = re.compile(r"\\(?=[^\w\s])")


def world_view(
    world: World, *, story: Sequence[str] = (), category_field: int | None = None
) -> WorldView:
    """The world at this moment; `story` are the lines told so far, the newest last."""
    is_up = not any(switch.fault in _DOWN for switch in world.faults.thrown())
    banner = world.portal.banner()
    tickets = sorted(world.tickets(), key=lambda ticket: ticket.number, reverse=True)
    return WorldView(
        now=world.clock.now().strftime("%H:%M:%S UTC"),
        helpdesk_state="answers" if is_up else "does not answer",
        is_helpdesk_up=is_up,
        banner=_first_text(banner.texts) if banner else "",
        story=tuple(story),
        tickets=tuple(_row(world, each, category_field) for each in tickets[:SHOWN]),
        chat=tuple(_message(each) for each in reversed(world.chat.messages()[-SHOWN:])),
        cards=tuple(_card(each) for each in reversed(world.chat.cards()[-SHOWN:])),
        mails=tuple(_mail(each) for each in reversed(world.mail.sent()[-SHOWN:])),
    )


def _row(world: World, ticket: DeskTicket, category_field: int | None) -> TicketRow:
    requester = world.people.user(ticket.requester_id)
    organisation = world.people.organisation(ticket.organization_id)
    group = world.people.group(ticket.group_id)
    comments = world.comments(ticket.number)
    last = world.people.user(comments[-1].author_id) if len(comments) > 1 else None
    category = str(ticket.fields.get(category_field or 0) or "")
    customer = requester.name if requester else "somebody"
    return TicketRow(
        number=ticket.number,
        subject=ticket.subject,
        customer=f"{customer}, {organisation.name}" if organisation else customer,
        status=ticket.status,
        priority=ticket.priority or "",
        category=category.replace("_", " "),
        tags=tuple(tag for tag in ticket.tags if tag != category),
        group=group.name if group else "",
        last_word=f"last word: {last.name}" if last else "",
    )


def _message(message: ChatMessage) -> Said:
    texts = [text for block in message.blocks for text in _texts(block)]
    buttons = tuple(name for block in message.blocks for name in _buttons(block))
    lines = tuple(dict.fromkeys(_plain(text) for text in texts)) or (_plain(message.text),)
    title, *rest = [line for line in lines if line] or [""]
    return Said(
        at=_clock(message.at),
        where=f"#{message.channel}" + (" (edited)" if message.is_edited else ""),
        title=title,
        lines=tuple(rest[:LINES]),
        buttons=buttons,
        is_reply=message.thread is not None,
        tone=_tone(message.text),
    )


def _card(card: TeamsCard) -> Said:
    texts = [_plain(_MARKDOWN_MARK.sub("", text)) for text in _texts(card.body)]
    title, *rest = [text for text in texts if text] or ["(empty card)"]
    actions = tuple(name for name in _buttons(card.body))
    return Said(
        _clock(card.at), card.webhook, title, tuple(rest[:LINES]), actions, False, _tone(title)
    )


def _mail(mail: PostedMail) -> Said:
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    subject = str(message.get("Subject", ""))
    where = ", ".join(mail.recipients)
    return Said(_clock(mail.at), where, subject, lines[:LINES], (), False, _tone(subject))


def _texts(node: object) -> Iterator[str]:
    """Every text a reader would see in a Block Kit block or an Adaptive Card, in order."""
    match node:
        case {"type": "button"} | {"type": "Action.OpenUrl"}:
            return
        case {"title": str(title), "value": str(value)}:
            yield f"{title}: {value}"
        case Mapping():
            if isinstance(text := node.get("text"), str):
                yield text
            for name, value in node.items():
                if name != "text" or not isinstance(value, str):
                    yield from _texts(value)
        case [*items]:
            for item in items:
                yield from _texts(item)


def _buttons(node: object) -> Iterator[str]:
    match node:
        case {"type": "button", "text": {"text": str(name)}}:
            yield name
        case {"type": "Action.OpenUrl", "title": str(name)}:
            yield name
        case Mapping():
            for value in node.values():
                yield from _buttons(value)
        case [*items]:
            for item in items:
                yield from _buttons(item)


def _plain(text: str) -> str:
    """Chat mark-up as a reader sees it: no stars, a link's name instead of its address."""
    named = re.sub(r"<([^|>]*)\|([^>]*)>", r"\2", text)
    return html.unescape(named.replace("*", "").replace("_", " ")).strip()


def _tone(text: str) -> str:
    lowered = text.lower()
    if any(word in lowered for word in _ALARMS):
        return "alarm"
    return "warning" if any(word in lowered for word in _WARNINGS) else ""


def _first_text(texts: Mapping[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()), "")


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")
