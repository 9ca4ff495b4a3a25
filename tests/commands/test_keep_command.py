# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate keep` shows what is there of each kind, and what goes when."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from replay_desk import ReplayDesk
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.store.store import Store


def test_each_kind_says_how_much_and_until_when(
    replay_desk: ReplayDesk, runner: CliRunner, tmp_path: Path
) -> None:
    """Two entries of the journal: one had its time, the other has a week of it left."""
    (tmp_path / "rules.yaml").write_text("desk: test\nkeep: {journal: 30d}\n", encoding="utf-8")
    now = SystemClock().now()
    with Store.open(replay_desk.url, clock=SystemClock()) as store:
        for days in (31, 23):
            at = now - timedelta(days=days)
            store.write(lambda tx, at=at: tx.journal.add(at, "desk", "e", "p", (), "why"))

    shown = runner.invoke(app, ["keep", "-p", str(tmp_path), "--json"])
    read = runner.invoke(app, ["keep", "-p", str(tmp_path)])

    rows = {row["kind"]: row for row in json.loads(shown.output)["keep"]}
    assert (shown.exit_code, read.exit_code) == (0, 0)
    journal = rows["journal"]
    assert (journal["count"], journal["due"], journal["kept_days"]) == (2, 1, 30.0)
    assert journal["oldest"] == (now - timedelta(days=31)).isoformat()
    assert (rows["incidents"]["kept_days"], rows["contacts"]["count"]) == (None, 0)
    assert "What is open, unsent or undecided stays" in read.output
