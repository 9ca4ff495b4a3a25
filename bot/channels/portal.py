# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the banner file that the customers' portal reads: small JSON, replaced in one stroke.

    {"shown": true, "texts": {"en": "..."}, "since": "...", "valid_until": "..."}

A portal shows nothing after `valid_until`, so a banner whose author died takes itself down.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.ports import Delivered, Finding, Outcome, Refused, TryLater
from bot.rules.actions import Banner, Outgoing


class PortalChannel:
    """The way to customers that needs no helpdesk; `None` as file refuses every banner."""

    def __init__(self, file: Path | None) -> None:
        """`file` is what the portal serves (DESKMATE_BANNER)."""
        self._file = file

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Replace the file; readers see the old banner or the new one, never half of either."""
        assert isinstance(outgoing.message, Banner), "only banners are addressed to the portal"
        if self._file is None:
            return Refused(
                "no banner file is set", "set DESKMATE_BANNER to a file the portal reads"
            )
        try:
            _replace(self._file, payload(outgoing.message))
        except OSError as error:
            return TryLater(f"cannot write {self._file}: {error.strerror}")
        return Delivered(str(self._file))

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """The file says itself whether the banner arrived."""
        assert isinstance(outgoing.message, Banner), "only banners are addressed to the portal"
        try:
            there = self._file is not None and self._file.read_bytes()
        except OSError:
            there = b""
        if there == payload(outgoing.message):
            return Delivered(str(self._file))
        return Refused("the file holds another banner")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Whether the file can be written, without changing it."""
        if self._file is None:
            advice = "set DESKMATE_BANNER to a file the portal reads"
            return (Finding("banner file", False, "not set", advice),)
        folder = self._file.resolve().parent
        is_ok = folder.is_dir() and os.access(folder, os.W_OK)
        advice = "" if is_ok else f"create {folder} and let the daemon write to it"
        return (Finding("banner file", is_ok, str(self._file), advice),)


def payload(banner: Banner) -> bytes:
    """The file's content: UTF-8 JSON, instants in UTC."""
    content = {
        "shown": banner.is_shown,
        "texts": dict(banner.texts) if banner.is_shown else {},
        "since": banner.since.astimezone(UTC).isoformat(),
        "valid_until": banner.valid_until.astimezone(UTC).isoformat(),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _replace(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)  # noqa: PTH101 - mkstemp made it private; a web server must read it
        os.replace(name, file)  # noqa: PTH105 - the one call that is atomic on POSIX
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
