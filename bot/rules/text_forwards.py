# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the mail that another mail forwards, below the lines that announce it.

Gmail, Thunderbird, Yahoo and Apple announce it by a line of their own; Outlook only repeats the
header, as it does in answers, and says in the subject that it forwards.  Apple marks each line of
the forwarded mail as quoted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rules import text_headers
from bot.rules.text_headers import look

_HEADER_LINES = 20
_FOLDED_LINES = 2
_MARK = re.compile(r"^\s{0,3}>\s?")


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A forwarded mail's lines below its header, and whether its subject says it forwards, too."""

    lines: list[str]
    is_forward: bool


def is_forward_subject(subject: str | None) -> bool:
    """Whether a subject begins as a forward's does, in the languages of the desks."""
    return text_headers.FORWARD_SUBJECT.match((subject or "")[:100]) is not None


def forwarded(lines: list[str], *, is_forward: bool) -> Forwarded | None:
    """The mail that `lines` announce and hold; None where they are only history."""
    start, is_marked = _below_marks(lines)
    if not (is_forward or is_marked):
        return None
    below = _unquoted(lines[start:])
    end = _end_of_header(below)
    return Forwarded(below[end:], any(_forwards_again(line) for line in below[:end]))


def _below_marks(lines: list[str]) -> tuple[int, bool]:
    """Where the lines end that say that another mail follows; whether one says it is forwarded."""
    is_marked = False
    for index, line in enumerate(lines):
        shown = look(line)
        if text_headers.FORWARDED.match(shown):
            is_marked = True
        elif shown and not (
            text_headers.ORIGINAL_MESSAGE.match(shown) or text_headers.RULER.match(shown)
        ):
            return index, is_marked
    return len(lines), is_marked


def _unquoted(lines: list[str]) -> list[str]:
    """The lines with one mark of quotation less, where the first has one: up to the last such."""
    if not lines or not _MARK.match(lines[0]):
        return lines
    found: list[str] = []
    for line in lines:
        if line.strip() and not _MARK.match(line):
            break
        found.append(_MARK.sub("", line, count=1))
    return found


def _end_of_header(lines: list[str]) -> int:
    """Where the header ends that `lines` begin with: 0 if they begin with none.

    A long line of addresses may be folded; blank lines may stand between two lines of a header.
    """
    end = folded = 0
    is_broken = has_sender = False
    for index, line in enumerate(lines[:_HEADER_LINES]):
        shown = look(line)
        is_sender = text_headers.HEADER_FROM.match(shown) is not None
        if text_headers.ORIGINAL_MESSAGE.match(shown) or (is_sender and has_sender):
            break
        if not shown:
            is_broken = True
        elif text_headers.HEADER_ANY.match(shown):
            end, folded, is_broken = index + 1, 0, False
            has_sender = has_sender or is_sender
        elif is_broken or not end or folded == _FOLDED_LINES:
            break
        else:
            folded += 1
    return end


def _forwards_again(line: str) -> bool:
    found = text_headers.HEADER_SUBJECT.match(look(line))
    return found is not None and is_forward_subject(found["rest"])
