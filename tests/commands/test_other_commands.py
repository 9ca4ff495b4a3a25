# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands say what is wrong in a sentence, never in a stack trace, and exit as documented."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.settings import NAMES
from bot.store.store import Store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """The command line in an environment of its own, with a store in a temporary folder."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_STORE", f"sqlite:///{tmp_path}/desk.sqlite3")
    return CliRunner()


def test_help_teaches_every_command(run: CliRunner) -> None:
    """`--help` names each command with a line of its own."""
    shown = run.invoke(app, ["--help"]).output

    for command in ("run", "demo", "check", "init", "decide", "status", "backup", "restore"):
        assert f"  {command} " in shown


def test_night_without_its_mailbox_says_what_to_install(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library of the sandbox's mailbox is an extra: the sentence names the command."""
    monkeypatch.setitem(sys.modules, "pymap", None)

    result = run.invoke(app, ["demo", "--story", "outage"])

    assert result.exit_code == 2
    assert "pip install 'deskmate[demo]'" in result.output


def test_mails_of_a_folder_belong_to_the_other_story(run: CliRunner, tmp_path: Path) -> None:
    """The night has its own letters; asking for both is a mistake, not a surprise."""
    result = run.invoke(app, ["demo", "--story", "outage", "--mails", str(tmp_path)])

    assert result.exit_code == 2
    assert "--mails belongs to the story of support" in result.output


def test_check_of_the_shipped_policy_is_good(run: CliRunner) -> None:
    """The policy that people start from is without a mistake."""
    result = run.invoke(app, ["check", "--policy", str(ROOT)])

    assert result.exit_code == 0
    assert "good. 9 rules" in result.output


def test_check_says_mistakes_as_json(run: CliRunner, tmp_path: Path) -> None:
    """Scripts get file, line, column, what and advice."""
    (tmp_path / "rules.yaml").write_text("desk: a\nrulez: 1\n", encoding="utf-8")

    result = run.invoke(app, ["check", "--json", "--policy", str(tmp_path)])

    [problem] = json.loads(result.output)["problems"]
    assert result.exit_code == 1
    assert (problem["line"], problem["column"]) == (2, 1)


def test_check_without_a_policy_is_unusable(run: CliRunner, tmp_path: Path) -> None:
    """A folder without YAML exits with 2."""
    assert run.invoke(app, ["check", "--policy", str(tmp_path / "none")]).exit_code == 2


def test_init_writes_a_policy_that_loads(run: CliRunner, tmp_path: Path) -> None:
    """Answers become files that load, and nothing is ever overwritten."""
    answers = tmp_path / "answers.yaml"
    answers.write_text("desk: 'My \"desk\"'\nholidays: SE\nslack: '#help'\n", encoding="utf-8")
    folder = tmp_path / "desk"

    first = run.invoke(app, ["init", str(folder), "--answers", str(answers)])
    again = run.invoke(app, ["init", str(folder), "--answers", str(answers)])

    assert first.exit_code == 0, first.output
    assert "OAuth client" in first.output
    assert run.invoke(app, ["check", "--policy", str(folder)]).exit_code == 0
    assert "2 tests pass" in run.invoke(app, ["test", str(folder)]).output
    assert again.exit_code == 1
    assert "there already" in again.output


@pytest.mark.parametrize("answer", ["categories: ','", "zone: Mars", "holidays: XX"])
def test_init_writes_nothing_that_would_not_load(
    run: CliRunner, tmp_path: Path, answer: str
) -> None:
    """An answer that cannot be used leaves no half policy behind, so the next try is free."""
    answers = tmp_path / "answers.yaml"
    answers.write_text(f"desk: x\n{answer}\n", encoding="utf-8")
    folder = tmp_path / "desk"

    result = run.invoke(app, ["init", str(folder), "--answers", str(answers)])

    assert result.exit_code == 1, result.output
    assert not folder.exists()


def test_init_without_anybody_to_ask_says_so(run: CliRunner, tmp_path: Path) -> None:
    """In a script it names the answers it wants instead of waiting."""
    result = run.invoke(app, ["init", str(tmp_path / "desk")], input="")

    assert result.exit_code == 2
    assert "--answers FILE" in result.output


def test_run_names_missing_settings(run: CliRunner) -> None:
    """Without credentials the daemon does not start, and says which settings it wants."""
    result = run.invoke(app, ["run", "--policy", str(ROOT)])

    assert result.exit_code == 2


def test_status_of_an_empty_store(run: CliRunner, tmp_path: Path) -> None:
    """Before the first ticket there is nothing to show, and that is no error."""
    Store.open(f"sqlite:///{tmp_path}/desk.sqlite3", clock=SystemClock()).close()

    result = run.invoke(app, ["status", "--json"])

    assert result.exit_code == 0
    assert json.loads(result.output)["open_tickets"] == 0


def test_backup_comes_back(run: CliRunner, tmp_path: Path) -> None:
    """A backup is written, and restored only where it replaces nothing by accident."""
    Store.open(f"sqlite:///{tmp_path}/desk.sqlite3", clock=SystemClock()).close()
    copy = tmp_path / "copy.sqlite3"

    assert run.invoke(app, ["backup", str(copy)]).exit_code == 0
    assert run.invoke(app, ["restore", str(copy)]).exit_code == 1
    assert run.invoke(app, ["restore", str(copy), "--force"]).exit_code == 0
