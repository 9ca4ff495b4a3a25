# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what `deskmate demo --fast --json` printed and fails where a promise was not kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path


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
    return found


def main() -> int:
    """Read the file named on the command line; 1 where something is wrong."""
    figures = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    found = mistakes(figures)
    print(f"demo: {json.dumps(figures)}")
    for mistake in found:
        print(f"  {mistake}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
