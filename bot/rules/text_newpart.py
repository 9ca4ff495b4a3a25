# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the part of a message that its sender has just written.

Dropped are quoted lines with the line that announces them, everything below an unmarked quotation,
signatures, and legal notes.  What a sender only passes on is new to us, so a forwarded mail counts
as written by him unless he says more himself.  What is dropped is only never matched: the whole
text is kept and shown elsewhere.  Reading is line by line with a bounded look ahead, so time is
linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rules import text_forwards, text_headers
from bot.rules.text_headers import look

LONGEST_TEXT = 100_000
"""Characters of a message that are read for rules; what lies beyond is history."""

FEW_WORDS = 25
"""Who writes more than so many words above a forwarded mail has said himself what matters."""

MOST_FORWARDS = 3
"""A mail that was forwarded from hand to hand is followed so far."""

_LONGEST_ATTRIBUTION = 300
_HEADER_LOOK = 6
_ATTRIBUTION_LINES = 6
_SIGNATURE_LINES = 15
_BANNER_LINES = 4
_SENTENCE_WORDS = 3
_SENTENCE_ENDS = re.compile(r"[^\W\d_]{3,}[.!?]\s*$")
_CONTACT = re.compile(r"\S@\S|www\.|https?:|\+?\d[\d\s()/.-]{6,}|\|")


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """What a reply says above and between what it quotes, and what stands below."""

    text: str
    below: str


@dataclass(frozen=True, slots=True)
class _Read:
    """The lines outside quotations, where a mail begins that may be a forward, where reading ended.

    Nothing below `end` was looked at.
    """

    kept: list[str]
    history: int | None
    end: int


def new_part(text: str, *, is_forward: bool = False) -> str:
    """The lines of a plain text that are new, without quotation, signature and legal notes.

    Of a forward with few words above it, these and the new part of the forwarded mail.  That it is
    one, its own line says; Outlook says so only in the subject, hence `is_forward`.
    """
    lines = text[:LONGEST_TEXT].splitlines()
    parts: list[str] = []
    for _ in range(MOST_FORWARDS + 1):
        read = _without_quotes(lines)
        kept = _without_notes(_without_signature(read.kept))
        parts.append("\n".join(kept).strip())
        if read.history is None or sum(len(line.split()) for line in kept) > FEW_WORDS:
            break
        forwarded = text_forwards.forwarded(lines[read.history :], is_forward=is_forward)
        if forwarded is None:
            break
        lines, is_forward = forwarded.lines, forwarded.is_forward
    return "\n\n".join(part for part in parts if part)


def answer_part(text: str) -> AnswerPart:
    """What a reply says, without quotation, signature and legal notes; a forward is not followed.

    An unmarked quotation has no end that can be told, so all of it from there on is `below`.
    """
    lines = text.splitlines()
    read = _without_quotes(lines)
    kept = _without_notes(_without_signature(read.kept))
    return AnswerPart("\n".join(kept).strip(), "\n".join(lines[read.end :]).strip())


def _without_quotes(lines: list[str]) -> _Read:
    """The lines outside quotations; an answer below or between quoted lines stays."""
    kept: list[str] = []
    history: int | None = None
    is_quoting = False
    index = 0
    while index < len(lines):
        line = look(lines[index])
        if not line:
            kept.append(lines[index])
            index += 1
            continue
        if _ends_here(line, lines, index, is_quoting=is_quoting):
            history = None if is_quoting else index
            break
        length = _attribution(line, lines, index)
        if length:
            if not _is_quoted_below(lines, index + length):
                break
            is_quoting = True
            index += length
            continue
        if text_headers.QUOTED_LINE.match(line):
            is_quoting = True
        else:
            kept.append(lines[index])
        index += 1
    return _Read(_without_trailing_rulers(kept), history, index)


def _ends_here(line: str, lines: list[str], index: int, *, is_quoting: bool) -> bool:
    """Whether all that follows is another mail: quoted by Outlook, or forwarded."""
    return bool(
        text_headers.ORIGINAL_MESSAGE.match(line)
        or (not is_quoting and text_headers.FORWARDED.match(line))
        or _is_header_block(line, lines, index)
    )


def _is_header_block(first: str, lines: list[str], index: int) -> bool:
    """Whether `From:` and two more such lines begin here, as Outlook quotes."""
    if not text_headers.HEADER_FROM.match(first):
        return False
    below = [look(line) for line in lines[index + 1 : index + 1 + _HEADER_LOOK]]
    others = [line for line in below if text_headers.HEADER_ANY.match(line)]
    return len(others) >= 2 and any(text_headers.HEADER_SURE.match(line) for line in others)


