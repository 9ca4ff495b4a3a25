# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds what Slack is sent for a notice: Block Kit within its limits, and the same as plain text.

Limits of the API: 50 blocks, header 150 characters, section text 3,000, 10 fields of 2,000,
button text 75 and value 2,000, about 13,200 characters over all blocks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.channels.escaping import entities, link, mrkdwn, plain
from bot.channels.links import instead_of_taking
from bot.rules.actions import Notice, Outgoing
from bot.texts.instants import time_with_zone
from bot.texts.own import NO_TEXTS, OwnTexts
from bot.texts.render import Rendered, render
from bot.texts.words import language

EVENT_TYPE = "deskmate_notice"
ACKNOWLEDGE = "acknowledge"
COMMAND = "/desk ack"
GREATEST_HEADER = 150
GREATEST_TEXT = 3_000
GREATEST_BUTTONS = 5
MAIN_BUTTON = "acknowledge"
GREATEST_BUTTON = 75
GREATEST_VALUE = 2_000
GREATEST_FIELD = 2_000
GREATEST_FIELDS = 10
GREATEST_KEY = 500

Json = dict[str, object]

_USER = re.compile(r"[UW][A-Z0-9]{6,}")
_USER_GROUP = re.compile(r"S[A-Z0-9]{6,}")


def payload(
    outgoing: Outgoing,
    *,
    now: datetime,
    names: Mapping[str, str],
    people: Mapping[str, str],
    texts: OwnTexts = NO_TEXTS,
) -> Json:
    """The arguments of `chat.postMessage` for one row, without channel and thread.

    `names` are display names of own codes, `people` the Slack ids of those a notice calls.
    """
    notice = outgoing.message
    assert isinstance(notice, Notice), "only notices are sent by Slack"
    rendered = render(notice, now=now, names=names, texts=texts)
    return {
        "text": entities(plain(rendered.headline)),
        "blocks": _blocks(notice, rendered, people, as_of=_as_of(outgoing, notice, now)),
        "metadata": metadata(outgoing.key),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def plain_payload(
    outgoing: Outgoing, *, now: datetime, names: Mapping[str, str], texts: OwnTexts = NO_TEXTS
) -> Json:
    """The same without blocks and short, for a Slack that refused the blocks."""
    notice = outgoing.message
    assert isinstance(notice, Notice), "only notices are sent by Slack"
    instead = instead_of_taking(replace(notice, take_link=""), COMMAND)
    rendered = render(notice, now=now, names=names, texts=texts, instead=instead)
    lines = (plain(rendered.headline), plain(rendered.body), rendered.next_step)
    return {
        "text": entities("\n".join(filter(None, lines))),
        "metadata": metadata(outgoing.key),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def metadata(key: str) -> Json:
    """What a message carries unseen, so that it can be found again by its key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key[:GREATEST_KEY]}}


def key_of(message: Mapping[str, object]) -> str | None:
    """The key that a message read back carries, None for everybody else's messages."""
    found = message.get("metadata")
    if not isinstance(found, Mapping) or found.get("event_type") != EVENT_TYPE:
        return None
    carried = found.get("event_payload")
    return str(carried.get("key")) if isinstance(carried, Mapping) else None


def _blocks(
    notice: Notice, rendered: Rendered, people: Mapping[str, str], *, as_of: str
) -> list[Json]:
    headline = _plain_text(rendered.headline, GREATEST_HEADER)
    blocks: list[Json] = [{"type": "header", "text": headline}]
    if rendered.facts:
        fields = [_field(label, value, rendered.colon) for label, value in rendered.facts]
        blocks.append({"type": "section", "fields": fields[:GREATEST_FIELDS]})
    if rendered.body:
        blocks.append({"type": "section", "text": _plain_text(rendered.body)})
    if call := _call(notice, rendered, people):
        blocks.append({"type": "section", "text": _mrkdwn(call)})
    if rendered.buttons:
        buttons = [_button(action, label, notice.thread) for action, label in rendered.buttons]
        blocks.append({"type": "actions", "elements": buttons[:GREATEST_BUTTONS]})
    opened = link(notice.link, rendered.open_label) if notice.link else ""
    small = [_mrkdwn(each) for each in (opened, as_of) if each]
    if small:
        blocks.append({"type": "context", "elements": small})
    return blocks


def _as_of(outgoing: Outgoing, notice: Notice, now: datetime) -> str:
    """When an edit was made: what it says of the time left is true of that instant."""
    if not outgoing.is_edit:
        return ""
    words = language(notice.language).words
    return mrkdwn(f"↻ {time_with_zone(now, now=now, zone=notice.zone, words=words)}")


def _call(notice: Notice, rendered: Rendered, people: Mapping[str, str]) -> str:
    """Whom we call by name, and what they should do next."""
    called = [_mention(people.get(each, each)) for each in notice.mention]
    # The next step is the desk's own: an address in it must stay one that can be copied.
    step = [entities(rendered.next_step)] if rendered.next_step else []
    return " ".join([*called, *step])


def _mention(who: str) -> str:
    if _USER.fullmatch(who):
        return f"<@{who}>"
    if _USER_GROUP.fullmatch(who):
        return f"<!subteam^{who}>"
    return mrkdwn(who)


def _field(label: str, value: str, colon: str) -> Json:
    return _mrkdwn(f"*{mrkdwn(label)}{colon.rstrip()}* {mrkdwn(value)}"[:GREATEST_FIELD])


def _button(action: str, label: str, value: str) -> Json:
    look = {"style": "primary"} if action == MAIN_BUTTON else {}
    return {
        "type": "button",
        "action_id": action,
        **look,
        "text": _plain_text(label, GREATEST_BUTTON),
        "value": value[:GREATEST_VALUE],
    }


def _plain_text(text: str, limit: int = GREATEST_TEXT) -> Json:
    # Slack itself escapes <, > and & in plain_text (bolt-python#513): entities would be seen.
    return {"type": "plain_text", "text": plain(text)[:limit], "emoji": False}


def _mrkdwn(text: str) -> Json:
    # verbatim: Slack makes no links and mentions of its own out of what it finds in the text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
