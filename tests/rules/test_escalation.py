# SPDX-License-Identifier: GPL-3.0-or-later
"""Ladders: who is told next, and when, until somebody has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.rules.escalation import after_done, after_taken, after_time, opened
from bot.rules.escalation_values import Ladder, LadderSpec, Level, NobodyThere, Page, PageCause

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Hours:
    """A cover in which every hour is business time and people are there until told otherwise."""

    absent: frozenset[str] = frozenset()
    back_at: datetime | None = None
    changes_at: datetime | None = None

    def due(self, since: datetime, after: timedelta, hours: str | None) -> datetime | None:
        return since + after * (2 if hours else 1)

    def is_there(self, names: Iterable[str], at: datetime) -> bool:
        is_back = self.back_at is not None and at >= self.back_at
        return is_back or any(name not in self.absent for name in names)

    def next_there(self, names: Iterable[str], at: datetime) -> datetime | None:
        return self.back_at

    def next_change(self, names: Iterable[str], at: datetime) -> datetime | None:
        return self.changes_at if self.changes_at and self.changes_at > at else None


THREE = LadderSpec(
    "p1",
    (
        Level(timedelta(), ("team",)),
        Level(15 * MINUTE, ("lead",)),
        Level(30 * MINUTE, ("director",)),
    ),
)


def ladder_of(spec: LadderSpec = THREE, cover: Hours | None = None) -> Ladder:
    return opened(
        spec, key="k", thread="ticket:1", ticket_id="1", at=NOON, cover=cover or Hours()
    ).ladder


def told(ladder: Ladder, minutes: int, cover: Hours | None = None) -> tuple[Ladder, Page | None]:
    step = after_time(ladder, NOON + minutes * MINUTE, cover or Hours())
    return step.ladder, step.page


def test_first_level_is_told_at_once() -> None:
    """A ladder whose first level has no delay tells it as it opens, and waits for the second."""
    step = opened(THREE, key="k", thread="ticket:1", ticket_id="1", at=NOON, cover=Hours())

    assert step.page == Page(PageCause.LEVEL, 0, 1, ("team",), NOON)
    assert step.due == NOON + 15 * MINUTE


def test_next_level_at_its_delay() -> None:
    """Nobody took it: the second level hears of it at its minute, not before."""
    _, early = told(ladder_of(), 14)
    _, due = told(ladder_of(), 15)

    assert early is None
    assert due == Page(PageCause.LEVEL, 1, 1, ("lead",), NOON + 15 * MINUTE)


def test_only_highest_level_after_downtime() -> None:
    """After an hour in which nobody looked the last level is told once, naming the one missed."""
    ladder, page = told(ladder_of(), 60)
    _, again = told(ladder, 61)

    assert page == Page(PageCause.LEVEL, 2, 1, ("director",), NOON + 30 * MINUTE, skipped=(1,))
    assert again is None


def test_taken_is_quiet() -> None:
    """Somebody has it: no level is told any more."""
    ladder = after_taken(ladder_of(), "Bo", NOON + MINUTE).ladder

    _, page = told(ladder, 300)

    assert page is None


def test_taken_runs_out_at_the_same_level() -> None:
    """When its time is over the same level hears of it, and later delays count from then."""
    spec = replace(THREE, taken_for=30 * MINUTE)
    ladder = after_taken(ladder_of(spec), "Bo", NOON + 5 * MINUTE).ladder

    ladder, page = told(ladder, 35)
    _, early = told(ladder, 49)
    _, following = told(ladder, 50)

    assert page == Page(PageCause.EXPIRED, 0, 2, ("team",), NOON + 35 * MINUTE)
    assert early is None
    assert following is not None
    assert (following.level, following.at) == (1, NOON + 50 * MINUTE)


def test_level_is_told_again_so_often() -> None:
    """A level repeats every ten minutes, twice; missed repetitions do not pile up."""
    spec = LadderSpec("p1", THREE.levels[:1], repage_every=10 * MINUTE, repage_most=2)
    ladder, causes = ladder_of(spec), []

    for minute in range(120):
        ladder, page = told(ladder, minute)
        causes += [(minute, page.cause)] if page else []

    assert causes == [(10, PageCause.AGAIN), (20, PageCause.AGAIN)]


def test_missed_repetitions_are_one() -> None:
    """An hour without a look is one repetition, and the next comes ten minutes later."""
    spec = LadderSpec("p1", THREE.levels[:1], repage_every=10 * MINUTE, repage_most=9)

    ladder, page = told(ladder_of(spec), 60)
    _, early = told(ladder, 69)

    assert page is not None
    assert early is None


def test_repetitions_lead_to_next_level() -> None:
    """After the last repetition the next level's turn comes before its own delay."""
    spec = replace(
        THREE,
        levels=(THREE.levels[0], Level(timedelta(hours=5), ("lead",))),
        repage_every=5 * MINUTE,
        repage_most=1,
        then_next=True,
    )
    ladder = ladder_of(spec)

    ladder, first = told(ladder, 5)
    _, second = told(ladder, 10)

    assert first is not None
    assert first.cause is PageCause.AGAIN
    assert second is not None
    assert second.tell == ("lead",)


