# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps raw mails as files named by their hash: on disk before anything else knows of them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path

PRIVATE = 0o700
HALF = ".new-"
"""Begins the name of a file that is being written."""


class Spool:
    """A folder of raw mails; writing the same mail twice leaves one file."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first mail is kept."""
        self._folder = folder

    def keep(self, raw: bytes) -> str:
        """Write a mail so that it survives a power cut, and say under which hash.

        Raises `OSError` where the disk is full or may not be written.
        """
        name = hashlib.sha256(raw).hexdigest()
        path = self.path(name)
        if path.exists():
            return name
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=HALF)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).rename(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return name

    def path(self, name: str) -> Path:
        """Where the mail of this hash lies."""
        return self._folder / name[:2] / f"{name}.eml"

    def load(self, name: str) -> bytes | None:
        """The raw mail, None where it is no longer kept."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, name: str) -> bool:
        """Remove a mail; False where it was not kept."""
        try:
            self.path(name).unlink()
        except FileNotFoundError:
            return False
        return True

    def older_than(self, before: datetime) -> tuple[str, ...]:
        """The hashes of mails that were written before an instant, to be swept if nobody knows
        them: a crash between file and row leaves such a one."""
        found = []
        for path in self._folder.glob("??/*.eml"):
            if path.stat().st_mtime < before.timestamp():
                found.append(path.stem)
        return tuple(sorted(found))

    def forget_halves(self, before: datetime) -> int:
        """Remove what was being written at a crash before an instant; how many there were."""
        count = 0
        for path in self._folder.glob(f"??/{HALF}*"):
            if path.stat().st_mtime < before.timestamp():
                path.unlink(missing_ok=True)
                count += 1
        return count

    def naming(self, addresses: frozenset[str]) -> tuple[str, ...]:
        """The hashes of mails in which one of these addresses (small letters) stands as it is."""
        wanted = [each.encode() for each in sorted(addresses)]
        found = []
        for path in sorted(self._folder.glob("??/*.eml")):
            raw = path.read_bytes().lower()
            if any(each in raw for each in wanted):
                found.append(path.stem)
        return tuple(found)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
