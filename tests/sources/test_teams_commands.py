# SPDX-License-Identifier: GPL-3.0-or-later
"""Who mentions Deskmate in Teams is answered in the channel; nobody but Teams is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sources_doors import NOW
from starlette.applications import Starlette

from bot.channels.escaping import markdown
from bot.clock import VirtualClock
from bot.config.load import Loaded, load_policy
from bot.rules.engine import compile_policy
from bot.rules.events import ButtonPressed
from bot.rules.ticket import Origin, Person, Status, Ticket
from bot.sandbox.teams_mentions import NO_ANSWER, TeamsMentions
from bot.sandbox.world import World
from bot.sources.chat_commands import DeskCommands
from bot.sources.web_server import WebServer
from bot.sources.web_teams import HELP, TeamsDoor, command_in, teams_route
from bot.store.queues import Claimed
from bot.store.store import Store

SECRET = base64.b64encode(b"a secret that Teams showed once").decode()
OTHERS = base64.b64encode(b"the secret of another team").decode()
POLICY = """
desk: test
people: {bo: {slack: U0BO}, eva: {sms: "+467"}}
rosters: {duty: {zone: UTC, rotation: {people: [bo, eva], every: 1w, since: 2026-01-05}}}
rights: {acknowledge: bo}
"""
TICKET = Ticket(
    "t1", Origin.HELPDESK, NOW, NOW, Status.OPEN,
    subject="Down [click](https://evil.example)", description="", number=48,
    requester=Person(name="Nora"),
)  # fmt: skip


@dataclass
class Team:
    """A channel of Teams beside the real door over HTTP."""

    url: str
    store: Store

    def say(
        self, text: str, who: str = "bo", *, secret: str = SECRET, late: float = 0
    ) -> requests.Response:
        """Post what Teams posts when somebody mentions the webhook."""
        at = NOW - timedelta(seconds=late)
        message = {
            "type": "message", "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.4370000Z",
            "text": f"<at>Deskmate</at>&nbsp;{text}\n", "from": {"id": "29:1", "name": who},
        }  # fmt: skip
        body = json.dumps(message).encode()
        made = hmac.new(base64.b64decode(secret), body, hashlib.sha256).digest()
        headers = {"Authorization": f"HMAC {base64.b64encode(made).decode()}"}
        return requests.post(self.url, data=body, headers=headers, timeout=5)

    def presses(self) -> list[ButtonPressed]:
        def claim(tx: object) -> list[Claimed]:
            return tx.inbox.claim(now=NOW, lease_seconds=1, limit=9)  # type: ignore[attr-defined]

        facts = [row.event.fact for row in self.store.write(claim)]
        return [fact for fact in facts if isinstance(fact, ButtonPressed)]


@pytest.fixture
def team(store: Store, clock: VirtualClock, tmp_path: Path) -> Iterator[Team]:
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    compiled = compile_policy(loaded.policy)
    store.write(lambda tx: tx.tickets.save(TICKET))
    commands = DeskCommands(store, clock, lambda: compiled, source="teams")
    door = TeamsDoor(commands, lambda: SECRET, clock, escape=markdown)
    server = WebServer(Starlette(routes=[teams_route(door)]), "127.0.0.1", 0)
    server.start()
    yield Team(f"http://127.0.0.1:{server.port}/teams/commands", store)
    server.stop()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("queue", "\\#48"),
        ("ticket 48", "Nora"),
        ("next 48", "Nobody else is told"),
        ("oncall", "duty"),
        ("risk", "No open ticket"),
        ("ticket 49", "no ticket 49"),
        ("sing", HELP),
    ],
)
def test_team_is_answered_in_the_channel(team: Team, asked: str, told: str) -> None:
    """Each question of the desk has its answer within Teams' five seconds."""
    answer = team.say(asked)

    assert answer.status_code == 200
    assert answer.json()["type"] == "message"
    assert told in answer.json()["text"]


def test_customers_words_make_no_link(team: Team) -> None:
    """The subject is shown to the whole channel as it was written, and does nothing."""
    text = team.say("queue").json()["text"]

    assert "[click](" not in text and "evil.example" not in text


def test_ack_takes_the_ticket(team: Team) -> None:
    """It is the same press as the button's, with who said it and where."""
    answer = team.say("ack #48")

    [pressed] = team.presses()
    assert "is yours" in answer.json()["text"]
    assert pressed == ButtonPressed("acknowledge", "ticket:t1", "bo", "teams")


def test_ack_needs_the_right(team: Team) -> None:
    """Who may not take is told who may, and nothing is written down."""
    answer = team.say("ack 48", "mallory")

    assert "bo" in answer.json()["text"]
    assert team.presses() == []


@pytest.mark.parametrize(
    ("secret", "late"),
    [(base64.b64encode(b"guessed").decode(), 0), (SECRET, 301), (SECRET, -301)],
)
def test_stranger_is_not_answered(team: Team, secret: str, late: float) -> None:
    """A wrong signature and an old request are both answered 401, without a word of the desk."""
    answer = team.say("queue", secret=secret, late=late)

    assert answer.status_code == 401
    assert "48" not in answer.json()["text"]


@pytest.mark.parametrize("header", ["", "HMAC", "HMAC ?", "Bearer x", "HMAC " + "a" * 43 + "="])
def test_nonsense_is_no_signature(team: Team, header: str) -> None:
    """Whatever stands in the header, it is judged and not believed."""
    answer = requests.post(team.url, data=b"{}", headers={"Authorization": header}, timeout=5)

    assert answer.status_code == 401


def test_command_is_found_in_teams_markup() -> None:
    """Teams wraps what people type; our name may be mentioned anywhere."""
    assert command_in('<div><at id="0">Desk mate</at>&nbsp;ticket <b>48</b></div>') == "ticket 48"


@pytest.mark.parametrize(("token", "read"), [(SECRET, "\\#48"), (OTHERS, NO_ANSWER)])
def test_sandbox_speaks_as_teams_does(
    team: Team, clock: VirtualClock, token: str, read: str
) -> None:
    """Who mentions us in the sandbox's Teams reads the answer of the real door, if it is signed."""
    world = World(clock)

    asked = TeamsMentions(world, team.url, token).say("support", "queue", person="bo")

    assert read in asked.answer
    assert world.chat.asked("teams") == (asked,)
