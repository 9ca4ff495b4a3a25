# SPDX-License-Identifier: GPL-3.0-or-later
"""Incidents of the product: one matter stays one, the rhythm, and time that adds up once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.incident_values import (
    Incident,
    IncidentOrdered,
    IncidentPolicy,
    Phase,
    Service,
    Severity,
    Step,
    Verb,
    number_of,
)
from bot.rules.incidents import Wanted, after_order, after_seen, after_time, next_due, same_matter
from bot.rules.interruptions import Turn, by_month, interruptions_of, merged, total
from bot.rules.outage_report import Away

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
POLICY = IncidentPolicy(
    services={"saas": Service("saas"), "api": Service("api", 99.9)},
    severities={
        "major": Severity("major", ("lead",), HOUR),
        "minor": Severity("minor", ("team",), 4 * HOUR),
    },
)


def seen(
    known: Incident | None = None, severity: str = "minor", now: datetime = NINE, **more: bool
) -> tuple[Incident, tuple[Step, ...]]:
    """The incident after somebody or something saw a fault of the service."""
    wanted = Wanted(("saas",), severity, "Slow", **more)
    decision = after_seen(known, wanted, POLICY, {}, now, number=1)
    return decision.incident, decision.steps


def told(known: Incident, verb: Verb, now: datetime, text: str = "x") -> Incident:
    """The incident after a person's word."""
    return after_order(known, IncidentOrdered(verb, "eva", text, 1), POLICY, {}, now).incident


def test_worse_severity_never_gives_more_time() -> None:
    """Raised at 09:30 it is due an hour later; a milder sight changes nothing."""
    first, _ = seen()
    raised, steps = seen(first, "major", NINE + 30 * MINUTE)
    again, none = seen(raised, "minor", NINE + 40 * MINUTE)

    assert (first.due_at, raised.due_at) == (NINE + 4 * HOUR, NINE + 90 * MINUTE)
    assert (steps, none, again) == ((Step.RAISED,), (), raised)


@pytest.mark.parametrize(
    ("minutes", "is_persons", "steps"),
    [(10, False, (Step.REOPENED,)), (10, True, (Step.REOPENED,)), (31, False, (Step.OPENED,))],
)
def test_closed_matter_is_the_same_for_half_an_hour(
    minutes: int, is_persons: bool, steps: tuple[Step, ...]
) -> None:
    """Within `reopen_within` it is the same incident, after it another one."""
    closed, now = told(seen()[0], Verb.CLOSE, NINE + HOUR), NINE + HOUR + minutes * MINUTE

    known = same_matter((closed,), ("saas", "api"), POLICY, now)

    assert seen(known, now=now, is_persons=is_persons)[1] == steps


def test_only_a_person_doubts_that_it_is_restored() -> None:
    """A late mail about what is restored joins it; a person who opens it again is believed."""
    watched = told(seen()[0], Verb.RESTORED, NINE + HOUR)

    assert seen(watched)[0].phase is Phase.MONITORING
    assert seen(watched, is_persons=True)[0].phase is Phase.OPEN


def test_what_fails_anew_is_no_late_mail() -> None:
    """A service that was not part of it opens it again; a worse late mail interrupts nothing."""
    watched = told(seen()[0], Verb.RESTORED, NINE + HOUR)
    wanted = Wanted(("saas", "api"), "minor", "Slow")

    wider = after_seen(watched, wanted, POLICY, {}, NINE + 2 * HOUR, number=1)
    worse, steps = seen(watched, "major", NINE + 2 * HOUR)

    assert wider.steps == (Step.REOPENED, Step.WIDENED)
    assert (wider.incident.phase, wider.incident.restored_at) == (Phase.OPEN, None)
    assert (worse.phase, steps) == (Phase.MONITORING, (Step.RAISED,))


def test_draft_does_not_count_as_an_update() -> None:
    """Only what was told to customers begins the rhythm anew."""
    first, now = seen(severity="major")[0], NINE + 30 * MINUTE

    drafted = told(first, Verb.UPDATE, now)

    assert (drafted.due_at, drafted.drafts) == (first.due_at, {"": "x"})
    assert told(drafted, Verb.SEND, now).due_at == now + HOUR
    assert told(drafted, Verb.SEND, now).drafts == {}
    assert after_order(first, IncidentOrdered(Verb.SEND, "eva"), POLICY, {}, now).refusal


