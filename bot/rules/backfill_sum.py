# SPDX-License-Identifier: GPL-3.0-or-later
"""The sum that must be zero: every mail of an outage has one fate, every case one ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.rules.backfill import Stage, is_given_up
from bot.rules.mail import Fate
from bot.rules.ticket import Origin, Ticket

_JOINED = (Fate.REPLY, Fate.STAFF)


@dataclass(frozen=True, slots=True)
class Sum:
    """Figures of one outage; `off` names what does not add up, each with its reason."""

    mails: int
    fates: Mapping[Fate, int]
    cases: int
    stages: Mapping[Stage, int]
    waiting: int
    given_up: int = 0
    off: tuple[str, ...] = ()

    @property
    def is_zero(self) -> bool:
        """Whether everything is accounted for."""
        return not self.off

    @property
    def said(self) -> str:
        """The figures in one line."""
        fates = " + ".join(f"{n} {fate}" for fate, n in self.fates.items()) or "0"
        stages = [f"{n} {stage}" for stage, n in self.stages.items()]
        stages += [f"{self.waiting} waiting"] if self.waiting else []
        stages += [f"{self.given_up} given up"] if self.given_up else []
        line = f"{self.mails} mails = {fates}; {self.cases} cases = {' + '.join(stages) or '0'}"
        return "; ".join((line, *self.off[:5]))


def sum_of(
    mails: Sequence[tuple[Fate, str | None]],
    tickets: Mapping[str, Ticket],
    stages: Mapping[str, Stage],
    *,
    unwritten: Sequence[Ticket] = (),
) -> Sum:
    """Add up one outage: its mails by fate and ticket, the tickets, and how far each case is.

    `unwritten` are cases whose mail the ledger does not know.
    """
    fates = Counter(fate for fate, _ in mails)
    opened = Counter(ticket_id for fate, ticket_id in mails if fate is Fate.CASE and ticket_id)
    cases = {key for key, each in tickets.items() if each.origin is Origin.MAILBOX}
    done = Counter(stages[key] for key in cases if key in stages)
    off = [*_fates_off(mails, tickets, opened), *_cases_off(cases, tickets, stages)]
    off += [f"the mail of {each.reference or each.ticket_id} is missing" for each in unwritten]
    return Sum(
        mails=len(mails),
        fates={fate: fates[fate] for fate in Fate if fates[fate]},
        cases=len(cases),
        stages={stage: done[stage] for stage in Stage if done[stage]},
        waiting=sum(key not in stages and not is_given_up(tickets[key]) for key in cases),
        given_up=sum(key not in stages and is_given_up(tickets[key]) for key in cases),
        off=tuple(off),
    )


def _fates_off(
    mails: Sequence[tuple[Fate, str | None]],
    tickets: Mapping[str, Ticket],
    opened: Mapping[str, int],
) -> list[str]:
    off = []
    undecided = sum(fate is Fate.WAITING for fate, _ in mails)
    if undecided:
        off.append(f"{undecided} mails are not decided")
    lost = sum(
        fate in (Fate.CASE, *_JOINED) and ticket_id not in tickets for fate, ticket_id in mails
    )
    if lost:
        off.append(f"{lost} mails name a case that is not there")
    off += [f"{number} mails opened {key}" for key, number in opened.items() if number > 1]
    return off


def _cases_off(
    cases: set[str], tickets: Mapping[str, Ticket], stages: Mapping[str, Stage]
) -> list[str]:
    off = []
    numbers = Counter(tickets[key].number for key in cases if tickets[key].number is not None)
    off += [f"#{number} is {count} cases" for number, count in numbers.items() if count > 1]
    for key in sorted(cases):
        is_there = stages.get(key) in (Stage.IMPORTED, Stage.ADOPTED)
        if is_there != (tickets[key].number is not None):
            name = tickets[key].reference or key
            off.append(f"{name} is {stages.get(key, 'waiting')} and has {tickets[key].number}")
    return off
