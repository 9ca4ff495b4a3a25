# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal says what worked, what did not and what was not tried, and is remembered."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.commands.drill_memory import NEVER, last_drill, remember, said_of_drill
from bot.commands.drill_scene import look_until
from bot.commands.drill_values import Drill, failed, not_tried, worked
from bot.commands.drill_view import write_page
from bot.commands.stored import load_compiled
from bot.sandbox.drill.stage import DrillStage
from bot.settings import NAMES
from bot.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DRILL = Drill(
    "sandbox", "acme", AT, "ann",
    (
        worked("The helpdesk dies", "noticed", "declared down"),
        failed("Slack dies", "<b>another way</b>", "nobody hears", "name a second way"),
        not_tried("A banner", "none is named"),
    ),
)  # fmt: skip
DESK = """
desk: acme
zone: UTC
hours: {always: {always: true}}
helpdesk: {category: Category, canary: 1}
categories: [incident, other]
priorities: {urgent: urgent, normal: normal}
promises: none
words: {down: {en: [is down], de: [ausgefallen]}}
people:
  lead: {slack: support, mail: lead@acme.example}
  second: {teams: second, sms: "+46 70 000 00 00"}
  bo: {slack: U0123ABCD, mail: bo@acme.example}
rights: {answer: bo}
helpdesk_down: {tell: [lead, second], mailbox: help@acme.example, banner: web_portal}
rules:
  outage:
    if: {says: down}
    then: {category: incident, priority: urgent, tell: lead}
"""

ROSTER = """
rosters:
  duty: {shifts: [{who: lead, mon: "08:00-17:00"}], never_empty_while_any_open: [always]}
"""


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An empty store that the settings name."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{tmp_path}/desk.sqlite3"
    monkeypatch.setenv("DESKMATE_STORE", url)
    return url


def test_status_says_when_the_last_drill_was(url: str) -> None:
    """`never` until there was one, then how long ago, by whom, and what it came to."""
    with Store.open(url, clock=SystemClock()):
        pass
    before = CliRunner().invoke(app, ["status"]).output
    said = remember(DRILL, SystemClock())

    after = json.loads(CliRunner().invoke(app, ["status", "--json"]).output)["last_drill"]

    assert NEVER in before and said.startswith("remembered")
    assert after["did_not_work"] == ["Slack dies"]
    assert said_of_drill(after, AT + timedelta(days=90)) == (
        "90 days ago, on the sandbox, by ann: 1 worked, 1 did not, 1 not tried"
    )


def test_check_says_when_the_last_drill_was(url: str, tmp_path: Path) -> None:
    """A line beside what it found, also where there never was one; it makes no store to look."""

    def check(*more: str) -> str:
        return CliRunner().invoke(app, ["check", str(ROOT / "desks" / "inriver"), *more]).output

    without = check()
    assert not (tmp_path / "desk.sqlite3").exists()
    with Store.open(url, clock=SystemClock()):
        pass
    before = check()
    remember(DRILL, SystemClock())

    assert "rehearsal: no store can be read here" in without
    assert f"rehearsal: {NEVER}" in before and "warning: rehearsal" not in before
    assert "on the sandbox, by ann: 1 worked, 1 did not, 1 not tried" in check()
    assert json.loads(check("--json"))["last_drill"]["by"] == "ann"


def test_drill_without_a_store_makes_none(url: str, tmp_path: Path) -> None:
    """A rehearsal on a laptop leaves no store behind, and says that it is not remembered."""
    said = remember(DRILL, SystemClock())

    assert said.startswith("not remembered: there is no store")
    assert not (tmp_path / "desk.sqlite3").exists()


def test_page_names_every_step_and_is_no_markup_of_others(tmp_path: Path) -> None:
    """What failed comes first; names from the policy are text."""
    write_page(tmp_path / "drill.html", DRILL)

    page = (tmp_path / "drill.html").read_text()
    places = [page.index(each.name) for each in (DRILL.steps[1], DRILL.steps[0], DRILL.steps[2])]
    assert places == sorted(places)
    assert "name a second way" in page
    assert "&lt;b&gt;another way" in page and "<b>another way" not in page


