# SPDX-License-Identifier: GPL-3.0-or-later
"""Two incidents that are one: what the whole is, what the part no longer does, who may say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.rules.incident_orders import objection
from bot.rules.incident_values import (
    Incident,
    IncidentOrdered,
    IncidentPolicy,
    Phase,
    Service,
    Severity,
    Step,
    Verb,
)
from bot.rules.incidents import after_merge, next_due, same_matter
from bot.rules.interruptions import Turn, interruptions_of
from bot.rules.outage_report import Away
from bot.rules.policy import Policy, Recipient

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TEN = NINE + HOUR
SETTINGS = IncidentPolicy(
    services={"saas": Service("saas"), "api": Service("api")},
    severities={
        "major": Severity("major", ("lead",), HOUR, shows_banner=True),
        "minor": Severity("minor", ("team",), 4 * HOUR),
    },
)
POLICY = Policy("a", "digest", incidents=SETTINGS, rights={"incident": ("lead",)},
                people={"lead": Recipient("lead")})  # fmt: skip
WHOLE = Incident(3, ("saas",), "minor", "Slow", NINE, NINE, due_at=NINE + 4 * HOUR)
PART = Incident(4, ("api",), "major", "Down", TEN, NINE - HOUR, due_at=TEN + HOUR,
                reminded_for=TEN + HOUR, drafts={"": "x"}, updates=2,
                banner_renewed_at=TEN)  # fmt: skip


def merged(part: Incident = PART, whole: Incident = WHOLE) -> tuple[Incident, Incident]:
    """The part and the whole, at a quarter past ten."""
    decision = after_merge(part, whole, SETTINGS, {}, TEN + 15 * MINUTE)
    return decision.joined.incident, decision.into.incident


def test_whole_is_as_grave_and_as_due_as_its_worse_part() -> None:
    """Its customers hear when the sooner of both should, and nobody is reminded of that twice."""
    _, whole = merged()

    assert (whole.services, whole.severity) == (("saas", "api"), "major")
    assert (whole.began_at, whole.updates) == (NINE - HOUR, 2)
    assert (whole.due_at, whole.reminded_for) == (TEN + HOUR, TEN + HOUR)


def test_part_reminds_of_nothing_more() -> None:
    """It is closed, without a draft, a due instant or a banner; the whole shows the banner."""
    decision = after_merge(PART, WHOLE, SETTINGS, {}, TEN)

    part = decision.joined.incident
    assert (part.phase, part.part_of, part.drafts, part.due_at) == (Phase.CLOSED, 3, {}, None)
    assert next_due(part, SETTINGS) is None
    assert decision.joined.steps == (Step.JOINED, Step.BANNER_WITHDRAWN)
    assert decision.into.steps == (Step.MERGED, Step.BANNER_SHOWN)


@pytest.mark.parametrize(
    ("part", "whole", "phase", "severity"),
    [
        (Phase.OPEN, Phase.MONITORING, Phase.OPEN, "major"),
        (Phase.MONITORING, Phase.OPEN, Phase.OPEN, "minor"),
        (Phase.MONITORING, Phase.MONITORING, Phase.MONITORING, "minor"),
    ],
)
def test_what_still_fails_fails_in_both(
    part: Phase, whole: Phase, phase: Phase, severity: str
) -> None:
    """The whole works only when both do; what works already makes nothing worse."""
    at = {Phase.OPEN: None, Phase.MONITORING: TEN}

    _, found = merged(replace(PART, phase=part, restored_at=at[part]),
                      replace(WHOLE, phase=whole, restored_at=at[whole]))  # fmt: skip

    assert (found.phase, found.severity) == (phase, severity)
    assert (found.restored_at is None) == (phase is Phase.OPEN)


def test_security_of_a_part_hides_the_whole() -> None:
    """H70: a banner of the whole would speak of it."""
    _, whole = merged(replace(PART, is_confidential=True), replace(WHOLE, banner_renewed_at=NINE))

    assert whole.is_confidential and not whole.is_banner_shown


def test_part_is_never_the_same_matter_again() -> None:
    """Soon after its end a new fault of its service joins the whole, or begins anew."""
    part, whole = merged()
    over = replace(whole, phase=Phase.CLOSED, closed_at=TEN - HOUR)

    assert same_matter((whole, part), ("api",), SETTINGS, TEN + 20 * MINUTE) == whole
    assert same_matter((over, part), ("api",), SETTINGS, TEN + 20 * MINUTE) is None


def test_interruption_goes_on_in_the_whole() -> None:
    """The part's ends where the whole's begins; what works already begins nothing."""
    part = (Turn(NINE, Step.OPENED, ("api",)), Turn(TEN, Step.JOINED))
    whole = [Turn(NINE, Step.OPENED, ("saas",)), Turn(TEN, Step.MERGED, ("api",))]
    now = TEN + HOUR

    assert interruptions_of(part, now) == {"api": (Away(NINE, TEN),)}
    assert interruptions_of(whole, now)["api"] == (Away(TEN, now),)
    whole[1] = replace(whole[1], interrupts=False)
    assert "api" not in interruptions_of(whole, now)


REFUSED = {
    "not_allowed": ("eve", PART, WHOLE),
    "unknown_incident:P4": ("lead", None, WHOLE),
    "unknown_incident:P3": ("lead", PART, None),
    "how_to_incident": ("lead", WHOLE, WHOLE),
    "incident_closed:P4": ("lead", replace(PART, phase=Phase.CLOSED), WHOLE),
    "incident_closed:P3": ("lead", PART, replace(WHOLE, phase=Phase.CLOSED)),
    "incident_joined:P4 → P2": ("lead", replace(PART, phase=Phase.CLOSED, part_of=2), WHOLE),
}


@pytest.mark.parametrize("code", REFUSED)
def test_merge_that_cannot_be_is_refused(code: str) -> None:
    """By who may not, of what is not there, of one with itself, of what is over."""
    by, known, into = REFUSED[code]
    order = IncidentOrdered(Verb.MERGE, by, number=4, into=3)

    found = objection(order, known, POLICY, {}, TEN, into=into)

    assert found.startswith(code)
    assert objection(replace(order, by="lead"), PART, POLICY, {}, TEN, into=WHOLE) == ""


def test_list_of_a_part_is_not_changed() -> None:
    """Its tickets are the whole's; the answer says whose."""
    part, _ = merged()

    order = IncidentOrdered(Verb.ADD, "lead", number=4, tickets=("t",))
    assert objection(order, part, POLICY, {}, TEN) == "incident_joined:P4 → P3"
