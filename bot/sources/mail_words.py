# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the bytes of mails into text: declared charset, its aliases, UTF-8, cp1252, Latin-1.

Nothing here raises; every result can be stored (no NUL, no half characters).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re

_ALIASES = {
    "x-unknown": "utf-8", "unknown-8bit": "utf-8", "default": "utf-8", "us-askey": "ascii",
    "iso-gb2312": "gb18030", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "x-sjis": "cp932", "shift_jis": "cp932", "x-mac-cyrillic": "mac_cyrillic",
    "windows-874": "cp874", "ks_c_5601-1987": "cp949", "x-windows-949": "cp949",
    "utf8": "utf-8", "utf-8-": "utf-8", "unicode-1-1-utf-7": "utf-7", "cp-850": "cp850",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "utf-8",
    "ascii": "utf-8",
}  # fmt: skip
"""What programs call their charsets, and the superset that reads them."""
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_BETWEEN = re.compile(r"\?=[ \t\r\n]+=\?")
_LONGEST_HEADER = 100_000


def charset_text(raw: bytes, charset: str) -> str:
    """The text of some bytes, by their declared charset or whatever reads them."""
    wanted = charset.strip().strip("\"'").casefold()[:60]
    for name in (_ALIASES.get(wanted, wanted), "utf-8", "cp1252"):
        try:
            return as_text(raw.decode(name))
        except (LookupError, ValueError, TypeError):
            continue
    return as_text(raw.decode("latin-1"))


def header_text(value: str) -> str:
    """A header's value with its encoded words read (RFC 2047), in linear time."""
    joined = _BETWEEN.sub("?==?", value[:_LONGEST_HEADER])
    pieces: list[str] = []
    charset, pending, end = "", b"", 0
    for found in _WORD.finditer(joined):
        same = found.start() == end and found[1].casefold() == charset
        if not same:
            pieces.append(charset_text(pending, charset) if pending else "")
            pieces.append(joined[end : found.start()])
            charset, pending = found[1].casefold(), b""
        pending += _bytes_of(found[2], found[3])
        end = found.end()
    pieces.append(charset_text(pending, charset) if pending else "")
    pieces.append(joined[end:])
    return as_text("".join(pieces))


def as_text(value: str) -> str:
    """Text that can be stored: 8-bit headers are read as UTF-8 or cp1252, NULs are dropped."""
    if value.isascii():
        return value.replace("\0", "")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        try:
            return charset_text(value.encode("ascii", "surrogateescape"), "utf-8")
        except UnicodeEncodeError:
            value = value.encode("utf-8", "replace").decode("utf-8")
    return value.replace("\0", "")


def _bytes_of(encoding: str, text: str) -> bytes:
    raw = text.encode("ascii", "ignore")
    if encoding in "bB":
        try:
            return base64.b64decode(raw + b"=" * (-len(raw) % 4))
        except (binascii.Error, ValueError):
            return raw
    return quopri.decodestring(raw, header=True)
