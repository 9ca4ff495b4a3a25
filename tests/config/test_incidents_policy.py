# SPDX-License-Identifier: GPL-3.0-or-later
"""What `incidents:` says of announced works, and what it cannot mean."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.config.problems import Problem
from bot.rules.incident_values import Service


def _load(folder: Path, portal: str) -> Loaded | list[Problem]:
    text = f"desk: a\nincidents: {{services: {{portal: {portal}}}, severities: {{major: {{}}}}}}\n"
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return load_policy(folder, this_year=2026)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{}", Service("portal")),
        ("{planned: counted}", Service("portal")),
        ("{planned: excluded}", Service("portal", is_planned_out=True)),
        ("{planned: excluded, notice: 5d}",
         Service("portal", is_planned_out=True, notice=timedelta(days=5))),
    ],
)  # fmt: skip
def test_works_count_unless_the_policy_says_otherwise(
    tmp_path: Path, written: str, read: Service
) -> None:
    """No text of ours takes anything out that nobody wrote."""
    loaded = _load(tmp_path, written)

    assert isinstance(loaded, Loaded), loaded
    assert loaded.policy.incidents.services["portal"] == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("{planned: exclude}", "did you mean 'excluded'?"),
        ("{notice: 5d}", "services portal: notice of what?; write `planned: excluded` beside it"),
        ("{planned: excluded, notice: soon}", "notice: expected a duration"),
    ],
)
def test_mistake_about_works_is_told(tmp_path: Path, written: str, told: str) -> None:
    """With its place and what to write."""
    found = _load(tmp_path, written)

    assert isinstance(found, list)
    [problem] = found
    assert told in str(problem) and "rules.yaml:2:" in str(problem)
