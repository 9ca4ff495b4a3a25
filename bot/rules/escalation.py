# SPDX-License-Identifier: GPL-3.0-or-later
"""Escalation ladders: who is told next, and when, until somebody has it.

    opened --level due--> told --repage, hand-over--> told --next level due--> ...
                            |                          ^
                            +--taken--> taken --its time is over: the same level again--+
                            +--the ticket is done--> closed

A ladder keeps the levels it was opened with. After downtime only the highest overdue level is
told, and it names those it passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.rules.escalation_values import (
    Ladder,
    LadderSpec,
    LadderStep,
    Level,
    NobodyThere,
    Page,
    PageCause,
)


class Cover(Protocol):
    """What a ladder must know of calendars and people, as the present policy has them."""

    def due(self, since: datetime, after: timedelta, hours: str | None) -> datetime | None:
        """When `after` has passed since then, in a calendar's hours or in wall time."""

    def is_there(self, names: Iterable[str], at: datetime) -> bool:
        """Whether any of these is on duty."""

    def next_there(self, names: Iterable[str], at: datetime) -> datetime | None:
        """When the first of these comes on duty."""

    def next_change(self, names: Iterable[str], at: datetime) -> datetime | None:
        """When somebody else than now stands behind these names."""


def opened(
    spec: LadderSpec,
    *,
    key: str,
    thread: str,
    ticket_id: str | None,
    at: datetime,
    cover: Cover,
    now: datetime | None = None,
) -> LadderStep:
    """Open a ladder as of `at`; its first level is told at once if its delay is nothing.

    With a later `now`, as after downtime, it begins with the highest level that is overdue.
    """
    ladder = Ladder(key, thread, spec, opened_at=at, anchor=at, ticket_id=ticket_id)
    return after_time(ladder, now or at, cover)


def after_time(ladder: Ladder, now: datetime, cover: Cover) -> LadderStep:
    """What the time that has passed demands: at most one page, however long nobody looked."""
    if ladder.is_closed:
        return LadderStep(ladder)
    if ladder.is_taken:
        if ladder.taken_until is None or now < ladder.taken_until:
            return LadderStep(ladder, due=ladder.taken_until)
        return _resumed(ladder, now, cover)
    overdue = _overdue_level(ladder, now, cover)
    if overdue is not None:
        return _fired(ladder, overdue, now, cover)
    if ladder.level >= 0:
        again = _again(ladder, now, cover)
        if again is not None:
            return again
    return LadderStep(ladder, due=_next_due(ladder, cover))


def after_taken(
    ladder: Ladder, by: str, now: datetime, *, holds_for: timedelta | None = None
) -> LadderStep:
    """Somebody has it: nothing more is told until the time for which that holds is over.

    `holds_for` is a time of their own ("in 15 minutes again"), else the ladder's.
    """
    if ladder.is_closed or ladder.is_taken:
        return LadderStep(ladder, due=ladder.taken_until)
    length = holds_for or ladder.spec.taken_for
    until = None if length is None else now + length
    return LadderStep(replace(ladder, taken_by=by, taken_until=until), due=until)


def after_raised(ladder: Ladder, now: datetime, cover: Cover) -> LadderStep:
    """Somebody calls the next level at once; on the highest level that one hears of it again."""
    if ladder.is_closed:
        return LadderStep(ladder)
    free = replace(ladder, taken_by=None, taken_until=None)
    number = min(free.level + 1, len(free.spec.levels) - 1)
    level = free.spec.levels[number]
    pages = free.pages + 1 if number == free.level else 1
    raised = replace(
        free, level=number, pages=pages, paged_at=now, anchor=now, anchor_after=level.after
    )
    page = Page(PageCause.RAISED, number, pages, level.tell, now)
    return LadderStep(raised, page, _next_due(raised, cover))


def after_done(ladder: Ladder) -> LadderStep:
    """The matter is settled: the ladder ends."""
    return LadderStep(replace(ladder, is_closed=True))


def _overdue_level(ladder: Ladder, now: datetime, cover: Cover) -> int | None:
    """The highest level whose instant has come and that has not been told."""
    found = None
    for number in range(ladder.level + 1, len(ladder.spec.levels)):
        due = _level_due(ladder, number, cover)
        if due is None or due > now:
            break
        found = number
    return found


def _level_due(ladder: Ladder, number: int, cover: Cover) -> datetime | None:
    level = ladder.spec.levels[number]
    after = max(timedelta(), level.after - ladder.anchor_after)
    return cover.due(ladder.anchor, after, level.hours)


