# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells what belongs to a signature (names, titles, addresses, numbers) from what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.rules import text_headers
from bot.rules.text_headers import look

MARK = "-- "
"""The line that mail programs put above a signature (RFC 3676, 4.3): any motto may follow."""
_SENTENCE_WORDS = 3
_CONTACT = re.compile(r"\S@\S|www\.|https?:|\+?\d[\d\s()/.-]{6,}|\|")
_ITEM = re.compile(r"^[\s*_]*(?:\d{1,2}[.)]|[a-z]\)|[-–•*+])\s+\S", re.IGNORECASE)
_COMPANY = re.compile(r"\b(?:ltd|inc|corp|co|llc|pty|plc|oy|ab|s\.a|a\.s|e\.v|bros)\.$", re.I)
_LABEL = re.compile(r"^[\s*_]*(?P<label>[^\W\d_][^:|@]{0,39}?)[*_\s.]*:(?!//)")
_LABELS = frozenset(
    "a|b|c|d|e|f|m|p|s|t|w|tel|telephone|phone|office|direct|direct line|mobile|mob|cell|fax|"
    "email|e-mail|mail|web|website|www|internet|address|skype|teams|linkedin|telefon|mobil|"
    "handy|büro|durchwahl|zentrale|adresse|tél|téléphone|portable|courriel|site|siège social|"
    "siret|rcs|telefax|e-post|webb|växel|adress|org.nr|orgnr|тел|телефон|моб|почта|сайт|адрес|"
    "geschäftsführer|geschäftsführung|geschäftsführerin|vorstand|aufsichtsrat|amtsgericht|"
    "sitz|sitz der gesellschaft|registergericht|handelsregister|hrb|ust-idnr|ust-id|ust-id-nr|"
    "registered office|registered in|company number|vat|vat no|ceo|managing director".split("|")
)
"""What a signature writes before a colon; laws ask for some of it in mails of companies."""


def is_sentence(line: str) -> bool:
    """Whether a line reads as prose: not a name, a title, an address or a number."""
    words = _words(line)
    if len(words) < _SENTENCE_WORDS or _CONTACT.search(line) or text_headers.CLOSING.match(line):
        return False
    return _is_mostly_lower(words) or (len(words) > 3 and line.rstrip()[-1] in ".!?")


def is_more_than_signature(lines: Sequence[str]) -> bool:
    """Whether something else than names, titles, addresses and numbers stands in these lines.

    Items of a list and unknown words before a colon do; below a program's own mark a sentence
    does not.
    """
    is_marked = False
    for line in lines:
        is_marked = is_marked or line == MARK
        if _is_written(look(line), is_marked=is_marked):
            return True
    return False


def _is_written(line: str, *, is_marked: bool) -> bool:
    if not line or text_headers.RULER.match(line) or text_headers.SIGNATURE_MARK.match(line):
        return False
    if text_headers.SENT_FROM.match(line) or text_headers.CLOSING.match(line):
        return False
    label = _LABEL.match(line)
    if _ITEM.match(line) or (label and label["label"].casefold().strip() not in _LABELS):
        return True
    words = _COMPANY.sub("", line).strip()
    return not is_marked and (is_sentence(words) or _is_short_sentence(words))


def _is_short_sentence(line: str) -> bool:
    """Whether few words end like a sentence and are not all written as names are."""
    return line.endswith((".", "!", "?")) and any(word[0].islower() for word in _words(line))


def _words(line: str) -> list[str]:
    return [word for word in line.split() if word[:1].isalpha()]


def _is_mostly_lower(words: Sequence[str]) -> bool:
    return sum(word[0].islower() for word in words) * 2 >= len(words)
