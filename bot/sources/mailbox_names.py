# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the names of folders as a mail server writes them (RFC 3501, 5.1.3), also odd ones."""

from __future__ import annotations

from imapclient.imap_utf7 import decode as decode_utf7


def name_of(raw: bytes | str | None) -> str:
    """A name in its own letters, or as the server wrote it where it is no modified UTF-7."""
    if not isinstance(raw, bytes):
        return raw or ""
    try:
        name = str(decode_utf7(raw))
        name.encode()  # Half a character can be decoded, and be written nowhere.
    except UnicodeError:
        return raw.decode("ascii", "replace")
    return name
