# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts are read where the policy says, may be too old, and are unknown rather than guessed."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.rules.compiled import compile_policy
from bot.rules.engine import decide
from bot.rules.events import Occasion
from bot.rules.situation import Situation
from bot.rules.ticket import Origin, Status, Ticket

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TICKET = Ticket(
    ticket_id="t", origin=Origin.HELPDESK, created_at=NOW, updated_at=NOW, status=Status.NEW,
    subject="", description="", organisation="Acme", fields={"region": "north"},
)  # fmt: skip
RULES = """
rules:
  gold: {if: {plan: gold}, then: {tag: gold}}
  no_gold: {if: {plan: {not: gold}}, then: {tag: no_gold}}
  north: {if: {region: north}, then: {tag: north}}
"""


def _tags(folder: Path, facts: str, ticket: Ticket = TICKET) -> frozenset[str]:
    (folder / "rules.yaml").write_text(f"facts: {{{facts}}}\n{RULES}", encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return decide(compile_policy(loaded.policy), Situation(ticket, Occasion.CREATED, NOW, "k")
                  ).add_tags  # fmt: skip


@pytest.mark.parametrize(
    ("written", "organisation", "expected"),
    [
        (NOW, "Acme", {"gold"}),
        (NOW, "ACME", {"gold"}),
        (NOW, "Beta", {"no_gold"}),
        (NOW, "Nobody", set()),
        (NOW - timedelta(days=3), "Acme", set()),
    ],
)
def test_fact_of_a_file_is_known_by_customer(
    tmp_path: Path, written: datetime, organisation: str, expected: set[str]
) -> None:
    """A customer without a line is unknown, and so is everyone when the file is too old."""
    plans = tmp_path / "plans.csv"
    plans.write_text("organisation,plan\nAcme,gold\nBeta,silver\n", encoding="utf-8")
    os.utime(plans, (written.timestamp(), written.timestamp()))
    facts = "plan: {file: plans.csv, greatest_age: 2d}, region: organization.region"

    found = _tags(tmp_path, facts, replace(TICKET, organisation=organisation))

    assert found - {"north"} == expected


def test_old_fact_of_the_helpdesk_is_unknown(tmp_path: Path) -> None:
    """What was read too long ago counts as unread; `if_unknown` says what holds then."""
    region = "region: {from: organization.region, greatest_age: 1h"
    plan = "plan: {from: organization.plan, if_unknown: gold}"
    old = replace(TICKET, updated_at=NOW - timedelta(hours=2))

    assert _tags(tmp_path, f"{region}}}, {plan}") == {"gold", "north"}
    assert _tags(tmp_path, f"{region}}}, {plan}", old) == {"gold"}
    assert _tags(tmp_path, f"{region}, if_unknown: north}}, {plan}", old) == {"gold", "north"}


def test_fact_of_the_helpdesk_is_read_without_another_line(tmp_path: Path) -> None:
    """`from:` is enough: the field is read as if it stood under `helpdesk` too."""
    (tmp_path / "rules.yaml").write_text("facts: {region: organization.region}\n", "utf-8")

    loaded = load_policy(tmp_path, this_year=2026)

    assert isinstance(loaded, Loaded)
    assert loaded.policy.helpdesk.fields == {"region": "organization.region"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "cannot be read"), ("a,b\n1,2\n", "has no columns `organisation` and `plan`")],
)
def test_file_that_brings_no_fact_is_a_mistake(
    tmp_path: Path, content: str | None, expected: str
) -> None:
    """A missing file and missing columns are told at the file's name."""
    if content is not None:
        (tmp_path / "plans.csv").write_text(content, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text("facts: {plan: {file: plans.csv}}\n", "utf-8")

    found = load_policy(tmp_path, this_year=2026)

    assert isinstance(found, list)
    assert "rules.yaml:1:22: plans.csv " + expected in str(found[0])
