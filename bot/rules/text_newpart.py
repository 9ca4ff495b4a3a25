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
from bot.rules.text_notes import Cut, without_notes
from bot.rules.text_signature import is_sentence

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
_SENTENCE_ENDS = re.compile(r"[^\W\d_]{3,}[.!?]\s*$")


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """What a reply says above and between what it quotes, what stands below, what was left out.

    `cited` are quotations that nothing announces, `signature` the lines taken for one, and
    `misplaced` the legal notes and warnings that stand where no program puts them.
    """

    text: str
    below: str
    cited: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    misplaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """The lines outside quotations, where a mail begins that may be a forward, where reading ended.

    Nothing below `end` was looked at. `cited` are the quotations that nothing announces.
    """

    kept: list[str]
    history: int | None
    end: int
    cited: list[list[str]]


def new_part(text: str, *, is_forward: bool = False) -> str:
    """The lines of a plain text that are new, without quotation, signature and legal notes.

    Of a forward with few words above it, these and the new part of the forwarded mail.  That it is
    one, its own line says; Outlook says so only in the subject, hence `is_forward`.
    """
    lines = text[:LONGEST_TEXT].splitlines()
    parts: list[str] = []
    for _ in range(MOST_FORWARDS + 1):
        read = _without_quotes(lines)
        kept = without_notes(_without_signature(read.kept).kept).kept
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
    signed = _without_signature(read.kept)
    noted = without_notes(signed.kept)
    return AnswerPart(
        "\n".join(noted.kept).strip(),
        "\n".join(lines[read.end :]).strip(),
        cited=tuple("\n".join(each) for each in read.cited),
        signature=tuple(without_notes(signed.dropped).kept),
        misplaced=tuple(noted.dropped),
    )


def _without_quotes(lines: list[str]) -> _Read:
    """The lines outside quotations; an answer below or between quoted lines stays."""
    kept: list[str] = []
    cited: list[list[str]] = []
    history: int | None = None
    announced: int | None = None
    is_quoting = is_within = False
    index = 0
    while index < len(lines):
        line = look(lines[index])
        if not line:
            kept.append(lines[index])
            is_within = False
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
            announced = len(kept)
            index += length
            continue
        is_quoted = bool(text_headers.QUOTED_LINE.match(line))
        if not is_quoted:
            kept.append(lines[index])
        elif announced is None or _leads_on(kept[announced:]):
            cited += [] if is_within else [[]]
            cited[-1].append(lines[index])
        is_quoting, is_within = is_quoting or is_quoted, is_quoted
        index += 1
    return _Read(_without_trailing_rulers(kept), history, index, cited)


def _leads_on(lines: list[str]) -> bool:
    """Whether the last of the writer's own lines ends as before a list or a command."""
    last = next((line.rstrip() for line in reversed(lines) if line.strip()), "")
    return last.endswith((":", "："))


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


def _without_signature(lines: list[str]) -> Cut:
    """The lines outside the signature; a postscript below a closing formula stays."""
    kept: list[str] = []
    dropped: list[str] = []
    index = 0
    while index < len(lines):
        start = look(lines[index])
        if not start:
            kept += lines[index : index + bool(kept)]
            index += 1
            continue
        if (text_headers.SIGNATURE_MARK.match(start) and kept) or _is_sent_from(start):
            dropped += lines[index:]
            break
        if text_headers.CLOSING.match(start) or text_headers.CLOSING_THEN_NAME.match(start):
            kept.append(lines[index])
            end = _after_names(lines, index + 1)
            dropped += lines[index + 1 : end]
            index = end
            continue
        kept.append(lines[index])
        index += 1
    return Cut(_without_trailing_rulers(kept), dropped)


def _is_sent_from(line: str) -> bool:
    """Whether a line is a phone's "Sent from my ..." and not a sentence that begins so."""
    found = text_headers.SENT_FROM.match(line)
    return found is not None and not re.search(r",\s|\.\s|[!?]", found["rest"])


def _after_names(lines: list[str], index: int) -> int:
    """Where the writer goes on below names, titles and telephone numbers, if at all."""
    seen = 0
    while index < len(lines) and seen < _SIGNATURE_LINES:
        line = look(lines[index])
        if is_sentence(line) or text_headers.SIGNATURE_MARK.match(line):
            return index
        seen += bool(line.strip())
        index += 1
    return index
