# SPDX-License-Identifier: GPL-3.0-or-later
"""The sum at the end of an outage: it is told, and what does not add up is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from case_mails import MINUTE, Mail, all_clear, arrive, case_of, declare_down
from desk import Desk

from bot.handlers.backfill import TIMER, fire_backfill
from bot.handlers.backfill_notices import tell_when_through
from bot.rules.actions import Timer
from bot.rules.backfill import Stage, Written
from bot.rules.backfill_state import PREFIX, Standing, to_row
from bot.rules.ticket import Origin, Status, Ticket


def summaries(desk: Desk) -> list[str]:
    """What our people were told at the end."""
    with desk.store.read() as reader:
        rows = reader.outbox.all()
    reasons = [str(getattr(row.outgoing.message, "reason", "")) for row in rows]
    return [each for each in reasons if each.startswith("backfill")]


@pytest.mark.parametrize(
    ("table", "missing", "named"),
    [
        ("ticket", "ticket_id = '{case}'", "1 mails name a case that is not there"),
        ("mail", "ticket_id = '{case}'", "the mail of {reference} is missing"),
        ("machine", "name = 'backfill/{case}'", "{reference} is waiting and has"),
    ],
)
def test_missing_row_is_named_by_the_sum(desk: Desk, table: str, missing: str, named: str) -> None:
    """A row that was lost makes no sum right in silence."""
    declare_down(desk)
    case = case_of(desk, arrive(desk))
    last = arrive(desk, Mail("Ours too", "The other", "ola@fabrikam.example"))
    lost = {"case": case.ticket_id, "reference": case.reference}
    if table == "machine":
        all_clear(desk, timedelta(seconds=1))
        desk.clock.advance(MINUTE)
        desk.run(look_every=timedelta(seconds=1))
    with closing(sqlite3.connect(desk.store.where.removeprefix("sqlite:///"))) as database:
        gone = database.execute(f"DELETE FROM {table} WHERE {missing.format(**lost)}").rowcount
        database.commit()
    all_clear(desk)

    assert gone == 1
    assert case_of(desk, last).number is not None
    assert summaries(desk)[-1].startswith("backfill_off:")
    assert named.format(**lost) in summaries(desk)[-1]


def test_many_refused_cases_hide_no_summary(desk: Desk) -> None:
    """However many the helpdesk does not take, our people hear that the rest is there."""
    now = desk.clock.now()
    parked = to_row(Standing(Stage.PARKED, now, Written()))

    cases = [
        Ticket(f"case{number}", Origin.MAILBOX, now, now, Status.NEW, "Down", "It is down")
        for number in range(60)
    ]
    desk.store.write(lambda tx: [tx.tickets.save(each) for each in cases])
    desk.store.write(
        lambda tx: [tx.states.save(f"{PREFIX}{each.ticket_id}", parked) for each in cases]
    )

    desk.store.write(lambda tx: tell_when_through(tx, desk.compiled, now=now))

    assert len(set(summaries(desk))) == 1


def test_refused_case_whose_row_is_gone_is_looked_at_rarely(desk: Desk) -> None:
    """The outbox forgets a refused row after some months; the case stays, and costs nothing."""
    now = desk.clock.now()
    case = Ticket("case", Origin.MAILBOX, now, now, Status.NEW, "Down", "", reference="D-1")
    parked = to_row(Standing(Stage.PARKED, now, Written()))
    wake = Timer(f"{PREFIX}case", TIMER, now, ticket_id="case")
    desk.store.write(lambda tx: tx.tickets.save(case))
    desk.store.write(lambda tx: tx.states.save(f"{PREFIX}case", parked))

    desk.store.write(lambda tx: fire_backfill(wake, tx, desk.compiled, now=now))

    with desk.store.read() as reader:
        assert reader.timers.next_due() == now + timedelta(hours=1)
