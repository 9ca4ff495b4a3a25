# SPDX-License-Identifier: GPL-3.0-or-later
"""Outages and incidents are listed, told and worked on from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import SystemClock
from bot.rules.incident_values import Incident, IncidentOrdered, Phase, Verb
from bot.settings import NAMES
from bot.store.incidents import save_incident
from bot.store.outages import PRODUCT
from bot.store.store import Store
from bot.store.transaction import Transaction

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place_store: Callable[[Path], str]
) -> Path:
    """A store with one outage of half an hour."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = place_store(tmp_path / "desk.sqlite3")
    monkeypatch.setenv("DESKMATE_STORE", url)
    happened = (
        (2, "declared", {"began": NINE.isoformat(), "seen": "503"}),
        (32, "answering_again", {"answered": (NINE + timedelta(minutes=30)).isoformat()}),
        (42, "recovered", {}),
    )
    with Store.open(url, clock=SystemClock()) as store:
        for minute, kind, detail in happened:
            at = NINE + timedelta(minutes=minute)
            store.write(lambda tx, a=at, k=kind, d=detail: tx.incidents.add(1, a, k, d))
    return tmp_path


def _call(*words: str) -> Result:
    return CliRunner().invoke(app, ["incident", *words])


def test_outages_are_listed(folder: Path) -> None:
    """With how long each was away."""
    [row] = json.loads(_call("list", "--json").output)["incidents"]

    assert (row["incident"], row["away_seconds"]) == (1, 1800.0)
    assert "away 30 min 00 s" in _call("list").output


def test_report_is_markdown_in_the_zone_that_was_asked_for(folder: Path) -> None:
    """Nine o'clock UTC is ten in Stockholm."""
    result = _call("report", "1", "--zone", "Europe/Stockholm")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("# Outage 1 of the helpdesk\n")
    assert "2026-03-02 10:00:00 | It began |" in result.output
    assert "2026-03-02 10:02:00 | Declared down | 503 |" in result.output


def test_report_is_written_as_a_page(folder: Path) -> None:
    """One file that stands by itself."""
    result = _call("report", "1", "--html", str(folder / "report.html"))

    page = (folder / "report.html").read_text("utf-8")
    assert result.exit_code == 0, result.output
    assert "Declared down" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    "words",
    [("report", "7"), ("report", "1", "--zone", "Mars"), ("report", "1", "--promised", "100"),
     ("report", "1", "--language", "tlh"),
     ("report", "1", "--html", "/nowhere/at/all.html"), ("list", "--zone", "../etc")],
)  # fmt: skip
def test_what_cannot_be_told_is_said(folder: Path, words: tuple[str, ...]) -> None:
    """Without a trace of the program."""
    result = _call(*words)

    assert result.exit_code == 2
    assert result.output.startswith("deskmate: ")
    assert "Traceback" not in result.output


POLICY = """
desk: acme
labels: {portal: Web portal}
rights: {incident: [lead], send_update: [lead]}
people: {lead: {slack: leads}}
incidents:
  services: {portal: {promised: "99.9%"}, api: {}}
  severities: {major: {tell: lead, update_every: 1h}, minor: {tell: lead}}
"""


@pytest.fixture
def desk(folder: Path) -> Path:
    """The same store beside a policy, with an incident of 45 minutes that is closed."""
    (folder / "rules.yaml").write_text(POLICY, encoding="utf-8")
    end = NINE + timedelta(minutes=45)
    closed = Incident(1, ("portal",), "major", "Nobody <b>can</b> log in", NINE, NINE,
                      phase=Phase.CLOSED, restored_at=end, closed_at=end)  # fmt: skip
    turns = (
        (NINE, "opened", {"services": ["portal"], "severity": "major", "since": NINE.isoformat(),
                          "by": "rule down"}),
        (end, "restored", {"since": end.isoformat(), "by": "eva", "text": "The cache was full."}),
        (end, "closed", {"since": end.isoformat(), "by": "eva"}),
    )  # fmt: skip

    def write(tx: Transaction) -> None:
        save_incident(closed, tx)
        for at, kind, detail in turns:
            tx.incidents.add(1, at, kind, detail, matter=PRODUCT)

    with Store.open(f"sqlite:///{folder}/desk.sqlite3", clock=SystemClock()) as store:
        store.write(write)
    return folder


