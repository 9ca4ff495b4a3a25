# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of the sandbox's Slack Web API: what they need, what they do to the world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.sandbox.faults import Faults
from bot.sandbox.slack_blocks import GREATEST_HOME, GREATEST_TOGETHER, block_problems, characters
from bot.sandbox.slack_directory import Channel, Workspace
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.world import World
from bot.sandbox.world_chat import ChatMessage

Json = dict[str, object]
Arguments = Mapping[str, object]

TEAM, TEAM_ID = "Acme Support", "T0SANDBOX1"
APP_ID, BOT_ID, BOT_USER = "A0SANDBOX1", "B0SANDBOX1", "U0DESKMATE"
AUTHOR = "deskmate"
GREATEST_TEXT = 40_000


@dataclass(frozen=True, slots=True)
class Method:
    """One method: the scopes of which one is needed, and what it does."""

    scopes: tuple[str, ...]
    run: Callable[[Arguments], Json]


class SlackMethods:
    """Every method the sandbox knows, by its name."""

    def __init__(self, world: World, workspace: Workspace, faults: Faults) -> None:
        """Messages go into `world.chat` under the channel's name."""
        self._chat = world.chat
        self._journal = world.journal
        self._workspace = workspace
        self._faults = faults
        self.homes: dict[str, Json] = {}
        """What each person sees in the app's Home, by user id."""
        self._broadcast: set[tuple[str, str]] = set()
        reading = ("channels:history", "groups:history", "im:history")
        listing = ("channels:read", "groups:read")
        self.known: Mapping[str, Method] = {
            "auth.test": Method((), self._auth_test),
            "chat.postMessage": Method(("chat:write",), self._post),
            "chat.postEphemeral": Method(("chat:write",), self._whisper),
            "chat.update": Method(("chat:write",), self._update),
            "conversations.history": Method(reading, self._history),
            "conversations.replies": Method(reading, self._replies),
            "conversations.info": Method(listing, self._info),
            "conversations.list": Method(listing, self._list),
            "conversations.open": Method(("im:write",), self._open),
            "views.publish": Method((), self._publish),
            "users.info": Method(("users:read",), self._user),
        }

    def _auth_test(self, arguments: Arguments) -> Json:
        return {
            "ok": True, "url": "https://acme.slack.example/", "team": TEAM, "team_id": TEAM_ID,
            "user": AUTHOR, "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False,
        }  # fmt: skip

    def _post(self, arguments: Arguments) -> Json:
        channel = self._workspace.channel(_text(arguments, "channel"))
        if refusal := _no_entry(channel) or self._no_content(arguments):
            return refusal
        assert channel is not None, "no entry without a channel"
        thread = _text(arguments, "thread_ts") or None
        if thread and self._chat.message(channel.name, thread) is None:
            return no("thread_not_found")
        message = self._chat.post(
            channel.name, _text(arguments, "text"), author=AUTHOR, thread=thread,
            blocks=_list(arguments, "blocks"), metadata=_object(arguments, "metadata"),
        )  # fmt: skip
        if arguments.get("reply_broadcast"):
            self._broadcast.add((channel.name, message.ts))
        shown = _shown(message, with_metadata=True)
        return {"ok": True, "channel": channel.channel_id, "ts": message.ts, "message": shown}

    def _whisper(self, arguments: Arguments) -> Json:
        """To one person's eyes: kept in the journal, for no channel holds it."""
        channel = self._workspace.channel(_text(arguments, "channel"))
        if refusal := _no_entry(channel) or self._no_content(arguments):
            return refusal
        assert channel is not None, "no entry without a channel"
        entry = self._journal.add(
            "chat_whispered", channel=channel.name, person=_text(arguments, "user"),
            text=_text(arguments, "text"),
        )  # fmt: skip
        return {"ok": True, "message_ts": f"{int(entry.at.timestamp())}.{entry.sequence:06d}"}

    def _update(self, arguments: Arguments) -> Json:
        channel = self._workspace.channel_by_id(_text(arguments, "channel"))
        if refusal := _no_entry(channel) or self._no_content(arguments):
            return refusal
        assert channel is not None, "no entry without a channel"
        ts, text = _text(arguments, "ts"), _text(arguments, "text")
        edited = self._chat.edit(channel.name, ts, text, blocks=_list(arguments, "blocks"))
        if edited is None:
            return no("message_not_found")
        shown = _shown(edited, with_metadata=True)
        del shown["ts"]
        return {
            "ok": True, "channel": channel.channel_id, "ts": ts, "text": text, "message": shown,
        }  # fmt: skip

    def _history(self, arguments: Arguments) -> Json:
        channel = self._workspace.channel_by_id(_text(arguments, "channel"))
        if refusal := _no_entry(channel, is_reading=True):
            return refusal
        assert channel is not None, "no entry without a channel"
        seen = (
            each
            for each in reversed(self._chat.messages(channel.name))
            if each.thread is None or (each.channel, each.ts) in self._broadcast
        )
        return _paged(seen, arguments)

    def _replies(self, arguments: Arguments) -> Json:
        channel = self._workspace.channel_by_id(_text(arguments, "channel"))
        if refusal := _no_entry(channel, is_reading=True):
            return refusal
        assert channel is not None, "no entry without a channel"
        thread = _text(arguments, "ts")
        if self._chat.message(channel.name, thread) is None:
            return no("thread_not_found")
        return _paged(self._chat.messages(channel.name, thread=thread), arguments)

    def _info(self, arguments: Arguments) -> Json:
        channel = self._workspace.channel_by_id(_text(arguments, "channel"))
        return (
            no("channel_not_found") if channel is None else {"ok": True, "channel": _room(channel)}
        )

    def _list(self, arguments: Arguments) -> Json:
        seen = [_room(each) for each in self._workspace.channels() if not each.is_private]
        start, limit = int(_text(arguments, "cursor") or 0), int(_text(arguments, "limit") or 100)
        following = str(start + limit) if start + limit < len(seen) else ""
        return {
            "ok": True,
            "channels": seen[start : start + limit],
            "response_metadata": {"next_cursor": following},
        }

    def _open(self, arguments: Arguments) -> Json:
        channel = self._workspace.channel(_text(arguments, "users"))
        if channel is None:
            return no("user_not_found")
        return {"ok": True, "channel": {"id": channel.channel_id}}

    def _user(self, arguments: Arguments) -> Json:
        wanted = _text(arguments, "user")
        for each in self._workspace.members():
            if each.user_id == wanted:
                profile = {"real_name": each.real_name, "email": each.email}
                user = {"id": each.user_id, "team_id": TEAM_ID, "name": each.handle,
                        "real_name": each.real_name, "profile": profile}  # fmt: skip
                return {"ok": True, "user": user}
        return no("user_not_found")

    def _publish(self, arguments: Arguments) -> Json:
        view = dict(_object(arguments, "view"))
        problems = block_problems(view.get("blocks"), most=GREATEST_HOME)
        if view.get("type") != "home" or problems:
            return {**no("invalid_arguments"), "errors": problems}
        if all(each.user_id != _text(arguments, "user_id") for each in self._workspace.members()):
            return no("user_not_found")
        self.homes[_text(arguments, "user_id")] = view
        return {"ok": True, "view": view}

    def _no_content(self, arguments: Arguments) -> Json | None:
        text, blocks = _text(arguments, "text"), _list(arguments, "blocks")
        if not text and not blocks:
            return no("no_text")
        if len(text) > GREATEST_TEXT:
            return no("msg_too_long")
        problems = block_problems(list(blocks))
        if blocks and self._faults.strike(SlackFault.BLOCKS_REFUSED):
            problems.append("refused by a switch")
        if problems:
            return {**no("invalid_blocks"), "errors": problems}
        if characters(list(blocks)) > GREATEST_TOGETHER:
            return no("msg_blocks_too_long")
        return None


