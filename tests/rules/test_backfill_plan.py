# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided for a case by what the helpdesk has of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.backfill import Adopt, Case, Import, Stage, Written, lacking, late_copies, plan
from bot.rules.backfill_state import Standing, from_row, to_row
from bot.rules.backfill_sum import sum_of
from bot.rules.history import Change, ChangeKind
from bot.rules.mail import Fate, Twin
from bot.rules.ticket import Actor, Origin, Person, Status, Ticket

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TICKET = Ticket(
    "t1", Origin.MAILBOX, NOON, NOON, Status.NEW, "Down", "Nothing works", reference="ACM-1",
    requester=Person(None, "Nora", "nora@a.example"), priority="urgent",
)  # fmt: skip
FIRST = Change("mail/1", NOON, ChangeKind.CREATED, Actor.REQUESTER, is_public=True,
               body="Nothing works")  # fmt: skip
CASE = Case(TICKET, (FIRST,), frozenset({"<m1@a.example>"}))
TWIN = Twin("#4", NOON + timedelta(hours=1), 4, requester="Nora@a.example")


@pytest.mark.parametrize(
    ("twin", "is_adopted"),
    [
        (replace(TWIN, external_id="ACM-1"), True),
        (replace(TWIN, subject="Call from Nora, ACM-1"), True),
        (replace(TWIN, message_id="<m1@a.example>"), True),
        (replace(TWIN, subject="DOWN", words=("Nothing  works\n",)), True),
        (replace(TWIN, subject="Down", words=("Something else",)), False),
        (replace(TWIN, subject="Down", words=("Nothing works",), requester="bo@a.example"), False),
        (replace(TWIN, subject="Down", words=("Nothing works",),
                 created_at=NOON + timedelta(days=8)), False),
        (replace(TWIN, message_id="<m1@a.example>", number=None), False),
    ],
)  # fmt: skip
def test_what_is_there_is_adopted(twin: Twin, is_adopted: bool) -> None:
    """By name, by mail, or by the same words; never by the person or the subject alone."""
    assert isinstance(plan(CASE, (twin,), frozenset(), None), Adopt) is is_adopted


def test_ticket_of_another_case_is_not_adopted() -> None:
    """Two cases never share a ticket, however alike their mails are."""
    twin = replace(TWIN, message_id="<m1@a.example>")

    decided = plan(CASE, (twin,), frozenset({4}), "normal")

    assert isinstance(decided, Import)
    assert (decided.key, decided.creation.external_id) == ("import/ACM-1", "ACM-1")


def test_words_of_the_helpdesk_are_not_written_again() -> None:
    """Only what it was not given, and has not shown itself, follows as a note."""
    theirs = replace(FIRST, key="ticket/4/comment/9", kind=ChangeKind.COMMENT, body="Hello")
    later = replace(FIRST, key="mail/2", kind=ChangeKind.COMMENT, body="Worse now")
    case = Case(replace(TICKET, number=4), (FIRST, theirs, later))

    lacks = lacking(case, Written(frozenset({"mail/1"}), priority="urgent"))

    assert [each.key for each in lacks] == ["note/ticket:t1/mail/2"]
    assert "Worse now" in (lacks[0].update.comment or "")


def test_words_of_a_linked_case_are_the_customers() -> None:
    """An agent may be the ticket's requester; the note does not say that he wrote the mail."""
    ticket = replace(TICKET, number=4, requester=Person("7", "Bo", "bo@acme.example"))
    case = Case(replace(ticket, writer=TICKET.requester), (FIRST,))

    [note] = lacking(case, Written(frozenset(), priority="urgent"))

    assert "Nora wrote at" in (note.update.comment or "")


@pytest.mark.parametrize(
    ("there", "here", "by", "is_reopened"),
    [
        ("pending", Status.OPEN, Actor.REQUESTER, True),
        ("solved", Status.OPEN, Actor.REQUESTER, True),
        ("new", Status.PENDING, Actor.REQUESTER, True),
        ("new", Status.OPEN, Actor.REQUESTER, False),
        ("closed", Status.CLOSED, Actor.REQUESTER, False),
        ("pending", Status.PENDING, Actor.AGENT, False),
    ],
)
def test_last_word_of_the_customer_opens_the_ticket(
    there: str, here: Status, by: Actor, is_reopened: bool
) -> None:
    """As their reply would have there; notes of ours about it change nothing."""
    later = replace(FIRST, key="mail/2", kind=ChangeKind.COMMENT, actor=by, body="Worse now")
    note = replace(later, key="mail/2/beside", actor=Actor.SELF, is_public=False)
    case = Case(replace(TICKET, number=4, status=here), (FIRST, later, note))
    standing = Standing(Stage.IMPORTED, NOON, Written(
        frozenset({"mail/1"}), priority="urgent", status=there
    ))  # fmt: skip

    lacks = lacking(case, from_row(to_row(standing)).written)

    assert [each.update.is_reopened for each in lacks] == [is_reopened, False]


def test_copy_is_told_once() -> None:
    """Whoever was told of a copy is not told again; the case's own ticket is none."""
    case = Case(replace(TICKET, number=3), (FIRST,), CASE.message_ids)
    twins = (replace(TWIN, message_id="<m1@a.example>"),
             replace(TWIN, name="#3", number=3, external_id="ACM-1"))  # fmt: skip

    assert [each.name for each in late_copies(case, twins, ())] == ["#4"]
    assert late_copies(case, twins, ("#4",)) == ()


@pytest.mark.parametrize(
    ("fates", "number", "stage", "off"),
    [
        ([Fate.CASE, Fate.REPLY], 4, Stage.IMPORTED, 0),
        ([Fate.CASE, Fate.CASE], 4, Stage.ADOPTED, 1),
        ([Fate.CASE, Fate.WAITING], 4, Stage.IMPORTED, 1),
        ([Fate.CASE], None, Stage.IMPORTED, 1),
        ([Fate.CASE], None, Stage.PARKED, 0),
    ],
)
def test_sum_names_what_is_off(
    fates: list[Fate], number: int | None, stage: Stage, off: int
) -> None:
    """A mail without a fate, a case opened twice, a ticket that is not there."""
    mails = [(fate, None if fate is Fate.WAITING else "t1") for fate in fates]
    summed = sum_of(mails, {"t1": replace(TICKET, number=number)}, {"t1": stage})

    assert len(summed.off) == off
    assert summed.is_zero is (off == 0)
