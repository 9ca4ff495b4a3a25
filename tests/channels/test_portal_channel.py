# SPDX-License-Identifier: GPL-3.0-or-later
"""The portal's banner is a file that is there whole or not at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.channels.portal import PortalChannel
from bot.ports import Delivered, Refused, TryLater
from bot.rules.actions import Banner, Outgoing
from bot.texts.banner_file import banner_script

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _row(*, is_shown: bool) -> Outgoing:
    banner = Banner(is_shown, {"en": "We are down"}, NOW, NOW + timedelta(minutes=15))
    return Outgoing(key="b", destination="portal", order_key="portal", message=banner)


def test_banner_is_shown_and_withdrawn(tmp_path: Path) -> None:
    """The file says what to show and until when; withdrawing empties it."""
    file = tmp_path / "banner.json"
    channel = PortalChannel(file)

    assert channel.deliver(_row(is_shown=True), now=NOW) == Delivered(str(file))
    shown = json.loads(file.read_text("utf-8"))
    channel.deliver(_row(is_shown=False), now=NOW)
    withdrawn = json.loads(file.read_text("utf-8"))

    assert shown["shown"] and shown["texts"] == {"en": "We are down"}
    assert shown["valid_until"] == "2026-03-02T09:15:00+00:00"
    assert not withdrawn["shown"] and withdrawn["texts"] == {}


def test_banner_can_be_looked_up(tmp_path: Path) -> None:
    """After a crash the file itself says whether the banner arrived."""
    channel = PortalChannel(tmp_path / "banner.json")

    before = channel.find(_row(is_shown=True), since=NOW)
    channel.deliver(_row(is_shown=True), now=NOW)

    assert isinstance(before, Refused)
    assert isinstance(channel.find(_row(is_shown=True), since=NOW), Delivered)


def test_script_lies_beside_the_banner(tmp_path: Path) -> None:
    """Whoever serves the folder has what a page needs to show it."""
    PortalChannel(tmp_path / "status.json").deliver(_row(is_shown=True), now=NOW)

    assert (tmp_path / "status.js").read_bytes() == banner_script()


def test_missing_folder_is_tried_again(tmp_path: Path) -> None:
    """A folder that is not there leaves no half file, and the banner waits."""
    channel = PortalChannel(tmp_path / "nowhere" / "banner.json")

    assert isinstance(channel.deliver(_row(is_shown=True), now=NOW), TryLater)
    assert not channel.examine(["portal"])[0].is_ok


def test_unset_banner_is_refused() -> None:
    """Without a file nothing is pretended."""
    assert isinstance(PortalChannel(None).deliver(_row(is_shown=True), now=NOW), Refused)