def test_draft_report_of_an_incident(desk: Path) -> None:
    """H62: from the record alone: length, who said so, the month against the promise."""
    page = desk / "report.html"
    result = _call("report", "P1", "--policy", str(desk))
    _call("report", "p1", "--policy", str(desk), "--html", str(page))
    whole = json.loads(_call("report", "P1", "--policy", str(desk), "--json").output)

    assert result.output.startswith("# Incident P1: Web portal\n")
    assert "2026-03-02 09:45:00 | It worked again | eva | The cache was full" in result.output
    assert "BROKEN" in result.output and "45 min 00 s" in result.output
    assert "<b>" not in page.read_text("utf-8") and "&lt;b&gt;" in page.read_text("utf-8")
    assert (whole["away_seconds"], whole["months"]["portal"][0]["is_kept"]) == (2700.0, False)


def test_outages_and_incidents_stand_side_by_side(desk: Path) -> None:
    """Each by its own name, so that neither is taken for the other."""
    shown = json.loads(_call("list", "--json").output)

    assert [each["incident"] for each in shown["incidents"]] == [1]
    assert [each["incident"] for each in shown["product"]] == ["P1"]
    assert "P1  2026-03-02 09:00:00  closed  major  portal" in _call("list").output


def test_availability_says_by_its_exit_whether_a_promise_broke(desk: Path) -> None:
    """D28, G48: 45 minutes are more than 99.9 % allow; of the other nothing is promised."""
    result = _call("availability", "--since", "3000d", "--policy", str(desk), "--json")

    found = json.loads(result.output)["services"]
    march = {name: next(m for m in months if m["month"] == "2026-03")
             for name, months in found.items()}  # fmt: skip
    assert result.exit_code == 1
    assert found["portal"][0]["month"] == "2026-03"
    assert (march["portal"]["is_kept"], march["api"]["is_kept"]) == (False, None)


WORKS = """
maintenance:
  disks: {from: 2026-03-02 09:00, until: 2026-03-02 09:40, only: {service: portal}, because: disks}
"""


@pytest.mark.parametrize(
    ("planned", "away", "status", "shown"),
    [
        ("counted", 2700, 1, "40 min 00 s, counted"),
        ("excluded", 300, 0, "40 min 00 s, not counted"),
    ],
)
def test_announced_works_stand_apart(
    desk: Path, planned: str, away: int, status: int, shown: str
) -> None:
    """D29: forty of the 45 minutes were announced; whether they count is the policy's word."""
    text = POLICY.replace('"99.9%"', f'"99.9%", planned: {planned}')
    (desk / "rules.yaml").write_text(text + WORKS, encoding="utf-8")

    result = _call("availability", "--since", "3000d", "--policy", str(desk), "--json")
    table = _call("availability", "--since", "3000d", "--policy", str(desk)).output
    report = _call("report", "P1", "--policy", str(desk)).output

    march = json.loads(result.output)["services"]["portal"][0]
    assert (march["away_seconds"], march["planned_seconds"], march["planned"]) == (
        away, 2400, planned,
    )  # fmt: skip
    assert result.exit_code == status
    assert "planned" in table and shown in report
    assert "Of that within announced maintenance: 40 min 00 s." in report


def test_month_whose_incidents_may_be_gone_is_not_shown(desk: Path) -> None:
    """What `keep:` let go of was not kept as a promise for all that."""
    (desk / "rules.yaml").write_text(f"{POLICY}keep: {{incidents: 40d}}\n", encoding="utf-8")

    result = _call("availability", "--since", "3000d", "--policy", str(desk), "--json")

    months = [each["month"] for each in json.loads(result.output)["services"]["portal"]]
    forgotten = SystemClock().now() - timedelta(days=40)
    assert months == [each for each in months if each > f"{forgotten:%Y-%m}"] != []


