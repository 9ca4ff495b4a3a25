# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Slack: Web API over HTTP, Socket Mode, buttons pressed by a scenario.

Point a real client at `base_url` with `BOT_TOKEN` and `APP_TOKEN`; messages appear in
`world.chat`, faults are thrown at `world.faults`.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.clock import Clock
from bot.sandbox.faults import Faults
from bot.sandbox.http import Call, LoopbackServer, Reply, html_reply, json_reply
from bot.sandbox.slack_directory import Member, Workspace
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.slack_methods import Method, SlackMethods, no
from bot.sandbox.slack_pace import Pace
from bot.sandbox.slack_presses import (
    EventsAddress,
    Pressed,
    block_actions,
    call_address,
    home_opened,
    kind_of,
    label_of,
    slash_command,
    thread_word,
)
from bot.sandbox.slack_socket import SocketServer
from bot.sandbox.world import World

BOT_TOKEN = "xoxb-sandbox"
APP_TOKEN = "xapp-sandbox"
SIGNING_SECRET = "sandbox-signing-secret"
SCOPES = frozenset(
    "chat:write channels:history groups:history im:history channels:read groups:read im:write "
    "users:read commands".split()
)
OPEN = "apps.connections.open"
_TAKES_EFFECT_FIRST = (
    SlackFault.ANSWER_LOST,
    SlackFault.INTERNAL_ERROR,
    SlackFault.PAGE_INSTEAD,
)


