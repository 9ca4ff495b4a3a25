# SPDX-License-Identifier: GPL-3.0-or-later
"""Buttons pressed in Slack are written down before Slack hears that we heard them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest
from slack_cases import NOW, MakeOutgoing

from bot.channels.slack import SlackChannel
from bot.channels.slack_client import slack_client
from bot.clock import SystemClock
from bot.rules.events import ButtonPressed, Event
from bot.sandbox.http import Call, LoopbackServer, Reply
from bot.sandbox.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackDoor
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.slack_presses import sign
from bot.sandbox.world import World
from bot.sources.chat import ChatSettings, ChatSource, stream_of
from bot.sources.chat_threads import ThreadWord

ENDLESS = 20.0


class Ledger:
    """Stands where the store's inbox stands: keeps events by key, or fails when told to."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}
        self.failure: Exception | None = None
        self.is_slow = False
        self.written = threading.Event()

    def receive(self, events: Sequence[Event]) -> Future[int]:
        future: Future[int] = Future()
        if self.is_slow:
            return future
        if self.failure is not None:
            future.set_exception(self.failure)
            return future
        self.events.update({each.key: each for each in events})
        self.written.set()
        future.set_result(len(events))
        return future


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def settings(door: SlackDoor) -> ChatSettings:
    return ChatSettings(
        BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, base_url=door.base_url, ping_every=0.2
    )


@pytest.fixture
def source_of(ledger: Ledger, door: SlackDoor) -> Iterator[Callable[[ChatSettings], ChatSource]]:
    """Makes sources that are stopped in the end."""
    made: list[ChatSource] = []

    def make(settings: ChatSettings) -> ChatSource:
        client = slack_client(BOT_TOKEN, base_url=door.base_url, timeout=1)
        source = ChatSource(
            ledger.receive, lambda text, person, user_id: f"{person} ({user_id}) asked {text!r}",
            settings=settings,
            client=client, quick_client=client, clock=SystemClock(),
        )  # fmt: skip
        made.append(source)
        return source

    yield make
    for source in made:
        source.stop()


@pytest.fixture
def by_socket(
    source_of: Callable[[ChatSettings], ChatSource], settings: ChatSettings, door: SlackDoor
) -> ChatSource:
    """A source that listens by Socket Mode."""
    source = source_of(settings)
    source.start()
    assert door.socket.wait_until_connected()
    return source


@pytest.fixture
def by_http(
    source_of: Callable[[ChatSettings], ChatSource], settings: ChatSettings, door: SlackDoor
) -> Iterator[ChatSource]:
    """A source that listens by HTTP, on a real socket."""
    source = source_of(replace(settings, app_token=""))

    def answer(call: Call) -> Reply:
        reply = source.answer_http(call.body, call.headers)
        return Reply(reply.status, reply.body, reply.content_type)

    server = LoopbackServer(answer)
    server.start()
    door.hear_by_http(f"{server.url}/slack/events")
    yield source
    server.stop()


@pytest.fixture
def ts(channel: SlackChannel, world: World, outgoing: MakeOutgoing) -> str:
    """The ts of a message with a button."""
    channel.deliver(outgoing(), now=NOW)
    return world.chat.messages("support")[0].ts


def _only(ledger: Ledger) -> tuple[Event, ButtonPressed]:
    (event,) = ledger.events.values()
    assert isinstance(event.fact, ButtonPressed)
    return event, event.fact


