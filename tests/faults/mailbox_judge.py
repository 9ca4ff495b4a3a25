# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what customers wrote with the ledger, the cases, the helpdesk and what they heard."""

from __future__ import annotations

import email
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbox_customers import Customers, Said

from bot.handlers.backfill_notices import sum_in
from bot.rules.history import ChangeKind
from bot.rules.mail import Fate
from bot.rules.ticket import Actor, Origin, Ticket
from bot.sandbox.stage import Stage
from bot.sandbox.world_values import Comment
from bot.store.transaction import Reader

NEAR = timedelta(seconds=2)
"""A mail server stamps whole seconds."""


@dataclass
class Found:
    """What was found in the end; every list must be empty but `twice`."""

    kills: Mapping[str, int]
    customers: int
    words: int
    copies: int
    spoilt: Mapping[str, int]
    tickets: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    twice: int = 0

    def figures(self) -> dict[str, object]:
        """The figures as printed."""
        return {
            "kills": sum(self.kills.values()), "kills_by_phase": dict(self.kills),
            "customers": self.customers, "mails": self.words, "delivered_twice": self.copies,
            "tickets": self.tickets, "calls_spoilt": {k: n for k, n in self.spoilt.items() if n},
            "problems": len(self.problems), "acknowledged_twice": self.twice,
            "seconds": round(self.seconds, 1),
        }  # fmt: skip

    @property
    def holds(self) -> bool:
        """Whether the promise was kept."""
        return not self.problems and self.twice <= sum(self.kills.values())


def compare(customers: Customers, stage: Stage, reader: Reader, found: Found) -> None:
    """Write down every broken promise."""
    _compare_ledger(reader, found)
    by_name = {each.reference: each for each in _cases(reader)}
    of = Counter(each.requester.email for each in by_name.values())
    for who, said in customers.words.items():
        if of[who] != 1:
            found.problems.append(f"{who} has {of[who]} cases")
            continue
        case = next(each for each in by_name.values() if each.requester.email == who)
        _compare_case(who, said, case, reader, found)
        _compare_ticket(who, said, case, stage, found)
    _compare_acknowledgements(customers, stage, found)
    strange = [
        each.number
        for each in stage.world.tickets()
        if each.number != stage.furniture.canary and each.external_id not in by_name
    ]
    if strange:
        found.problems.append(f"tickets of no case: {strange}")


def _cases(reader: Reader) -> list[Ticket]:
    return [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]


def _compare_ledger(reader: Reader, found: Found) -> None:
    counts = reader.mails.counts()
    rows = sum(counts.values())
    if rows != found.words:
        found.problems.append(f"{found.words} mails were written, {rows} are in the ledger")
    if set(counts) - {Fate.CASE, Fate.REPLY}:
        found.problems.append(f"odd fates: {counts}")
    for incident in range(1, (reader.incidents.latest() or 0) + 1):
        summed = sum_in(reader, incident)
        found.problems += [f"the sum of outage {incident}: {each}" for each in summed.off]


def _compare_case(
    who: str, said: Sequence[Said], case: Ticket, reader: Reader, found: Found
) -> None:
    heard = [
        change.body
        for change in reader.tickets.history(case.ticket_id)
        if change.kind in (ChangeKind.CREATED, ChangeKind.COMMENT)
        and change.actor is Actor.REQUESTER
    ]
    if heard != [each.text for each in said]:
        found.problems.append(f"{who} said {said} and was heard {heard}")


def _compare_ticket(
    who: str, said: Sequence[Said], case: Ticket, stage: Stage, found: Found
) -> None:
    """One ticket of the customer's, with every word once, in order, at its true time."""
    world = stage.world
    user = world.people.user_by_email(who)
    theirs = [t for t in world.tickets() if user is not None and t.requester_id == user.user_id]
    found.tickets += len(theirs)
    if [each.number for each in theirs] != [case.number] or case.number is None:
        numbers = [each.number for each in theirs]
        found.problems.append(f"{who} has the tickets {numbers}, the case is #{case.number}")
        return
    shown = [each for each in world.comments(case.number) if "Word " in each.body]
    words = [each.body[each.body.index("Word ") :].strip() for each in shown]
    if words != [each.text for each in said]:
        found.problems.append(f"{who} said {len(said)} words, #{case.number} shows {words}")
        return
    if abs(theirs[0].created_at - said[0].at) > NEAR:
        found.problems.append(
            f"#{case.number} was made at {theirs[0].created_at}, not {said[0].at}"
        )
    for comment, each in zip(shown, said, strict=True):
        if not _is_at(comment, each.at):
            found.problems.append(f"#{case.number} has {each.text} of {each.at} at another time")


def _is_at(comment: Comment, at: datetime) -> bool:
    """An imported word stands at its time; a note that followed says it."""
    said = {f"{at + step:%Y-%m-%d %H:%M} UTC" for step in (-NEAR, NEAR)}
    return abs(comment.created_at - at) <= NEAR or any(each in comment.body for each in said)


def _compare_acknowledgements(customers: Customers, stage: Stage, found: Found) -> None:
    """One each; a second one only as the very same mail."""
    for who in customers.words:
        sent = [email.message_from_bytes(each.raw) for each in stage.world.mail.sent(who)]
        if not sent:
            found.problems.append(f"{who} heard nothing")
        if len({each["Message-ID"] for each in sent}) > 1:
            found.problems.append(f"{who} was acknowledged by different mails")
        found.twice += max(0, len(sent) - 1)