class SlackDoor:
    """A Slack on loopback; `start` it, `stop` it, `press` its buttons."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        port: int = 0,
        *,
        channels: Iterable[str] | None = None,
        scopes: Iterable[str] = SCOPES,
    ) -> None:
        """With `channels` only those exist, else any that is named; `scopes` is what we may do."""
        self.workspace = Workspace(world.people, channels)
        self.socket = SocketServer()
        self.calls: Counter[str] = Counter()
        self.events_address: EventsAddress | None = None
        self.pace: Pace | None = None
        """How often messages are taken; as often as they come where there is none."""
        self._world = world
        self._clock = clock
        self._faults: Faults = world.faults
        self._scopes = frozenset(scopes)
        self._methods = SlackMethods(world, self.workspace, world.faults)
        self._server = LoopbackServer(self._answer, port=port)
        self._lock = threading.Lock()
        self._is_running = False
        self._numbers = itertools.count(1)

    @property
    def base_url(self) -> str:
        """The Web API's address, with its final slash."""
        return f"{self._server.url}/api/"

    def start(self) -> SlackDoor:
        """Begin to listen, by HTTP and by WebSocket."""
        self._is_running = True
        self._server.start()
        self.socket.start()
        self._faults.listen(self._listen_or_refuse)
        return self

    def stop(self) -> None:
        """Stop both."""
        self._is_running = False
        self.socket.stop()
        self._server.stop()

    def hear_by_http(self, url: str, secret: str = SIGNING_SECRET, *, skew: float = 0.0) -> None:
        """Send what people do to this address from now on, unless somebody is connected."""
        self.events_address = EventsAddress(url, secret, skew)

    def press(self, channel: str, ts: str, action_id: str, user: str) -> Pressed:
        """Somebody presses a button: tell the app, and say what the person then saw.

        `channel` and `user` are names or ids. `LookupError` if there is no such button.
        """
        return self.send(self.press_payload(channel, ts, action_id, user))

    def press_payload(self, channel: str, ts: str, action_id: str, user: str) -> dict[str, object]:
        """The payload of a press, noted in the world; Slack may send it more than once."""
        room = self.workspace.channel(channel)
        message = self._world.chat.message(room.name, ts) if room else None
        if room is None or message is None:
            raise LookupError(f"there is no message {ts} in {channel}")
        member = self.workspace.member(user)
        payload = block_actions(
            message, room, member, action_id=action_id, action_ts=self._next_ts()
        )
        self._world.chat.press(
            room.name, ts, person=member.real_name, action=action_id, label=label_of(payload)
        )
        return payload

    def command(self, channel: str, text: str, user: str, *, command: str = "/desk") -> Pressed:
        """Somebody types a slash command."""
        room, member = self.workspace.channel(channel), self.workspace.member(user)
        if room is None:
            raise LookupError(f"there is no channel {channel}")
        answer = self.send(slash_command(room, member, command=command, text=text))
        typed = f"{command} {text}".rstrip()
        self._world.chat.ask(
            "slack", room.name, person=member.real_name, text=typed, answer=answer.text
        )
        return answer

    def say(self, channel: str, text: str, *, user: str, thread: str) -> Pressed:
        """Somebody says something in the thread of a message."""
        room, member = self.workspace.channel(channel), self.workspace.member(user)
        if room is None or self._world.chat.message(room.name, thread) is None:
            raise LookupError(f"there is no message {thread} in {channel}")
        said = self._world.chat.post(room.name, text, author=member.real_name, thread=thread)
        return self.send(thread_word(room, member, said))

    def open_home(self, user: str) -> Pressed:
        """Somebody opens the app's Home; what they see then is `home_of`."""
        return self.send(home_opened(self.workspace.member(user), self._next_ts()))

    def home_of(self, user: str) -> Mapping[str, object] | None:
        """What somebody sees in the app's Home, None before it was ever made."""
        return self._methods.homes.get(self.workspace.member(user).user_id)

    def send(self, payload: Mapping[str, object]) -> Pressed:
        """Hand a payload to the app: by its socket if it has one, else to its address."""
        if self.socket.is_connected():
            kind = kind_of(payload)
            answer = self.socket.send(kind, payload)
            return Pressed(answer is not None, str((answer or {}).get("text", "")))
        if self.events_address is not None:
            return call_address(self.events_address, payload)
        return Pressed(is_acknowledged=False)

    def member(self, name: str) -> Member:
        """Somebody of the workspace, with their id."""
        return self.workspace.member(name)

    def _answer(self, call: Call) -> Reply | None:
        """One call of the Web API."""
        name = call.path.removeprefix("/api/")
        with self._lock:
            self.calls[name] += 1
        if (trouble := self._before(name)) is not None:
            return trouble
        if self._faults.strike(SlackFault.RESET, name):
            return None
        if name == OPEN:
            return self._open_connection(call)
        method = self._methods.known.get(name)
        if method is None:
            return json_reply(200, no("unknown_method"))
        if refusal := self._no_right(call, method):
            return json_reply(200, refusal)
        arguments = _arguments(call)
        if (wait := self._wait(name, arguments)) is not None:
            return json_reply(429, no("ratelimited"), Retry_After=str(wait))
        return self._after(name, method.run(arguments))

    def _wait(self, name: str, arguments: Mapping[str, object]) -> int | None:
        room = self.workspace.channel(str(arguments.get("channel", ""))) if self.pace else None
        if self.pace is None or room is None:
            return None
        return self.pace.wait(name, room.name, self._clock.now())

    def _before(self, name: str) -> Reply | None:
        """Faults that keep the call from taking effect, the broken line apart."""
        if switch := self._faults.strike(SlackFault.THROTTLED, name):
            return json_reply(429, no("ratelimited"), Retry_After=str(switch.retry_after))
        if self._faults.strike(SlackFault.THROTTLED_SILENTLY, name):
            return json_reply(429, no("ratelimited"))
        if self._faults.strike(SlackFault.UNAVAILABLE, name):
            return html_reply(503, "Slack is having trouble")
        if self._faults.strike(SlackFault.TOKEN_REVOKED, name):
            return json_reply(200, no("token_revoked"))
        return None

    def _after(self, name: str, answer: Mapping[str, object]) -> Reply | None:
        """Faults of a call that took effect."""
        for fault in _TAKES_EFFECT_FIRST:
            if self._faults.strike(fault, name) is None:
                continue
            match fault:
                case SlackFault.INTERNAL_ERROR:
                    return json_reply(200, no("internal_error"))
                case SlackFault.PAGE_INSTEAD:
                    return html_reply(200, "Please sign in to the network")
                case _:
                    return None
        return json_reply(200, answer, X_OAuth_Scopes=",".join(sorted(self._scopes)))

    def _open_connection(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Bearer {APP_TOKEN}":
            return json_reply(200, no("invalid_auth"))
        return json_reply(200, {"ok": True, "url": self.socket.url})

    def _no_right(self, call: Call, method: Method) -> dict[str, object] | None:
        if call.headers.get("authorization") != f"Bearer {BOT_TOKEN}":
            return no("invalid_auth")
        if method.scopes and not self._scopes & set(method.scopes):
            provided = ",".join(sorted(self._scopes))
            return {**no("missing_scope"), "needed": method.scopes[0], "provided": provided}
        return None

    def _listen_or_refuse(self) -> None:
        if not self._is_running:
            return
        if self._faults.is_on(SlackFault.REFUSED):
            self._server.refuse()
        else:
            self._server.accept()

    def _next_ts(self) -> str:
        with self._lock:
            return f"{int(self._clock.now().timestamp())}.{next(self._numbers):06d}"


def _arguments(call: Call) -> Mapping[str, object]:
    """From JSON or from a form; Slack takes both."""
    if "json" in call.headers.get("content-type", ""):
        value = call.json()
        return value if isinstance(value, dict) else {}
    return {**call.query, **call.form()}
