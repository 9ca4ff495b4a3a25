# SPDX-License-Identifier: GPL-3.0-or-later
"""A calendar that is closed or opened by command holds at once, for open tickets too, and ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk import MONDAY, Desk

from bot.handlers.calendars import as_switched
from bot.handlers.policy import take_policy
from bot.rules.events import CalendarSwitched, Event

HOUR = timedelta(hours=1)


def order(desk: Desk, *, is_open: bool | None, start: datetime, end: datetime) -> None:
    """A person switches the office's hours, and the daemon's step takes it up."""
    now = desk.clock.now()
    fact = CalendarSwitched("office", is_open, start, end, "power cut", "bo")
    event = Event(f"calendar/office/{now}", "calendar/office", now, "command", fact)
    desk.store.receive([event]).result()
    desk.inbox.handle()
    with desk.store.read() as reader:
        desk.compiled = as_switched(desk.compiled, reader)
    take_policy(desk.store, desk.compiled, now=now)


def due_of(desk: Desk, number: int) -> datetime:
    with desk.store.read() as reader:
        clock = reader.tickets.clocks(desk.ticket(number).ticket_id)["first_response"]
    return datetime.fromisoformat(clock["due_at"])


def ticket_at(desk: Desk) -> int:
    """An urgent ticket of Monday 10:00 local time, which an hour is promised to."""
    number = desk.write("Portal is down")
    desk.run(timedelta(minutes=5))
    take_policy(desk.store, desk.compiled, now=desk.clock.now())
    return number


def test_closing_moves_open_clocks_and_says_why(desk: Desk) -> None:
    """Two hours of power cut move a promise by two hours; the journal names who ordered it."""
    number = ticket_at(desk)

    order(desk, is_open=False, start=MONDAY + HOUR / 2, end=MONDAY + 2.5 * HOUR)

    with desk.store.read() as reader:
        calendar = reader.journal.of("calendar:office")
        ticket = reader.journal.of(f"ticket:{desk.ticket(number).ticket_id}")
    assert due_of(desk, number) == MONDAY + 3 * HOUR
    assert calendar[-1].summary.endswith("by bo: power cut")
    assert any("a calendar was switched: first_response: due" in each.summary for each in ticket)


def test_closing_ends_by_itself(desk: Desk) -> None:
    """The warning at half of the time comes after the power cut, and the breach after that."""
    ticket_at(desk)
    order(desk, is_open=False, start=MONDAY + HOUR / 4, end=MONDAY + 2.25 * HOUR)

    desk.run(4 * HOUR, look_every=HOUR)

    warned, broken = desk.told("sla_warning"), desk.told("sla_breached")
    assert [at for _, at in warned] == [MONDAY + 2.5 * HOUR] * len(warned) != []
    assert broken == [("slack:leads", MONDAY + 3 * HOUR + timedelta(seconds=1))]


def test_opening_lets_a_night_count(desk: Desk) -> None:
    """Who opens the office until midnight has promised for the evening too."""
    desk.clock.move_to(MONDAY + 6.5 * HOUR)
    number = ticket_at(desk)
    before = due_of(desk, number)

    order(desk, is_open=True, start=desk.clock.now(), end=MONDAY + 14 * HOUR)

    assert before - due_of(desk, number) == timedelta(hours=16)


def test_usual_hours_hold_again(desk: Desk) -> None:
    """A closing that is taken back moves the promise to where it was."""
    number = ticket_at(desk)
    before, now = due_of(desk, number), desk.clock.now()
    order(desk, is_open=False, start=MONDAY + HOUR / 2, end=MONDAY + 2.5 * HOUR)

    desk.clock.move_to(now + timedelta(seconds=1))
    order(desk, is_open=None, start=now, end=now)

    assert due_of(desk, number) == before


def test_unknown_calendar_changes_nothing(desk: Desk) -> None:
    """An order for a calendar that the policy does not have is settled without effect."""
    now = desk.clock.now()
    fact = CalendarSwitched("bureau", False, now, now + HOUR, "power cut", "bo")
    desk.store.receive([Event("k", "calendar/bureau", now, "command", fact)]).result()

    desk.inbox.handle()

    with desk.store.read() as reader:
        assert as_switched(desk.compiled, reader) is desk.compiled
