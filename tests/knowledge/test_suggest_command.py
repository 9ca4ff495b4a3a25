# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate suggest`, `decide` and the internal note offer the policy's articles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import VirtualClock
from bot.commands.suggest import show_missing
from bot.rules.knowledge import Article
from bot.rules.ticket import Origin, Status, Ticket
from bot.settings import NAMES
from bot.store.store import Store

POLICY = """
desk: small
knowledge: {folder: articles, floor: 0.3}
rules:
  articles:
    event: created
    then: {suggest: 3}
"""
RUNNER = CliRunner()
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "export.md").write_text("# Export a report to Excel\n\nChoose Export.")
    return tmp_path


def test_suggest_names_article_and_score(desk: Path) -> None:
    """One line per article, the exit status says that there is one."""
    done = RUNNER.invoke(app, ["suggest", "how to export reports", "--policy", str(desk)])

    assert done.exit_code == 0
    assert "Export a report to Excel  (export)" in done.stdout


def test_suggest_says_when_there_is_nothing(desk: Path) -> None:
    """No article is no mistake, but a script can tell."""
    done = RUNNER.invoke(app, ["suggest", "lunch on Friday", "-p", str(desk), "--json"])

    assert (done.exit_code, json.loads(done.stdout)) == (1, {"suggest": []})


def test_suggest_without_knowledge_says_what_to_write(tmp_path: Path) -> None:
    """A policy that names no knowledge is told how to name some."""
    (tmp_path / "rules.yaml").write_text("desk: bare\n", encoding="utf-8")

    done = RUNNER.invoke(app, ["suggest", "x", "--policy", str(tmp_path)])

    assert done.exit_code == 2
    assert "knowledge: {folder: articles}" in done.stderr


def test_decide_lists_articles_with_scores(desk: Path) -> None:
    """`suggest` holds ids and scores above the floor, and nothing otherwise."""
    lines = [
        {
            "id": 1,
            "subject": "Exporting reports",
            "body": "to excel?",
            "created_at": "2026-03-02T09:00Z",
        },
        {"id": 2, "subject": "Lunch", "body": "On Friday?", "created_at": "2026-03-02T09:00Z"},
    ]
    text = "\n".join(json.dumps(each) for each in lines)

    done = RUNNER.invoke(app, ["decide", "--policy", str(desk), "-"], input=text)

    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert [each["article"] for each in first["suggest"]] == ["export"]
    assert 0.3 <= first["suggest"][0]["score"] <= 1.0
    assert second["suggest"] == []


def test_missing_folder_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    """A folder that is not there is told at its place."""
    (tmp_path / "rules.yaml").write_text("desk: x\nknowledge: {folder: nowhere}\n", "utf-8")

    done = RUNNER.invoke(app, ["check", "--policy", str(tmp_path)])

    assert done.exit_code != 0
    assert "rules.yaml:2:" in done.output and "nowhere is no folder" in done.output


@pytest.fixture
def kept(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that the settings name, with the desk beside it."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    url = f"sqlite:///{desk / 'desk.sqlite3'}"
    monkeypatch.setenv("DESKMATE_STORE", url)
    with Store.open(url, clock=VirtualClock(NOW)) as store:
        yield store


def solved(number: int, subject: str, **fields: str) -> Ticket:
    return Ticket(
        f"t{number}", Origin.HELPDESK, NOW, NOW, Status.SOLVED, subject, "", number=number,
        category="question", fields={f"fingerprint.{k}": v for k, v in fields.items()},
    )  # fmt: skip


def test_missing_articles_are_counted_by_fault(
    desk: Path, kept: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was solved again and again without an article comes first; the answered is left out."""
    tickets = [solved(1, "Export reports"), solved(2, "Printer", code="E7"),
               solved(3, "Labels", code="E7"), solved(4, "Something else")]  # fmt: skip
    kept.write(lambda tx: [tx.tickets.save(each) for each in tickets])

    status = show_missing(desk, VirtualClock(NOW), since="90d", as_json=True)

    assert status == 1
    assert json.loads(capsys.readouterr().out) == {
        "missing": [
            {"what": "code E7", "count": 2, "examples": [2, 3]},
            {"what": "question", "count": 1, "examples": [4]},
        ]
    }


def test_suggest_knows_what_the_daemon_read(desk: Path, kept: Store) -> None:
    """The help centre's articles of the store stand beside the folder's."""
    policy = POLICY.replace("folder: articles", "folder: articles, help_centre: true")
    (desk / "rules.yaml").write_text(policy, encoding="utf-8")
    article = Article("7", "Print shipping labels", "", "en", "https://help.example/7")
    kept.write(lambda tx: tx.articles.save([article], NOW))

    done = RUNNER.invoke(app, ["suggest", "printing labels", "--policy", str(desk)])

    assert "Print shipping labels  (https://help.example/7)" in done.stdout


def test_suggest_without_text_says_what_to_write(desk: Path) -> None:
    """An empty call is told the form of the command."""
    done = RUNNER.invoke(app, ["suggest", "--policy", str(desk)])

    assert done.exit_code == 2
    assert 'deskmate suggest "text"' in done.output.replace("\n", " ")
