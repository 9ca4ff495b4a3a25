# SPDX-License-Identifier: GPL-3.0-or-later
"""The export's cursor: a place in the order of (export clock, id), as recorded ones decode."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

_CURSOR = re.compile(r"(-?\d+)\.0\|\|(\d+)\|")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in the export: everything up to and including it was shown."""

    generated: int
    number: int


def encoded(place: Place) -> str:
    """The place as a cursor; callers take it as opaque."""
    return base64.b64encode(f"{place.generated}.0||{place.number}|".encode()).decode()


def decoded(cursor: str) -> Place | None:
    """The place of a cursor, None when it is none of ours."""
    try:
        found = _CURSOR.fullmatch(base64.b64decode(cursor, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError):
        return None
    return None if found is None else Place(int(found[1]), int(found[2]))