def test_hand_over_tells_the_next_shift() -> None:
    """Nobody took it and the shift ends: those who come on duty hear of it then."""
    cover = Hours(changes_at=NOON + 7 * MINUTE)
    step = opened(THREE, key="k", thread="ticket:1", ticket_id="1", at=NOON, cover=cover)

    _, page = told(step.ladder, 7, cover)

    assert step.due == NOON + 7 * MINUTE
    assert page == Page(PageCause.HAND_OVER, 0, 2, ("team",), NOON + 7 * MINUTE)


def test_nobody_there_waits() -> None:
    """A level that waits is told when somebody comes on duty."""
    spec = replace(THREE, nobody_there=NobodyThere.WAIT)
    cover = Hours(absent=frozenset({"team"}), back_at=NOON + 5 * MINUTE)
    step = opened(spec, key="k", thread="ticket:1", ticket_id="1", at=NOON, cover=cover)

    ladder, page = told(step.ladder, 5, cover)

    assert step.page is None
    assert step.due == NOON + 5 * MINUTE
    assert page is not None
    assert (page.tell, ladder.level) == (("team",), 0)


def test_nobody_there_takes_the_next() -> None:
    """A level with nobody on duty hands on at once to one with somebody."""
    spec = replace(THREE, nobody_there=NobodyThere.NEXT)
    cover = Hours(absent=frozenset({"team", "lead"}))

    step = opened(spec, key="k", thread="ticket:1", ticket_id="1", at=NOON, cover=cover)

    assert step.page is not None
    assert (step.page.tell, step.page.skipped) == (("director",), (0, 1))


def test_nobody_there_is_told_all_the_same() -> None:
    """Unless a ladder says otherwise silence is worse than a message out of hours."""
    cover = Hours(absent=frozenset({"team"}))

    step = opened(THREE, key="k", thread="ticket:1", ticket_id="1", at=NOON, cover=cover)

    assert step.page is not None


def test_delays_count_in_their_hours() -> None:
    """A level's delay counts in the calendar it names."""
    spec = replace(THREE, levels=(THREE.levels[0], Level(15 * MINUTE, ("lead",), "office")))

    _, early = told(ladder_of(spec), 29)
    _, due = told(ladder_of(spec), 30)

    assert early is None
    assert due is not None


def test_done_ends_a_ladder() -> None:
    """A solved ticket's ladder tells nobody any more."""
    ladder = after_done(ladder_of()).ladder

    step = after_time(ladder, NOON + timedelta(days=9), Hours())

    assert (step.page, step.due) == (None, None)
