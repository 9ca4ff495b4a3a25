# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads single values out of a line of `deskmate decide`; what cannot be used names its key."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


class BadLine(Exception):  # noqa: N818 - it names the line, which is at fault
    """A line that lacks what it needs, with what that is."""


def plain(value: Any) -> str | None:
    """A value as the language sees it: text, true and false in words, None for null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def text_of(given: Mapping[str, Any], key: str) -> str | None:
    """A text, None for none."""
    value = given.get(key)
    if value is None or isinstance(value, str):
        return value
    raise BadLine(f"{key}: expected a text")


def texts_of(given: Mapping[str, Any], key: str, *, where: str = "") -> tuple[str, ...]:
    """A list of texts; `where` stands before the key where it is an inner one."""
    value = given.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or any(isinstance(each, list | dict) for each in value):
        raise BadLine(f"{where}{key}: expected a list of texts")
    return tuple(str(each) for each in value)


def number_of(given: Mapping[str, Any], key: str, default: float, *, where: str = "") -> float:
    """A number that is not negative."""
    value = given.get(key)
    if value is None:
        return default
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value < 0:
        raise BadLine(f"{where}{key}: {value!r} is no number")
    return float(value)


def object_of(given: Mapping[str, Any], key: str, *, where: str = "") -> Mapping[str, Any]:
    """An object; an empty one for none."""
    value = given.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadLine(f"{where}{key}: expected an object")
    return value


def objects_of(given: Mapping[str, Any], key: str, *, where: str = "") -> list[dict[str, Any]]:
    """A list of objects; an empty one for none."""
    listed = given.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise BadLine(f"{where}{key}: expected a list of objects")
    return listed


def instant(given: Mapping[str, Any], key: str, *, where: str = "") -> datetime | None:
    """An instant with its offset, in UTC; raises `BadLine` for anything else."""
    value = given.get(key)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadLine(f"{where}{key}: {value!r} is no instant") from None
    if at.tzinfo is None:
        raise BadLine(f"{where}{key}: {value!r} has no offset such as +01:00")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadLine(f"{where}{key}: {value!r} lies outside the calendar") from None


def day_of(value: Any, *, where: str) -> date:
    """A date, or the date of an instant."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise BadLine(f"{where}: {value!r} is no date") from None
