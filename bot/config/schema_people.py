# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of who is told and when: people, groups, rosters, ladders, digests, reminders."""

from __future__ import annotations

from bot.config.calendars import DAYS
from bot.config.ladders import NOBODY_THERE
from bot.config.people import LANGUAGES, URGENCIES, WAYS
from bot.config.promises import STATUSES
from bot.config.quiet import MESSAGES, OF
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
)
from bot.rules.escalation_values import TakenBy
from bot.rules.grouping import GROUPED_BY
from bot.rules.silences import ONLY

DAY_RANGES = f"^(daily|({'|'.join(DAYS)})(-({'|'.join(DAYS)}))?)$"
INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}$"}
AFTER: Schema = {"anyOf": [DURATION, {"enum": ["0", 0, "0s", "0m", "0h", "at once"]}]}
STRETCHES: Schema = {
    "type": "array",
    "items": mapping({"who": TEXT, "from": DATE, "until": DATE}, needed=["who", "from", "until"]),
}

PERSON: Schema = {
    "slack": TEXT,
    "teams": TEXT,
    "mail": TEXT,
    "sms": TEXT,
    "mention": TEXTS,
    "else": TEXTS,
    "hours": TEXT,
    "language": one_of(LANGUAGES),
    "zone": TEXT,
    "urgency": one_of(URGENCIES),
    "mention_from": TEXT,
    "nobody_took_it": mapping({"after": DURATION, "tell": TEXTS}, needed=["after", "tell"]),
    "skills": TEXTS,
    "speaks": TEXTS,
    "mode": one_of(WAYS),
    "fallback_after": DURATION,
    "grouping": mapping(
        {"by": one_or_more(one_of(GROUPED_BY)), "wait": DURATION, "every": DURATION}
    ),
    "because": TEXTS,
}

GROUP: Schema = {
    "anyOf": [
        TEXTS,
        {"type": "null"},
        mapping({"helpdesk": TEXT, "cover": TEXTS, "because": TEXTS}),
    ]
}

ROSTER: Schema = {
    "zone": TEXT,
    "hours": TEXT,
    "rotation": mapping(
        {
            "people": TEXTS,
            "every": {"type": "string", "pattern": r"^\d{1,3}[dw]$"},
            "hand_over": TEXT,
            "since": DATE,
        },
        needed=["people", "since"],
    ),
    "shifts": {
        "type": "array",
        "items": {
            **mapping({"who": TEXT}, needed=["who"]),
            "patternProperties": {DAY_RANGES: TEXTS},
        },
    },
    "ics": TEXTS,
    "regions": {
        "type": "array",
        "items": mapping({"roster": TEXT, "hours": TEXT}, needed=["roster", "hours"]),
    },
    "absences": STRETCHES,
    "overrides": STRETCHES,
    "never_empty_while_any_open": TEXTS,
    "because": TEXTS,
}

LADDER: Schema = {
    "levels": {
        "type": "array",
        "minItems": 1,
        "items": mapping({"after": AFTER, "tell": TEXTS, "hours": TEXT}, needed=["tell"]),
    },
    "repage": mapping(
        {"every": DURATION, "most": COUNT, "then": one_of(["next_level", "stop"])},
        needed=["every"],
    ),
    "taken_for": DURATION,
    "taken_by": one_or_more(one_of(each.value for each in TakenBy)),
    "nobody_there": one_of(NOBODY_THERE),
    "because": TEXTS,
}

DIGEST: Schema = {
    "at_opening_of": TEXT,
    "at_closing_of": TEXT,
    "before": DURATION,
    "tell": TEXTS,
    "due_within": DURATION,
    "because": TEXTS,
}

STORMS: Schema = {"more_than": COUNT, "within": DURATION, "renew_every": DURATION}

SILENCE: Schema = {
    "during": TEXT,
    "only": mapping(dict.fromkeys(ONLY, TEXT)),
    "even_critical": TRUTH,
    "because": TEXT,
}

MAINTENANCE: Schema = {
    **SILENCE,
    "from": INSTANT,
    "until": INSTANT,
    "of": one_of(OF),
    "messages": one_of(MESSAGES),
    "by": TEXT,
}

REMINDER: Schema = {
    "date": TEXT,
    "before": one_or_more(DURATION),
    "while": one_or_more(one_of(STATUSES)),
    "after": DURATION,
    "every": DURATION,
    "if_field": named(TEXT),
    "hours": TEXT,
    "tell": TEXTS,
    "because": TEXTS,
}
