# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Slack answers as the real one does, and its manifest asks for what we use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from slack_cases import NOW, MakeOutgoing

from bot.channels.slack import NEEDED_SCOPES, SlackChannel
from bot.channels.slack_client import is_loopback, slack_client
from bot.sandbox.slack import APP_TOKEN, BOT_TOKEN, SCOPES, SlackDoor
from bot.sandbox.slack_presses import block_actions, slash_command, thread_word
from bot.sandbox.world import World
from bot.sources.chat_threads import ThreadWord, answer_in

ROOT = Path(__file__).resolve().parents[2]
SHAPES = json.loads((ROOT / "tests/data/slack-shapes.json").read_text("utf-8"))
MANIFEST = yaml.safe_load((ROOT / "docs/slack-manifest.yaml").read_text("utf-8"))
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def _strange(value: object, shape: object, path: str = "") -> Iterator[str]:
    """Where `value` has a property or a type that the shape does not know."""
    if isinstance(value, dict) and isinstance(shape, dict):
        for name, each in value.items():
            if name not in shape:
                yield f"{path}.{name} is unknown"
            else:
                yield from _strange(each, shape[name], f"{path}.{name}")
    elif isinstance(value, list) and isinstance(shape, list):
        for each in value:
            yield from _strange(each, shape[0], f"{path}[]")
    elif type(value) in TYPES and isinstance(shape, str) and shape != TYPES[type(value)]:
        yield f"{path} is {TYPES[type(value)]}, should be {shape}"


def _calls(door: SlackDoor, room: str, ts: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every method the sandbox knows, with arguments that succeed."""
    johan = door.member("Johan Lind").user_id
    yield "auth.test", {}
    yield "chat.postMessage", {"channel": room, "text": "hello", "thread_ts": ts}
    yield "chat.update", {"channel": room, "ts": ts, "text": "changed"}
    yield "chat.postEphemeral", {"channel": room, "user": johan, "text": "psst"}
    yield "conversations.history", {"channel": room, "include_all_metadata": True}
    yield "conversations.replies", {"channel": room, "ts": ts}
    yield "conversations.info", {"channel": room}
    yield "conversations.list", {}
    yield "conversations.open", {"users": johan}
    yield "users.info", {"user": johan}


def test_answers_have_slacks_shapes(
    channel: SlackChannel, door: SlackDoor, outgoing: MakeOutgoing
) -> None:
    """Every answer has properties and types that Slack's own samples have."""
    channel.deliver(outgoing(), now=NOW)
    client = slack_client(BOT_TOKEN, base_url=door.base_url)
    room = door.workspace.open_channel("support").channel_id
    first = client.conversations_history(channel=room)["messages"][0]["ts"]

    strange = [
        f"{method}{problem}"
        for method, arguments in _calls(door, room, first)
        for problem in _strange(
            client.api_call(method, params=arguments).data, SHAPES["answers"][method]
        )
    ]

    assert strange == []


def test_payloads_have_slacks_shapes(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing
) -> None:
    """What the sandbox sends for a press and a command looks as Slack's does."""
    channel.deliver(outgoing(), now=NOW)
    message = world.chat.messages("support")[0]
    room, johan = door.workspace.open_channel("support"), door.member("Johan Lind")

    press = block_actions(message, room, johan, action_id="acknowledge", action_ts="1.000001")
    command = slash_command(room, johan, command="/desk", text="help")

    assert list(_strange(press, SHAPES["payloads"]["block_actions"])) == []
    assert list(_strange(command, SHAPES["payloads"]["slash_command"])) == []


def test_word_in_a_thread_is_there_and_understood(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing
) -> None:
    """What somebody says in a thread stands in the channel, and its event is read as an answer."""
    channel.deliver(outgoing(), now=NOW)
    room, johan = door.workspace.open_channel("support"), door.member("Johan Lind")
    first = world.chat.messages("support")[0]

    door.say("support", "svar: Vi är på det", user="Johan Lind", thread=first.ts)

    said = world.chat.messages("support", thread=first.ts)[-1]
    heard = answer_in(thread_word(room, johan, said)["event"])
    assert (said.author, said.thread) == ("Johan Lind", first.ts)
    assert heard == ThreadWord(
        room.channel_id, first.ts, said.ts, "Vi är på det", johan.user_id
    )  # fmt: skip


def test_socket_address_needs_the_app_token(door: SlackDoor) -> None:
    """Only the app-level token opens a socket."""
    client = slack_client(BOT_TOKEN, base_url=door.base_url)

    answer = client.apps_connections_open(app_token=APP_TOKEN)

    assert list(_strange(answer.data, SHAPES["answers"]["apps.connections.open"])) == []
    with pytest.raises(Exception, match="invalid_auth"):
        client.apps_connections_open(app_token="xapp-wrong")


def test_button_that_is_not_there_cannot_be_pressed(
    channel: SlackChannel, door: SlackDoor, world: World, outgoing: MakeOutgoing
) -> None:
    """A scenario that presses what nobody sees is told so."""
    channel.deliver(outgoing(buttons=()), now=NOW)
    ts = world.chat.messages("support")[0].ts

    with pytest.raises(LookupError, match="no button"):
        door.press("support", ts, "acknowledge", "Johan Lind")


def test_manifest_asks_for_what_we_use() -> None:
    """The manifest has every scope that the sandbox was satisfied with, no more, and /desk."""
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])

    assert scopes == SCOPES and scopes >= NEEDED_SCOPES
    assert [each["command"] for each in MANIFEST["features"]["slash_commands"]] == ["/desk"]
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["token_rotation_enabled"] is False


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8/api/", True),
        ("http://localhost/api/", True),
        ("http://[::1]:8/", True),
        ("https://slack.com/api/", False),
        ("https://127.example/", False),
    ],
)
def test_only_home_goes_without_proxy(url: str, expected: bool) -> None:
    """A proxy is left out for this machine alone."""
    assert is_loopback(url) is expected
