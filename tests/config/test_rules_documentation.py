# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/rules.md shows can be loaded, and every key of a policy stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import (
    audience,
    calendars,
    effects,
    incidents,
    keeping,
    knowledge,
    ladders,
    load,
    people,
    promises,
    quiet,
    reminders,
    rosters,
    rules,
)
from bot.config.conditions import WORDS
from bot.config.load import Loaded, load_policy
from bot.texts.own import PARTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("rules.md", "rosters.md", "monitoring.md", "knowledge.md", "incidents.md")
TEXT = "".join((DOCS / page).read_text("utf-8") for page in PAGES)
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_example_loads(tmp_path: Path, block: str) -> None:
    """Each example of the documentation is a policy without a mistake."""
    (tmp_path / "rules.yaml").write_text(block, encoding="utf-8")

    loaded = load_policy(tmp_path, this_year=2026)

    assert isinstance(loaded, Loaded), [str(problem) for problem in loaded]


@pytest.mark.parametrize(
    "keys",
    [
        load.KEYS,
        people.PERSON_KEYS,
        people.GROUPING_KEYS,
        people.HELPDESK_KEYS,
        people.INTAKE_KEYS,
        promises.KEYS,
        rules.RULE_KEYS,
        effects.EFFECT_KEYS,
        rules.LIST_KEYS,
        calendars.KEYS,
        rosters.KEYS,
        rosters.ROTATION_KEYS,
        ladders.LADDER_KEYS,
        ladders.DIGEST_KEYS,
        reminders.KEYS,
        knowledge.KEYS,
        keeping.KEYS,
        incidents.INCIDENT_KEYS,
        incidents.SERVICE_KEYS,
        incidents.SEVERITY_KEYS,
        quiet.STORM_KEYS,
        quiet.SILENCE_KEYS,
        quiet.MAINTENANCE_KEYS,
        audience.AUDIENCE_KEYS,
        audience.SIDE_KEYS,
        PARTS,
        WORDS,
    ],
)
def test_every_key_is_documented(keys: tuple[str, ...]) -> None:
    """No key exists that docs/rules.md does not name."""
    assert [key for key in keys if f"`{key}" not in TEXT and f"{key}:" not in TEXT] == []


def test_every_time_of_an_outage_is_documented() -> None:
    """Each key of `helpdesk_down` stands in docs/outages.md or docs/rules.md."""
    outages = (Path(__file__).resolve().parents[2] / "docs" / "outages.md").read_text("utf-8")

    assert [key for key in people.OUTAGE_KEYS if f"`{key}`" not in outages + TEXT] == []
