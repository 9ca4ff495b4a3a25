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
    _found: dict[Scope, Findings] = field(default_factory=dict)
    _matched: dict[tuple[str, Scope], tuple[Truth, PatternHit | None]] = field(default_factory=dict)

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

    @property
    def is_empty(self) -> bool:
        """Whether every question about the text is certainly answered by no."""
        return self.message is None or self.message.is_machine is Truth.TRUE

    @property
    def is_partial(self) -> bool:
        """Whether "not found" is unknown, because a part could not be read."""
        return self.message is not None and not self.message.is_complete

    def seen_lists(self) -> frozenset[str]:
        """Lists with a word in the new part."""
        return self.findings(Scope.NEW).seen

    def seen_patterns(self) -> set[str]:
        """Patterns that may match in the new part."""
        assert self.message is not None, "the caller looked"
        return self.book.seen(self.message.parts(Scope.NEW))
