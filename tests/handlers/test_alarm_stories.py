# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of monitoring's alerts: one ticket per fault, counted, held in windows, ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, Desk, compiled_policy

from bot.rules.actions import NoticeKind
from bot.rules.events import AlertReceived, AlertState, Event
from bot.sandbox.faults import Fault
from bot.sandbox.world_values import DeskTicket

POLICY = r"""
desk: monitored
hours:
  window: {zone: UTC, daily: "10:00-11:00", holidays: none}
helpdesk: {category: Category, groups: {first_line: First line}, canary: 1}
categories: [incident, other]
priorities: {urgent: urgent, normal: normal}
people: {team: {slack: support}, lead: {slack: leads}}
groups: {first_line: [team]}
fingerprints: {error_code: {pattern: '\b(E\d{3})\b'}}
rules:
  alarm:
    event: alert
    if: {alert.state: firing}
    then: {category: incident, group: first_line, tag: monitoring, tell: team}
  critical:
    event: alert
    if: {alert.severity: critical}
    then: {priority: urgent}
  window:
    event: alert
    if: {during: window}
    unless: {priority: urgent}
    then: {tag: service_window, hold_to_end_of: window}
  trend:
    event: alert
    if: {count: {alerts: integration, at_least: 3, within: 30d}}
    then: {tag: trend_analysis}
"""
MINUTE = timedelta(minutes=1)
DISK = AlertReceived(
    AlertState.FIRING, "Disk full", "prometheus", integration="erp", host="db1",
    service="postgres", line="no space left on device",
)  # fmt: skip


