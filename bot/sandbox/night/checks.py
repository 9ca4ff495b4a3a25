# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts in the morning what became of the night: in the helpdesk, in the mails, in the store.

Nothing is taken from what the daemon says it did: a word counts when it stands in the customer's
ticket, an acknowledgement when the customer's mail server took it, a clock when the store has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.night.cast import Customer
from bot.sandbox.night.post import ACKNOWLEDGEMENT, ANSWER, Said
from bot.sandbox.night.stage import CUSTOMERS, NightStage
from bot.sandbox.world_values import Comment
from bot.store.transaction import Reader

CLOCK = "first_response"


@dataclass
class Morning:
    """What was counted; `problems` name what is not as promised, each with its customer."""

    customers: int = 0
    mails: int = 0
    delivered_twice: int = 0
    fates: Mapping[str, int] = field(default_factory=dict)
    one_ticket: int = 0
    imported: int = 0
    adopted: int = 0
    words: int = 0
    words_in_order: int = 0
    clocks_from_arrival: int = 0
    acknowledged: int = 0
    acknowledged_twice: int = 0
    answers: int = 0
    lost: int = 0
    duplicates: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_kept(self) -> bool:
        """Whether every promise of the night was kept."""
        return not self.problems


def look_round(
    stage: NightStage, reader: Reader, customers: Sequence[Customer] = CUSTOMERS
) -> Morning:
    """Compare what the customers wrote and heard with what is there."""
    fates = {str(fate): count for fate, count in sorted(reader.mails.counts().items())}
    found = Morning(
        customers=len(customers),
        mails=stage.post.written,
        delivered_twice=stage.post.copies,
        fates=fates,
    )
    in_ledger = sum(fates.values())
    if in_ledger != found.mails:
        found.problems.append(f"{found.mails} mails were written, the ledger has {in_ledger}")
    if left := stage.mailbox.count():
        found.problems.append(f"{left} mails lie in the inbox still")
    for customer in customers:
        for judge in (_tickets, _words, _clock, _mails_to):
            judge(customer, stage, reader, found)
    return found


def _tickets(customer: Customer, stage: NightStage, reader: Reader, found: Morning) -> None:
    numbers = stage.tickets_of(customer)
    if len(numbers) > 1:
        found.duplicates += len(numbers) - 1
        found.problems.append(f"{customer.name} has the tickets {numbers}")
    if not numbers:
        found.problems.append(f"{customer.name} has no ticket")
    if len(numbers) != 1:
        return
    found.one_ticket += 1
    ticket = stage.world.ticket(numbers[0])
    if ticket is not None and ticket.external_id:
        found.imported += 1
    else:
        found.adopted += 1


def _words(customer: Customer, stage: NightStage, reader: Reader, found: Morning) -> None:
    """Each word once, after the one before, and with the minute at which it was said."""
    comments = [
        each for number in stage.tickets_of(customer) for each in stage.world.comments(number)
    ]
    last = -1
    for said in stage.post.said(customer):
        found.words += 1
        where = [at for at, each in enumerate(comments) if _plain(said.text) in _plain(each.body)]
        about = f"{customer.name}: {said.text[:40]!r}"
        if not where:
            found.lost += 1
            found.problems.append(f"{about} stands nowhere")
        elif len(where) > 1:
            found.duplicates += len(where) - 1
            found.problems.append(f"{about} stands there {len(where)} times")
        elif where[0] <= last:
            found.problems.append(f"{about} stands before an earlier word")
        elif not _tells_when(said, comments, where[0]):
            found.problems.append(f"{about} does not say that it came at {said.came_at}")
        else:
            found.words_in_order += 1
        last = max([last, *where])


def _tells_when(said: Said, comments: Sequence[Comment], place: int) -> bool:
    """By its own instant, or in words: a note says when, also of a ticket's own first mail."""
    if comments[place].created_at.replace(microsecond=0) == said.came_at:
        return True
    when = f"at {said.came_at:%Y-%m-%d %H:%M} UTC"
    of_first = (
        each.body for each in comments if place == 0 and "this mail reached us" in each.body
    )
    return any(when in each for each in (comments[place].body, *of_first))


def _clock(customer: Customer, stage: NightStage, reader: Reader, found: Morning) -> None:
    came_at = stage.post.said(customer)[0].came_at
    for number in stage.tickets_of(customer):
        ticket = reader.tickets.by_number(number)
        clock = reader.tickets.clocks(ticket.ticket_id).get(CLOCK) if ticket else None
        began = datetime.fromisoformat(clock["started_at"]) if clock else None
        if began == came_at:
            found.clocks_from_arrival += 1
        else:
            found.problems.append(f"{customer.name} wrote at {came_at}, the clock says {began}")


def _mails_to(customer: Customer, stage: NightStage, reader: Reader, found: Morning) -> None:
    acknowledged = len(stage.post.heard(customer, ACKNOWLEDGEMENT))
    found.acknowledged += min(1, acknowledged)
    found.acknowledged_twice += max(0, acknowledged - 1)
    if acknowledged != 1:
        found.problems.append(f"{customer.name} was acknowledged {acknowledged} times")
    heard = [each.text for each in stage.post.heard(customer, ANSWER)]
    if customer.answer:
        found.answers += sum(_plain(customer.answer) in _plain(each) for each in heard)
    if len(heard) != bool(customer.answer):
        found.problems.append(f"{customer.name} was answered {len(heard)} times")


def _plain(text: str) -> str:
    return " ".join(text.split())
