# SPDX-License-Identifier: GPL-3.0-or-later
"""What Slack sends when a person does something, and how it signs that for an HTTP address."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlencode

from bot.clock import SystemClock
from bot.sandbox.slack_directory import Channel, Member
from bot.sandbox.slack_methods import APP_ID, TEAM_ID
from bot.sandbox.world_chat import ChatMessage

ANSWER_WITHIN = 3.0
_CONTENT_TYPES = {"events_api": "application/json"}

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of it: without `is_acknowledged` the person saw a warning; `text` is the answer."""

    is_acknowledged: bool
    text: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class EventsAddress:
    """An HTTP address that hears Slack, and the secret its requests are signed with.

    `skew` in seconds makes the timestamps too old or too new.
    """

    url: str
    secret: str = field(repr=False)
    skew: float = 0.0


def block_actions(
    message: ChatMessage, channel: Channel, member: Member, *, action_id: str, action_ts: str
) -> Json:
    """The payload of a pressed button; `LookupError` if the message has no such button."""
    button = next((each for each in _buttons(message) if each.get("action_id") == action_id), None)
    if button is None:
        raise LookupError(f"the message {message.ts} in {channel.name} has no button {action_id}")
    container: Json = {
        "type": "message", "message_ts": message.ts, "channel_id": channel.channel_id,
        "is_ephemeral": False,
    }  # fmt: skip
    if message.thread:
        container["thread_ts"] = message.thread
    return {
        "type": "block_actions",
        "api_app_id": APP_ID,
        "token": "not used",
        "trigger_id": f"{action_ts}.trigger",
        "team": {"id": TEAM_ID, "domain": "acme"},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": member.user_id, "username": member.handle, "name": member.handle,
            "team_id": TEAM_ID,
        },
        "channel": {"id": channel.channel_id, "name": channel.name},
        "container": container,
        "message": {"type": "message", "ts": message.ts, "text": message.text},
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "actions",
            "text": button.get("text"), "value": button.get("value"), "action_ts": action_ts,
        }],
    }  # fmt: skip


def label_of(payload: Mapping[str, object]) -> str:
    """What stands on the button that `block_actions` says was pressed."""
    match payload:
        case {"actions": [{"text": {"text": str(label)}}]}:
            return label
    return ""


def slash_command(channel: Channel, member: Member, *, command: str, text: str) -> Json:
    """The payload of a slash command."""
    return {
        "token": "not used", "team_id": TEAM_ID, "team_domain": "acme",
        "channel_id": channel.channel_id, "channel_name": channel.name,
        "user_id": member.user_id, "user_name": member.handle, "command": command, "text": text,
        "api_app_id": APP_ID, "is_enterprise_install": False, "trigger_id": "1.trigger",
    }  # fmt: skip


def thread_word(channel: Channel, member: Member, message: ChatMessage) -> Json:
    """The event of something that somebody said in a channel; `message` is it."""
    return {
        "type": "event_callback", "token": "not used", "team_id": TEAM_ID, "api_app_id": APP_ID,
        "event_id": f"Ev{message.ts.replace('.', '')}", "event_time": int(float(message.ts)),
        "event": {
            "type": "message", "channel": channel.channel_id, "channel_type": "channel",
            "user": member.user_id, "text": message.text, "ts": message.ts,
            "event_ts": message.ts, "thread_ts": message.thread or message.ts,
        },
    }  # fmt: skip


def home_opened(member: Member, event_ts: str) -> Json:
    """The event of somebody who opens the app's Home."""
    return {
        "type": "event_callback", "token": "not used", "team_id": TEAM_ID, "api_app_id": APP_ID,
        "event_id": f"Ev{event_ts.replace('.', '')}", "event_time": int(float(event_ts)),
        "event": {
            "type": "app_home_opened", "user": member.user_id, "channel": "D0SANDBOX1",
            "tab": "home", "event_ts": event_ts,
        },
    }  # fmt: skip


def kind_of(payload: Mapping[str, object]) -> str:
    """How Socket Mode calls an envelope with this payload."""
    if payload.get("type") == "event_callback":
        return "events_api"
    return "slash_commands" if "command" in payload else "interactive"


def call_address(address: EventsAddress, payload: Mapping[str, object]) -> Pressed:
    """POST a payload as Slack does, signed with `v0` over timestamp and body."""
    kind = kind_of(payload)
    body = json.dumps(payload).encode() if kind == "events_api" else _form(payload, kind)
    stamp = str(int(SystemClock().now().timestamp() + address.skew))
    request = urllib.request.Request(
        address.url,
        data=body,
        headers={
            "Content-Type": _CONTENT_TYPES.get(kind, "application/x-www-form-urlencoded"),
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(address.secret, stamp, body),
        },
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=ANSWER_WITHIN) as answer:
            return Pressed(True, _said(answer.read()), answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Pressed(False, status=refusal.code)
    except (OSError, HTTPException):
        return Pressed(False)


def sign(secret: str, stamp: str, body: bytes) -> str:
    """The signature of one request."""
    signed = f"v0:{stamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _form(payload: Mapping[str, object], kind: str) -> bytes:
    """Commands are forms; everything else that people do is one field of a form."""
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode({name: _form_value(value) for name, value in fields.items()}).encode()


def _form_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
    return str(answer.get("text", "")) if isinstance(answer, dict) else ""


def _buttons(message: ChatMessage) -> Iterator[Mapping[str, object]]:
    for block in message.blocks:
        elements = block.get("elements") if block.get("type") == "actions" else ()
        yield from elements if isinstance(elements, list) else ()
