# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what people type after `/desk silence` and `maintenance`: `NAME 2h service=portal why`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.rules.silences import ONLY

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
HELPDESK = frozenset({"helpdesk", "zendesk"})
LONGEST_VALUE = 80

_WANTED = re.compile(r"(\S{1,40}) (\d{1,3})(m|h|d) (.+)", re.DOTALL)
_LIMIT = re.compile(r"""([A-Za-z_]{1,20})\s?=\s?(?:["“”„«]([^"“”»\n]*)["“”»]|([^\s"“”„«]+))\s*""")
"""`name=value`, the value in the quotes of any keyboard where it holds a blank."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, taken apart."""

    name: str
    length: timedelta
    because: str
    only: Mapping[str, str] = field(default_factory=dict)
    of_helpdesk: bool = False


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What cannot be meant: `unknown` names a limit that does not exist, if one did."""

    unknown: str = ""


def read_silence(text: str) -> Typed | Mistyped:
    """Take `NAME LENGTH [LIMIT=VALUE ...] why` apart; all limits must fit, none means everything.

    Words after the limits are the reason: a later `a=b` belongs to it.
    """
    found = _WANTED.fullmatch(text.strip())
    if found is None:
        return Mistyped()
    name, count, unit, rest = found.groups()
    only: dict[str, str] = {}
    while limit := _LIMIT.match(rest):
        key, quoted, bare = limit[1].casefold(), limit[2], limit[3]
        value = (quoted if quoted is not None else bare).strip()
        if key not in ONLY:
            return Mistyped(limit[1])
        if not value or key in only or len(value) > LONGEST_VALUE:
            return Mistyped()
        only[key], rest = value, rest[limit.end() :]
    if not rest.strip():
        return Mistyped()
    return Typed(name, int(count) * UNITS[unit], rest.strip(), only)


def read_maintenance(text: str) -> Typed | Mistyped:
    """The same with a limit, or the helpdesk in its place: works are on something."""
    typed = read_silence(text)
    if isinstance(typed, Mistyped) or typed.only:
        return typed
    word, _, because = typed.because.partition(" ")
    if word.casefold() not in HELPDESK or not because.strip():
        return Mistyped()
    return replace(typed, because=because.strip(), of_helpdesk=True)
