# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema knows every key of a policy, accepts what loads and refuses what is misspelt."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from schema_documents import document

from bot.config import (
    audience,
    calendars,
    conditions,
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
    schema,
    schema_people,
    schema_rules,
)

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    *ROOT.glob("*.yaml"),
    *ROOT.glob("bot/sandbox/policy/*.yaml"),
    *ROOT.glob("tests/data/kestrel/*.yaml"),
    *(each for each in ROOT.glob("desks/*/*.yaml") if each.name not in load.BESIDE),
]
BLOCKS = [
    block
    for name in ("rules.md", "rosters.md", "incidents.md")
    for block in re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / name).read_text("utf-8"), re.S)
]
EXAMPLES = [*BLOCKS, (ROOT / "tests/commands/decide_desk.yaml").read_text("utf-8")]
VALIDATOR = jsonschema.Draft202012Validator(schema.policy_schema())
MISSPELT = {"zzz": {"zzz": {"zzz": 1}}}


def _mappings(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where mappings stand in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    if isinstance(value, dict):
        yield path
    for key, inner in items:
        if isinstance(inner, dict | list):
            yield from _mappings(inner, (*path, key))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_schema_accepts_what_loads(file: Path) -> None:
    """Editors that use the schema find no fault with the desks and the shipped files."""
    errors = [
        f"{error.json_path}: {error.message[:200]}"
        for error in VALIDATOR.iter_errors(document(file.read_text("utf-8")))
    ]

    assert errors == []


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split("\n")[0])
def test_schema_refuses_a_misspelt_key_anywhere(text: str) -> None:
    """Wherever keys stand, one that nobody knows is underlined while it is typed."""
    whole = document(text)
    assert VALIDATOR.is_valid(whole)

    for path in _mappings(whole):
        changed = copy.deepcopy(whole)
        inner = changed
        for key in path:
            inner = inner[key]
        inner.update(MISSPELT)
        assert not VALIDATOR.is_valid(changed), path


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        (load.KEYS, schema.POLICY),
        (calendars.KEYS, schema.CALENDAR),
        (promises.KEYS, schema.PROMISE),
        (people.HELPDESK_KEYS, schema.HELPDESK),
        (people.OUTAGE_KEYS, schema.OUTAGE),
        (people.PERSON_KEYS, schema_people.PERSON),
        (rosters.KEYS, schema_people.ROSTER),
        (ladders.LADDER_KEYS, schema_people.LADDER),
        (ladders.DIGEST_KEYS, schema_people.DIGEST),
        (quiet.STORM_KEYS, schema_people.STORMS),
        (quiet.SILENCE_KEYS, schema_people.SILENCE),
        (knowledge.KEYS, schema.KNOWLEDGE),
        (keeping.KEYS, schema.KEEP),
        (incidents.INCIDENT_KEYS, schema.INCIDENTS),
        (incidents.SERVICE_KEYS, schema.SERVICE),
        (incidents.SEVERITY_KEYS, schema.SEVERITY),
        (audience.AUDIENCE_KEYS, schema.AUDIENCE),
        (audience.SIDE_KEYS, schema.SIDE),
        (reminders.KEYS, schema_people.REMINDER),
        (rules.RULE_KEYS, schema_rules.RULE),
        (effects.EFFECT_KEYS, schema_rules.EFFECTS),
        (conditions.WORDS, schema_rules.CONDITIONS),
    ],
)
def test_schema_has_a_line_for_every_key(keys: tuple[str, ...], lines: dict[str, Any]) -> None:
    """Whatever the readers know the schema knows, and nothing else."""
    assert set(keys) == set(lines)


@pytest.mark.parametrize(
    "text",
    [
        "rules: {a: {if: {says: {list: [x]}}, then: {tag: x}}}",
        "rules: {a: {if: {count: {at_least: 3}}, then: {tag: x}}}",
        "rules: {a: {if: {plan: {at_leest: 3}}, then: {tag: x}}}",
        "rules: {a: {if: {machine_mail: sometimes}, then: {tag: x}}}",
        "rules: {a: {event: creatd, then: {tag: x}}}",
        "rules: {a: {if: {plan: gold}}}",
        "hours: {office: {mon-fry: '09:00-17:00'}}",
        "promises: {first_response: {within: soon, hours: office}}",
        "people: {team: {urgency: high}}",
        "language: es",
        "keep: {mails: forever}",
    ],
)
def test_schema_refuses_what_the_check_refuses(text: str) -> None:
    """Values that cannot be meant are underlined too."""
    assert not VALIDATOR.is_valid(document(text))
