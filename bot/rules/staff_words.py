# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what one of our people answered: "I have it", words for the customer, or neither surely.

What is matched may be cut in doubt; what a customer is sent may not. So an answer of which a part
may be missing is not sent, and its writer is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.rules import text_headers
from bot.rules.text_newpart import AnswerPart
from bot.rules.text_signature import is_more_than_signature

TAKEN_WORDS = frozenset(
    "i have it|mine|taken|ok|i'll take it|je prends|je le prends|ich nehme es|ich übernehme|"
    "jag tar det|jag tar den|беру|взял|взяла".split("|")
)
"""What says "I have it" and is no answer to a customer."""
_COURTESIES = frozenset(
    "thanks|thank you|many thanks|thx|cheers|hi|hello|hi all|hi team|hello all|please|"
    "merci|bonjour|salut|danke|vielen dank|hallo|hallo zusammen|tack|hej|hej alla|"
    "спасибо|привет|здравствуйте".split("|")
)
_ENDS = re.compile(r"[.,;:!?()/|]+|\s[-–—]+\s|^\s*[-–—]+")
_NO_LETTER = re.compile(r"[^\w' ]+")
_BEGINNING = 8
_LEAST_NAME = 5


def beside_taking(text: str, names: Iterable[str]) -> str | None:
    """What stands below "I have it", usually nothing; None where the words take no case.

    Thanks, greetings, a closing and the writer's own `names` count for nothing.
    """
    own = {word for name in names for word in _clean(name).split()}
    lines = text.splitlines()
    for place, line in enumerate(lines):
        said = _phrases(line, own)
        if said:
            is_taking = all(phrase in TAKEN_WORDS for phrase in said)
            return _more(lines[place + 1 :], own) if is_taking else None
    return None


def doubt_of(answer: AnswerPart, names: Sequence[str]) -> str:
    """Why a part of an answer may be missing; empty if none is.

    `names` are what a quotation of ours shows at its beginning: an address, a reference, a subject.
    """
    if not answer.text:
        return "nothing in it could be told from what it quotes"
    doubt = _doubt_of_left_out(answer, names)
    if doubt or not answer.below:
        return doubt
    beginning = "\n".join(answer.below.splitlines()[:_BEGINNING]).casefold()
    if not _shows(beginning, names):
        return "it holds lines that look like another mail"
    if _last_words(answer.text).endswith((",", ":")):
        return "it seems to go on below what it quotes"
    return ""


def _doubt_of_left_out(answer: AnswerPart, names: Sequence[str]) -> str:
    """Why what was left out above an unmarked quotation may belong to the answer."""
    if not all(_shows(each.casefold(), names) for each in answer.cited):
        return "it holds lines with a quotation mark that quote no mail"
    if is_more_than_signature(answer.signature):
        return "what stands where a signature does may be a part of it"
    if answer.misplaced:
        return "a part of it looks like a legal note"
    return ""


def _shows(text: str, names: Sequence[str]) -> bool:
    return any(each.casefold() in text for each in names if len(each) >= _LEAST_NAME)


def _more(lines: Sequence[str], own: set[str]) -> str:
    said = [line for line in lines if any(each not in TAKEN_WORDS for each in _phrases(line, own))]
    return "\n".join(lines).strip() if said else ""


def _phrases(line: str, own: set[str]) -> list[str]:
    """What a line says, by its commas, without courtesies and names."""
    if _is_closing(line):
        return []
    phrases = (_clean(each) for each in _ENDS.split(line.replace("’", "'")))
    return [
        each
        for each in phrases
        if each and each not in _COURTESIES and not set(each.split()) <= own
    ]


def _clean(text: str) -> str:
    return " ".join(_NO_LETTER.sub(" ", text).casefold().split())


def _is_closing(line: str) -> bool:
    return bool(text_headers.CLOSING.match(line) or text_headers.CLOSING_THEN_NAME.match(line))


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if line and not _is_closing(line)), "")
