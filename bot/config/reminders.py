# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `reminders:`: dates that come near, tickets that wait for long."""

from __future__ import annotations

from datetime import timedelta

from bot.config.problems import did_you_mean
from bot.config.promises import STATUSES
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry
from bot.rules.policy import ReminderSpec

KEYS = ("date", "before", "while", "after", "every", "if_field", "hours", "tell", "because")


def read_reminder(reader: Reader, name: str, entry: Entry) -> ReminderSpec:
    """One reminder: `date` and `before`, or `while` and `after`."""
    what = f"reminders {name}"
    entries = reader.mapping(entry.node, what, KEYS)
    kinds = [pair for pair in (("date", "before"), ("while", "after")) if pair[0] in entries]
    if len(kinds) != 1 or kinds[0][1] not in entries:
        advice = "write `date: FIELD` and `before: [30d]`, or `while: hold` and `after: 3d`"
        reader.problem(entry.key_place, f"{what}: of what, and when?", advice)
    if "tell" not in entries:
        reader.problem(entry.key_place, f"{what}: tell is missing", "name who is told")
    before: tuple[timedelta, ...] = ()
    if "before" in entries:
        node = entries["before"].node
        nodes = node.value if isinstance(node.value, tuple) else (node,)
        before = tuple(reader.duration(each, "before") for each in nodes)
    statuses = reader.texts(entries["while"].node, "while") if "while" in entries else ()
    for status in statuses:
        if status not in STATUSES:
            advice = did_you_mean(status, STATUSES)
            reader.problem(entries["while"].node.place, f"while: no status {status!r}", advice)
    fields = {}
    if "if_field" in entries:
        for key, inner in reader.mapping(entries["if_field"].node, "if_field").items():
            fields[key] = reader.text(inner.node, key)
    return ReminderSpec(
        name=name,
        tell=reader.texts(entries["tell"].node, "tell") if "tell" in entries else (),
        date_field=reader.text(entries["date"].node, "date") if "date" in entries else None,
        before=before,
        statuses=frozenset(statuses),
        after=reader.duration(entries["after"].node, "after") if "after" in entries else None,
        every=reader.duration(entries["every"].node, "every") if "every" in entries else None,
        if_field=fields,
        hours=reader.text(entries["hours"].node, "hours") if "hours" in entries else None,
        because=reader.statements(entries["because"].node) if "because" in entries else (),
        place=entry.key_place,
    )
