# SPDX-License-Identifier: GPL-3.0-or-later
"""What a message says: the one door to its text for the rules.

    message = prepare(subject, body, is_reply=False, is_html=True)
    vocabulary = compile_lists({"outage": ListSpec({"en": ("outage",), "sv": ("*driftstopp",)})})
    said = find(vocabulary, message).says("outage")

Nothing is computed before it is asked for.  Every answer takes time linear in the text, which is
cut to `LONGEST_TEXT` characters, and no text makes it raise.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property

from bot.rules.text_entries import ListProblem, ListSpec
from bot.rules.text_finding import Searched
from bot.rules.text_forwards import is_forward_subject
from bot.rules.text_hits import Hit, Said
from bot.rules.text_html import html_to_text
from bot.rules.text_machine import MachineVerdict, machine_verdict
from bot.rules.text_negation import Negation
from bot.rules.text_newpart import LONGEST_TEXT, new_part
from bot.rules.text_pattern_book import PatternBook
from bot.rules.text_patterns import Pattern, PatternHit, PatternProblem, compile_pattern
from bot.rules.text_tokens import Tokens
from bot.rules.text_words import Findings, Vocabulary, compile_lists, silent
from bot.rules.truth import Truth

__all__ = [
    "LONGEST_SUBJECT",
    "LONGEST_TEXT",
    "Findings",
    "Hit",
    "ListProblem",
    "ListSpec",
    "MachineVerdict",
    "Message",
    "Negation",
    "Pattern",
    "PatternBook",
    "PatternHit",
    "PatternProblem",
    "Said",
    "Scope",
    "Searched",
    "Vocabulary",
    "compile_lists",
    "compile_pattern",
    "find",
    "html_to_text",
    "machine_verdict",
    "matches",
    "new_part",
    "prepare",
]

LONGEST_SUBJECT = 2_000
"""Characters of a subject that are read."""


class Scope(StrEnum):
    """How much of a message is searched; rules say `new` unless they ask for more."""

    NEW = "new"
    WHOLE = "whole"


class Message:
    """One message as the rules see it, worked out piece by piece when asked."""

    def __init__(
        self,
        subject: str | None,
        body: str | None,
        *,
        is_reply: bool,
        is_html: bool,
        is_machine: Truth,
    ) -> None:
        """Take the message as it came; None is a part that could not be read."""
        self.subject = subject
        self.body = body
        self.is_reply = is_reply
        self.is_html = is_html
        self.is_machine = is_machine

    @cached_property
    def plain(self) -> str:
        """The whole body as lines of text, quotations and signature included."""
        body = self.body or ""
        return (html_to_text(body) if self.is_html else body)[:LONGEST_TEXT]

    @cached_property
    def new_part(self) -> str:
        """What the sender has just written, or passes on."""
        is_forward = not self.is_reply and is_forward_subject(self.subject)
        return new_part(self.plain, is_forward=is_forward)

    @property
    def is_complete(self) -> bool:
        """Whether every part that is searched could be read."""
        return self.body is not None and (self.is_reply or self.subject is not None)

    def parts(self, scope: Scope = Scope.NEW) -> Iterator[Searched]:
        """The parts that are searched: the subject (not on replies) and the body."""
        if self.subject is not None and not self.is_reply:
            yield self._subject
        if self.body is not None:
            yield self._new if scope is Scope.NEW else self._whole

    @cached_property
    def _subject(self) -> Searched:
        return Searched("subject", Tokens((self.subject or "")[:LONGEST_SUBJECT]))

    @cached_property
    def _new(self) -> Searched:
        return Searched("body", Tokens(self.new_part))

    @cached_property
    def _whole(self) -> Searched:
        return Searched("whole body", Tokens(self.plain))


def prepare(
    subject: str | None,
    body: str | None,
    *,
    is_reply: bool = False,
    is_html: bool = False,
    is_machine: Truth = Truth.UNKNOWN,
) -> Message:
    """Make a message ready for the rules; a part that could not be read is None.

    A machine's mail (`is_machine` true, see `machine_verdict`) says nothing at all.
    """
    return Message(subject, body, is_reply=is_reply, is_html=is_html, is_machine=is_machine)


def find(vocabulary: Vocabulary, message: Message, scope: Scope = Scope.NEW) -> Findings:
    """Search a message for all lists at once."""
    if message.is_machine is Truth.TRUE:
        return silent(vocabulary)
    return vocabulary.search(message.parts(scope), is_complete=message.is_complete)


def matches(
    pattern: Pattern, message: Message, scope: Scope = Scope.NEW
) -> tuple[Truth, PatternHit | None]:
    """Whether a pattern is found in a message, and the first place where it is."""
    if message.is_machine is Truth.TRUE:
        return Truth.FALSE, None
    for part in message.parts(scope):
        if not pattern.may_match(part.tokens.folded):
            continue
        hit = pattern.search(part.tokens.tidy.text, where=part.where)
        if hit is not None:
            return Truth.TRUE, hit
    return (Truth.FALSE if message.is_complete else Truth.UNKNOWN), None
