# SPDX-License-Identifier: GPL-3.0-or-later
"""Times business-time arithmetic beside three packages, and counts everybody's wrong answers.

    pip install businesstimedelta business-duration pandas
    python bench/business_time.py

Mon-Fri 09-17 in Europe/Berlin with the public holidays of Germany. Every answer is compared with a
walk over the minutes. Rounds are interleaved; medians are printed. Exit 1 when an aim is missed:
500 times businesstimedelta over 7 days, 180 days at most 1.5 times 1 day, none of ours wrong.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

import businesstimedelta
import holidays
import pandas
import pytz
from business_duration import businessDuration

from bot.rules.business_time import Calendar
from bot.rules.calendar_days import CalendarSpec, Window

BERLIN = ZoneInfo("Europe/Berlin")
LENGTHS = (1, 7, 30, 180)
ROUNDS = 5
DAYS_OFF = dict(holidays.country_holidays("DE", years=range(2024, 2029), language="de"))
Elapsed = Callable[[datetime, datetime], float]


@dataclass(frozen=True)
class Contender:
    """Somebody who says how many seconds are open between two aware instants."""

    name: str
    elapsed: Elapsed
    calls: int


def ours() -> Elapsed:
    """Prefix sums over UTC spans."""
    week = {day: (Window(9 * 3600, 17 * 3600),) for day in range(5)}
    spec = CalendarSpec("berlin", zone="Europe/Berlin", week=week, closed=DAYS_OFF)
    return Calendar(spec).between


def with_businesstimedelta() -> Elapsed:
    """businesstimedelta's rules."""
    week = businesstimedelta.WorkDayRule(
        start_time=wall_time(9), end_time=wall_time(17), working_days=[0, 1, 2, 3, 4],
        tz=pytz.timezone("Europe/Berlin"),
    )  # fmt: skip
    off = businesstimedelta.HolidayRule(DAYS_OFF, tz=pytz.timezone("Europe/Berlin"))
    rules = businesstimedelta.Rules([week, off])

    def elapsed(start: datetime, end: datetime) -> float:
        found = rules.difference(start, end)
        return float(found.hours * 3600 + found.seconds)

    return elapsed


def with_business_duration() -> Elapsed:
    """business-duration, which knows no zones: it is given local times."""

    def elapsed(start: datetime, end: datetime) -> float:
        found = businessDuration(
            pandas.Timestamp(start.astimezone(BERLIN).replace(tzinfo=None)),
            pandas.Timestamp(end.astimezone(BERLIN).replace(tzinfo=None)),
            wall_time(9), wall_time(17), holidaylist=DAYS_OFF, unit="sec",
        )  # fmt: skip
        return float(found)

    return elapsed


def with_pandas() -> Elapsed:
    """pandas counts generated business hours: whole hours only."""
    hours = pandas.offsets.CustomBusinessHour(
        start="09:00", end="17:00", holidays=[str(day) for day in DAYS_OFF]
    )

    def elapsed(start: datetime, end: datetime) -> float:
        first = start.astimezone(BERLIN).replace(tzinfo=None)
        last = end.astimezone(BERLIN).replace(tzinfo=None)
        found = pandas.date_range(first, last, freq=hours, inclusive="left")
        return float(len(found) * 3600)

    return elapsed


def walked(start: datetime, end: datetime) -> int:
    """The truth: every minute by the wall clock."""
    count, at = 0, start
    while at < end:
        local = at.astimezone(BERLIN)
        is_open = local.weekday() < 5 and 9 <= local.hour < 17 and local.date() not in DAYS_OFF
        count += 60 * is_open
        at += timedelta(minutes=1)
    return count


def starts(days: int, count: int) -> list[tuple[datetime, datetime]]:
    """Spans of `days` that begin at whole minutes of a year with both clock changes."""
    chance = random.Random(days)
    first = datetime(2025, 6, 1, tzinfo=UTC)
    begins = [first + timedelta(minutes=chance.randrange(500_000)) for _ in range(count)]
    return [(begin, begin + timedelta(days=days)) for begin in begins]


def per_call(contender: Contender, spans: list[tuple[datetime, datetime]]) -> float:
    """Microseconds a call."""
    repeat = max(1, contender.calls // len(spans))
    began = time.perf_counter()
    for _ in range(repeat):
        for start, end in spans:
            contender.elapsed(start, end)
    return (time.perf_counter() - began) / (repeat * len(spans)) * 1e6


def main() -> int:
    """Measure, print the table, say which aims were met."""
    contenders = (
        Contender("deskmate", ours(), 20_000),
        Contender("businesstimedelta", with_businesstimedelta(), 20),
        Contender("business-duration", with_business_duration(), 60),
        Contender("pandas", with_pandas(), 60),
    )
    costs: dict[tuple[str, int], float] = {}
    wrong: dict[str, int] = {each.name: 0 for each in contenders}
    for days in LENGTHS:
        spans = starts(days, 20)
        truth = [walked(*span) for span in spans]
        for each in contenders:
            each.elapsed(*spans[0])
            answers = [each.elapsed(*span) for span in spans]
            pairs = zip(answers, truth, strict=True)
            wrong[each.name] += sum(abs(answer - right) >= 1 for answer, right in pairs)
        rounds = [{each.name: per_call(each, spans) for each in contenders} for _ in range(ROUNDS)]
        for each in contenders:
            costs[each.name, days] = statistics.median(row[each.name] for row in rounds)
    print(
        f"{'us per call':<20}" + "".join(f"{days:>4} days" for days in LENGTHS) + "   wrong of 80"
    )
    for each in contenders:
        row = "".join(f"{costs[each.name, days]:>9.1f}" for days in LENGTHS)
        print(f"{each.name:<20}{row}{wrong[each.name]:>14}")
    ratio = costs["businesstimedelta", 7] / costs["deskmate", 7]
    growth = costs["deskmate", 180] / costs["deskmate", 1]
    met = ratio >= 500 and growth <= 1.5 and not wrong["deskmate"]
    print(f"{ratio:.0f} times businesstimedelta over 7 days (aim 500)")
    print(f"180 days cost {growth:.2f} times 1 day (aim at most 1.5)")
    print("aims met" if met else "an aim was missed")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
