# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/testing.md shows passes, and every key of a test stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk_under_test import run

from bot.config import desk_tests, desk_tests_timeline
from bot.config.desk_tests_expect import expectation_keys

DOCS = Path(__file__).resolve().parents[2] / "docs"
TESTING = (DOCS / "testing.md").read_text("utf-8")


def _first_block(text: str) -> str:
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_shown_tests_pass_on_the_shown_policy(tmp_path: Path) -> None:
    """The tests of docs/testing.md pass on the first policy of docs/rules.md."""
    policy = _first_block((DOCS / "rules.md").read_text("utf-8"))
    (tmp_path / "rules.yaml").write_text(policy, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "all.yaml").write_text(_first_block(TESTING), encoding="utf-8")

    result = run(tmp_path, "--mutate")

    assert "3 tests pass" in result.output, result.output
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "keys",
    [
        desk_tests.KEYS,
        desk_tests_timeline.KEYS,
        desk_tests_timeline.ALERT,
        desk_tests_timeline.EVERY,
        expectation_keys(is_timeline=False),
        expectation_keys(is_timeline=True),
    ],
)
def test_every_key_of_a_test_is_documented(keys: tuple[str, ...]) -> None:
    """No key exists that docs/testing.md does not name."""
    missing = [key for key in keys if re.search(rf"\b{key}\b", TESTING) is None]

    assert missing == []
