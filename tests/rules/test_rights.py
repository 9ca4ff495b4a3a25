# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights belong to people, rosters and groups; what is grave is nobody's unless it is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.rules.policy import Policy
from bot.rules.rights import may

TEXT = """
desk: test
people: {bo: {slack: U0BO}, eva_sand: {mail: eva@acme.example}, kim: {sms: "+467"}}
groups: {leads: [eva_sand]}
rosters: {duty: {zone: UTC, rotation: {people: [kim], every: 1w, since: 2026-01-05}}}
rights: {raise: [leads, duty], silence: bo, snooze: everybody}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """A policy with three people and three rights."""
    (tmp_path / "rules.yaml").write_text(TEXT, encoding="utf-8")
    loaded = load_policy(tmp_path, this_year=2026)
    assert isinstance(loaded, Loaded), loaded
    return loaded.policy


@pytest.mark.parametrize(
    ("action", "name", "user", "expected"),
    [
        ("raise", "Eva Sand", "", True),
        ("raise", "Kim", "", True),
        ("raise", "Bo", "U0BO", False),
        ("silence", "Robert Olsson", "U0BO", True),
        ("silence", "Eva Sand", "", False),
        ("snooze", "a stranger", "", True),
        ("acknowledge", "a stranger", "", True),
        ("outage", "Bo", "U0BO", False),
        ("silence", "Bo", "U0EVE", False),
        ("raise", "Eva Sand", "U0BO", False),
        ("raise", "Eva Sand", "U0EVE", True),
        ("raise", "leads", "U0EVE", False),
        ("raise", "Duty", "", False),
        ("silence", "Bo", "", True),
    ],
)
def test_right_is_where_the_policy_puts_it(
    policy: Policy, action: str, name: str, user: str, expected: bool
) -> None:
    """Directly, by a group or by a roster; whose user id is written is nobody by name in Slack."""
    assert may(policy, action, name, user) is expected


def test_right_of_a_stranger_is_a_mistake(tmp_path: Path) -> None:
    """A name that nobody has is told at its place."""
    (tmp_path / "rules.yaml").write_text("desk: a\nrights: {raise: nobody}\n", encoding="utf-8")

    loaded = load_policy(tmp_path, this_year=2026)

    assert isinstance(loaded, list)
    assert "'nobody' is not defined" in str(loaded[0])
