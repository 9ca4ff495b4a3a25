# SPDX-License-Identifier: GPL-3.0-or-later
"""Hears Slack: buttons pressed and `/desk`, by Socket Mode or by HTTP.

A press is written down before Slack is told that we heard it, all within Slack's three seconds; if
that fails, Slack shows the person a warning and we say so too.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from http.client import HTTPException

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from bot.clock import Clock
from bot.rules.events import ButtonPressed, Event
from bot.sources.chat_home import HomeTab
from bot.sources.chat_people import ChatPeople
from bot.sources.chat_socket import ChatSocket
from bot.sources.chat_threads import Hear, answer_in
from bot.telemetry import logger
from bot.texts.replies import not_written_down

ACTIONS = ("acknowledge", "take", "snooze", "raise")
COMMAND = "/desk"
COMMIT_WITHIN = 1.8
"""Seconds for the store; with a second for the person's name it stays under Slack's three."""
SOURCE = "slack"
PLAIN = "text/plain; charset=utf-8"

Receive = Callable[[Sequence[Event]], Future[int]]
"""Writes events down; the future ends with the commit, with the number of new ones."""
Answer = Callable[[str, str, str], str]
"""(text after `/desk`, person, their user id) -> what they are told, to their eyes only."""

log = logger("chat")


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """How to reach Slack; the secrets are not part of the `repr`.

    With `app_token` Slack is heard by Socket Mode, else by HTTP, signed with `signing_secret`.
    `base_url` is Slack's Web API; a dead socket is found after five times `ping_every` seconds.
    """

    bot_token: str = field(repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    base_url: str = "https://slack.com/api/"
    language: str = "en"
    ping_every: float = 2.0


@dataclass(frozen=True, slots=True)
class ChatReply:
    """The answer to one HTTP request of Slack's."""

    status: int
    body: bytes
    content_type: str


