# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of tests knows every key of a test and accepts those of the desks."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
from schema_documents import document

from bot.config import desk_tests_timeline, schema_tests
from bot.config.desk_tests_expect import expectation_keys

ROOT = Path(__file__).resolve().parents[2]
FILES = [*ROOT.glob("desks/*/tests/*.yaml"), *ROOT.glob("tests/data/*/tests/*.yaml")]
SHOWN = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/testing.md").read_text("utf-8"), re.S)
VALIDATOR = jsonschema.Draft202012Validator(schema_tests.tests_schema())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[1].name}/{file.name}")
def test_schema_accepts_the_tests_of_the_desks(file: Path) -> None:
    """Editors find no fault with tests that run."""
    errors = [
        error.message[:200] for error in VALIDATOR.iter_errors(document(file.read_text("utf-8")))
    ]

    assert errors == []


def test_schema_accepts_the_documented_tests() -> None:
    """What docs/testing.md shows is accepted."""
    assert [VALIDATOR.is_valid(document(text)) for text in SHOWN] == [True] * len(SHOWN)


def test_schema_has_a_line_for_every_expectation() -> None:
    """Whatever a test may expect or tell the schema knows, and nothing else."""
    assert set(expectation_keys(is_timeline=False)) == set(schema_tests.SIMPLE)
    assert set(expectation_keys(is_timeline=True)) == set(schema_tests.COURSE)
    assert set(desk_tests_timeline.KEYS) == set(schema_tests.TIMELINE)


@pytest.mark.parametrize(
    "test",
    [
        "{given: {at: '2026-03-10'}, expect: {tags: []}}",
        "{given: {subjekt: x}, expect: {tags: []}}",
        "{given: {subject: x}, expect: {}}",
        "{given: {subject: x}, expect: {tagz: []}}",
        "{timeline: [{at: '2026-03-10T10:00:00+01:00', repply: x}], expect: {told: []}}",
        "{timeline: [{at: '2026-03-10T10:00:00+01:00'}], expect: {fired: []}}",
    ],
)
def test_schema_refuses_a_misspelt_test(test: str) -> None:
    """A wrong key or instant is underlined while it is typed."""
    assert not VALIDATOR.is_valid(document(f"tests: {{a: {test}}}"))
