# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy that is read again speaks in its new words at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from ways import message

from bot.app import App
from bot.clock import SystemClock
from bot.config.load import Loaded, load_policy
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.engine import compile_policy
from bot.sandbox.teams import TeamsDoor
from bot.sandbox.world import World
from bot.settings import Secret, Settings
from bot.store.store import Store

CLOCK = SystemClock()
POLICY = """
desk: test
people: {team: {teams: support}}
labels: {urgent: P1}
texts: {rule: {en: {headline: "BEFORE {{ title }}"}}}
"""


@dataclass
class Running:
    """A daemon's parts beside a Teams that shows what it was sent."""

    app: App
    store: Store
    world: World

    def send(self, row: Outgoing) -> str:
        """The card that a message becomes."""
        self.store.write(lambda tx: tx.outbox.add(row, CLOCK.now()))
        step = next(each for each in self.app.steps if each.name == "deliver-teams")
        assert step.run()
        return str(self.world.chat.cards("support")[-1].body)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    world = World(CLOCK)
    door = TeamsDoor(world, world.faults).start()
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    settings = Settings(
        zendesk_url="http://127.0.0.1:9",
        listen_port=0,
        teams={"support": Secret(door.url("support"))},
    )
    store = Store.open("sqlite://", clock=CLOCK)
    app = App(settings, tmp_path, compile_policy(loaded.policy), store, CLOCK)
    yield Running(app, store, world)
    app.close()
    door.stop()


def _urgent(key: str) -> Outgoing:
    row = message(key, "teams:support", NoticeKind.RULE)
    assert isinstance(row.message, Notice)
    return replace(row, message=replace(row.message, priority="urgent"))


def test_reload_brings_new_words(running: Running, tmp_path: Path) -> None:
    """`texts:` and `labels:` of a running daemon change without a restart."""
    before = running.send(_urgent("a"))
    text = POLICY.replace("BEFORE", "AFTERWARDS").replace("P1", "Severity 1")

    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    running.app.reload()
    after = running.send(_urgent("b"))

    assert "BEFORE a" in before and "P1" in before
    assert "AFTERWARDS b" in after and "Severity 1" in after
