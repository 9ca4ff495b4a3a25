# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of a policy, so that editors complete and check the YAML while it is written.

`deskmate check` knows more than a schema can say; what the schema refuses, the check refuses too.
A key without a line here fails a test, so none is forgotten.
"""

from __future__ import annotations

from bot.config.audience import SIDE_KEYS
from bot.config.calendars import DAYS, LONG_DAYS, NTH
from bot.config.people import LANGUAGES, OUTAGE_COUNTS, OUTAGE_TIMES
from bot.config.promises import STATUSES
from bot.config.schema_people import (
    DIGEST,
    GROUP,
    LADDER,
    MAINTENANCE,
    PERSON,
    REMINDER,
    ROSTER,
    SILENCE,
    STORMS,
)
from bot.config.schema_rules import compared, condition, rule, word_list
from bot.config.schema_values import (
    COUNT,
    DATE,
    DATED,
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
from bot.rules.actions import NoticeKind
from bot.rules.keeping import Kept
from bot.rules.rights import ACTIONS
from bot.texts.own import PARTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"

CALENDAR: Schema = {
    "zone": TEXT,
    "always": TRUTH,
    "daily": TEXTS,
    "holidays": text_or(
        mapping(
            {"country": TEXT, "subdivision": TEXT, "categories": TEXTS, "language": TEXT},
            needed=["country"],
        )
    ),
    "closed": {"anyOf": [{"type": "array", "items": DATE}, DATED]},
    "opened": DATED,
    "half_days": DATED,
    "breaks": DATED,
    "union": TEXTS,
    "without": TEXTS,
    "because": TEXTS,
    "days": {
        "anyOf": [
            one_or_more(DATE),
            {
                "type": "object",
                "propertyNames": {"pattern": "^organisation "},
                "additionalProperties": one_or_more(DATE),
            },
        ]
    },
    "days_from": TEXT,
}

SHARE: Schema = {"type": ["number", "string"], "pattern": r"^0?\.\d+$|^1(\.0+)?$"}
_WARNING: Schema = {"type": "string", "pattern": r"^\s*\d{1,3}\s?%\s*$|^[0-9dhmins ]+(before)?$"}
_TARGET: Schema = {
    "anyOf": [
        DURATION,
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [DURATION, {"type": "object", "additionalProperties": DURATION}]
            },
        },
    ]
}
PROMISE: Schema = {
    "from": TEXTS,
    "to": TEXTS,
    "within": _TARGET,
    "less_than": _TARGET,
    "hours": text_or(named(TEXT)),
    "warn": one_or_more(_WARNING),
    "tell": TEXTS,
    "breached": mapping({"tell": TEXTS, "page": TEXT}),
    "pause_while": one_or_more(one_of([*STATUSES, "never"])),
    "promised": {"const": "always"},
    "because": TEXTS,
    "on_reopen": one_of(["continue", "restart"]),
    "complete": TRUTH,
    "violation": TEXT,
    "undecided": TEXT,
}

HELPDESK: Schema = {
    "kind": one_of(["zendesk"]),
    "category": TEXT,
    "code": TEXT,
    "plan": TEXT,
    "region": TEXT,
    "fields": named(TEXT),
    "groups": named(TEXT),
    "canary": COUNT,
    "receipt_trigger": TEXT,
    "categories": named(TEXT),
    "intake": TEXTS,
}

OWN_TEXT: Schema = dict.fromkeys(PARTS, TEXT)
SIDE: Schema = dict.fromkeys(SIDE_KEYS, TEXTS)
AUDIENCE: Schema = {
    "public": mapping(SIDE),
    "internal": mapping(SIDE),
    "forbidden_words": TEXTS,
}

KNOWLEDGE: Schema = {
    "folder": TEXT,
    "help_centre": TRUTH,
    "floor": SHARE,
    "solved_tickets": DURATION,
    "solved_floor": SHARE,
    "origins": TEXTS,
}

SERVICE: Schema = {"promised": {"type": "string", "pattern": r"^\d{1,2}(\.\d{1,5})?\s?%$"},
                   "planned": {"enum": ["counted", "excluded"]}, "notice": DURATION,
                   "because": TEXTS}  # fmt: skip
SEVERITY: Schema = {
    "tell": TEXTS,
    "update_every": DURATION,
    "remind_before": DURATION,
    "hours": TEXT,
    "missed": TEXT,
    "banner": TRUTH,
    "interrupts": TRUTH,
    "because": TEXTS,
}
INCIDENTS: Schema = {
    "services": named(mapping(SERVICE)),
    "severities": named(mapping(SEVERITY)),
    "reopen_within": DURATION,
    "follow_up": TEXT,
    "banner_texts": named(TEXT),
    "restored_texts": named(TEXT),
    "banner_valid": DURATION,
}

OUTAGE: Schema = {
    "tell": TEXTS,
    "mailbox": TEXT,
    "banner": TEXT,
    "tag": TEXT,
    "banner_texts": named(TEXT),
    "ack_hint": named(TEXT),
    "signature": named(TEXT),
    "witnesses": TEXTS,
    "reference_prefix": TEXT,
    "intake": mapping({"address": TEXT, "every": DURATION, "within": DURATION}, needed=["address"]),
    "links_by_mail": TRUTH,
    **dict.fromkeys(OUTAGE_TIMES, DURATION),
    **dict.fromkeys(OUTAGE_COUNTS, COUNT),
}

KEEP: Schema = {kind.value: {"anyOf": [DURATION, {"const": "always"}]} for kind in Kept}

POLICY: Schema = {
    "desk": TEXT,
    "language": one_of(LANGUAGES),
    "zone": TEXT,
    "poll_every": DURATION,
    "categories": TEXTS,
    "priorities": named(one_of(("urgent", "high", "normal", "low"))),
    "labels": named(TEXT),
    "trust": one_or_more(one_of(["requester_priority"])),
    "hours": named(
        {
            **mapping(CALENDAR),
            "patternProperties": {
                f"^({'|'.join(DAYS)})(-({'|'.join(DAYS)}))?$": TEXTS,
                f"^({'|'.join(NTH)}) ({'|'.join(LONG_DAYS)})$": TEXTS,
            },
        }
    ),
    "helpdesk": mapping(HELPDESK),
    "helpdesk_down": mapping(OUTAGE),
    "incidents": mapping(INCIDENTS, needed=["services", "severities"]),
    "knowledge": mapping(KNOWLEDGE),
    "audience": mapping(AUDIENCE),
    "keep": mapping(KEEP),
    "facts": named(
        text_or(mapping({"from": TEXT, "file": TEXT, "if_unknown": TEXT, "greatest_age": DURATION}))
    ),
    "words": named(word_list()),
    "people": named(mapping(PERSON)),
    "groups": named(GROUP),
    "rosters": named(mapping(ROSTER)),
    "ladders": named(mapping(LADDER, needed=["levels"])),
    "digests": named(mapping(DIGEST, needed=["tell"])),
    "storms": mapping(STORMS),
    "rights": mapping(dict.fromkeys(ACTIONS, TEXTS)),
    "silences": named(mapping(SILENCE, needed=["during", "because"])),
    "maintenance": named(mapping(MAINTENANCE, needed=["because"])),
    "reminders": named(mapping(REMINDER, needed=["tell"])),
    "promises": {"anyOf": [{"const": "none"}, named(mapping(PROMISE, needed=["hours"]))]},
    "fingerprints": named(
        text_or(mapping({"pattern": TEXT, "because": TEXTS}, needed=["pattern"]))
    ),
    "templates": named(text_or(mapping({"because": TEXTS} | dict.fromkeys(LANGUAGES, TEXT)))),
    "texts": {
        "type": "object",
        "propertyNames": {"enum": [each.value for each in NoticeKind]},
        "additionalProperties": mapping(dict.fromkeys(LANGUAGES, mapping(OWN_TEXT))),
    },
    "paths": named(
        mapping(
            {"steps": TEXTS, "wait": DURATION, "hours": TEXT, "because": TEXTS}, needed=["steps"]
        )
    ),
    "runbooks": named(TEXT),
    "rules": named(rule()),
}


def policy_schema() -> Schema:
    """The schema of one file of a policy (draft 2020-12); any file may hold any of the keys."""
    return {
        "$schema": DIALECT,
        "title": "Deskmate policy",
        **mapping(POLICY),
        "$defs": {"condition": condition(), "compared": compared()},
    }
