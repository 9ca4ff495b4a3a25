# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of rules: their conditions, their effects, and the lists of words."""

from __future__ import annotations

from bot.config.people import URGENCIES
from bot.config.rules import NEGATIONS, OCCASIONS
from bot.config.schema_values import (
    COUNT,
    DATE,
    DURATION,
    TEXT,
    TEXTS,
    TRUTH,
    Schema,
    mapping,
    named,
    one_of,
    one_or_more,
    text_or,
)
from bot.rules.conditions import Comparison, TextPart
from bot.rules.ticket import Actor

CONDITION: Schema = {"$ref": "#/$defs/condition"}
LINES: Schema = {"anyOf": [CONDITION, {"type": "array", "items": CONDITION}]}
BY = one_or_more(one_of(each.value for each in Actor))
MESSAGE_PARTS = one_of(each.value for each in TextPart)

EFFECTS: Schema = {
    "priority": TEXT,
    "category": TEXT,
    "group": TEXT,
    "tag": TEXTS,
    "untag": TEXTS,
    "set": named(TEXT),
    "comment": TEXT,
    "tell": TEXTS,
    "once_per": DURATION,
    "urgency": one_of(URGENCIES),
    "link": TEXT,
    "hold": TEXT,
    "release": TEXT,
    "publish": one_or_more(text_or(mapping({"where": TEXT, "template": TEXT}, needed=["where"]))),
    "reply": one_or_more(text_or(mapping({"template": TEXT, "once": TEXT}, needed=["template"]))),
    "ledger": text_or(mapping({"book": TEXT, "period": one_of(["month"])}, needed=["book"])),
    "violation": one_or_more(text_or(mapping({"code": TEXT, "text": TEXT}, needed=["code"]))),
    "warning": one_or_more(text_or(mapping({"code": TEXT, "text": TEXT}, needed=["code"]))),
    "escalate": TEXT,
    "page": TEXT,
    "follow_up": TEXT,
    "suggest": COUNT,
    "route": TEXTS,
    "hold_to_end_of": TEXT,
    "incident": mapping({"service": TEXTS, "severity": TEXT}, needed=["service", "severity"]),
    "restored": TEXTS,
}

RULE: Schema = {
    "because": TEXTS,
    "event": one_or_more(one_of(OCCASIONS)),
    "events": one_or_more(one_of(OCCASIONS)),
    "if": LINES,
    "if_any": LINES,
    "unless": LINES,
    "then": mapping(EFFECTS),
    "once_per": DURATION,
    "watch": TRUTH,
    "until": DATE,
}

_COUNTS = {"at_least": COUNT, "within": DURATION, "same": TEXTS}
CONDITIONS: Schema = {
    "all": LINES,
    "any": LINES,
    "none": LINES,
    "not": LINES,
    "says": {
        "anyOf": [
            TEXTS,
            mapping(
                {"lists": TEXTS, "one_of": TEXTS, "without": TEXTS, "where": MESSAGE_PARTS},
                needed=["lists"],
            ),
        ]
    },
    "says_all": TEXTS,
    "matches": TEXT,
    "any_open": TEXTS,
    "all_closed": TEXTS,
    "during": TEXTS,
    "outside": TEXTS,
    "changed": {
        "anyOf": [
            TEXT,
            mapping({"field": TEXT, "to": TEXTS, "from": TEXTS, "by": BY}, needed=["field"]),
            {"type": "object", "maxProperties": 1, "additionalProperties": TEXTS},
        ]
    },
    "tag_added": {"anyOf": [TEXTS, mapping({"tag": TEXTS, "by": BY}, needed=["tag"])]},
    "count": mapping(
        {**_COUNTS, "category": TEXTS, "customers": {"type": "integer"}, "alerts": TEXTS},
        needed=["at_least", "within"],
    ),
    "repeats": text_or(mapping({**_COUNTS, "fingerprint": TEXT}, needed=["fingerprint"])),
    "nobody_on": TEXT,
    "notice_under": DURATION,
    "starts_during": TEXTS,
    "machine_mail": TRUTH,
}


def rule() -> Schema:
    """One entry of `rules:`."""
    return mapping(RULE, needed=["then"])


def condition() -> Schema:
    """One mapping of lines; field names are the desk's own, so any further key is one."""
    return {
        "type": "object",
        "minProperties": 1,
        "properties": CONDITIONS,
        "additionalProperties": {"$ref": "#/$defs/compared"},
    }


def compared() -> Schema:
    """What a field is compared with: a value, values, or a word such as `at_least`."""
    words: Schema = {each.value: TEXTS for each in Comparison}
    words |= {"missing": TRUTH, "matches": TEXT, "not": {"$ref": "#/$defs/compared"}}
    return {"anyOf": [TEXTS, {**mapping(words), "minProperties": 1}]}


def word_list() -> Schema:
    """One entry of `words:`."""
    schema = mapping({"negation": one_of(NEGATIONS), "except": TEXTS, "fold": TRUTH})
    schema["patternProperties"] = {"^[a-z]{2}$": TEXTS}
    return {"anyOf": [TEXTS, schema]}
