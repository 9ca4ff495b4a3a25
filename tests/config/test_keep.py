# SPDX-License-Identifier: GPL-3.0-or-later
"""`keep:` says how long each kind is kept; times that would do harm are refused at their place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.rules.keeping import USUAL, Kept

INTAKE = "helpdesk_down: {mailbox: a@acme.example, intake: {address: b@acme.example, every: soon}}"


def _load(folder: Path, text: str) -> object:
    (folder / "rules.yaml").write_text(f"desk: test\n{text}\n", encoding="utf-8")
    return load_policy(folder, this_year=2026)


def test_what_is_not_written_keeps_its_usual_time(tmp_path: Path) -> None:
    """A desk says what it wants otherwise, and nothing else."""
    loaded = _load(tmp_path, "keep: {mails: 30d, journal: always}")

    assert isinstance(loaded, Loaded)
    changed = {Kept.MAILS: timedelta(days=30), Kept.JOURNAL: None}
    assert {kind: loaded.policy.keep.of(kind) for kind in Kept} == {**USUAL, **changed}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("keep: {mials: 30d}", "2:8", "unknown key 'mials'; did you mean 'mails'?"),
        ("keep: {mails: 1h}", "2:15", "mails: 1:00:00 is too short; at least 1d, or `always`"),
        ("keep: {mails: soon}", "2:15", "mails: expected a duration"),
        ("keep: {keys: 7d}", "2:14", "at least 14d"),
        ("keep: {events: always}", "2:8", "events outlives its keys; keep `keys` as long as"),
        ("keep: 30d", "2:7", "keep: expected keys and values"),
    ],
)
def test_times_that_cannot_be_meant_are_refused(
    tmp_path: Path, text: str, place: str, said: str
) -> None:
    """With file, line, column and what to write instead."""
    found = _load(tmp_path, text)

    assert isinstance(found, list)
    assert any(f"rules.yaml:{place}: " in str(each) and said in str(each) for each in found), found


@pytest.mark.parametrize("text", ["keep: {mails: soon}", "keep: {mails: 0d}", INTAKE])
def test_time_that_cannot_be_read_is_told_once(tmp_path: Path, text: str) -> None:
    """Nobody hears that a time is too short who did not write one."""
    found = _load(tmp_path, text)

    assert isinstance(found, list)
    assert len(found) == 1, found


def test_suggestions_from_words_that_went_are_warned_of(tmp_path: Path) -> None:
    """Who suggests solved tickets of two years and keeps their words for one hears of it."""
    (tmp_path / "articles").mkdir()
    loaded = _load(tmp_path, "knowledge: {folder: articles, solved_tickets: 730d}")

    assert isinstance(loaded, Loaded)
    assert any("keep.tickets 400d" in str(each) for each in loaded.warnings)
