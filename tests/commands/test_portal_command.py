# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate portal` shows what rules say to customers, and takes a person's word that it goes."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.rules.portal_notices import PortalNotice, PortalNoticeEnded
from bot.store.portal_notices import save_notice
from bot.store.store import Store


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    monkeypatch.setenv("DESKMATE_STORE", url)
    now = SystemClock().now()
    with Store.open(url, clock=SystemClock()) as store:
        notice = PortalNotice("emergency_stop", {"en": "We [b]stop."}, "en", now, now)
        store.write(lambda tx: save_notice(notice, tx))
    return url


def test_notice_is_listed_with_its_words_and_taken_down_by_name(url: str) -> None:
    """Who looks reads the words, how it ends, and writes that; another name is refused."""
    listed = CliRunner().invoke(app, ["portal", "list"]).output
    as_json = json.loads(CliRunner().invoke(app, ["portal", "list", "--json"]).output)
    wrong = CliRunner().invoke(app, ["portal", "end", "emergency"])
    done = CliRunner().invoke(app, ["portal", "end", "emergency_stop", "--by", "bo"])

    soon = SystemClock().now() + timedelta(seconds=1)
    with Store.open(url, clock=SystemClock()) as store:
        rows = store.write(lambda tx: tx.inbox.claim(now=soon, lease_seconds=1, limit=9))
    assert "We [b]stop." in listed and "deskmate portal end emergency_stop" in listed
    assert [each["name"] for each in as_json["notices"]] == ["emergency_stop"]
    assert (wrong.exit_code, done.exit_code) == (2, 0), done.output
    assert [row.event.fact for row in rows] == [PortalNoticeEnded("emergency_stop", "bo")]
