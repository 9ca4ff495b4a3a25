# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the banner file that the customers' portal reads: small JSON, replaced in one stroke.

    {"shown": true, "texts": {"en": "..."}, "since": "...", "valid_until": "..."}

A portal shows nothing after `valid_until`, so a banner whose author died takes itself down. Beside
`NAME.json` lies `NAME.js`, the script that shows it in any page.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.ports import Delivered, Finding, Outcome, Refused, TryLater
from bot.rules.actions import Banner, Outgoing
from bot.texts.banner_file import banner_json, banner_script


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
            self._write_script(self._file)
            _replace(self._file, banner_json(outgoing.message))
        except OSError as error:
            return TryLater(f"cannot write {self._file}: {error.strerror}")
        return Delivered(str(self._file))

    def _write_script(self, file: Path) -> None:
        script = file.with_suffix(".js")
        if file.suffix != ".json" or (script.exists() and script.read_bytes() == banner_script()):
            return
        _replace(script, banner_script())

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """The file says itself whether the banner arrived."""
        assert isinstance(outgoing.message, Banner), "only banners are addressed to the portal"
        try:
            there = self._file is not None and self._file.read_bytes()
        except OSError:
            there = b""
        if there == banner_json(outgoing.message):
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
