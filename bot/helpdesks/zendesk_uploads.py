# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaves the files of mails in Zendesk, just before the ticket or the note that they belong to.

A token that was lost with its answer does no harm: Zendesk forgets a file that nothing refers to
after three days, and the next try leaves it anew. No token is ever stored. Files hold neither a
case nor a note back: what is refused, too much or too slow stays in the spool, where a note names
it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.ports import Enclosed, Enclosures
from bot.rules.mail_limits import FILES_OF_CASE

LONGEST = 10.0
"""Seconds in which the files of one case or note are begun; other tickets wait meanwhile."""
TOO_LONG = 40.0
"""After so many it is not written in this try: its row is ours to send for a minute."""
SHARED = 5.0
"""Seconds in which the notes of one call begin with their files; the first one always does."""
TRIES = 2
_DOUBTS = frozenset({Cause.NO_ANSWER, Cause.LINE_BROKE, Cause.UNAVAILABLE, Cause.SERVER_ERROR})
_LONGEST_NAME = 150
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|]+")
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")


def no_files(mail: str) -> Sequence[Enclosed]:
    """For a desk without a mailbox."""
    del mail
    return ()


class FileUploads:
    """Uploads the files of one ticket or note after the other; safe to share between threads."""

    def __init__(
        self, line: ZendeskLine, budget: CallBudget, clock: Clock, enclosures: Enclosures
    ) -> None:
        """`enclosures` brings the files of a raw mail."""
        self._line = line
        self._budget = budget
        self._clock = clock
        self._enclosures = enclosures
        self._slow: set[str] = set()

    def turn(self) -> FileTurn:
        """The notes of one call, which share their time."""
        return FileTurn(self, self._clock)

    def left(self, name: str, mails: Sequence[str | None]) -> list[tuple[str, ...]]:
        """The tokens of each mail's files; `name` says for what, the same in every try.

        Raises `Failure` when we are told to slow down, and when it took so long that the words are
        better written in a try of their own: then without files.
        """
        began = self._clock.monotonic()
        end = began if name in self._slow else began + LONGEST
        count = 0
        tokens: list[tuple[str, ...]] = []
        for mail in mails:
            mine: list[str] = []
            for file in self._of(mail, end):
                if count == FILES_OF_CASE or self._clock.monotonic() >= end:
                    break
                count += 1
                mine += self._token(file)
            tokens.append(tuple(mine))
        if self._clock.monotonic() - began > TOO_LONG:
            self._slow.add(name)
            raise Failure(Cause.OWN_LIMIT, "its files took too long", is_sent=False)
        return tokens

    def _of(self, mail: str | None, end: float) -> Sequence[Enclosed]:
        return () if mail is None or self._clock.monotonic() >= end else self._enclosures(mail)

    def _token(self, file: Enclosed) -> list[str]:
        kind = file.content_type.casefold()
        sent_as = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
        for _ in range(TRIES):
            self._budget.count(Lane.UPDATES)
            try:
                return [self._line.upload(plain_name(file.name), sent_as, file.content)]
            except Failure as failure:
                if failure.cause is Cause.THROTTLED:
                    raise
                if failure.cause not in _DOUBTS:
                    break
        return []


class FileTurn:
    """The files of the notes that are written in one call."""

    def __init__(self, files: FileUploads, clock: Clock) -> None:
        """The time runs from the first file on."""
        self._files = files
        self._clock = clock
        self._began: float | None = None

    def tokens(self, number: int, mail: str) -> tuple[str, ...]:
        """The tokens of the files of one ticket's note, which came as `mail`.

        Raises `Failure` as `left` does, and when other notes have used the time of this call.
        """
        now = self._clock.monotonic()
        self._began = now if self._began is None else self._began
        if now - self._began > SHARED:
            reason = "the files of other notes go first"
            raise Failure(Cause.OWN_LIMIT, reason, is_sent=False, retry_after=1.0)
        return self._files.left(f"#{number}/{mail}", [mail])[0]


def plain_name(name: str) -> str:
    """A file's name without path, control characters and changes of direction; its end stays."""
    plain = _UNSAFE.sub("_", name).strip(" ._") or "unnamed"
    stem, dot, end = plain.rpartition(".")
    short_end = f".{end}" if dot and len(end) <= 10 else ""
    return f"{(stem if short_end else plain)[: _LONGEST_NAME - len(short_end)]}{short_end}"