def test_long_silence_of_ours_is_one_missed_update() -> None:
    """After a night without the daemon one message says so, and the next hour begins now."""
    first, morning = seen(severity="major")[0], NINE + 20 * HOUR
    assert next_due(first, POLICY) == NINE + 50 * MINUTE

    decision = after_time(first, POLICY, {}, morning)

    assert decision.steps == (Step.MISSED,)
    assert decision.incident.due_at == morning + HOUR
    assert decision.incident.missed_due == NINE + HOUR


def test_banner_turns_with_the_incident() -> None:
    """Shown when it opens, renewed at half its life and when it is restored, gone when closed."""
    policy = replace(POLICY, severities={"major": Severity("major", shows_banner=True)})
    opened = after_seen(None, Wanted(("saas",), "major", "Slow"), policy, {}, NINE, number=1)
    quiet = after_time(opened.incident, policy, {}, NINE + 7 * MINUTE)
    renewed = after_time(opened.incident, policy, {}, NINE + 8 * MINUTE)
    word = IncidentOrdered(Verb.RESTORED, "eva", number=1)
    restored = after_order(opened.incident, word, policy, {}, NINE + MINUTE)
    closed = after_order(
        restored.incident, replace(word, verb=Verb.CLOSE), policy, {}, NINE + 2 * MINUTE
    )

    assert opened.steps == (Step.OPENED, Step.BANNER_SHOWN)
    assert (quiet.steps, renewed.steps) == ((), (Step.BANNER_RENEWED,))
    assert restored.steps == (Step.RESTORED, Step.BANNER_RENEWED)
    assert closed.steps == (Step.CLOSED, Step.BANNER_WITHDRAWN)


@pytest.mark.parametrize(
    ("name", "number"), [("P3", 3), (" p12 ", 12), ("3", None), ("PP3", None), ("P", None)]
)
def test_incident_is_known_by_its_letter(name: str, number: int | None) -> None:
    """A bare number is an outage of the helpdesk."""
    assert number_of(name) == number


def test_services_are_away_from_their_own_turn() -> None:
    """D28: a service that fails later counts from then; what is only degraded does not count."""
    turns = (
        Turn(NINE, Step.OPENED, ("saas",), interrupts=False),
        Turn(NINE + HOUR, Step.RAISED, ("saas",)),
        Turn(NINE + 2 * HOUR, Step.WIDENED, ("saas", "api")),
        Turn(NINE + 3 * HOUR, Step.RESTORED),
        Turn(NINE + 4 * HOUR, Step.REOPENED, ("api",)),
    )

    found = interruptions_of(turns, NINE + 5 * HOUR)

    assert {name: total(spans) for name, spans in found.items()} == {
        "saas": 2 * HOUR, "api": 2 * HOUR,
    }  # fmt: skip


SPANS = st.lists(
    st.tuples(st.integers(0, 3_000), st.integers(0, 150)).map(
        lambda each: Away(NINE + each[0] * HOUR, NINE + sum(each) * HOUR)
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=50)
@given(SPANS, st.randoms(use_true_random=False))
def test_interruptions_add_up_without_overlap(spans: list[Away], random: Random) -> None:
    """D28: as many hours as a clock would count, in any order, and no month loses one."""
    hours = {
        span.start + n * HOUR for span in spans for n in range((span.end - span.start) // HOUR)
    }
    random.shuffle(spans)

    months = by_month(
        {"api": spans}, "Europe/Paris", promised={"api": 99.9}, since=NINE,
        until=NINE + 3_200 * HOUR,
    )["api"]  # fmt: skip

    assert total(spans) == len(hours) * HOUR
    assert sum((each.away for each in months), timedelta()) == total(spans)
    assert all(each.away <= each.length for each in months)
    assert all(a.end < b.start for a, b in pairwise(merged(spans)))


def test_month_allows_what_was_promised() -> None:
    """G5, I21: 99.9 % of the 31 days of May are 44 min 38.4 s; nothing is promised of the other."""
    away = {"api": [Away(NINE.replace(month=5), NINE.replace(month=5) + 45 * MINUTE)]}
    may = datetime(2026, 5, 20, tzinfo=UTC)

    found = by_month(away, "UTC", promised={"api": 99.9, "saas": None}, since=may, until=may)

    [api], [saas] = found["api"], found["saas"]
    assert (api.month, api.allowed, api.is_kept) == ("2026-05", timedelta(seconds=2678.4), False)
    assert (saas.allowed, saas.is_kept, saas.per_cent) == (None, None, 100.0)
