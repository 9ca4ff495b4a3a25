# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates of one customer open a calendar for that customer's tickets, and for nobody else's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk import Desk, compiled_policy

from bot.clock import VirtualClock
from bot.rules.calendar_lists import dates_in

POLICY = """
desk: events
zone: Europe/Paris
hours:
  evenement: {zone: Europe/Paris, days_from: event_days, holidays: none}
  chantier:
    zone: Europe/Paris
    holidays: none
    days: {organisation Contoso: [2026-03-10], organisation Fabrikam: [2026-03-12]}
  couverture: {union: [evenement, chantier]}
helpdesk: {canary: 1, fields: {event_days: Code}}
people: {team: {slack: support}}
promises:
  first_response: {within: 15m, hours: couverture, breached: {tell: team}}
rules:
  mail: {if: {any_open: couverture}, then: {tag: covered}}
"""
NIGHT = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)
MIDNIGHT = NIGHT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("customer", "due"),
    [
        ("contoso", MIDNIGHT + timedelta(minutes=15)),
        ("fabrikam", MIDNIGHT + timedelta(days=2, minutes=15)),
        ("northwind", None),
    ],
)
def test_promise_counts_on_the_customers_own_days(
    tmp_path: Path, customer: str, due: datetime | None
) -> None:
    """The evening before, each customer's clock waits for the first minute of its own day."""
    desk = Desk(compiled_policy(tmp_path, POLICY), clock=VirtualClock(NIGHT))
    number = desk.write("No SMS goes out", who=customer)

    desk.run(timedelta(minutes=2))

    with desk.store.read() as reader:
        clock = reader.tickets.clocks(desk.ticket(number).ticket_id)["first_response"]
    desk.close()
    assert clock["due_at"] == (due.isoformat() if due else None)


def test_dates_of_a_field_count_at_once(tmp_path: Path) -> None:
    """Dates that are filled in while a ticket is open give its clock a deadline."""
    desk = Desk(compiled_policy(tmp_path, POLICY), clock=VirtualClock(NIGHT))
    number = desk.write("No SMS goes out", who="northwind")
    field = desk.world.people.field_titled("Code").field_id
    agent = desk.furniture.agents["ada"]
    desk.world.change_ticket(number, by=agent, fields={field: "Lyon, 2026-03-10"})

    desk.run(timedelta(hours=1, minutes=20), look_every=timedelta(minutes=5))

    late = MIDNIGHT + timedelta(minutes=15, seconds=1)
    assert desk.told("sla_breached") == [("slack:support", late)]
    desk.close()


def test_conditions_see_the_customers_days(tmp_path: Path) -> None:
    """At noon of Contoso's day a rule finds the calendar open for Contoso and closed for others."""
    clock = VirtualClock(NIGHT + timedelta(hours=13))
    desk = Desk(compiled_policy(tmp_path, POLICY), clock=clock)
    theirs, other = desk.write("Down"), desk.write("Down", who="fabrikam")

    desk.run(timedelta(minutes=2))

    tags = [desk.ticket(number).tags for number in (theirs, other)]
    desk.close()
    assert ["covered" in each for each in tags] == [True, False]


def test_customer_may_have_hours_of_its_own(tmp_path: Path) -> None:
    """Contoso is promised an answer round the clock, everybody else in office hours."""
    text = POLICY.replace(
        "within: 15m, hours: couverture",
        "within: 15m, hours: {organisation Contoso: toujours, else: bureau}",
    ).replace(
        "hours:\n",
        "hours:\n  toujours: {always: true}\n"
        '  bureau: {zone: Europe/Paris, mon-fri: "09:00-17:00", holidays: none}\n',
        1,
    )
    desk = Desk(compiled_policy(tmp_path, text), clock=VirtualClock(NIGHT))
    numbers = [desk.write("Down", who=who) for who in ("contoso", "fabrikam")]

    desk.run(timedelta(minutes=2))

    with desk.store.read() as reader:
        found = [reader.tickets.clocks(desk.ticket(n).ticket_id) for n in numbers]
    desk.close()
    dues = [datetime.fromisoformat(clocks["first_response"]["due_at"]) for clocks in found]
    assert dues == [NIGHT + timedelta(minutes=15), NIGHT + timedelta(hours=10, minutes=15)]


def test_dates_are_found_in_any_text() -> None:
    """A field of the helpdesk is typed by people: what is no date is passed over."""
    text = "2026-06-12, 2026-06-13 (Lyon); 2026-02-30 and 12026-06-140"

    assert dates_in(text) == (date(2026, 6, 12), date(2026, 6, 13))
