# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaves out what companies put around a mail: legal notes, and the warning of a gateway."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rules import text_headers
from bot.rules.text_headers import look

_BANNER_LINES = 4
_OF_MAIL = re.compile(
    r"mail|message|sender|organi[sz]ation|nachricht|absender|courriel|expéditeur|meddelande"
    r"|avsändare|письм|сообщени|отправител|^\W*(?:external|extern|externe)\W*$",
    re.IGNORECASE,
)
"""What a gateway's warning speaks of; a warning of the writer's own speaks of something else."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The lines that stay, and those that are left out."""

    kept: list[str]
    dropped: list[str]


def without_notes(lines: list[str]) -> Cut:
    """The lines without legal notes and without the warning a gateway puts above a mail.

    Of what is left out those lines are told that stand where no program puts them.
    """
    kept: list[str] = []
    misplaced: list[str] = []
    note: list[str] = []
    index = 0
    while index < len(lines):
        start = look(lines[index])
        end = _end_of_note(start, lines, index)
        if end == index:
            kept.append(lines[index])
            if start and note:
                misplaced, note = misplaced + note, []
            index += 1
            continue
        dropped = lines[index:end]
        is_first = not any(line.strip() for line in kept)
        if text_headers.BANNER.match(start):
            is_of_mail = any(_OF_MAIL.search(line) for line in dropped)
            misplaced += [] if is_first and is_of_mail else dropped
        elif not is_first:
            note += dropped
        index = end
    return Cut(kept, misplaced)


def _end_of_note(start: str, lines: list[str], index: int) -> int:
    """Where a legal note or a warning that begins here ends; `index` if none begins."""
    if text_headers.BANNER.match(start):
        return _after_paragraph(lines, index, at_most=_BANNER_LINES) or index + 1
    if text_headers.DISCLAIMER.match(start):
        return _after_paragraph(lines, index, at_most=len(lines)) or len(lines)
    return index


def _after_paragraph(lines: list[str], index: int, *, at_most: int) -> int | None:
    """The first blank line behind a paragraph, None if it is not near."""
    for place in range(index + 1, min(len(lines), index + 1 + at_most)):
        if not lines[place].strip():
            return place
    return None
