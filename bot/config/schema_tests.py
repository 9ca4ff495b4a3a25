# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of a desk's tests (`tests/*.yaml`), for editors; see docs/testing.md."""

from __future__ import annotations

from bot.config.desk_tests_given import CHANGE, CONTEXT, GIVEN, PREFIXES
from bot.config.desk_tests_timeline import ALERT, OPENING, Deed
from bot.config.schema import DIALECT
from bot.config.schema_values import (
    COUNT,
    DURATION,
    TEXT,
    TEXTS,
    Schema,
    mapping,
    named,
    one_of,
    one_or_more,
)
from bot.rules.events import Occasion
from bot.rules.ticket import Actor, Status

ANYTHING: Schema = {}
INSTANT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$",
    "description": "2026-03-10T13:20:00+01:00",
}
MAYBE_TEXT: Schema = {"anyOf": [TEXT, {"type": "null"}]}
MAYBE_TEXTS: Schema = {"anyOf": [TEXTS, {"type": "null"}]}
NUMBER: Schema = {"type": "integer", "minimum": 0}
FOUND: Schema = {"anyOf": [one_or_more({"anyOf": [TEXT, {"type": "object"}]}), {"type": "null"}]}
STATUS: Schema = one_of(each.value for each in Status)

SIMPLE: Schema = {
    "category": MAYBE_TEXT,
    "priority": MAYBE_TEXT,
    "helpdesk_priority": MAYBE_TEXT,
    "tags": MAYBE_TEXTS,
    "routes": MAYBE_TEXTS,
    "escalation_level": {"anyOf": [NUMBER, {"type": "null"}]},
    "link_to": MAYBE_TEXT,
    "hold_until": MAYBE_TEXT,
    "publish": FOUND,
    "reply": FOUND,
    "ledger": FOUND,
    "violations": FOUND,
    "warnings": FOUND,
    "clocks": named(
        {
            "anyOf": [
                INSTANT,
                {"type": "null"},
                mapping({"due": INSTANT, "calendar": TEXT, "starts_at": INSTANT}),
            ]
        }
    ),
    "calendars": named(
        {"anyOf": [{"type": "boolean"}, mapping({"open": {"type": "boolean"}, "next_open": TEXT})]}
    ),
    "fired": MAYBE_TEXTS,
    "not_fired": MAYBE_TEXTS,
    "mentions": MAYBE_TEXTS,
    "delivered_by": MAYBE_TEXTS,
    "unknown": MAYBE_TEXTS,
    "suggest": NUMBER,
}
COURSE: Schema = {
    "told": {"anyOf": [TEXTS, {"type": "null"}, named(NUMBER)]},
    "warned": MAYBE_TEXTS,
    "breached": MAYBE_TEXTS,
    "ticket": TEXT,
    "priority": MAYBE_TEXT,
    "category": MAYBE_TEXT,
    "tags": MAYBE_TEXTS,
    "status": STATUS,
}
_OPENING: Schema = {
    **dict.fromkeys(OPENING, MAYBE_TEXT),
    "tags": TEXTS,
    "fields": named(TEXT),
}
TIMELINE: Schema = {
    "at": INSTANT,
    "ticket": TEXT,
    **_OPENING,
    **dict.fromkeys(Deed, TEXT),
    "status": STATUS,
    "press": one_of(["acknowledge"]),
    "alert": mapping(dict.fromkeys(ALERT, TEXT)),
    "helpdesk": one_of(["up", "down"]),
    "every": mapping(
        {"count": COUNT, "within": DURATION, "from": INSTANT, "ticket": mapping(_OPENING)},
        needed=["count", "within", "from", "ticket"],
    ),
}


def tests_schema() -> Schema:
    """The schema of one file of tests (draft 2020-12)."""
    simple = mapping(
        {
            "because": TEXTS,
            "given": _given(),
            "each": {"type": "array", "minItems": 1, "items": {"anyOf": [TEXT, _given()]}},
            "expect": {**mapping(SIMPLE), "minProperties": 1},
        },
        needed=["expect"],
    )
    course = mapping(
        {
            "because": TEXTS,
            "timeline": {"type": "array", "minItems": 1, "items": mapping(TIMELINE)},
            "expect": {**mapping(COURSE), "minProperties": 1},
        },
        needed=["timeline", "expect"],
    )
    test = {"if": {"required": ["timeline"]}, "then": course, "else": simple}
    return {
        "$schema": DIALECT,
        "title": "Tests of a Deskmate policy",
        **mapping({"tests": named(test)}, needed=["tests"]),
    }


def _given() -> Schema:
    """A line of `deskmate decide`, with any fact of the organisation or the requester."""
    schema = mapping(
        {
            **dict.fromkeys(GIVEN, ANYTHING),
            "event": one_of(each.value for each in Occasion),
            "at": INSTANT,
            "created_at": INSTANT,
            "change": mapping(
                {
                    **dict.fromkeys(CHANGE, ANYTHING),
                    "by": one_of(each.value for each in Actor),
                    "tags_added": TEXTS,
                }
            ),
            "context": mapping(dict.fromkeys(CONTEXT, ANYTHING)),
        }
    )
    schema["patternProperties"] = {f"^({'|'.join(PREFIXES)})": ANYTHING}
    return schema