def _attribution(first: str, lines: list[str], index: int) -> int:
    """How many lines from here on announce a quotation ("On ... wrote:"); 0 if none do."""
    if text_headers.QUOTED_LINE.match(first):
        return 0
    if text_headers.DATE_AND_NAME.match(first) or _announces(first):
        return 1
    if not text_headers.ATTRIBUTION_START.match(first) or not text_headers.DATED.search(first):
        return 0
    joined = first
    for count, line in enumerate(lines[index + 1 : index + _ATTRIBUTION_LINES], start=2):
        joined += " " + look(line)
        if len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        if _announces(joined):
            return count
        if text_headers.QUOTED_LINE.match(look(line)) or _SENTENCE_ENDS.search(line[-20:]):
            return 0
    return 0


def _announces(line: str) -> bool:
    """Whether a line is dated or has an address, and ends like "wrote:"."""
    return bool(
        line.rstrip().endswith((":", "：", "-", "*"))
        and text_headers.ATTRIBUTION_END.search(line)
        and text_headers.DATED.search(line)
    )


def _is_quoted_below(lines: list[str], index: int) -> bool:
    """Whether the announced quotation has marked lines, so that what is unmarked is new."""
    for line in lines[index : index + 6]:
        if line.strip():
            return bool(text_headers.QUOTED_LINE.match(look(line)))
    return True


def _without_trailing_rulers(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and (not lines[end - 1].strip() or text_headers.RULER.match(look(lines[end - 1]))):
        end -= 1
    return lines[:end]


def _without_signature(lines: list[str]) -> list[str]:
    """The lines outside the signature; a postscript below a closing formula stays."""
    kept: list[str] = []
    index = 0
    while index < len(lines):
        start = look(lines[index])
        if not start:
            kept += lines[index : index + bool(kept)]
            index += 1
            continue
        if text_headers.SIGNATURE_MARK.match(start) and kept:
            break
        if _is_sent_from(start):
            break
        if text_headers.CLOSING.match(start) or text_headers.CLOSING_THEN_NAME.match(start):
            kept.append(lines[index])
            index = _after_names(lines, index + 1)
            continue
        kept.append(lines[index])
        index += 1
    return _without_trailing_rulers(kept)


def _is_sent_from(line: str) -> bool:
    """Whether a line is a phone's "Sent from my ..." and not a sentence that begins so."""
    found = text_headers.SENT_FROM.match(line)
    return found is not None and not re.search(r",\s|\.\s|[!?]", found["rest"])


def _after_names(lines: list[str], index: int) -> int:
    """Where the writer goes on below names, titles and telephone numbers, if at all."""
    seen = 0
    while index < len(lines) and seen < _SIGNATURE_LINES:
        line = look(lines[index])
        if _is_sentence(line) or text_headers.SIGNATURE_MARK.match(line):
            return index
        seen += bool(line.strip())
        index += 1
    return index


def _is_sentence(line: str) -> bool:
    """Whether a line reads as prose: not a name, a title, an address or a number."""
    words = [word for word in line.split() if word[:1].isalpha()]
    if len(words) < _SENTENCE_WORDS or _CONTACT.search(line) or text_headers.CLOSING.match(line):
        return False
    lower = sum(word[0].islower() for word in words)
    return lower * 2 >= len(words) or (len(words) > 3 and line.rstrip()[-1] in ".!?")


def _without_notes(lines: list[str]) -> list[str]:
    """The lines without legal notes and without the warning a gateway puts above a mail."""
    kept: list[str] = []
    index = 0
    while index < len(lines):
        start = look(lines[index])
        if text_headers.BANNER.match(start):
            index = _after_paragraph(lines, index, at_most=_BANNER_LINES) or index + 1
        elif text_headers.DISCLAIMER.match(start):
            index = _after_paragraph(lines, index, at_most=len(lines)) or len(lines)
        else:
            kept.append(lines[index])
            index += 1
    return kept


def _after_paragraph(lines: list[str], index: int, *, at_most: int) -> int | None:
    """The first blank line behind a paragraph, None if it is not near."""
    for place in range(index + 1, min(len(lines), index + 1 + at_most)):
        if not lines[place].strip():
            return place
    return None
