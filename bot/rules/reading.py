# SPDX-License-Identifier: GPL-3.0-or-later
"""What one event's message says: worked out once for all rules, and only when one asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.rules.text import (
    Findings,
    Message,
    PatternBook,
    PatternHit,
    Scope,
    Searched,
    Vocabulary,
    find,
    matches,
)
from bot.rules.truth import Truth


@dataclass(slots=True)
class Reading:
    """One message and what was found in it so far; shared by all layers of rules."""

    message: Message | None
    vocabulary: Vocabulary
    book: PatternBook
    is_empty: bool = field(init=False)
    _new_parts: tuple[Searched, ...] | None = None
    _found: dict[Scope, Findings] = field(default_factory=dict)
    _truths: dict[str, Truth] = field(default_factory=dict)
    _matched: dict[tuple[str, Scope], tuple[Truth, PatternHit | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """`is_empty` says whether every question about the text is certainly answered by no."""
        self.is_empty = self.message is None or self.message.is_machine is Truth.TRUE

    @property
    def _parts(self) -> tuple[Searched, ...]:
        """The subject and the new part; a message is not cut before a rule asks for its text."""
        if self._new_parts is None:
            self._new_parts = () if self.message is None else tuple(self.message.parts())
        return self._new_parts

    def findings(self, scope: Scope) -> Findings:
        """The word lists of the message; there must be one."""
        assert self.message is not None, "the caller looked"
        if scope not in self._found:
            self._found[scope] = find(self.vocabulary, self.message, scope)
        return self._found[scope]

    def match(self, written: str, scope: Scope) -> tuple[Truth, PatternHit | None]:
        """Whether a pattern is found in the message, and where; there must be a message."""
        assert self.message is not None, "the caller looked"
        if (written, scope) not in self._matched:
            pattern = self.book.pattern(written)
            self._matched[written, scope] = matches(pattern, self.message, scope)
        return self._matched[written, scope]

    def truth(self, written: str) -> Truth:
        """Whether a pattern is found in the new part; where, only `match` says."""
        known = self._truths.get(written)
        if known is None:
            pattern = self.book.pattern(written)
            known = Truth.UNKNOWN if self.is_partial else Truth.FALSE
            for part in self._parts:
                if pattern.is_in(part.tokens):
                    known = Truth.TRUE
                    break
            self._truths[written] = known
        return known

    @property
    def is_partial(self) -> bool:
        """Whether "not found" is unknown, because a part could not be read."""
        return self.message is not None and not self.message.is_complete

    def seen_lists(self) -> frozenset[str]:
        """Lists with a word in the new part."""
        return self.findings(Scope.NEW).seen

    def seen_patterns(self) -> set[str]:
        """Patterns that may match in the new part."""
        return self.book.seen(self._parts)
