# SPDX-License-Identifier: GPL-3.0-or-later
"""Works on a service, a customer or the helpdesk: who is told what, before, during and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.handlers.policy import take_policy
from bot.rules.actions import Notice
from bot.rules.events import AlertReceived, AlertState, Event, SilenceOrdered
from bot.rules.probes import Verdict

MINUTE = timedelta(minutes=1)
SLACK = "slack:support"
WINDOWS = """
  deploys: {zone: UTC, mon: "09:30-10:30", holidays: none}
maintenance:
  portal: {during: deploys, only: {service: portal}, because: new disks, by: the platform team}
  nordbo: {from: 2026-03-02 09:30, until: 2026-03-02 10:30, only: {organisation: Contoso},
           messages: mark, because: their network is rebuilt}
"""
ALERTED = """
  alerted:
    event: alert
    if: {alert.state: firing}
    then: {tell: team}
"""


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a Monday at 9:00 UTC whose policy announces works from 9:30 to 10:30."""
    hours, after = POLICY.split("helpdesk:", 1)
    text = f"{hours.rstrip()}{WINDOWS}helpdesk:{after.rstrip()}{ALERTED}"
    made = Desk(compiled_policy(tmp_path, text))
    take_policy(made.store, made.compiled, now=made.clock.now())
    yield made
    made.close()


def _told(desk: Desk, kind: str) -> list[Notice]:
    return [
        outgoing.message
        for _, outgoing in desk.channel.delivered
        if outgoing.destination == SLACK
        and isinstance(outgoing.message, Notice)
        and outgoing.message.kind == kind
    ]


def _alert(
    desk: Desk, service: str, name: str = "disk full", state: AlertState = AlertState.FIRING
) -> None:
    now = desk.clock.now()
    alert = AlertReceived(state, name, "probe", host="h1", service=service)
    event = Event(f"alert/{name}/{state}@{now}", f"alert/{service} {name}", now, "door", alert)
    desk.store.receive([event]).result()
    desk.run()


def _order(desk: Desk, minutes: int, **what: object) -> None:
    now = desk.clock.now()
    kind = {"is_maintenance": True, **what}
    order = SilenceOrdered("night", now + minutes * MINUTE, "new disks", "the vendor", **kind)
    desk.store.receive([Event(f"silence@{now}", "desk", now, "command", order)]).result()
    desk.run()


def test_alerts_of_what_is_worked_on_wait_for_its_end(worked: Desk) -> None:
    """Two are held, another service's is told; at the end one message says which still fires."""
    worked.run(45 * MINUTE)
    _alert(worked, "portal")
    _alert(worked, "mail")
    _alert(worked, "portal", "restarted")
    _alert(worked, "portal", "restarted", AlertState.RESOLVED)
    during = len(_told(worked, "alert"))

    worked.run(50 * MINUTE)

    assert during == 1
    assert [(each.soon, len(each.lines)) for each in _told(worked, "catch_up")] == [(2, 1)]
    codes = [
        each.reason.partition(":")[0]
        for each in _told(worked, "maintenance")
        if "service portal" in each.title
    ]
    assert codes == ["maintenance_on", "maintenance_ends", "maintenance_over"]


def test_works_that_only_mark_hide_nothing(worked: Desk) -> None:
    """The customer's messages come as ever during their works, and say so; before, they do not."""
    worked.write("Portal is down")
    worked.run(45 * MINUTE)
    worked.write("Portal is down again")
    worked.run(MINUTE)

    marks = [each.works for each in _told(worked, "rule")]
    assert marks == ["", "in_maintenance:nordbo → 10:30 (their network is rebuilt)"]


def test_window_that_ended_while_nobody_watched_is_caught_up(worked: Desk) -> None:
    """Held at 9:45, dead from then until noon: the next start tells what was held."""
    worked.run(45 * MINUTE)
    _alert(worked, "portal")
    worked.clock.move_to(worked.clock.now() + 3 * 60 * MINUTE)

    take_policy(worked.store, worked.compiled, now=worked.clock.now())
    worked.run()

    assert [each.soon for each in _told(worked, "catch_up")] == [1]


@pytest.mark.parametrize("second", [{}, {"is_maintenance": False}, {"only": {"host": "h2"}}])
def test_works_ordered_again_lose_nothing(worked: Desk, second: dict[str, object]) -> None:
    """Ordered anew under their name, as a silence or of another host: what was held is told."""
    _order(worked, 25, only={"host": "h1"})
    _alert(worked, "mail")
    worked.run(5 * MINUTE)
    _order(worked, 10, **{"only": {"host": "h1"}, **second})

    worked.run(12 * MINUTE)

    assert [each.soon for each in _told(worked, "catch_up")] == [1]


def test_window_that_the_policy_loses_tells_what_it_held(worked: Desk, tmp_path: Path) -> None:
    """It came with a policy while it held already, and is taken out before its end."""
    with_window, without = worked.compiled, compiled_policy(tmp_path, POLICY)
    worked.clock.move_to(MONDAY + 45 * MINUTE)
    worked.store.write(lambda tx: tx.states.forget("silences_told"))
    take_policy(worked.store, with_window, now=worked.clock.now())
    _alert(worked, "portal")

    worked.compiled = without
    take_policy(worked.store, without, now=worked.clock.now())
    worked.run()

    assert [each.soon for each in _told(worked, "catch_up")] == [1]


def test_announced_maintenance_of_the_helpdesk_is_calm(desk: Desk) -> None:
    """Announced for an hour and away for 20 minutes: two quiet words, no page, and writes wait."""
    _order(desk, 60, of_helpdesk=True)
    number = desk.write("Portal is down")
    for read in [Verdict.DOWN] * 40 + [Verdict.OK] * 60:
        desk.probe(read)
        desk.run(MINUTE / 2)

    assert desk.told("helpdesk_down") == desk.told("helpdesk_up") == []
    codes = [each.reason.partition(":")[0] for each in _told(desk, "maintenance")]
    assert codes[:3] == ["maintenance_helpdesk", "helpdesk_away", "helpdesk_back"]
    assert desk.notes(number)


def test_maintenance_of_the_helpdesk_that_overruns_is_told_as_an_outage(desk: Desk) -> None:
    """Half an hour was announced: at its end, still away, everybody hears who said so."""
    _order(desk, 30, of_helpdesk=True)
    for _ in range(70):
        desk.probe(Verdict.DOWN)
        desk.run(MINUTE / 2)

    down = _told(desk, "helpdesk_down")
    assert [each.reason for each in down] == ["overrun:the vendor, new disks"]
    assert desk.told("helpdesk_down")[0][1] == MONDAY + 30 * MINUTE
