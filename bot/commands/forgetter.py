# SPDX-License-Identifier: GPL-3.0-or-later
"""Forgets one person, a few rows at a time; who begins again after a crash finds the rest.

1. What is under way is given up, if that was wanted.
2. Rows of their own lose their words, others lose their name; then the files of the spool go.
3. Their tickets come last, for they say by what else they were known; then one journal entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from bot.clock import Clock
from bot.rules.actions import Reason, Timer
from bot.rules.backfill_state import TIMER
from bot.rules.forgetting import Scrubber
from bot.sources.mail_spool import Spool
from bot.store.store import Store
from bot.store.traces import IDENTIFYING, Keys, Open, Traces, personal_tables
from bot.store.transaction import Transaction

T = TypeVar("T")
BATCH = 50
"""Rows a write: a running daemon writes in between."""
TURNS = 3
"""A daemon that wrote one of their rows meanwhile is followed so often."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of a person, by kind; `named_elsewhere` are rows of others."""

    tickets: int = 0
    mails: int = 0
    files: int = 0
    contacts: int = 0
    messages: int = 0
    events: int = 0
    journal_entries: int = 0
    alerts: int = 0
    named_elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a person, and what of it is still under way."""

    counts: Counts
    under_way: Open

    def __bool__(self) -> bool:
        """True when anything is known."""
        return self.counts != Counts()


class Forgetter:
    """One person, from the look to the journal entry."""

    def __init__(
        self, address: str, pseudonym: str, store: Store, spool: Spool, clock: Clock
    ) -> None:
        """`pseudonym` is what stands in their place from now on."""
        self._address, self._pseudonym = address, pseudonym
        self._store, self._spool, self._clock = store, spool, clock

    def look(self) -> Found:
        """Count, and change nothing."""
        traces = self._traces()
        theirs = {each for each in traces.raws if self._spool.path(each).exists()}
        files = theirs.union(self._spool.naming(traces.known.addresses))
        counts = Counts(
            tickets=len(traces.tickets),
            mails=len(traces.mails),
            files=len(files),
            contacts=len(traces.contacts),
            messages=len(traces.messages),
            events=len(traces.events),
            journal_entries=len(traces.journal),
            alerts=len(traces.alerts),
            named_elsewhere=traces.mentions,
        )
        return Found(counts, traces.under_way)

    def forget(self, *, even_open: bool) -> bool:
        """Do it; what is under way is given up with `even_open`, and must not be without.

        False where a case of theirs may just be made in the helpdesk; all is then as it was.
        """
        counts = self.look().counts
        for _ in range(TURNS):
            traces = self._traces()
            if not traces:
                break
            if not self._forget(traces, even_open=even_open):
                return False
        self._write_journal(counts)
        return True

    def _forget(self, traces: Traces, *, even_open: bool) -> bool:
        scrubber, now = Scrubber(traces.known, self._pseudonym), self._clock.now()
        if even_open and not self._store.write(lambda tx: _given_up(traces, tx, now)):
            return False
        self._each(traces.messages, lambda tx, keys: tx.traces.messages(keys, now))
        self._each(traces.events, lambda tx, keys: tx.traces.events(keys, now))
        self._each(traces.journal, lambda tx, keys: tx.traces.reasons(keys))
        self._each(traces.alerts, lambda tx, keys: tx.traces.alerts(keys))
        self._each(traces.timers, lambda tx, keys: tx.traces.timers(keys))
        self._each(traces.mails, lambda tx, keys: tx.traces.mails(keys, scrubber))
        self._files(traces)
        self._scrub(scrubber, is_last=False)
        self._each(traces.tickets, lambda tx, theirs: tx.traces.tickets(theirs, scrubber, now))
        self._each(traces.contacts, lambda tx, keys: tx.traces.contacts(keys))
        self._scrub(scrubber, is_last=True)
        return True

    def _scrub(self, scrubber: Scrubber, *, is_last: bool) -> None:
        for table in personal_tables():
            if (table.name in IDENTIFYING) is not is_last:
                continue
            with self._store.read() as reader:
                naming = reader.traces.naming(table, scrubber)
            self._each(naming, partial(_scrubbed, table, scrubber))

    def _files(self, traces: Traces) -> None:
        """A row forgets its file first: a crash leaves a file that the sweep of the spool finds."""
        others = self._spool.naming(traces.known.addresses)
        raws = tuple(dict.fromkeys((*traces.raws, *others)))
        for some in _batches(raws):
            for name in self._store.write(partial(_without_raws, some)):
                self._spool.forget(name)

    def _each(self, keys: Sequence[T], change: Callable[[Transaction, Sequence[T]], Any]) -> None:
        for some in _batches(keys):
            self._store.write(partial(_changed, change, some))

    def _write_journal(self, counts: Counts) -> None:
        said = ", ".join(f"{getattr(counts, name)} {name}" for name in Counts.__slots__)
        now = self._clock.now()
        self._store.write(
            lambda tx: tx.journal.add(
                at=now,
                subject=f"forgotten:{self._pseudonym}",
                event_key=f"forget/{self._pseudonym}@{now.isoformat()}",
                policy_hash="",
                reasons=(Reason("forget", evidence=(said.replace("_", " "),)),),
                summary="a person was forgotten",
            )
        )

    def _traces(self) -> Traces:
        with self._store.read() as reader:
            return reader.traces.of(self._address)


def _given_up(traces: Traces, tx: Transaction, now: datetime) -> bool:
    is_given_up = tx.traces.give_up(traces, now)
    if is_given_up and traces.under_way.cases:
        # The last case on its way back may have been theirs: the daemon looks whether all is there.
        tx.timers.set(Timer(TIMER, TIMER, now))
    return is_given_up


def _changed(
    change: Callable[[Transaction, Sequence[T]], Any], some: Sequence[T], tx: Transaction
) -> None:
    change(tx, some)


def _scrubbed(table: Any, scrubber: Scrubber, tx: Transaction, keys: Sequence[Keys]) -> None:
    tx.traces.scrub(table, keys, scrubber)


def _without_raws(some: Sequence[str], tx: Transaction) -> tuple[str, ...]:
    return tx.traces.without_raws(some)


def _batches(keys: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]
