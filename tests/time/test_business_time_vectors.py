# SPDX-License-Identifier: GPL-3.0-or-later
"""Business time agrees with 269 cases gathered from the tests of fourteen peers."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import MIDNIGHT, CalendarSpec, Window

FOLDER = Path(
    os.environ.get("DESKMATE_VECTORS")
    or Path(__file__).resolve().parent.parent / "data" / "vectors"
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def seconds(clock: str) -> int:
    """Seconds of the day that `HH:MM` or `HH:MM:SS` shows."""
    hour, minute, *rest = map(int, clock.split(":"))
    return hour * 3600 + minute * 60 + (rest[0] if rest else 0)


def windows(rows: list[list[str]]) -> tuple[Window, ...]:
    """The windows of one day as the vectors write them."""
    return tuple(Window(seconds(a) % MIDNIGHT, seconds(b)) for a, b in rows)


def calendar(given: dict[str, Any]) -> Calendar:
    """The calendar of one vector."""
    holidays = given.get("holidays", [])
    spec = CalendarSpec(
        name="vector",
        zone=given["timezone"],
        week={DAYS.index(day): windows(rows) for day, rows in given["hours"].items()},
        shifts={date.fromisoformat(d): windows(w) for d, w in given.get("shifts", {}).items()},
        breaks={date.fromisoformat(d): windows(w) for d, w in given.get("breaks", {}).items()},
        closed={date.fromisoformat(day): "holiday" for day in holidays},
    )
    return Calendar(spec)


def _vectors() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "business-time.json").read_text("utf-8"))[
        "vectors"
    ]
    return found


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@pytest.mark.parametrize("vector", _vectors(), ids=lambda vector: vector["id"])
def test_business_time_agrees_with_peers(vector: dict[str, Any]) -> None:
    """Each operation gives the instant, the seconds or the answer that the vector expects."""
    hours = calendar(vector["calendar"])

    match vector["op"]:
        case "add":
            answer: object = hours.add(_at(vector["start"]), vector["seconds"])
            expected: object = _at(vector["expect"])
        case "subtract":
            answer = hours.subtract(_at(vector["end"]), vector["seconds"])
            expected = _at(vector["expect"])
        case "between":
            answer = hours.between(_at(vector["start"]), _at(vector["end"]))
            expected = vector["expect"]
        case "is_open":
            answer, expected = hours.is_open(_at(vector["at"])), vector["expect"]
        case "next_open":
            answer, expected = hours.next_open(_at(vector["at"])), _at(vector["expect"])

    assert expected == answer
