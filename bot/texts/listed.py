# SPDX-License-Identifier: GPL-3.0-or-later
"""The tickets that a message lists, a line each, and how many more there are."""

from __future__ import annotations

from datetime import datetime

from bot.rules.actions import Notice
from bot.texts.cleaning import one_line
from bot.texts.instants import time_of
from bot.texts.words import Language

GREATEST_QUOTE = 80
GREATEST_TITLE = 120
GREATEST_NAME = 60
MOST_LINES = 8
"""Tickets of a digest that are listed; the rest is counted."""


def listed_lines(notice: Notice, tongue: Language, *, now: datetime) -> list[str]:
    """The tickets of a digest, a line each: number, due, who has it, what it is about."""
    words, found = tongue.words, []
    for line in notice.lines[:MOST_LINES]:
        if line.number is None and line.due_at is None:
            found.append(one_line(line.title, GREATEST_TITLE))
            continue
        number = f"#{line.number}" if line.number is not None else words.ticket
        due = ""
        if line.due_at is not None:
            due = time_of(line.due_at, now=now, zone=notice.zone, words=words)
        owner = one_line(line.owner or words.nobody, GREATEST_NAME)
        title = one_line(line.title, GREATEST_QUOTE)
        found.append(", ".join(part for part in (number, due, owner, title) if part))
    more = len(notice.lines) - MOST_LINES
    return [*found, f"+ {more}"] if more > 0 else found
