# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows the world as the sandbox's page does: the queue, the chat, the cards, the mails."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial

from bot.pages.world import Chapter, Said, Strip, TicketRow, Way, WorldView
from bot.sandbox.faults import Fault
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.smtp import MailFault
from bot.sandbox.teams import TeamsFault
from bot.sandbox.view_texts import buttons_of, plain, texts_of, unescaped
from bot.sandbox.world import World
from bot.sandbox.world_chat import Asked, ChatMessage, Press, TeamsCard
from bot.sandbox.world_mail import PostedMail
from bot.sandbox.world_values import DeskTicket

SHOWN = 60
LINES = 8
ANSWERED = 8
"""Lines of an answer to a command that are shown."""
_DOWN = frozenset(
    {Fault.REFUSED, Fault.UNAVAILABLE, Fault.UNAVAILABLE_PAGE, Fault.BAD_GATEWAY_PAGE, Fault.HANGS}
)
_WAYS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("Slack", SlackFault),
    ("Teams", TeamsFault),
    ("Mail", MailFault),
)
_MARKS = {"SURGE": "Storm", "SILENCE": "Silence", "MISSED HERE": "Caught up"}
"""How messages begin that stand for others -> the word beside them; the demo speaks English."""
_ANOTHER_WAY = "another way"
_OVER = "It is over"
_HELD_BACK = "held back"
_SILENCE = "silence "
_ALARMS = ("breach", "down", "broken", "missed")
_WARNINGS = ("left", "warn", "soon", "due")
_CALM = ("HAS IT", "ANSWERS AGAIN")


def world_view(
    world: World, *, story: Sequence[Chapter] = (), category_field: int | None = None
) -> WorldView:
    """The world at this moment; `story` are the chapters told so far, the newest last."""
    banner = world.portal.banner()
    tickets = sorted(world.tickets(), key=lambda ticket: ticket.number, reverse=True)
    return WorldView(
        now=world.clock.now().strftime("%H:%M:%S UTC"),
        ways=tuple(_ways(world)),
        strips=tuple(_strips(world)),
        banner=_first_text(banner.texts) if banner else "",
        story=tuple(story),
        tickets=tuple(_row(world, each, category_field) for each in tickets[:SHOWN]),
        chat=_newest(world, world.chat.messages(), world.chat.asked("slack")),
        cards=_newest(world, world.chat.cards(), world.chat.asked("teams")),
        mails=_newest(world, world.mail.sent()),
    )


Shown = ChatMessage | TeamsCard | PostedMail | Asked


def _newest(world: World, *kinds: Sequence[Shown]) -> tuple[Said, ...]:
    """The newest first; those of one instant stay as they came."""
    found = sorted((each for kind in kinds for each in kind), key=lambda each: each.at)
    return tuple(_said(world, each) for each in reversed(found[-SHOWN:]))


def _said(world: World, shown: Shown) -> Said:
    match shown:
        case ChatMessage():
            return _message(shown, world.chat.presses())
        case TeamsCard():
            return _card(shown)
        case PostedMail():
            return _mail(shown)
        case Asked():
            return _asked(shown)


def _ways(world: World) -> Iterator[Way]:
    """The helpdesk and the ways to people, and whether each works."""
    thrown = {switch.fault for switch in world.faults.thrown()}
    is_up = thrown.isdisjoint(_DOWN)
    yield Way("Helpdesk", "answers" if is_up else "does not answer", is_up)
    for name, kind in _WAYS:
        works = not any(isinstance(fault, kind) for fault in thrown)
        yield Way(name, "takes messages" if works else "refuses messages", works)


def _strips(world: World) -> Iterator[Strip]:
    """Storms and silences that are in force, as far as people in Slack can read of them."""
    silences: dict[str, Strip] = {}
    for message in world.chat.messages():
        strip = partial(Strip, text=f"{message.text}. {_line_with(message, _HELD_BACK)}")
        if message.key.startswith("storm:") and not _line_with(message, _OVER):
            yield strip("Storm", f"#{message.channel}")
        match message.key.split("/")[:2]:
            case [label, "on"] if label.startswith(_SILENCE):
                silences[label] = strip("Silence", label.removeprefix(_SILENCE))
            case [label, "over"]:
                silences.pop(label, None)
    yield from silences.values()


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


def _message(message: ChatMessage, presses: Sequence[Press]) -> Said:
    texts = [text for block in message.blocks for text in texts_of(block)]
    lines = tuple(dict.fromkeys(_lines(texts))) or (plain(message.text),)
    title, *rest = [line for line in lines if line] or [""]
    mark = _mark(title, rest)
    mine = (each for each in presses if (each.channel, each.ts) == (message.channel, message.ts))
    return Said(
        at=_clock(message.at),
        where=f"#{message.channel}" + (" (edited)" if message.is_edited else ""),
        title=title,
        lines=tuple(rest[:LINES]),
        buttons=tuple(name for block in message.blocks for name in buttons_of(block)),
        is_reply=message.thread is not None,
        tone="" if mark else _tone(message.text),
        mark=mark,
        pressed=tuple(f"{each.person} pressed “{each.label}”, {_clock(each.at)}" for each in mine),
    )


def _asked(asked: Asked) -> Said:
    """What somebody typed and read; in Slack only that person sees the answer."""
    who = f", seen by {asked.person} alone" if asked.chat == "slack" else ""
    lines = list(_lines([unescaped(asked.answer)]))
    return Said(
        at=_clock(asked.at),
        where=f"#{asked.channel}{who}",
        title=f"{asked.person}: {asked.text}",
        lines=tuple(lines[:ANSWERED]),
        mark="Command",
    )


def _card(card: TeamsCard) -> Said:
    texts = list(_lines(unescaped(text) for text in texts_of(card.body)))
    title, *rest = texts or ["(empty card)"]
    mark = _mark(title, rest)
    return Said(
        at=_clock(card.at),
        where=card.webhook,
        title=title,
        lines=tuple(rest[:LINES]),
        buttons=tuple(buttons_of(card.body)),
        tone="" if mark else _tone(title),
        mark=mark,
    )


def _mail(mail: PostedMail) -> Said:
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    subject = str(message.get("Subject", ""))
    where = ", ".join(mail.recipients)
    mark = _mark(subject, lines)
    return Said(
        at=_clock(mail.at),
        where=where,
        title=subject,
        lines=tuple(lines[:LINES]),
        tone="" if mark else _tone(subject),
        mark=mark,
    )


def _mark(title: str, lines: Iterable[str]) -> str:
    """What kind of message it is, where it stands for others or came by another way."""
    known = next((word for begin, word in _MARKS.items() if title.startswith(begin)), "")
    is_other = any(_ANOTHER_WAY in line for line in lines)
    return known or ("Another way" if is_other else "")


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (line for each in text.splitlines() if (line := plain(each)))


def _line_with(message: ChatMessage, words: str) -> str:
    """The first line of a message with these words, empty where there is none."""
    found = _lines(text for block in message.blocks for text in texts_of(block))
    return next((line for line in found if words in line), "")


def _tone(text: str) -> str:
    if any(words in text for words in _CALM):
        return "calm"
    lowered = text.lower()
    if any(word in lowered for word in _ALARMS):
        return "alarm"
    return "warning" if any(word in lowered for word in _WARNINGS) else ""


def _first_text(texts: Mapping[str, str]) -> str:
    return texts.get("en") or next(iter(texts.values()), "")


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S")
