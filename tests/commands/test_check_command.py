# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate check` says where every mistake stands, and its status says what was found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import NAMES

WARNED = "desk: a\nwords: {slow: {en: [lag], sv: [trög]}}\n"
MISTAKEN = """\
desk: a
rules:
  a: {if: {sayz: x}, then: {tag: x}}
  b: {if: {plan: x}, then: {tell: me}}
"""


def _check(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["check", "--policy", str(folder), *more])


def test_folder_may_stand_alone(tmp_path: Path) -> None:
    """`check FOLDER` and `test --policy FOLDER` are as good as the other way round."""
    (tmp_path / "rules.yaml").write_text(WARNED, encoding="utf-8")

    checked = CliRunner().invoke(app, ["check", str(tmp_path)])
    tested = CliRunner().invoke(app, ["test", "--policy", str(tmp_path)])

    assert f"{tmp_path}: good." in checked.output
    assert f"{tmp_path}/tests:1:1: no tests here" in tested.output


@pytest.mark.parametrize(("text", "status"), [(WARNED, 0), (MISTAKEN, 1), (None, 2)])
def test_status_says_what_was_found(tmp_path: Path, text: str | None, status: int) -> None:
    """0 with warnings alone, 1 with mistakes, 2 where no policy is."""
    if text is not None:
        (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")

    assert _check(tmp_path).exit_code == _check(tmp_path, "--json").exit_code == status


def test_every_mistake_comes_with_its_place_and_advice(tmp_path: Path) -> None:
    """All of them at once, as editors and people read them."""
    (tmp_path / "rules.yaml").write_text(MISTAKEN, encoding="utf-8")

    output = _check(tmp_path).output

    place = f"{tmp_path}/rules.yaml:3:12"
    assert f"{place}: no field and no word 'sayz'; did you mean 'says'?" in output
    assert f"{tmp_path}/rules.yaml:4:" in output
    assert f"2 mistakes: nothing of {tmp_path} is used." in output


def test_scripts_get_the_same_as_rows(tmp_path: Path) -> None:
    """Each problem is an object with its place, and whether it only warns."""
    (tmp_path / "rules.yaml").write_text(WARNED, encoding="utf-8")

    [row] = json.loads(_check(tmp_path, "--json").output)["problems"]

    assert (row["file"], row["line"], row["column"]) == (f"{tmp_path}/rules.yaml", 2, 21)
    assert row["warning"] is True
    assert "'lag' (en) finds 'lag'" in row["what"]


def test_online_findings_stand_beside_the_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --online --json one object holds both, and what is not set up is a finding."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "rules.yaml").write_text(WARNED, encoding="utf-8")

    result = _check(tmp_path, "--online", "--json")

    told = json.loads(result.output)
    assert len(told["problems"]) == 1
    assert told["findings"][0]["what"] == "DESKMATE_ZENDESK_URL"
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("", "not set"),
        ("microsoft", "microsoft"),
        ("mx.acme.example", "mx.acme.example must write Authentication-Results"),
    ],
)
def test_online_check_says_whose_word_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: str, told: str
) -> None:
    """Where a server of one's own vouches for nobody inside, colleagues' answers are held."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_MAILBOX_URL", "imap://127.0.0.1:1/INBOX")
    monkeypatch.setenv("DESKMATE_CASE_SECRET", "0123456789abcdef")
    monkeypatch.setenv("DESKMATE_MAILBOX_TRUST", names)
    (tmp_path / "rules.yaml").write_text(WARNED, encoding="utf-8")

    findings = json.loads(_check(tmp_path, "--online", "--json").output)["findings"]

    said = {each["what"]: each["detail"] for each in findings}
    assert said["DESKMATE_MAILBOX_TRUST"].startswith(told)