@pytest.mark.parametrize("way", ["by_socket", "by_http"])
def test_press_is_written_down(
    way: str, request: pytest.FixtureRequest, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """By either way a press becomes an event that says who pressed what about which ticket."""
    request.getfixturevalue(way)

    pressed = door.press("support", ts, "acknowledge", "Johan Lind")

    event, fact = _only(ledger)
    assert pressed.is_acknowledged
    assert (
        fact.action, fact.subject, fact.person, fact.via,
    ) == ("acknowledge", "ticket:T1", "Johan Lind", "slack")  # fmt: skip
    assert (ts, "case/T1", "slack") == (fact.message["ts"], event.stream, event.source)


@pytest.mark.parametrize("way", ["by_socket", "by_http"])
def test_redelivered_press_is_one_event(
    way: str, request: pytest.FixtureRequest, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """Slack may send a press twice: it has one key."""
    request.getfixturevalue(way)
    payload = door.press_payload("support", ts, "acknowledge", "Johan Lind")

    answers = [door.send(payload), door.send(payload)]

    assert all(each.is_acknowledged for each in answers) and len(ledger.events) == 1


def test_second_press_is_another_event(
    by_socket: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """Pressing again, and somebody else's press, are events of their own."""
    for person in ("Johan Lind", "Johan Lind", "Karin Berg"):
        door.press("support", ts, "acknowledge", person)

    assert len(ledger.events) == 3


@pytest.mark.parametrize("way", ["by_socket", "by_http"])
def test_press_that_cannot_be_saved_is_said_so(
    way: str, request: pytest.FixtureRequest, door: SlackDoor, world: World, ledger: Ledger,
    ts: str,
) -> None:  # fmt: skip
    """A store that fails leaves the press unacknowledged, and the person is told."""
    request.getfixturevalue(way)
    ledger.failure = OSError("disk full")
    door.socket.acknowledge_within = 0.5

    pressed = door.press("support", ts, "acknowledge", "Johan Lind")

    (whisper,) = world.journal.of("chat_whispered")
    assert not pressed.is_acknowledged
    assert "could not be saved" in str(whisper.detail["text"])
    assert door.member("Johan Lind").user_id == whisper.detail["person"]


def test_store_that_hangs_is_not_waited_for(
    by_http: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """Within Slack's three seconds a press that is not on disk is answered with a refusal."""
    ledger.is_slow = True

    pressed = door.press("support", ts, "acknowledge", "Johan Lind")

    assert (pressed.is_acknowledged, pressed.status) == (False, 503)


def test_name_is_asked_once(
    by_socket: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """Slack is asked once what a person is called."""
    for _ in range(3):
        door.press("support", ts, "acknowledge", "Johan Lind")

    assert door.calls["users.info"] == 1


def test_name_that_slack_withholds_is_the_handle(
    by_socket: ChatSource, door: SlackDoor, world: World, ledger: Ledger, ts: str
) -> None:
    """A press counts even when Slack does not tell the person's name."""
    world.faults.switch_on(SlackFault.THROTTLED, endpoint="users.info")

    door.press("support", ts, "acknowledge", "Johan Lind")

    assert _only(ledger)[1].person == "johan.lind"


@pytest.mark.parametrize("way", ["by_socket", "by_http"])
def test_desk_command_is_answered(
    way: str, request: pytest.FixtureRequest, door: SlackDoor
) -> None:
    """`/desk` answers the person who asked."""
    request.getfixturevalue(way)

    answer = door.command("support", " help ", "Johan Lind")

    assert re.fullmatch(r"Johan Lind \(U[0-9A-Z]+\) asked 'help'", answer.text)


def test_wrong_signature_is_refused(
    by_http: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """Who does not know the signing secret is answered 401, and nothing is written down."""
    assert door.events_address is not None
    door.hear_by_http(door.events_address.url, "another secret")

    pressed = door.press("support", ts, "acknowledge", "Johan Lind")

    assert (pressed.status, ledger.events) == (401, {})


def test_stale_signature_is_refused(
    by_http: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """A request that was recorded ten minutes ago is answered 401."""
    assert door.events_address is not None
    door.hear_by_http(door.events_address.url, skew=-600)

    pressed = door.press("support", ts, "acknowledge", "Johan Lind")

    assert (pressed.status, ledger.events) == (401, {})


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"payload=%7B", b"payload=[]", b"{" * 100_000])
def test_unsigned_rubbish_is_refused(by_http: ChatSource, body: bytes) -> None:
    """Rubbish from anybody is refused without a trace of what went wrong."""
    reply = by_http.answer_http(body, {"content-type": "application/x-www-form-urlencoded"})

    assert reply.status in (400, 401)
    assert b"Traceback" not in reply.body


def test_cut_connection_is_made_again(
    by_socket: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """After the socket was cut a new one stands, and presses are heard again."""
    door.socket.drop()
    assert door.socket.wait_until_connected(2, within=ENDLESS)

    pressed = door.press("support", ts, "acknowledge", "Johan Lind")

    assert pressed.is_acknowledged and len(ledger.events) == 1


def test_refreshed_connection_is_made_again(
    by_socket: ChatSource, door: SlackDoor, ledger: Ledger, ts: str
) -> None:
    """When Slack asks for a new connection, as it does every few hours, there is one."""
    door.socket.refresh()
    assert door.socket.wait_until_connected(2, within=ENDLESS)

    assert door.press("support", ts, "acknowledge", "Johan Lind").is_acknowledged


def test_slack_that_is_down_is_waited_for(
    source_of: Callable[[ChatSettings], ChatSource], settings: ChatSettings, door: SlackDoor,
    world: World, ts: str,
) -> None:  # fmt: skip
    """A daemon that starts while Slack is down connects once Slack is back."""
    world.faults.switch_on(SlackFault.UNAVAILABLE, endpoint="apps.connections.open", times=1)

    source = source_of(settings)
    source.start()

    assert door.socket.wait_until_connected(within=ENDLESS)
    assert door.press("support", ts, "acknowledge", "Johan Lind").is_acknowledged
    assert source.is_connected()


def test_source_stops_cleanly(by_socket: ChatSource, door: SlackDoor) -> None:
    """After `stop` no thread of the connection is left, and Slack sees nobody."""
    before = {each for each in threading.enumerate() if each.name == "slack-socket"}

    by_socket.stop()

    assert before and not any(each.is_alive() for each in before)
    assert not by_socket.is_connected()


def test_secrets_stay_out_of_print(settings: ChatSettings) -> None:
    """Printing the settings shows no token."""
    assert not any(each in repr(settings) for each in (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("ticket:T1", "case/T1"),
        ("alert:abc", "alert/abc"),
        ("outage:3", "outage"),
        ("desk", "desk"),
        ("", "desk"),
    ],
)
def test_press_is_handled_with_its_subject(subject: str, expected: str) -> None:
    """A press waits in the line of what it is about."""
    assert stream_of(subject) == expected


def test_words_in_a_thread_are_heard_by_http(
    settings: ChatSettings, ledger: Ledger, door: SlackDoor
) -> None:
    """A signed event of Slack's: the words behind `answer:`, and a whisper to who said them."""
    heard: list[ThreadWord] = []
    client = slack_client(BOT_TOKEN, base_url=door.base_url, timeout=1)
    source = ChatSource(
        ledger.receive, lambda _text, _person, _user_id: "",
        settings=replace(settings, app_token=""),
        client=client, quick_client=client, clock=SystemClock(),
        hear=lambda said, _person: heard.append(said),
    )  # fmt: skip
    event = {"type": "message", "channel": "C1", "user": "U1", "text": "answer: Hello",
             "ts": "2.0", "thread_ts": "1.0"}  # fmt: skip
    payload = {"type": "event_callback", "team_id": "T1", "event": event, "event_id": "E1"}
    body = json.dumps(payload).encode()
    stamp = str(int(SystemClock().now().timestamp()))
    signature = sign(SIGNING_SECRET, stamp, body)
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature,
               "Content-Type": "application/json"}  # fmt: skip

    answered = source.answer_http(body, headers)

    assert answered.status == 200
    assert heard == [ThreadWord("C1", "1.0", "2.0", "Hello", "U1")]