def test_status_names_what_is_not_closed(desk: Path) -> None:
    """And when its customers should hear; what is closed is no longer named."""
    is_open = Incident(2, ("api",), "minor", "Slow", NINE, NINE, due_at=NINE)
    with Store.open(f"sqlite:///{desk}/desk.sqlite3", clock=SystemClock()) as store:
        store.write(lambda tx: save_incident(is_open, tx))

    shown = CliRunner().invoke(app, ["status"]).output

    assert "incident  P2 open, minor, api, update to customers due in -" in shown
    assert "P1" not in shown


def test_incident_is_opened_by_an_order_in_the_inbox(desk: Path) -> None:
    """With who says so and since when; the daemon takes it up."""
    result = _call("open", "portal,api", "Nobody can log in", "--severity", "major", "--by", "lead",
                   "--policy", str(desk))  # fmt: skip

    now = SystemClock().now() + timedelta(seconds=1)
    with Store.open(f"sqlite:///{desk}/desk.sqlite3", clock=SystemClock()) as store:
        [row] = store.write(lambda tx: tx.inbox.claim(now=now, lease_seconds=1, limit=9))
    assert result.exit_code == 0, result.output
    assert row.event.fact == IncidentOrdered(
        Verb.OPEN, "lead", "Nobody can log in", services=("portal", "api"), severity="major"
    )


def test_two_incidents_are_made_one(desk: Path) -> None:
    """The word goes into the inbox; what is a part already is shown as one, and refused."""
    others = [Incident(n, ("api",), "minor", "Slow", NINE, NINE) for n in (2, 3, 4)]
    part = replace(others[2], phase=Phase.CLOSED, closed_at=NINE, part_of=2)
    with Store.open(f"sqlite:///{desk}/desk.sqlite3", clock=SystemClock()) as store:
        store.write(lambda tx: [save_incident(each, tx) for each in (*others[:2], part)])

    result = _call("merge", "P3", "P2", "--by", "lead", "--policy", str(desk))
    again = _call("merge", "P4", "P3", "--by", "lead", "--policy", str(desk))

    now = SystemClock().now() + timedelta(seconds=1)
    with Store.open(f"sqlite:///{desk}/desk.sqlite3", clock=SystemClock()) as store:
        [row] = store.write(lambda tx: tx.inbox.claim(now=now, lease_seconds=1, limit=9))
    assert result.exit_code == 0, result.output
    assert row.event.fact == IncidentOrdered(Verb.MERGE, "lead", number=3, into=2)
    assert again.output == "deskmate: Part of another incident already: P4 → P2.\n"
    assert "P4  2026-03-02 09:00:00  part of P2  minor  api" in _call("list").output
    assert "part of incident P2" in _call("report", "P4", "--policy", str(desk)).output


REFUSED = {
    ("open", "portal", "x", "--severity", "major", "--by", "eve"): "Who may: lead",
    ("open", "shop", "x", "--severity", "major", "--by", "lead"): "There are: portal, api",
    ("open", "portal", "x", "--by", "lead"): "There are: major, minor",
    ("update", "P1", "x", "--by", "lead"): "P1 is closed",
    ("close", "P9", "--by", "lead"): "no incident P9",
    ("told", "1", "mail", "--by", "lead"): "write P3",
    ("restored", "P1", "--at", "soon", "--by", "lead"): "is no time",
    ("affected", "P1", "--add", "999", "--by", "lead"): "ticket 999 is not known",
    ("report", "P9"): "no incident P9",
    ("merge", "P1", "P2", "--by", "eve"): "Who may: lead",
    ("merge", "P1", "P2", "--by", "lead"): "no incident P2",
    ("merge", "P1", "3", "--by", "lead"): "write P3",
}


def test_word_that_cannot_be_taken_is_answered(desk: Path) -> None:
    """With what to write instead, and nothing is written down."""
    results = {words: _call(*words, "--policy", str(desk)) for words in REFUSED}

    assert {result.exit_code for result in results.values()} == {2}
    answers = {words: result.output for words, result in results.items()}
    assert all(answer.startswith("deskmate: ") for answer in answers.values())
    assert [words for words, said in REFUSED.items() if said not in answers[words]] == []
    url = f"sqlite:///{desk}/desk.sqlite3"
    with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
        assert reader.inbox.waiting() == 0
