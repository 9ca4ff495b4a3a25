# SPDX-License-Identifier: GPL-3.0-or-later
"""Works that were announced on a service, and what its months say of them afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import MONDAY, POLICY, Desk, compiled_policy

from bot.commands.incident_product import months_of
from bot.rules.events import Event, SilenceOrdered
from bot.rules.incident_values import IncidentOrdered, Verb
from bot.rules.interruptions import Month

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SERVICES = """
rights: {incident: everybody}
incidents:
  services: {portal: {promised: "99.9%", planned: excluded, notice: 5m}, api: {}}
  severities: {major: {}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a Monday at 9:00 UTC that promises 99.9 % beside announced works."""
    made = Desk(compiled_policy(tmp_path, f"{POLICY.rstrip()}{SERVICES}"))
    yield made
    made.close()


def announce(desk: Desk, start: int, end: int, name: str = "disks", **only: str) -> None:
    """Works on a service, from a minute after nine to another."""
    now, begins, ends = desk.clock.now(), MONDAY + start * MINUTE, MONDAY + end * MINUTE
    works = SilenceOrdered(name, ends, "new disks", "bo", only, start=begins, is_maintenance=True)
    event = Event(f"silence/{name}/{now.isoformat()}", "desk", now, "command", works)
    desk.store.receive([event]).result()
    desk.run()


def order(desk: Desk, verb: Verb, *services: str) -> None:
    """A person's word on incident P1."""
    now, number = desk.clock.now(), 0 if verb is Verb.OPEN else 1
    fact = IncidentOrdered(verb, "bo", "Slow", number, services, "major")
    event = Event(f"incident/{verb}/{now.isoformat()}", "incident", now, "command", fact)
    desk.store.receive([event]).result()
    desk.run()


def wait_until(desk: Desk, minute: int) -> None:
    """Nothing happens until a minute after nine."""
    desk.clock.move_to(MONDAY + minute * MINUTE)


def march(desk: Desk, service: str = "portal") -> Month:
    now = desk.clock.now()
    with desk.store.read() as reader:
        months = months_of(reader, desk.compiled, since=MONDAY, until=MONDAY, now=now)
    return months[service][0]


def test_announced_works_are_no_interruption_for_ever(desk: Desk) -> None:
    """What overran them counts; months later, long after the works are forgotten, as well."""
    announce(desk, 10, 40, service="portal")
    wait_until(desk, 12)
    order(desk, Verb.OPEN, "portal", "api")
    wait_until(desk, 50)
    order(desk, Verb.RESTORED)
    wait_until(desk, 90 * 24 * 60)
    announce(desk, 91 * 24 * 60, 92 * 24 * 60, name="other", service="api")

    portal, api = march(desk), march(desk, "api")

    assert (portal.away, portal.planned, portal.is_kept) == (10 * MINUTE, 28 * MINUTE, True)
    assert (api.away, api.planned) == (38 * MINUTE, timedelta())


def test_works_of_short_notice_or_on_one_host_count(desk: Desk) -> None:
    """Four minutes are less than the policy asks for, and one host is not the service."""
    wait_until(desk, 6)
    announce(desk, 10, 40, service="portal")
    announce(desk, 20, 40, name="host", service="portal", host="h1")
    wait_until(desk, 12)
    order(desk, Verb.OPEN, "portal")
    wait_until(desk, 32)

    assert (march(desk).away, march(desk).planned) == (20 * MINUTE, timedelta())


def test_works_that_end_early_or_are_taken_back_cover_no_more(desk: Desk) -> None:
    """Ended by hand at 9:20, they cover eight minutes; what is moved away covers none."""
    announce(desk, 10, 40, service="portal")
    announce(desk, 22, 40, name="later", service="portal")
    wait_until(desk, 12)
    order(desk, Verb.OPEN, "portal")
    wait_until(desk, 20)
    announce(desk, 0, 20, service="portal")
    announce(desk, 300, 400, name="later", service="portal")
    wait_until(desk, 32)

    assert (march(desk).away, march(desk).planned) == (12 * MINUTE, 8 * MINUTE)


@pytest.mark.parametrize(
    ("orders", "planned"),
    [
        ([(20, 10, 80)], 28),
        ([(20, 20, 80)], 28),
        ([(4, 8, 80)], 28),
        ([(20, 10, 30)], 18),
        ([(20, 10, 30), (25, 10, 80)], 18),
        ([(11, 15, 30)], 15),
        ([(20, 30, 80)], 18),
        ([(20, 0, 20), (21, 10, 80)], 8),
    ],
    ids=["longer", "from now on", "sooner", "shorter", "longer again", "later", "a break", "ended"],
)
def test_new_order_takes_no_notice_away(
    desk: Desk, orders: list[tuple[int, int, int]], planned: int
) -> None:
    """From 9:10 to 9:40 works were announced in time; what an order added was not.

    An order is its minute after nine, with the works' new beginning and end. It is down from 9:12.
    """
    announce(desk, 10, 40, service="portal")
    for minute, start, end in [each for each in orders if each[0] < 12]:
        wait_until(desk, minute)
        announce(desk, start, end, service="portal")
    wait_until(desk, 12)
    order(desk, Verb.OPEN, "portal")
    for minute, start, end in [each for each in orders if each[0] > 12]:
        wait_until(desk, minute)
        announce(desk, start, end, service="portal")
    wait_until(desk, 90)

    assert march(desk).planned == planned * MINUTE
