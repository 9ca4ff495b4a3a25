# SPDX-License-Identifier: GPL-3.0-or-later
"""Which incidents of the product an event looks at, on every database."""

from __future__ import annotations

from dataclasses import replace

from store_samples import NOON, later

from bot.rules.incident_values import Incident, Phase
from bot.store.incidents import all_incidents, lively_incidents, save_incident
from bot.store.store import Store


def test_incidents_long_closed_are_left_alone(store: Store) -> None:
    """What is open counts, and what was closed since; a title is not read as a state."""
    told = Incident(1, ("portal",), "major", '"phase":"closed"', NOON, NOON)
    old = replace(told, number=2, phase=Phase.CLOSED, restored_at=NOON, closed_at=NOON)
    fresh = replace(old, number=3, closed_at=later(60))
    store.write(lambda tx: [save_incident(each, tx) for each in (fresh, old, told)])

    with store.read() as reader:
        assert lively_incidents(reader, later(60)) == (told, fresh)
        assert all_incidents(reader) == (told, old, fresh)