def test_desk_with_a_mailbox_says_what_to_install(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sandbox's mail server is an extra: the sentence names the command."""
    monkeypatch.setitem(sys.modules, "pymap", None)

    result = CliRunner().invoke(app, ["drill", str(ROOT / "desks" / "inriver")])

    assert result.exit_code == 2
    assert "pip install 'deskmate[demo]'" in result.output


def test_broken_policy_is_told_by_its_place(url: str, tmp_path: Path) -> None:
    """Nothing is rehearsed; the mistake has its line."""
    (tmp_path / "rules.yaml").write_text("desk: acme\nrulez: {}\n")

    result = CliRunner().invoke(app, ["drill", str(tmp_path)])

    assert result.exit_code == 2
    assert re.search(r"rules\.yaml:2:1", result.output)


@pytest.mark.real
def test_desk_is_rehearsed_from_death_to_report(url: str, tmp_path: Path) -> None:
    """The real daemon: everybody told, mails are cases, both answers arrive, one ticket each."""
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "rules.yaml").write_text(DESK)
    with Store.open(url, clock=SystemClock()):
        pass

    result = CliRunner().invoke(app, ["drill", str(desk), "--json", "--by", "ann"])

    told = json.loads(result.stdout.splitlines()[0])
    ended = {each["step"]: each["result"] for each in told["steps"]}
    assert result.exit_code == 0, told
    assert set(ended.values()) == {"ok"}, told
    assert "second is told that it is down" in ended and "Slack dies" in ended
    assert "Somebody answers by mail" in ended and "Cases go into the helpdesk" in ended
    with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
        assert (last_drill(reader) or {})["by"] == "ann"


@pytest.mark.real
def test_real_drill_tries_every_way_and_touches_no_customer(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a running daemon: our people read DRILL, the canary is written, nothing else is."""
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "rules.yaml").write_text(DESK + "poll_every: 2s\n" + ROSTER)
    compiled = load_compiled(desk, SystemClock())
    stage = DrillStage(SystemClock(), tmp_path, compiled.policy).open()
    daemon = DaemonProcess(stage.environment(), desk, stage.places.log)
    daemon.start()
    try:
        assert look_until(stage, SystemClock(), stage.is_daemon_idle, 30)
        for name, value in stage.environment().items():
            monkeypatch.setenv(name, value)
        before = {each.number: each.updated_at for each in stage.world.tickets()}

        result = CliRunner().invoke(app, ["drill", str(desk), "--real", "--yes", "--json"])
    finally:
        daemon.stop()
        stage.close()

    told = json.loads(result.stdout.splitlines()[0])
    ended = {each["step"]: each["result"] for each in told["steps"]}
    assert [name for name, how in ended.items() if how != "ok"] == ["Roster duty"], told
    assert "The change comes back by webhook" in ended and "It stands in the lists" in ended
    after = {each.number: each.updated_at for each in stage.world.tickets()}
    changed = {number for number, at in after.items() if before.get(number) != at}
    # The steps above say that the canary was written; its second may be that of the look before.
    assert changed <= {stage.furniture.canary}
    assert stage.banner() is None and not list(tmp_path.glob("*-drill-*"))
    assert all("DRILL by " in each.text for each in stage.world.chat.messages("support"))
    assert len(stage.world.chat.cards("second")) == len(stage.sms.taken("+46700000000")) == 1
    mailed = {address for each in stage.world.mail.sent() for address in each.recipients}
    assert mailed == {"lead@acme.example", "help@acme.example"}


def test_real_drill_without_settings_sends_nothing(url: str) -> None:
    """It names the setting that is missing, and that --json asks nothing."""
    desk = str(ROOT / "desks" / "inriver")

    unset = CliRunner().invoke(app, ["drill", desk, "--real", "--yes"])
    unasked = CliRunner().invoke(app, ["drill", desk, "--real", "--json"])
    misplaced = CliRunner().invoke(app, ["drill", desk, "--yes"])

    assert unset.exit_code == unasked.exit_code == misplaced.exit_code == 2
    assert "DESKMATE_ZENDESK_URL is not set" in unset.output
    assert "add --yes" in unasked.output and "--yes belongs to --real" in misplaced.output
