# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of a policy, so that editors complete and check the YAML while it is written.

It is made of the same tables that the readers use. `deskmate check` knows more than a schema can
say; what the schema refuses, the check refuses too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.config import calendars, load, promises
from bot.config.calendars import DAYS, LONG_DAYS, NTH
from bot.config.conditions import WORDS
from bot.config.effects import EFFECT_KEYS
from bot.config.people import (
    HELPDESK_KEYS,
    LANGUAGES,
    OUTAGE_COUNTS,
    OUTAGE_KEYS,
    OUTAGE_TIMES,
    PERSON_KEYS,
    URGENCIES,
)
from bot.config.rules import LIST_KEYS, NEGATIONS, OCCASIONS, RULE_KEYS

Schema = dict[str, Any]
TEXT: Schema = {"type": ["string", "integer", "boolean"]}
TEXTS: Schema = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
DURATION: Schema = {"type": "string", "pattern": r"^(\d+d)?(\d+h)?(\d+m(in)?)?(\d+s)?$"}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 1}
DATED: Schema = {"type": "object", "propertyNames": {"pattern": r"^\d{4}-\d{2}-\d{2}$"}}


def policy_schema() -> Schema:
    """The schema of one file of a policy (draft 2020-12); any file may hold any of the keys."""
    own: Schema = {
        "desk": TEXT,
        "language": _one_of(LANGUAGES),
        "zone": TEXT,
        "hours": _named(_calendar()),
        "facts": _named({"anyOf": [TEXT, _object(("from", "if_unknown", "greatest_age"))]}),
        "categories": TEXTS,
        "priorities": _named(_one_of(("urgent", "high", "normal", "low"))),
        "labels": _named(TEXT),
        "promises": {"anyOf": [{"const": "none"}, _named(_promise())]},
        "words": _named(_word_list()),
        "people": _named(_person()),
        "groups": _named({"anyOf": [TEXTS, {"type": "null"}, _object(("helpdesk", "cover"))]}),
        "helpdesk": _object(HELPDESK_KEYS, {"canary": COUNT}),
        "helpdesk_down": _object(
            OUTAGE_KEYS,
            {
                **dict.fromkeys(OUTAGE_TIMES, DURATION),
                **dict.fromkeys(OUTAGE_COUNTS, COUNT),
                "tell": TEXTS,
                "banner_texts": _named(TEXT),
            },
        ),
        "rules": _named(_rule()),
        "poll_every": DURATION,
        "trust": TEXTS,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Deskmate policy",
        **_object(load.KEYS, own),
        "$defs": {"condition": _condition()},
    }


def _calendar() -> Schema:
    days = "|".join(DAYS)
    monthly = f"^({'|'.join(NTH)}) ({'|'.join(LONG_DAYS)})$"
    schema = _object(
        calendars.KEYS,
        {
            "always": TRUTH,
            "daily": TEXTS,
            "opened": DATED,
            "half_days": DATED,
            "breaks": DATED,
            "closed": {"anyOf": [TEXTS, DATED]},
            "union": TEXTS,
            "without": TEXTS,
            "holidays": {
                "anyOf": [TEXT, _object(("country", "subdivision", "categories", "language"))]
            },
        },
    )
    schema["patternProperties"] = {f"^({days})(-({days}))?$": TEXTS, monthly: TEXTS}
    return schema


def _promise() -> Schema:
    target = {"anyOf": [DURATION, {"type": "object"}]}
    warning = {"type": "string", "pattern": r"^\s*\d{1,3}\s?%\s*$|^[0-9dhmins]+( before)?$"}
    return _object(
        promises.KEYS,
        {
            "within": target,
            "less_than": target,
            "warn": {"anyOf": [warning, {"type": "array", "items": warning}]},
            "tell": TEXTS,
            "breached": _object(("tell", "page"), {"tell": TEXTS}),
            "pause_while": TEXTS,
            "promised": {"const": "always"},
            "on_reopen": _one_of(("continue", "restart")),
            "complete": TRUTH,
            "from": TEXTS,
            "to": TEXTS,
            "because": TEXTS,
        },
    )


def _word_list() -> Schema:
    mapping = _object(LIST_KEYS, {"negation": _one_of(NEGATIONS), "except": TEXTS, "fold": TRUTH})
    mapping["patternProperties"] = {"^[a-z]{2}$": TEXTS}
    return {"anyOf": [TEXTS, mapping]}


def _person() -> Schema:
    own = {
        "mention": TEXTS,
        "else": TEXTS,
        "language": _one_of(LANGUAGES),
        "urgency": _one_of(URGENCIES),
    }
    return _object(PERSON_KEYS, own)


def _rule() -> Schema:
    condition = {"$ref": "#/$defs/condition"}
    effects = _object(
        EFFECT_KEYS,
        {
            "tag": TEXTS,
            "untag": TEXTS,
            "tell": TEXTS,
            "set": _named(TEXT),
            "once_per": DURATION,
            "urgency": _one_of(URGENCIES),
        },
    )
    occasions = _one_of(OCCASIONS)
    return _object(
        RULE_KEYS,
        {
            "because": TEXTS,
            "event": {"anyOf": [occasions, {"type": "array", "items": occasions}]},
            "events": {"anyOf": [occasions, {"type": "array", "items": occasions}]},
            "if": condition,
            "if_any": condition,
            "unless": condition,
            "then": effects,
            "once_per": DURATION,
            "watch": TRUTH,
        },
    )


def _condition() -> Schema:
    """A mapping or a list of them; field names are the desk's own, so any key may stand here."""
    again = {"$ref": "#/$defs/condition"}
    nested = {word: again for word in WORDS if word in ("all", "any", "none", "not")}
    plain = {"any_open": TEXTS, "all_closed": TEXTS, "says_all": TEXTS, "machine_mail": TRUTH}
    count = _object(("category", "at_least", "customers", "within", "same"), {"at_least": COUNT})
    mapping = {"type": "object", "properties": {**nested, **plain, "count": count}}
    return {"anyOf": [mapping, {"type": "array", "items": again}]}


def _object(keys: Iterable[str], known: Schema | None = None) -> Schema:
    """A mapping of these keys and no others; those without a schema of their own take anything."""
    properties = {key: (known or {}).get(key, {}) for key in keys}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _named(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def _one_of(choices: Iterable[str]) -> Schema:
    return {"enum": list(choices)}
