# SPDX-License-Identifier: GPL-3.0-or-later
"""Announced works: which part of an interruption they cover, counted beside a clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.business_time import calendars_of
from bot.rules.calendar_days import CalendarSpec, Window
from bot.rules.interruptions import by_month, total, without
from bot.rules.outage_report import Away
from bot.rules.planned_works import (
    PlannedWorks,
    kept_works,
    ordered_works,
    planned_parts,
    service_of,
    written_works,
)
from bot.rules.silences import Silence

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOST = 400


def at(minute: int) -> datetime:
    """So many minutes after nine."""
    return NINE + minute * MINUTE


def works(start: int, end: int, announced: int | None = None) -> PlannedWorks:
    """Works on the API from a minute to another, announced in a third."""
    return PlannedWorks("disks", "api", at(start), at(end), None if announced is None
                        else at(announced))  # fmt: skip


SPANS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 90)).map(
        lambda each: Away(at(each[0]), at(sum(each)))
    ),
    max_size=6,
)
WORKS = st.lists(
    st.tuples(
        st.integers(0, 300), st.integers(0, 90), st.none() | st.integers(-60, 300)
    ).map(lambda each: works(each[0], each[0] + each[1], each[2])),
    max_size=6,
)  # fmt: skip


def walked(spans: list[Away], announced: list[PlannedWorks], notice: timedelta) -> list[int]:
    """The planned minutes as somebody would find them who looks at each minute by itself."""
    away = [any(span.start <= at(n) < span.end for span in spans) for n in range(MOST)]
    found, began = [], 0
    for n in range(MOST):
        if away[n] and not (n and away[n - 1]):
            began = n
        covers = [each for each in announced if each.start <= at(n) < each.end]
        is_known = any(
            each.announced_at is None
            or (each.announced_at <= at(began) and each.start - each.announced_at >= notice)
            for each in covers
        )
        if away[n] and is_known:
            found.append(n)
    return found


@settings(deadline=None, max_examples=200)
@given(SPANS, WORKS, st.integers(0, 40))
def test_planned_minutes_are_those_of_a_walk(
    spans: list[Away], announced: list[PlannedWorks], notice: int
) -> None:
    """Each minute is planned or counts, never both, and none is lost."""
    parts = planned_parts(spans, announced, notice * MINUTE)

    walk = walked(spans, announced, notice * MINUTE)
    left = without(spans, parts)
    assert total(parts) == len(walk) * MINUTE
    assert all(any(part.start <= at(n) < part.end for part in parts) for n in walk)
    assert total(left) + total(parts) == total(spans)
    assert total([*left, *parts]) == total(spans)


def test_fault_is_not_called_works_afterwards() -> None:
    """What was announced when it had begun covers nothing; what stands in the policy does."""
    away = [Away(at(0), at(60))]

    assert planned_parts(away, [works(10, 60, announced=10)]) == ()
    assert planned_parts(away, [works(10, 70)]) == (Away(at(10), at(60)),)


def test_five_days_of_notice_are_enough() -> None:
    """D29: announced 4 days and 13 hours ahead they are an interruption, 5 days ahead not."""
    away, five = [Away(at(0), at(60))], 5 * DAY
    late, in_time = (
        PlannedWorks("x", "api", at(0), at(60), at(0) - notice)
        for notice in (4 * DAY + 13 * HOUR, five)
    )

    assert planned_parts(away, [late], five) == ()
    assert planned_parts(away, [in_time], five) == (Away(at(0), at(60)),)


def test_month_shows_planned_time_apart() -> None:
    """Excluded it is no part of the time away, else it stands beside."""
    spans, planned = {"api": [Away(at(0), at(60))]}, {"api": [Away(at(0), at(45))]}

    def march(excluded: frozenset[str]) -> tuple[timedelta, timedelta, bool | None]:
        [month] = by_month(spans, "UTC", promised={"api": 99.9}, since=NINE, until=NINE,
                           planned=planned, excluded=excluded)["api"]  # fmt: skip
        return month.away, month.planned, month.is_kept

    assert march(frozenset({"api"})) == (15 * MINUTE, 45 * MINUTE, True)
    assert march(frozenset()) == (60 * MINUTE, 45 * MINUTE, False)


def test_only_works_on_the_whole_service_count() -> None:
    """One host of it or one customer's is not the service, nor is a silence works on it."""
    portal = Silence("x", "", only={"service": "Portal"}, is_maintenance=True)
    host = Silence("x", "", only={"service": "Portal", "host": "h1"}, is_maintenance=True)

    assert service_of(portal) == "portal"
    assert service_of(host) is None
    assert service_of(Silence("x", "", only={"service": "Portal"})) is None
    assert service_of(Silence("x", "", is_maintenance=True, of_helpdesk=True)) is None


def test_works_that_are_ended_or_taken_back_cover_no_more() -> None:
    """Until then they did; those that had not begun cover nothing."""
    order = Silence("x", "", start=at(10), end=at(60), only={"service": "api"},
                    is_maintenance=True)  # fmt: skip
    made = ordered_works(order, at(0))
    assert made is not None

    assert kept_works(made, None, at(30)) == (replace(made, end=at(30)),)
    assert kept_works(made, replace(made, service="portal"), at(5)) == ()
    assert kept_works(made, None, at(90)) == (made,)


def test_windows_of_the_policy_follow_their_calendar() -> None:
    """H74: 04:00 to 05:00 in Stockholm, also in the night in which the clocks change."""
    daily = {day: (Window(4 * 3600, 5 * 3600),) for day in range(7)}
    calendars = calendars_of({"infra": CalendarSpec("infra", "Europe/Stockholm", week=daily)})
    silence = Silence("infra", "", during="infra", only={"service": "api"}, is_maintenance=True)
    night = datetime(2026, 3, 28, 12, tzinfo=UTC)

    found = list(written_works([silence], calendars, since=night, until=night + 2 * DAY))

    starts = [each.start.strftime("%d %H:%M") for each in found]
    assert (starts, {each.end - each.start for each in found}) == (["29 02:00", "30 02:00"], {HOUR})
