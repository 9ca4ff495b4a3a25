# SPDX-License-Identifier: GPL-3.0-or-later
"""The address that a Teams Outgoing Webhook calls: `@Deskmate queue`, answered in the channel.

Teams signs the raw body with the secret that it showed once, waits five seconds, and never asks
twice. What is said here is read by the whole channel, so cases, answers and silences stay in Slack.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.telemetry import logger

TEAMS_PATH = "/teams/commands"
GREATEST_BODY = 256 * 1024
SKEW = timedelta(minutes=5)
WORDS = ("queue", "risk", "ticket", "next", "oncall", "outage", "ack")
HELP = "queue, risk, ticket 123, next 123, oncall, outage, ack 123"
_SCHEME = "HMAC "
_MENTION = re.compile(r"<at[^>]*>.*?</at>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_FRACTION = re.compile(r"\.\d+")

log = logger("teams")

Answer = Callable[[str, str], str]
"""(command, person) -> what the channel reads."""


@dataclass(frozen=True, slots=True)
class TeamsDoor:
    """How commands from Teams are verified and answered; `reveal_secret` gives Teams' token."""

    answer: Answer
    reveal_secret: Callable[[], str]
    clock: Clock
    escape: Callable[[str], str]
    """Makes text harmless for Teams' Markdown."""

    def answered(self, body: bytes, authorization: str) -> Response:
        """The reply to one request; 401 unless Teams signed it within five minutes."""
        if not is_signed(body, authorization, self.reveal_secret()):
            return _said("not signed by Teams", status=401)
        try:
            message = json.loads(body)
            text, person = str(message["text"]), str(message["from"]["name"])
            at = _instant(str(message["timestamp"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            return _said("this is no message of Teams'", status=400)
        if abs(self.clock.now() - at) > SKEW:
            return _said("signed too long ago", status=401)
        command = command_in(text)
        log.info("command_heard", word=command.partition(" ")[0][:20])
        if command.partition(" ")[0].casefold() not in WORDS:
            return _said(HELP)
        lines = self.answer(command, person).splitlines()
        return _said("\n\n".join(map(self.escape, lines)))


def teams_route(door: TeamsDoor) -> Route:
    """The route of the door, which reads the store in a thread."""

    async def teams(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > GREATEST_BODY:
                return _said("too large", status=413)
        authorization = request.headers.get("authorization", "")
        return await run_in_threadpool(door.answered, bytes(body), authorization)

    return Route(TEAMS_PATH, teams, methods=["POST"])


def is_signed(body: bytes, authorization: str, secret: str) -> bool:
    """True for `HMAC <base64>` of the raw body, keyed with the decoded secret."""
    try:
        key = base64.b64decode(secret, validate=True)
        given = base64.b64decode(authorization.removeprefix(_SCHEME), validate=True)
    except (binascii.Error, ValueError):
        return False
    wanted = hmac.new(key, body, hashlib.sha256).digest()
    is_named = authorization.startswith(_SCHEME)
    return is_named and bool(key) and hmac.compare_digest(wanted, given)


def command_in(text: str) -> str:
    """What somebody said to us, without our name and Teams' markup: `ticket 48`."""
    bare = html.unescape(_TAG.sub(" ", _MENTION.sub(" ", text)))
    return " ".join(bare.split())


def _instant(text: str) -> datetime:
    """Teams writes seven digits of a second, which Python's reader does not take."""
    found = datetime.fromisoformat(_FRACTION.sub("", text))
    if found.tzinfo is None:
        raise ValueError("an instant without its zone")
    return found


def _said(text: str, status: int = 200) -> Response:
    return JSONResponse({"type": "message", "text": text}, status)
