# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate suggest`, `decide` and the internal note offer the policy's articles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

POLICY = """
desk: small
knowledge: {folder: articles, floor: 0.3}
rules:
  articles:
    event: created
    then: {suggest: 3}
"""
RUNNER = CliRunner()


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
