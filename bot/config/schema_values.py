# SPDX-License-Identifier: GPL-3.0-or-later
"""The small parts of the JSON Schemas: texts, durations, dates, mappings of known keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": ["string", "number", "boolean"]}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 1}
DURATION: Schema = {
    "type": "string",
    "pattern": r"^\s*(\d+d)?\s*(\d+h)?\s*(\d+m(in)?)?\s*(\d+s)?\s*$",
    "minLength": 2,
    "description": "90s, 15m, 1h30m, 2d",
}
DATE_PATTERN = r"^\d{4}-\d{2}-\d{2}"
DATE: Schema = {"type": "string", "pattern": DATE_PATTERN, "description": "2026-12-24"}


def one_or_more(schema: Schema) -> Schema:
    """One value, or a list of such."""
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


TEXTS: Schema = one_or_more(TEXT)
DATED: Schema = {
    "type": "object",
    "propertyNames": {"pattern": DATE_PATTERN},
    "additionalProperties": TEXTS,
}


def mapping(known: Schema, *, needed: Iterable[str] = ()) -> Schema:
    """A mapping of these keys and no others."""
    schema: Schema = {"type": "object", "properties": known, "additionalProperties": False}
    if list(needed):
        schema["required"] = list(needed)
    return schema


def named(schema: Schema) -> Schema:
    """A mapping from the desk's own names to things of one kind."""
    return {"type": "object", "additionalProperties": schema}


def one_of(choices: Iterable[str]) -> Schema:
    """One of a few words."""
    return {"enum": list(choices)}


def text_or(schema: Schema) -> Schema:
    """A plain text in the short form, or the long one."""
    return {"anyOf": [TEXT, schema]}
