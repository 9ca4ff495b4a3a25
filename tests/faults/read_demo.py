# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what `deskmate demo --fast --json` printed and fails where a promise was not kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def mistakes(figures: dict[str, object]) -> list[str]:
    """What is wrong with the figures of a run; empty if nothing is."""
    found = []
    if figures["lost"] or figures["duplicates"]:
        found.append(f"lost {figures['lost']}, duplicates {figures['duplicates']}")
    if not figures["tickets"] or figures["updated"] != figures["tickets"]:
        found.append(f"{figures['updated']} of {figures['tickets']} tickets were sorted")
    alerts, outage = figures["alerts"], figures["outage"]
    assert isinstance(alerts, dict) and isinstance(outage, dict)
    found += [
        f"nobody was told by {way}" for way in ("slack", "teams", "mail") if not alerts.get(way)
    ]
    ways = ("slack", "teams", "mail", "portal")
    found += [f"no notice of the outage by {way}" for way in ways if not outage["notices"].get(way)]
    if not outage["seconds_to_down"]:
        found.append("the outage was not noticed")
    delivery = figures["delivery"]
    assert isinstance(delivery, dict)
    return found + mistakes_of_delivery(delivery)


def mistakes_of_delivery(counted: dict[str, Any]) -> list[str]:
    """What is wrong with buttons, the other way, the storm and the silence: world against store."""
    found = []
    missing = {"acknowledge", "take", "snooze", "raise"} - set(counted["pressed"])
    if missing or counted["pressed"] != counted["done"]:
        found.append(f"pressed {counted['pressed']}, carried out {counted['done']}")
    sent, seen = counted["sent_another_way"], counted["seen_another_way"]
    if not sent or sent != seen or not counted["catch_ups"]:
        found.append(f"{sent} sent another way, {seen} seen, {counted['catch_ups']} catch-ups")
    if counted["storms"] != 1 or counted["held_by_storms"] < 5:
        found.append(f"{counted['storms']} storms held {counted['held_by_storms']} back")
    if not counted["held_by_silences"] or counted["told_after_silences"] != 1:
        told = counted["told_after_silences"]
        found.append(f"silences held {counted['held_by_silences']} back, {told} said which")
    return found


def judged(name: str, mistakes: Callable[[dict[str, Any]], list[str]]) -> int:
    """Read the file named on the command line; 1 where something is wrong."""
    figures = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    found = mistakes(figures)
    print(f"{name}: {json.dumps(figures, ensure_ascii=False)}")
    for mistake in found:
        print(f"  {mistake}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(judged("demo", mistakes))
