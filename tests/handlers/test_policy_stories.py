# SPDX-License-Identifier: GPL-3.0-or-later
"""A new policy holds for open tickets at once, and says what it moved."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.handlers.policy import take_policy

MINUTE = timedelta(minutes=1)


def test_new_target_moves_open_clocks_and_says_why(desk: Desk, tmp_path: Path) -> None:
    """A shorter promise warns and breaks earlier, from the minute it is read."""
    number = desk.write("Portal is down")
    desk.run(5 * MINUTE)
    take_policy(desk.store, desk.compiled, now=desk.clock.now())
    desk.compiled = compiled_policy(tmp_path, POLICY.replace("urgent: 1h", "urgent: 20m"))

    moved = take_policy(desk.store, desk.compiled, now=desk.clock.now())
    desk.run(timedelta(hours=1))

    with desk.store.read() as reader:
        entries = reader.journal.of(f"ticket:{desk.ticket(number).ticket_id}")
    assert moved == 1
    assert [at for _, at in desk.told("sla_breached")] == [
        MONDAY + 20 * MINUTE + timedelta(seconds=1)
    ]
    assert any("the policy changed: first_response: due" in entry.summary for entry in entries)


def test_same_policy_moves_nothing(desk: Desk) -> None:
    """Reading an unchanged policy again touches no ticket."""
    desk.write("Portal is down")
    desk.run(5 * MINUTE)
    take_policy(desk.store, desk.compiled, now=desk.clock.now())

    assert take_policy(desk.store, desk.compiled, now=desk.clock.now()) == 0


def test_withdrawn_promise_stops_its_clocks(desk: Desk, tmp_path: Path) -> None:
    """What is not promised any more is not counted any more."""
    desk.write("Portal is down")
    desk.run(5 * MINUTE)
    start, end = POLICY.index("promises:"), POLICY.index("helpdesk_down:")
    desk.compiled = compiled_policy(tmp_path, POLICY[:start] + "promises: none\n" + POLICY[end:])

    take_policy(desk.store, desk.compiled, now=desk.clock.now())
    desk.run(timedelta(hours=2))

    assert desk.told("sla_warning") == desk.told("sla_breached") == []