def no(error: str) -> Json:
    """How Slack says no, with HTTP 200."""
    return {"ok": False, "error": error}


def _no_entry(channel: Channel | None, *, is_reading: bool = False) -> Json | None:
    if channel is None:
        return no("channel_not_found")
    if channel.is_archived and not is_reading:
        return no("is_archived")
    return None if channel.is_member else no("not_in_channel")


def _paged(messages: Iterable[ChatMessage], arguments: Arguments) -> Json:
    oldest = float(_text(arguments, "oldest") or 0)
    start, limit = int(_text(arguments, "cursor") or 0), int(_text(arguments, "limit") or 100)
    with_metadata = _text(arguments, "include_all_metadata") in ("1", "true", "True")
    seen = [each for each in messages if float(each.ts) >= oldest]
    following = str(start + limit) if start + limit < len(seen) else ""
    return {
        "ok": True,
        "messages": [
            _shown(each, with_metadata=with_metadata) for each in seen[start : start + limit]
        ],
        "has_more": bool(following),
        "response_metadata": {"next_cursor": following},
    }


def _shown(message: ChatMessage, *, with_metadata: bool) -> Json:
    shown: Json = {
        "type": "message", "user": BOT_USER, "bot_id": BOT_ID, "app_id": APP_ID,
        "team": TEAM_ID, "text": message.text, "ts": message.ts, "blocks": list(message.blocks),
    }  # fmt: skip
    if message.thread:
        shown["thread_ts"] = message.thread
    if with_metadata and message.metadata:
        shown["metadata"] = dict(message.metadata)
    return shown


def _room(channel: Channel) -> Json:
    return {
        "id": channel.channel_id, "name": channel.name, "is_channel": not channel.is_direct,
        "is_im": channel.is_direct, "is_private": channel.is_private,
        "is_archived": channel.is_archived, "is_member": channel.is_member,
    }  # fmt: skip


def _text(arguments: Arguments, name: str) -> str:
    value = arguments.get(name)
    return "" if value is None else str(value)


def _list(arguments: Arguments, name: str) -> tuple[Mapping[str, object], ...]:
    value = _parsed(arguments.get(name))
    return tuple(value) if isinstance(value, list) else ()


def _object(arguments: Arguments, name: str) -> Mapping[str, object]:
    value = _parsed(arguments.get(name))
    return value if isinstance(value, dict) else {}


def _parsed(value: object) -> object:
    """Forms carry lists and objects as JSON."""
    if not isinstance(value, str):
        return value
    try:
        parsed: object = json.loads(value)
    except ValueError:
        return None
    return parsed
