# SPDX-License-Identifier: GPL-3.0-or-later
"""On the way back the helpdesk fails to answer about some cases: no other waits for them."""

from __future__ import annotations

from datetime import timedelta

from case_mails import MINUTE, Mail, all_clear, arrive, case_of, declare_down, told_of
from desk import Desk

from bot.handlers.backfill import standing_of
from bot.ports import Outcome, Refused, Sought, Trouble, TroubleKind, TryLater
from bot.rules.actions import TicketCreation
from bot.rules.backfill import key_of
from bot.rules.mail import Twin
from bot.rules.ticket import Ticket
from bot.sandbox.fakes import FakeHelpdesk
from bot.sources.twins import TwinFinder

ODD = "odd@northwind.example"
RESTED = timedelta(minutes=20)


class Moody(FakeHelpdesk):
    """Answers about everybody but those who are called odd; `asked` counts how often it failed."""

    kind = TroubleKind.MISCONFIGURED
    is_moody = True
    asked = 0

    def twins(self, sought: Sought) -> tuple[Twin, ...] | Trouble:
        if self.is_moody and sought.email.startswith("odd"):
            self.asked += 1
            return Trouble(self.kind, "422: RecordInvalid")
        return super().twins(sought)


class Picky(FakeHelpdesk):
    """Makes no ticket of whoever is called odd, until that is mended."""

    is_mended = False
    answer: Outcome = Refused("422: RecordInvalid")

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        is_odd = (creation.requester.email or "").startswith("odd")
        return self.answer if is_odd and not self.is_mended else super().create(key, creation)


def moody(desk: Desk, kind: TroubleKind = TroubleKind.MISCONFIGURED) -> Moody:
    """Let the desk ask a helpdesk that is moody."""
    helpdesk = Moody(desk.world, desk.compiled.policy.helpdesk)
    helpdesk.kind = kind
    desk.finder = TwinFinder(helpdesk, desk.store)
    return helpdesk


def unread(desk: Desk) -> list[str]:
    """What a room was told of cases that cannot be asked about."""
    return told_of(desk, "case_unread")


def test_case_that_cannot_be_read_keeps_no_other_waiting(desk: Desk) -> None:
    """The next one comes back within a minute; the odd one is told once, and follows in the end."""
    declare_down(desk)
    odd = arrive(desk, Mail(sender=ODD))
    good = arrive(desk, Mail(text="The other"))
    reference, helpdesk = case_of(desk, odd).reference, moody(desk)
    all_clear(desk, MINUTE)

    assert (case_of(desk, good).number is None, unread(desk)) == (False, [])
    desk.run(timedelta(hours=12), look_every=5 * MINUTE)
    assert unread(desk) == [f"case_unread:{reference} (422: RecordInvalid)"]
    assert helpdesk.asked < 4 * 12 + 10, "it is asked every quarter of an hour"
    helpdesk.is_moody = False
    desk.run(RESTED)
    assert case_of(desk, odd).number is not None


def test_second_look_that_fails_keeps_nobody_waiting(desk: Desk) -> None:
    """Who is there and cannot be asked about goes neither before those who wait, nor the others."""
    declare_down(desk)
    for number in range(6):
        arrive(desk, Mail(sender=f"odd{number}@northwind.example", text=f"Odd {number}"))
    seen = arrive(desk, Mail(text="The other"))
    all_clear(desk)
    moody(desk)
    desk.run(60 * MINUTE, look_every=5 * MINUTE)
    desk.run(5 * MINUTE, look_every=timedelta(seconds=10))
    with desk.store.read() as reader:
        standing = standing_of(case_of(desk, seen), reader)
    declare_down(desk)
    late = [arrive(desk, Mail(text=f"Again {number}", subject="Again")) for number in range(9)]
    all_clear(desk, 3 * MINUTE)

    assert standing is not None and standing.turn == 1
    assert [key for key in late if case_of(desk, key).number is None] == []


