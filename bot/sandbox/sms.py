# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's SMS service: takes texts over real HTTP, as apprise hands them over."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from bot.sandbox.http import Call, LoopbackServer, Reply, json_reply
from bot.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Sms:
    """A text to a number, digits and plus alone."""

    to: str
    at: datetime
    text: str


class SmsDoor:
    """Listens on 127.0.0.1; `url` is what DESKMATE_SMS_URL is set to."""

    def __init__(self, world: World, port: int = 0) -> None:
        """`port` 0 takes a free one."""
        self._world = world
        self._server = LoopbackServer(self._answer, port=port)
        self._lock = threading.Lock()
        self._taken: list[Sms] = []

    def start(self) -> SmsDoor:
        """Begin to listen."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._server.stop()

    @property
    def url(self) -> str:
        """An address of apprise's; the number comes in place of `{to}`."""
        return f"json://127.0.0.1:{self._server.port}/{{to}}"

    def taken(self, number: str) -> tuple[Sms, ...]:
        """The texts to a number, in order, however it is written."""
        wanted = _digits(number)
        with self._lock:
            return tuple(each for each in self._taken if each.to == wanted)

    def _answer(self, call: Call) -> Reply:
        body = call.json()
        text = str(body.get("message", "")) if isinstance(body, dict) else ""
        number = _digits(unquote(call.path))
        with self._lock:
            self._taken.append(Sms(number, self._world.clock.now(), text))
        return json_reply(200, {"taken": True})


def _digits(number: str) -> str:
    return "".join(each for each in number if each.isdecimal() or each == "+")
