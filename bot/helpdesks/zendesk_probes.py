# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes of Zendesk: is anybody at home, can we read, can we write; one attempt each.

A probe opens a line of its own, so that name, connection and certificate are tried every time. A
retry within a probe would hide what the state machine has to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure, flag_of, verdict_of
from bot.helpdesks.zendesk_limits import CallBudget
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.helpdesks.zendesk_token import TIMEOUT
from bot.ports import Probe
from bot.rules.events import Event
from bot.rules.probes import CanarySeen, Verdict

Opener = Callable[[tuple[float, float], bool], ZendeskLine]
"""Opens a line: timeouts in seconds, and whether it is anonymous."""

SLOW_FROM = 5.0
DOWN_FROM = 10.0
WRITE_DOWN_FROM = 15.0
"""Seconds."""
_SOMEBODY_IS_AT_HOME = frozenset({Cause.CREDENTIALS, Cause.FORBIDDEN, Cause.NOT_FOUND})
COUNTER = "deskmate-canary-"


def canary_seen(external_id: object, way: str, at: datetime) -> tuple[Event, ...]:
    """That a counter of ours came back, once per counter and way; nothing for anything else."""
    counter = str(external_id or "").removeprefix(COUNTER)
    if not str(external_id or "").startswith(COUNTER) or not counter.isdecimal():
        return ()
    key = f"canary/{counter}/{way}"
    return (Event(key, "outage", at, way, CanarySeen(int(counter), way)),)


@dataclass(frozen=True, slots=True)
class Patience:
    """Timeouts: seconds to connect, and between two pieces of an answer (docs/outages.md)."""

    call: tuple[float, float] = TIMEOUT
    probe: tuple[float, float] = (5.0, 10.0)
    write_probe: tuple[float, float] = (5.0, 15.0)


class Probes:
    """Asks; never raises for what the helpdesk does."""

    def __init__(
        self,
        opened: Opener,
        clock: Clock,
        patience: Patience,
        *,
        budget: CallBudget,
        canary: int | None,
    ) -> None:
        """`budget` counts our calls; `canary` is the number of the ticket for write probes."""
        self._budget = budget
        self._opened = opened
        self._clock = clock
        self._patience = patience
        self._canary = canary

    def edge(self) -> Probe:
        """Any answer in JSON proves the way to Zendesk, also one that wants credentials."""

        def ask() -> None:
            with self._line(self._patience.probe, is_anonymous=True) as line:
                try:
                    line.get("users/me.json")
                except Failure as failure:
                    if failure.cause not in _SOMEBODY_IS_AT_HOME:
                        raise

        return self._timed(ask, DOWN_FROM)

    def read(self) -> Probe:
        """Our own user, with its shape."""

        def ask() -> None:
            with self._line(self._patience.probe) as line:
                line.me()

        return self._timed(ask, DOWN_FROM)

    def write(self, counter: int) -> Probe:
        """Write `counter` to the canary ticket and read it back."""
        number = self._canary
        if number is None:
            return Probe(Verdict.MISCONFIGURED, 0.0, "no canary ticket is configured")

        def ask() -> None:
            with self._line(self._patience.write_probe) as line:
                wanted = f"{COUNTER}{counter}"
                line.update(number, {"external_id": wanted})
                shown = line.get(f"tickets/{number}.json").get("ticket")
                found = shown.get("external_id") if isinstance(shown, Mapping) else None
                if found != wanted:
                    text = f"the canary shows {found!r} after writing {wanted!r}"
                    raise Failure(Cause.SERVER_ERROR, text)

        return self._timed(ask, WRITE_DOWN_FROM)

    @contextmanager
    def _line(
        self, timeout: tuple[float, float], *, is_anonymous: bool = False
    ) -> Iterator[ZendeskLine]:
        line = self._opened(timeout, is_anonymous)
        try:
            yield line
        finally:
            line.close()

    def _timed(self, ask: Callable[[], None], down_from: float) -> Probe:
        begin = self._clock.monotonic()
        try:
            ask()
        except Failure as failure:
            elapsed = self._clock.monotonic() - begin
            is_throttled = failure.cause is Cause.THROTTLED
            return Probe(
                verdict_of(failure),
                elapsed,
                failure.reason,
                failure.retry_after,
                flag_of(failure),
                self._budget.own_share() if is_throttled else None,
            )
        elapsed = self._clock.monotonic() - begin
        if elapsed > down_from:
            return Probe(Verdict.DOWN, elapsed, f"answered after {elapsed:.0f} s")
        if elapsed > SLOW_FROM:
            return Probe(Verdict.SLOW, elapsed, f"answered after {elapsed:.0f} s")
        return Probe(Verdict.OK, elapsed)