class Monitored:
    """A desk with monitoring beside it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._sent = 0

    def says(self, alert: AlertReceived, stream: str = "alert/disk", *, times: int = 1) -> None:
        now = self.desk.clock.now()
        first, self._sent = self._sent, self._sent + times
        numbers = range(first, first + times)
        events = [Event(f"door/{each}", stream, now, "door", alert) for each in numbers]
        self.desk.store.receive(events).result()
        while self.desk.inbox.handle():
            pass
        self.desk.run()

    def tickets(self) -> list[DeskTicket]:
        found = self.desk.world.tickets()
        return [each for each in found if (each.external_id or "").startswith("deskmate:")]

    def notes(self, ticket: DeskTicket) -> list[str]:
        return self.desk.notes(ticket.number)[1:]


@pytest.fixture
def monitored(tmp_path: Path) -> Iterator[Monitored]:
    desk = Desk(compiled_policy(tmp_path, POLICY))
    yield Monitored(desk)
    desk.close()


def over(alert: AlertReceived) -> AlertReceived:
    return replace(alert, state=AlertState.RESOLVED)


def test_alert_opens_a_ticket_with_what_it_knows(monitored: Monitored) -> None:
    """Host, service and log line stand on it, and what the rules decided is there at once."""
    monitored.says(DISK)

    [ticket] = monitored.tickets()
    assert ticket.subject == "Disk full on db1"
    assert all(each in ticket.description for each in ("db1", "postgres", "no space left"))
    assert "monitoring" in ticket.tags
    assert ticket.is_public is False
    assert [where for where, _ in monitored.desk.told(NoticeKind.ALERT)] == ["slack:support"]


def test_storm_is_one_ticket_with_its_count(monitored: Monitored) -> None:
    """Two hundred alerts of one fault: one ticket, one call, one note that says 200."""
    for _ in range(10):
        monitored.says(DISK, times=20)
    monitored.desk.run(10 * MINUTE)

    [ticket] = monitored.tickets()
    assert len(monitored.notes(ticket)) <= 2
    assert "200 times" in monitored.notes(ticket)[-1]
    assert len(monitored.desk.told(NoticeKind.ALERT)) == 1


def test_end_is_noted_and_calls_nobody(monitored: Monitored) -> None:
    """A resolved alert leaves a note on its ticket; no message goes out for it."""
    monitored.says(DISK)
    monitored.desk.run(20 * MINUTE)

    monitored.says(over(DISK))

    [ticket] = monitored.tickets()
    assert monitored.notes(ticket)[-1].startswith("Resolved at 2026-03-02 09:20 UTC")
    assert len(monitored.desk.told(NoticeKind.ALERT)) == 1


def test_end_of_what_never_began_is_nothing(monitored: Monitored) -> None:
    """Monitoring that was restarted may resolve what we never heard of."""
    monitored.says(over(DISK))

    assert monitored.tickets() == []


def test_flapping_alert_calls_once(monitored: Monitored) -> None:
    """An alert that ends and begins every minute is one matter for the people who have it."""
    for _ in range(6):
        monitored.says(DISK)
        monitored.desk.run(MINUTE)
        monitored.says(over(DISK))
        monitored.desk.run(MINUTE)

    assert len(monitored.tickets()) == 1
    assert len(monitored.desk.told(NoticeKind.ALERT)) == 1


def test_alert_that_comes_back_later_calls_again(monitored: Monitored) -> None:
    """An hour after its end it is news once more, on the ticket that is still open."""
    monitored.says(DISK)
    monitored.says(over(DISK))
    monitored.desk.run(10 * MINUTE + MINUTE)

    monitored.says(DISK)

    [ticket] = monitored.tickets()
    assert "Firing again" in monitored.notes(ticket)[-1]
    assert len(monitored.desk.told(NoticeKind.ALERT)) == 2


def test_alert_after_its_ticket_was_solved_opens_another(monitored: Monitored) -> None:
    """A settled matter is not stirred up: the next fault is a new ticket."""
    monitored.says(DISK)
    [ticket] = monitored.tickets()
    ada = monitored.desk.furniture.agents["ada"]
    monitored.desk.world.change_ticket(ticket.number, by=ada, values={"status": "solved"})
    monitored.desk.run(2 * MINUTE)

    monitored.says(DISK)

    assert len(monitored.tickets()) == 2


def test_same_code_on_two_hosts_is_one_fault(monitored: Monitored) -> None:
    """The code in the log line says what it is; it is over when both hosts are well."""
    first = replace(DISK, line="E503 backend gone")
    second = replace(first, host="db2")
    monitored.says(first, "alert/one")
    monitored.says(second, "alert/two")
    monitored.says(over(first), "alert/one")
    [ticket] = monitored.tickets()
    before = [each for each in monitored.notes(ticket) if each.startswith("Resolved")]

    monitored.says(over(second), "alert/two")

    assert before == []
    assert monitored.notes(ticket)[-1].startswith("Resolved")


def test_two_integrations_do_not_merge(monitored: Monitored) -> None:
    """The same code in two integrations is two faults."""
    first = replace(DISK, line="E503 backend gone")
    monitored.says(first, "alert/one")
    monitored.says(replace(first, integration="crm"), "alert/two")

    assert len(monitored.tickets()) == 2


def test_window_holds_an_alert_to_its_end(monitored: Monitored) -> None:
    """Inside the window it is tagged and calls nobody; at the end it does, if it still fires."""
    monitored.desk.run(75 * MINUTE)
    monitored.says(DISK)
    [ticket] = monitored.tickets()
    during = monitored.desk.told(NoticeKind.ALERT)

    monitored.desk.run(60 * MINUTE)

    assert "service_window" in ticket.tags
    assert during == []
    assert [at for _, at in monitored.desk.told(NoticeKind.ALERT)] == [MONDAY + 120 * MINUTE]


def test_alert_that_ends_within_the_window_calls_nobody(monitored: Monitored) -> None:
    """Works that went as planned wake nobody."""
    monitored.desk.run(75 * MINUTE)
    monitored.says(DISK)
    monitored.says(over(DISK))

    monitored.desk.run(60 * MINUTE)

    assert monitored.desk.told(NoticeKind.ALERT) == []


def test_critical_alert_is_not_held(monitored: Monitored) -> None:
    """What is critical calls at once, window or not."""
    monitored.desk.run(75 * MINUTE)

    monitored.says(replace(DISK, severity="critical"))

    [ticket] = monitored.tickets()
    assert ticket.priority == "urgent" and "service_window" not in ticket.tags
    assert len(monitored.desk.told(NoticeKind.ALERT)) == 1


def test_third_alert_of_an_integration_is_a_trend(monitored: Monitored) -> None:
    """Alerts are counted over the window of the rule, repeats of one fault apart."""
    for name in ("one", "two", "two", "three"):
        monitored.says(replace(DISK, name=name), f"alert/{name}")

    tagged = ["trend_analysis" in each.tags for each in monitored.tickets()]
    assert tagged == [False, False, True]


def test_alert_during_an_outage_is_created_afterwards(monitored: Monitored) -> None:
    """People hear of it at once; the helpdesk gets its one ticket when it can."""
    monitored.desk.world.faults.switch_on(Fault.UNAVAILABLE)
    monitored.says(DISK)
    told = len(monitored.desk.told(NoticeKind.ALERT))
    before = monitored.tickets()
    monitored.desk.world.faults.clear()

    monitored.desk.run(10 * MINUTE)

    assert (told, before) == (1, [])
    assert len(monitored.tickets()) == 1


def test_created_ticket_comes_back_as_ours(monitored: Monitored) -> None:
    """The helpdesk's export of it makes no second ticket, and its events go on there."""
    monitored.says(DISK)
    monitored.desk.run(5 * MINUTE)

    [ticket] = monitored.tickets()
    own = monitored.desk.ticket(ticket.number)
    assert ticket.external_id == f"deskmate:{own.ticket_id}"
    with monitored.desk.store.read() as reader:
        assert [t.number for t in reader.tickets.all()].count(ticket.number) == 1
        assert len([t for t in reader.tickets.all() if t.via == "alert"]) == 1
