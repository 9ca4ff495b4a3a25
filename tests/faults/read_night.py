# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what `deskmate demo --story outage --fast --json` printed: was everything kept?"""

from __future__ import annotations

import sys

from read_demo import judged

CUSTOMERS, LEAST_WORDS = 40, 55
EACH = ("one_ticket", "clocks_from_arrival", "acknowledged")
NONE = ("lost", "duplicates", "acknowledged_twice")
LONGEST = 180.0
"""Seconds for a machine that does something else too; 100 are promised for one that does not."""


def mistakes(figures: dict[str, object]) -> list[str]:
    """What is wrong with the figures of a night; empty if nothing is."""
    customers, words = figures["customers"], figures["words"]
    imported, adopted, seconds = figures["imported"], figures["adopted"], figures["seconds"]
    assert isinstance(words, int) and isinstance(imported, int) and isinstance(adopted, int)
    assert isinstance(seconds, float)
    found = [
        f"{figures[name]} {name} of {customers}" for name in EACH if figures[name] != customers
    ]
    found += [f"{figures[name]} {name}" for name in NONE if figures[name]]
    if customers != CUSTOMERS or words < LEAST_WORDS:
        found.append(f"{customers} customers with {words} words are no night")
    if figures["words_in_order"] != words:
        found.append(f"{figures['words_in_order']} of {words} words stand in order")
    if not adopted or imported + adopted != customers:
        found.append(f"{imported} imported and {adopted} adopted for {customers} customers")
    if not figures["delivered_twice"] or not figures["answers"]:
        found.append("no mail came twice, or nobody answered")
    if seconds > LONGEST:
        found.append(f"it took {seconds} s")
    return found + [str(each) for each in figures["problems"]]  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(judged("night", mistakes))
