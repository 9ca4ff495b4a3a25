# SPDX-License-Identifier: GPL-3.0-or-later
"""The tickets that a message lists, a line each, and how many more there are."""

from __future__ import annotations

from datetime import datetime

from bot.rules.actions import Notice, NoticeKind
from bot.texts.cleaning import one_line
from bot.texts.instants import time_of
from bot.texts.words import Language

GREATEST_QUOTE = 80
GREATEST_TITLE = 120
GREATEST_NAME = 60
MOST_LINES = 8
"""Tickets of a digest that are listed; the rest is counted."""
NEW_CASES = "new_cases"
"""The title of a storm's digest."""
MOST_CASES = 24
GREATEST_CASES = 2_500
"""Of a digest of new cases; Slack takes 3,000 characters in one text."""


def names_cases(notice: Notice) -> bool:
    """Whether it is a storm's digest, whose lines are all that is told of its cases."""
    return notice.kind is NoticeKind.DIGEST and notice.title == NEW_CASES


def listed_lines(notice: Notice, tongue: Language, *, now: datetime) -> list[str]:
    """The tickets of a digest, a line each: number, due, who has it, what it is about."""
    words, found = tongue.words, []
    most, longest = (
        (MOST_CASES, GREATEST_QUOTE) if names_cases(notice) else (MOST_LINES, GREATEST_TITLE)
    )
    for line in notice.lines[:most]:
        if line.number is None and line.due_at is None:
            found.append(one_line(line.title, longest))
            continue
        number = f"#{line.number}" if line.number is not None else words.ticket
        due = ""
        if line.due_at is not None:
            due = time_of(line.due_at, now=now, zone=notice.zone, words=words)
        owner = one_line(line.owner or words.nobody, GREATEST_NAME)
        title = one_line(line.title, GREATEST_QUOTE)
        found.append(", ".join(part for part in (number, due, owner, title) if part))
    more = len(notice.lines) - most
    return [*found, f"+ {more}"] if more > 0 else found
