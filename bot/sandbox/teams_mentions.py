# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Teams Outgoing Webhook: somebody mentions Deskmate, the channel reads the answer.

As the real thing it signs the raw body with HMAC-SHA256, keyed with the decoded token that it
showed once ("Create an outgoing webhook", Microsoft), waits five seconds and never asks twice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json

from bot.sandbox.world import World
from bot.sandbox.world_chat import Asked
from bot.sandbox.world_courier import carry

ANSWER_WITHIN = 5.0
"""Seconds that Teams waits."""
NO_ANSWER = "Sorry, there was a problem encountered with your request"
"""What the channel reads where nothing, or no message, came back."""


class TeamsMentions:
    """People of the world's Teams who type `@Deskmate ...`; each mention is one signed POST."""

    def __init__(self, world: World, url: str, token: str, *, name: str = "Deskmate") -> None:
        """`url` is the daemon's `/teams/commands`; `token` is base64, as Teams shows it."""
        self._world = world
        self._url = url
        self._token = token
        self._name = name

    def say(self, channel: str, text: str, *, person: str) -> Asked:
        """Somebody mentions us in a channel; what was typed and what the channel then read."""
        now = self._world.clock.now()
        body = json.dumps({
            "type": "message", "channelId": "msteams",
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06d}0Z",
            "from": {"id": f"29:{person}", "name": person},
            "conversation": {"id": f"19:{channel}@thread.tacv2", "isGroup": True},
            "textFormat": "plain", "text": f"<at>{self._name}</at> {html.escape(text)}\n",
        }).encode()  # fmt: skip
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Authorization": f"HMAC {sign_mention(self._token, body)}",
        }
        carried = carry(self._url, body, headers, timeout=ANSWER_WITHIN)
        answer = _read(carried.body) if carried.is_taken else NO_ANSWER
        typed = f"@{self._name} {text}"
        return self._world.chat.ask("teams", channel, person=person, text=typed, answer=answer)


def sign_mention(token: str, body: bytes) -> str:
    """Base64 of HMAC-SHA256 over the raw body; the key is the decoded token."""
    return base64.b64encode(
        hmac.new(base64.b64decode(token), body, hashlib.sha256).digest()
    ).decode()


def _read(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return NO_ANSWER
    text = answer.get("text") if isinstance(answer, dict) else None
    return text if isinstance(text, str) else NO_ANSWER