def test_patience_that_is_asked_for_is_no_cases_fault(desk: Desk) -> None:
    """A helpdesk that is busy is given its time, and nobody hears of single cases."""
    declare_down(desk)
    arrive(desk, Mail(sender=ODD))
    helpdesk = moody(desk, TroubleKind.THROTTLED)
    all_clear(desk)
    desk.run(timedelta(hours=1), look_every=MINUTE)

    assert helpdesk.asked > 10 and unread(desk) == []


def test_many_unread_cases_are_no_flood(desk: Desk) -> None:
    """Where nothing can be read a few cases are told; the rest is the same matter."""
    declare_down(desk)
    for number in range(12):
        arrive(desk, Mail(sender=f"odd{number}@northwind.example", text=f"Odd {number}"))
    moody(desk)
    all_clear(desk)
    desk.run(timedelta(hours=3), look_every=MINUTE)

    assert len(unread(desk)) == 5


def test_refused_case_is_told_each_time_and_may_go_again(desk: Desk) -> None:
    """It stays here and the others go on; our people read why, and let it go when it is mended."""
    declare_down(desk)
    odd, good = arrive(desk, Mail(sender=ODD)), arrive(desk, Mail(text="The other"))
    case, helpdesk = case_of(desk, odd), Picky(desk.world, desk.compiled.policy.helpdesk)
    desk.helpdesk = helpdesk
    all_clear(desk)
    desk.run(timedelta(hours=12), look_every=5 * MINUTE)

    refused = f"case_refused:{case.reference} (422: RecordInvalid)"
    parked = "backfilled:2 mails = 2 case; 2 cases = 1 imported + 1 parked"
    assert (case_of(desk, good).number is None, case_of(desk, odd).number) == (False, None)
    assert (told_of(desk, "case_refused"), told_of(desk, "backfilled")) == ([refused], [parked])
    let_go(desk, case)
    assert told_of(desk, "case_refused") == [refused, refused]
    helpdesk.is_mended = True
    let_go(desk, case)

    assert told_of(desk, "case_refused") == [refused, refused]
    assert told_of(desk, "backfilled") == [
        parked, "backfilled:2 mails = 2 case; 2 cases = 2 imported"
    ]  # fmt: skip


def test_case_that_is_neither_taken_nor_refused_is_told(desk: Desk) -> None:
    """A right that is missing: one message for all, once a day; when it is there they follow."""
    helpdesk = Picky(desk.world, desk.compiled.policy.helpdesk)
    helpdesk.answer = TryLater("403: Forbidden", 300.0)
    desk.helpdesk = helpdesk
    declare_down(desk)
    odd = [arrive(desk, Mail(sender=f"odd{each}@northwind.example")) for each in range(3)]
    good = arrive(desk, Mail(text="The other"))
    all_clear(desk)
    desk.run(timedelta(minutes=50), look_every=MINUTE)
    assert told_of(desk, "case_stuck") == [], "an hour is nothing unusual"
    desk.run(timedelta(hours=23), look_every=5 * MINUTE)
    told = told_of(desk, "case_stuck")

    assert [each.endswith("(403: Forbidden) + 2") for each in told] == [True]
    desk.run(timedelta(hours=4, minutes=20), look_every=5 * MINUTE)
    assert len(told_of(desk, "case_stuck")) == 2
    assert (case_of(desk, good).number is None, told_of(desk, "backfilled")) == (False, [])
    helpdesk.is_mended = True
    desk.run(timedelta(minutes=12), look_every=MINUTE)
    assert [key for key in odd if case_of(desk, key).number is None] == []
    assert told_of(desk, "backfilled") == [
        "backfilled:4 mails = 4 case; 4 cases = 4 imported"
    ]  # fmt: skip


def let_go(desk: Desk, case: Ticket) -> None:
    """What `deskmate outbox retry` does, and two hours."""
    with desk.store.read() as reader:
        row = reader.outbox.by_key(key_of(case))
    assert row is not None
    desk.store.write(lambda tx: tx.outbox.retry(row.row_id, desk.clock.now()))
    desk.run(timedelta(hours=2), look_every=5 * MINUTE)
