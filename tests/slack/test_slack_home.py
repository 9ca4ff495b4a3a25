# SPDX-License-Identifier: GPL-3.0-or-later
"""Who opens the app in Slack sees the desk as it is, and no customer's word does anything there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.escaping import plain
from bot.channels.slack_client import slack_client
from bot.clock import SystemClock, VirtualClock
from bot.config.load import Loaded, load_policy
from bot.rules.engine import compile_policy
from bot.rules.ticket import Origin, Person, Status, Ticket
from bot.sandbox.http import Call, LoopbackServer, Reply
from bot.sandbox.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackDoor
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.world import World
from bot.sources.chat import ChatSettings, ChatSource
from bot.sources.chat_commands import find_ticket
from bot.sources.chat_desk import DeskViews
from bot.sources.chat_home import REFRESH, STATE, HomeTab
from bot.store.store import Store

CLOCK = SystemClock()
TICKET = Ticket(
    "t1", Origin.HELPDESK, CLOCK.now(), CLOCK.now(), Status.OPEN,
    subject="<!channel> https://evil.example", description="", number=48,
    requester=Person(name="Nora"),
)  # fmt: skip


@dataclass
class Desk:
    """A desk with one ticket, heard by Slack in one of its two ways."""

    source: ChatSource
    store: Store
    door: SlackDoor
    clock: VirtualClock

    def shown(self) -> str:
        return str(self.door.home_of("Johan Lind"))


@pytest.fixture
def desk(door: SlackDoor, tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "rules.yaml").write_text("desk: test\nlanguage: sv\n", encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    compiled = compile_policy(loaded.policy)
    clock = VirtualClock(CLOCK.now())
    client = slack_client(BOT_TOKEN, base_url=door.base_url, timeout=1)
    with Store.open("sqlite://", clock=CLOCK) as store:
        store.write(lambda tx: tx.tickets.save(TICKET))
        views = DeskViews(store, lambda: compiled, find_ticket)
        source = ChatSource(
            lambda _events: Future(), lambda _text, _person, _user_id: "",
            settings=ChatSettings(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, base_url=door.base_url),
            client=client, quick_client=client, clock=CLOCK,
            home=HomeTab(
                views, client, clock, lambda: compiled, store=store, escape=plain
            ),
        )  # fmt: skip
        source.start()
        assert door.socket.wait_until_connected()
        yield Desk(source, store, door, clock)
        source.stop()


def test_home_shows_the_queue(desk: Desk) -> None:
    """The open ticket stands there in the desk's language, and calls nobody."""
    opened = desk.door.open_home("Johan Lind")

    assert opened.is_acknowledged
    assert "#48" in desk.shown() and "Öppna, det som brådskar först" in desk.shown()
    assert "evil.example" not in desk.shown()


def test_home_is_made_anew(desk: Desk) -> None:
    """Its button shows what became of the queue since."""
    desk.door.open_home("Johan Lind")
    desk.store.write(lambda tx: tx.tickets.save(replace(TICKET, status=Status.SOLVED)))
    user = {"id": desk.door.member("Johan Lind").user_id, "name": "johan"}
    action = {"type": "button", "action_id": REFRESH, "block_id": "b", "action_ts": "1.0"}

    pressed = desk.door.send(
        {"type": "block_actions", "team": {"id": "T1"}, "user": user, "actions": [action],
         "container": {"type": "view", "view_id": "V1"}, "trigger_id": "1.t"}
    )  # fmt: skip

    assert pressed.is_acknowledged
    assert "#48" not in desk.shown() and "Inget ärende är öppet." in desk.shown()


def _opens(desk: Desk) -> int:
    """Johan opens the app, and that is written down; how often he was shown his Home by then."""
    desk.door.open_home("Johan Lind")
    desk.store.write(lambda _: None)
    return desk.door.calls["views.publish"]


def test_home_renews_itself_for_a_day(desk: Desk) -> None:
    """Who opened it sees what changed, once a minute, until a day after, whatever a clock does."""
    before = _opens(desk)
    desk.store.write(lambda tx: tx.tickets.save(replace(TICKET, status=Status.SOLVED)))
    shows = []

    for seconds in (30, 40, 30, 45, -3_600, 90_000, 120):
        desk.clock.move_to(desk.clock.now() + timedelta(seconds=seconds))
        desk.source.renew_home()
        shows.append(desk.door.calls["views.publish"] - before)

    assert shows == [0, 1, 1, 2, 3, 3, 3]
    assert "#48" not in desk.shown()


def test_home_is_renewed_in_bounds(desk: Desk, world: World) -> None:
    """However many look at it, a round shows it to fifty; a Slack that is away is left alone."""
    now = desk.clock.now()
    watchers = {f"U{number:08}": now.isoformat() for number in range(120)}
    desk.store.write(lambda tx: tx.states.save(STATE, watchers))
    shows = []

    for _ in range(3):
        desk.source.renew_home()
        shows.append(desk.door.calls["views.publish"])
        desk.clock.move_to(desk.clock.now() + timedelta(minutes=1))

    world.faults.switch_on(SlackFault.UNAVAILABLE, endpoint="views.publish")
    desk.source.renew_home()

    assert shows == [50, 100, 150]
    assert desk.door.calls["views.publish"] == 151


def test_home_that_slack_refuses_harms_nothing(desk: Desk, world: World) -> None:
    """The event is acknowledged all the same, so Slack does not send it again and again."""
    world.faults.switch_on(SlackFault.UNAVAILABLE, endpoint="views.publish")

    assert desk.door.open_home("Johan Lind").is_acknowledged
    assert desk.door.home_of("Johan Lind") is None


def test_home_is_asked_for_by_http(desk: Desk) -> None:
    """Without a socket Slack posts the event, signed."""
    desk.source.stop()

    def answer(call: Call) -> Reply:
        reply = desk.source.answer_http(call.body, call.headers)
        return Reply(reply.status, reply.body, reply.content_type)

    server = LoopbackServer(answer)
    server.start()
    desk.door.hear_by_http(f"{server.url}/slack/events")
    desk.door.socket.drop()
    opened = desk.door.open_home("Johan Lind")
    server.stop()

    assert opened.is_acknowledged and "#48" in desk.shown()