class ChatSource:
    """Writes down what people do in Slack."""

    def __init__(
        self,
        receive: Receive,
        answer: Answer,
        *,
        settings: ChatSettings,
        client: WebClient,
        quick_client: WebClient,
        clock: Clock,
        hear: Hear | None = None,
        home: HomeTab | None = None,
    ) -> None:
        """`client` tells people that a press was lost; `quick_client` reads their names.

        `hear` takes what is said in threads behind `answer:`; `home` is shown to who opens the app.

        The latter needs a timeout of one second. Nothing is sent before the first press.
        """
        self._receive = receive
        self._hear = hear
        self._home = home
        self._answer = answer
        self._settings = settings
        self._client = client
        self._people = ChatPeople(quick_client)
        self._clock = clock
        self._app = self._listeners()
        self._socket = ChatSocket(
            self._app, client, settings.app_token, clock=clock, ping_every=settings.ping_every
        )

    def start(self) -> None:
        """Connect by Socket Mode, now or as soon as Slack can be reached; by HTTP do nothing."""
        if self._settings.app_token:
            self._socket.start()

    def stop(self) -> None:
        """Hear nothing more; presses that are being written down are finished."""
        self._socket.stop()

    def is_connected(self) -> bool:
        """True while Slack can tell us something; by HTTP that is always."""
        return not self._settings.app_token or self._socket.is_connected()

    def renew_home(self) -> bool:
        """One step's piece of work: the Homes that people look at are brought up to date."""
        return self._home.renew() if self._home is not None else False

    def answer_http(self, body: bytes, headers: Mapping[str, str]) -> ChatReply:
        """Answer one HTTP request of Slack's; 401 unless signed by Slack within five minutes.

        Waits for the commit: call it from a thread that may wait.
        """
        if not self._settings.signing_secret:
            return ChatReply(404, b"Slack is not heard by HTTP here", PLAIN)
        known = {name.casefold(): value for name, value in headers.items()}
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return ChatReply(400, b"not UTF-8", PLAIN)
        if not SignatureVerifier(self._settings.signing_secret).is_valid_request(text, known):
            return ChatReply(401, b"not signed by Slack, or too long ago", PLAIN)
        try:
            request = BoltRequest(body=text, headers={name: [known[name]] for name in known})
        except ValueError:
            return ChatReply(400, b"the payload is no JSON", PLAIN)
        return _reply(self._app.dispatch(request))

    def _listeners(self) -> App:
        quiet = logging.getLogger("slack_bolt.deskmate")
        quiet.setLevel(logging.ERROR)
        app = App(
            logger=quiet,
            signing_secret=self._settings.signing_secret or "not used by Socket Mode",
            client=self._client,
            authorize=_authorize_with(self._settings.bot_token),
            # The listener runs before the answer: nothing is acknowledged before the commit.
            process_before_response=True,
        )
        for action in ACTIONS:
            app.action(action)(self._pressed)
        app.command(COMMAND)(self._asked)
        app.event("message")(self._heard)
        if self._home is not None:
            self._home.listen(app)
        return app

    def _pressed(self, ack: Ack, body: dict[str, object]) -> BoltResponse | None:
        event = self._event(body)
        if self._is_written_down(event):
            ack()
            return None
        self._tell_lost(body)
        return BoltResponse(status=503, body="")

    def _event(self, body: Mapping[str, object]) -> Event:
        """The press as an event; pressing twice is two events, a redelivery is the same one."""
        action, user = _first(body.get("actions")), _mapping(body.get("user"))
        container = _mapping(body.get("container"))
        channel, ts = str(container.get("channel_id", "")), str(container.get("message_ts", ""))
        user_id, subject = str(user.get("id", "")), str(action.get("value", ""))
        pressed = ButtonPressed(
            action=str(action.get("action_id", "")),
            subject=subject,
            person=self._people.name_of(user_id, otherwise=str(user.get("name") or user_id)),
            via=SOURCE,
            message={"channel": channel, "ts": ts, "user": user_id},
        )
        key = f"slack/{pressed.action}/{action.get('action_ts', '')}/{user_id}/{channel}:{ts}"
        return Event(key, stream_of(subject), self._clock.now(), SOURCE, pressed)

    def _is_written_down(self, event: Event) -> bool:
        try:
            failure = self._receive((event,)).exception(timeout=COMMIT_WITHIN)
        except (TimeoutError, CancelledError) as error:
            failure = error
        if failure is not None:
            log.error("press_not_written_down", key=event.key, reason=repr(failure)[:200])
            return False
        log.info("button_pressed", key=event.key)
        return True

    def _tell_lost(self, body: Mapping[str, object]) -> None:
        """To the person's eyes only, by the message they pressed under."""
        container, user = _mapping(body.get("container")), _mapping(body.get("user"))
        thread = container.get("thread_ts")
        self._whisper(
            str(container.get("channel_id", "")),
            str(user.get("id", "")),
            not_written_down(self._settings.language),
            thread=str(thread) if thread else None,
        )

    def _heard(self, ack: Ack, event: dict[str, object]) -> None:
        """Words behind `answer:` in a thread; the person is told what became of them."""
        said = answer_in(event)
        if said is not None and self._hear is not None:
            person = self._people.name_of(said.user_id, otherwise=said.user_id)
            sentence = self._hear(said, person)
            if sentence is not None:
                self._whisper(said.channel, said.user_id, sentence, thread=said.thread)
        ack()

    def _whisper(self, channel: str, user_id: str, text: str, *, thread: str | None) -> None:
        """To one person's eyes only."""
        try:
            self._client.chat_postEphemeral(
                channel=channel, user=user_id, text=text, thread_ts=thread
            )
        except (SlackApiError, OSError, HTTPException) as error:
            log.warning("person_not_told", reason=type(error).__name__)

    def _asked(self, ack: Ack, command: dict[str, str]) -> None:
        user_id = command.get("user_id", "")
        person = self._people.name_of(user_id, otherwise=command.get("user_name") or user_id)
        ack(self._answer(command.get("text", "").strip(), person, user_id))


def _authorize_with(bot_token: str) -> Callable[..., AuthorizeResult]:
    """The one workspace of this token; without asking Slack, which may be slow just now."""

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token)

    return authorize


def stream_of(subject: str) -> str:
    """In which stream a press is handled: one at a time with whatever else it is about."""
    kind, _, which = subject.partition(":")
    match kind:
        case "ticket" if which:
            return f"case/{which}"
        case "alert" if which:
            return f"alert/{which}"
        case "outage":
            return "outage"
        case _:
            return "desk"


def _reply(response: BoltResponse) -> ChatReply:
    body = response.body if isinstance(response.body, str) else json.dumps(response.body)
    kind = next(iter(response.headers.get("content-type", ())), PLAIN)
    return ChatReply(response.status, body.encode(), kind)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _first(value: object) -> Mapping[str, object]:
    return _mapping(value[0]) if isinstance(value, list) and value else {}
