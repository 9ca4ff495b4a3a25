# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the Adaptive Card of a notice for a Teams Workflows webhook.

Version 1.2, elements that every Teams client shows, actions that only open links (a plain flow
processes no others). Teams counts 28 KB after its own re-serialisation, which added a fifth in the
one measured case; the budget here is 18 KB of UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.channels.escaping import markdown
from bot.channels.links import instead_of_taking, offers
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.texts.listed import GREATEST_CASES
from bot.texts.own import NO_TEXTS, OwnTexts
from bot.texts.render import Rendered, render

Json = dict[str, Any]
BUDGET = 18 * 1024
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
SHORTEST = 200
"""Characters that a text keeps at least when a card has to be shortened."""
_TONES = {
    NoticeKind.SLA_BREACHED: "Attention",
    NoticeKind.HELPDESK_DOWN: "Attention",
    NoticeKind.ADMIN: "Attention",
    NoticeKind.SLA_WARNING: "Warning",
    NoticeKind.ACKNOWLEDGED: "Good",
    NoticeKind.HELPDESK_UP: "Good",
}


def payload(
    outgoing: Outgoing,
    *,
    now: datetime,
    names: Mapping[str, str],
    texts: OwnTexts = NO_TEXTS,
    command: str = "",
) -> Json:
    """What the webhook is sent for one row, within the budget whatever the notice holds.

    `command` is what takes a ticket when it is written in the room, empty where nobody hears it.
    """
    notice = outgoing.message
    assert isinstance(notice, Notice), "only notices are shown in Teams"
    instead = instead_of_taking(notice, command)
    rendered = render(notice, now=now, names=names, texts=texts, instead=instead)
    limit = GREATEST_CASES
    card = _message(notice, rendered, limit)
    while size(card) > BUDGET and limit > SHORTEST:
        limit //= 2
        card = _message(notice, rendered, limit)
    return card


def size(card: Mapping[str, Any]) -> int:
    """Bytes of the card as it is sent."""
    return len(json.dumps(card, ensure_ascii=False).encode())


def _message(notice: Notice, rendered: Rendered, limit: int) -> Json:
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": _card(notice, rendered, limit),
            }
        ],
    }


def _card(notice: Notice, rendered: Rendered, limit: int) -> Json:
    body = [_text(rendered.headline, limit, size="Medium", weight="Bolder", color=_tone(notice))]
    if rendered.facts:
        facts = [
            {"title": markdown(label)[:limit], "value": markdown(value)[:limit]}
            for label, value in rendered.facts
        ]
        body.append({"type": "FactSet", "facts": facts})
    if rendered.body:
        body.append(_text(rendered.body, limit))
    mentions = [(f"<at>{_name(who)}</at>", who) for who in notice.mention]
    if mentions:
        called = " ".join(text for text, _ in mentions)
        body.append({"type": "TextBlock", "text": called, "wrap": True})
    if rendered.next_step:
        body.append(_text(rendered.next_step, limit))
    card: Json = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.2",
        "fallbackText": rendered.short,
        "body": body,
        "msteams": {"width": "Full", "entities": [_entity(*each) for each in mentions]},
    }
    # A flow's card can only open addresses, so "I have it" is one.
    actions = [
        {"type": "Action.OpenUrl", "title": label, "url": url}
        for label, url in offers(notice, rendered)
    ]
    if actions:
        card["actions"] = actions
    return card


def _text(text: str, limit: int, **look: str) -> Json:
    lines = (markdown(line) for line in text[:limit].splitlines())
    return {"type": "TextBlock", "text": "\n\n".join(lines), "wrap": True, **look}


def _tone(notice: Notice) -> str:
    return _TONES.get(notice.kind, "Default")


def _entity(text: str, who: str) -> Json:
    return {"type": "mention", "text": text, "mentioned": {"id": who, "name": _name(who)}}


def _name(who: str) -> str:
    """A mention's text must be the same in the card and in its entity, free of marks."""
    return "".join(c for c in who.partition("@")[0] if c.isalnum() or c in " -") or "somebody"