def _fired(ladder: Ladder, number: int, now: datetime, cover: Cover) -> LadderStep:
    """Tell a level as of its own instant, or do what the ladder says when nobody is there."""
    spec = ladder.spec
    if not cover.is_there(spec.levels[number].tell, now):
        match spec.nobody_there:
            case NobodyThere.WAIT:
                there = cover.next_there(spec.levels[number].tell, now)
                if there is not None:
                    return LadderStep(
                        ladder, due=_soonest(there, _due_after(ladder, number, cover))
                    )
            case NobodyThere.NEXT:
                number = next(
                    (
                        higher
                        for higher in range(number + 1, len(spec.levels))
                        if cover.is_there(spec.levels[higher].tell, now)
                    ),
                    number,
                )
            case NobodyThere.TELL:
                pass
    due = _level_due(ladder, number, cover)
    at = now if due is None or due > now else due
    skipped = tuple(range(ladder.level + 1, number))
    told = replace(ladder, level=number, pages=1, paged_at=max(at, ladder.anchor))
    page = Page(PageCause.LEVEL, number, 1, spec.levels[number].tell, at, skipped)
    return LadderStep(told, page, _next_due(told, cover))


def _due_after(ladder: Ladder, number: int, cover: Cover) -> datetime | None:
    """The instant of the level behind one that waits for somebody."""
    if number + 1 >= len(ladder.spec.levels):
        return None
    return _level_due(ladder, number + 1, cover)


def _resumed(ladder: Ladder, now: datetime, cover: Cover) -> LadderStep:
    """ "I have it" has run out: the same level hears of it, and later delays count from then."""
    assert ladder.taken_until is not None, "the caller looked"
    number = max(0, ladder.level)
    level = ladder.spec.levels[number]
    resumed = replace(
        ladder,
        taken_by=None,
        taken_until=None,
        anchor=ladder.taken_until,
        anchor_after=level.after,
        level=number,
        pages=ladder.pages + 1,
        paged_at=ladder.taken_until,
    )
    overdue = _overdue_level(resumed, now, cover)
    if overdue is not None:
        return _fired(resumed, overdue, now, cover)
    page = Page(PageCause.EXPIRED, number, resumed.pages, level.tell, ladder.taken_until)
    return LadderStep(resumed, page, _next_due(resumed, cover))


def _again(ladder: Ladder, now: datetime, cover: Cover) -> LadderStep | None:
    """The same level once more: other people have come on duty, or nobody has answered."""
    level = ladder.spec.levels[ladder.level]
    hand_over, repage = _hand_over_due(ladder, level, cover), _repage_due(ladder)
    if hand_over is not None and hand_over <= now and (repage is None or hand_over <= repage):
        return _told_again(ladder, PageCause.HAND_OVER, hand_over, cover)
    if repage is None or repage > now:
        return None
    if ladder.pages > ladder.spec.repage_most:
        return _fired(ladder, ladder.level + 1, now, cover)
    return _told_again(ladder, PageCause.AGAIN, repage, cover, no_earlier_than=now)


def _told_again(
    ladder: Ladder,
    cause: PageCause,
    at: datetime,
    cover: Cover,
    *,
    no_earlier_than: datetime | None = None,
) -> LadderStep:
    """`no_earlier_than` keeps repetitions that were missed from following one another at once."""
    number = ladder.pages + 1
    told = replace(ladder, pages=number, paged_at=max(at, no_earlier_than or at))
    level = ladder.spec.levels[ladder.level]
    page = Page(cause, ladder.level, number, level.tell, at)
    return LadderStep(told, page, _next_due(told, cover))


def _next_due(ladder: Ladder, cover: Cover) -> datetime | None:
    instants = [_level_due(ladder, ladder.level + 1, cover)] if _has_next(ladder) else []
    if ladder.level >= 0:
        level = ladder.spec.levels[ladder.level]
        instants += [_repage_due(ladder), _hand_over_due(ladder, level, cover)]
    return _soonest(*instants)


def _repage_due(ladder: Ladder) -> datetime | None:
    """When the level is told again; after the last time the next level's turn may come."""
    spec = ladder.spec
    if spec.repage_every is None or ladder.paged_at is None:
        return None
    is_over = ladder.pages > spec.repage_most
    if is_over and not (spec.then_next and _has_next(ladder)):
        return None
    return ladder.paged_at + spec.repage_every


def _hand_over_due(ladder: Ladder, level: Level, cover: Cover) -> datetime | None:
    assert ladder.paged_at is not None, "a level that was told has its instant"
    return cover.next_change(level.tell, ladder.paged_at)


def _has_next(ladder: Ladder) -> bool:
    return ladder.level + 1 < len(ladder.spec.levels)


def _soonest(*instants: datetime | None) -> datetime | None:
    return min((each for each in instants if each is not None), default=None)
