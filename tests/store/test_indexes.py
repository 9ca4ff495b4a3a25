# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked every second stays cheap, however long the store is kept and however much waits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from store_samples import NOON, later, outgoing

from bot.clock import VirtualClock
from bot.rules.outcome import Unknown
from bot.store.outbox_queue import Outbox
from bot.store.store import Store
from bot.store.tickets import TicketsView


def test_what_grows_without_end_is_found_by_an_index(tmp_path: Path, clock: VirtualClock) -> None:
    """No look of the queue, of a thread or of the way back goes through all that ever was."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    Store.open(url, clock=clock).close()
    engine, asked = create_engine(url), list[str]()
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(asked.append)
        _use(connection)
        driver.set_trace_callback(None)
        looks = [each for each in asked if each.startswith(("SELECT", "UPDATE"))]
        plans = [(_plan(connection, each), each) for each in looks]
    engine.dispose()

    through_all = [
        sql for plan, sql in plans if "SCAN outbox" in plan and "outbox_open" not in plan
    ]
    assert not through_all
    said = " ".join(plan for plan, _ in plans)
    for name in ("there", "expiring", "claimed", "passed_on"):
        assert f"outbox_open_{name}" in said, name
    assert "outbox_thread" in said
    waiting = next(plan for plan, sql in plans if "FROM ticket" in sql)
    assert "ticket_unnumbered" in waiting and "ORDER BY" not in waiting


def _use(connection: Connection) -> None:
    outbox = Outbox(connection, set())
    for number in range(3):
        outbox.add(replace(outgoing(f"m{number}"), expires_at=later(60)), NOON)
    claimed = outbox.claim(destination_prefix="", now=NOON, lease_seconds=60, limit=2)
    assert claimed
    outbox.record(claimed[0].row_id, Unknown("who knows"), NOON)
    outbox.of_thread("outage:3")
    outbox.first_reference("slack:#support", "outage:3")
    outbox.was_passed_by("slack:", NOON)
    outbox.supersede(now=NOON, reason="done", thread="ticket:7")
    outbox.unsent("slack:#support", NOON)
    TicketsView(connection).cases_without_number(1, untouched="backfill/")


def _plan(connection: Connection, sql: str) -> str:
    driver = connection.connection.driver_connection
    assert driver is not None
    return " ".join(row[-1] for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}"))
