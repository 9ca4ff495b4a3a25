# SPDX-License-Identifier: GPL-3.0-or-later
"""Remembers how each way to people does: its circuit, its budgets, and who asked for patience.

Circuits and promised waits are kept in the store, so that a restart breaks no promise; budgets
begin anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.rules.actions import Outgoing, Urgency
from bot.rules.lanes import (
    CLOSED,
    EDITS,
    GENTLE_FOR,
    PROBE_EVERY,
    RATES,
    Budget,
    Circuit,
    after_outcome,
    gentle,
    lane_of,
    spent,
    take,
)
from bot.rules.outcome import LONGEST_PAUSE, Outcome, TryLater, Unknown
from bot.rules.pauses import OVER, Pause, pause_of
from bot.store.queues import Patience
from bot.store.store import Store
from bot.store.transaction import Transaction

CIRCUIT = "circuit/"
PAUSE = "pause/"
ALL_EDITS = "edits"
"""Where patience with edits is kept: they have a limit of their own, for all rooms together."""


class Lanes:
    """What the outbox knows of the ways it sends by; one thread at a time uses a lane."""

    def __init__(self, store: Store) -> None:
        """Remember what an earlier process wrote down."""
        self._circuits: dict[str, Circuit] = {}
        self._pauses: dict[str, Pause] = {}
        self._budgets: dict[str, Budget] = {}
        self._spent: dict[tuple[str, bool], Pause] = {}
        self._spared: dict[str, Pause] = {}
        with store.read() as reader:
            for name, row in reader.states.starting_with(CIRCUIT).items():
                self._circuits[name.removeprefix(CIRCUIT)] = _circuit(row)
            for name, row in reader.states.starting_with(PAUSE).items():
                self._pauses[name.removeprefix(PAUSE)] = _pause(row)

    def circuit(self, destination: str) -> Circuit:
        """How the lane of a destination does."""
        return self._circuits.get(lane_of(destination), CLOSED)

    def open_lanes(self, prefix: str) -> tuple[str, ...]:
        """The open lanes of a kind of way."""
        kind = prefix.partition(":")[0]
        return tuple(
            lane
            for lane, circuit in list(self._circuits.items())
            if circuit.is_open and lane.partition(":")[0] == kind
        )

    def may_try(self, prefix: str, now: datetime) -> bool:
        """Whether a message may be tried in every open lane of a kind of way."""
        return all(self._circuits[lane].may_send(now) for lane in self.open_lanes(prefix))

    def patience(self, now: datetime) -> Patience:
        """Who asked for patience, and whose budget is spent."""
        paused = {each for each, pause in list(self._pauses.items()) if pause.holds(now)}
        spent = {which for which, pause in list(self._spent.items()) if pause.holds(now)}
        return Patience(
            wholly=frozenset(paused | {each for each, is_critical in spent if is_critical}),
            unless_critical=frozenset(each for each, is_critical in spent if not is_critical),
            without_edits=ALL_EDITS in paused or (ALL_EDITS, False) in spent,
        )

    def wait_until(
        self, outgoing: Outgoing, now: datetime, *, is_doubtful: bool = False
    ) -> datetime | None:
        """Until when this message has to wait, None to send it now; then its budget is spent.

        `is_doubtful`: it is looked for first.
        """
        destination = outgoing.destination
        places = [destination]
        places += [ALL_EDITS] if outgoing.is_edit else []
        places += [_looks(destination)] if is_doubtful else []
        for each in places:
            pause = self._pauses.get(each, OVER)
            if pause.holds(now):
                return pause.until
        circuit = self.circuit(destination)
        if not circuit.may_send(now):
            return circuit.probe_at
        if circuit.is_open:
            # The one that is tried: nobody else until it is known how it went.
            self._circuits[lane_of(destination)] = replace(circuit, probe_at=now + PROBE_EVERY)
            return None
        rate = EDITS if outgoing.is_edit else RATES.get(destination.partition(":")[0])
        if rate is None:
            return None
        place = _place(outgoing)
        rate = gentle(rate) if self._spared.get(place, OVER).holds(now) else rate
        taken = take(self._budgets.get(place), rate, now, outgoing.urgency)
        self._budgets[place] = taken.budget
        if not taken.wait:
            return None
        pause = pause_of(timedelta(seconds=taken.wait), now)
        self._spent[place, outgoing.urgency is Urgency.CRITICAL] = pause
        return pause.until

    def record(self, outgoing: Outgoing, outcome: Outcome, now: datetime, tx: Transaction) -> None:
        """Learn from how a try ended, within the transaction that writes that down."""
        destination = outgoing.destination
        lane, before = lane_of(destination), self.circuit(destination)
        after = after_outcome(before, outcome, now)
        if after != before:
            self._circuits[lane] = after
            if after.is_open or before.is_open:
                tx.states.save(CIRCUIT + lane, _row(after))
        if isinstance(outcome, TryLater) and outcome.after:
            # A limit on edits says nothing of messages: no page waits for it.
            place = _place(outgoing)
            until = now + timedelta(seconds=outcome.after)
            until = max(until, self._pauses.get(place, OVER).end(now))
            self._pauses[place] = Pause(now, until)
            self._budgets[place] = spent(until)
            self._spared[place] = Pause(now, until + GENTLE_FOR)
            kept = {"since": now.isoformat(), "until": until.isoformat()}
            tx.states.save(PAUSE + place, kept)
        elif isinstance(outcome, Unknown) and outcome.after:
            # Reading has limits of its own: nobody looks before that, but messages go on.
            self._pauses[_looks(destination)] = pause_of(timedelta(seconds=outcome.after), now)


def _looks(destination: str) -> str:
    """Where patience with looking for messages is kept."""
    return f"looks/{lane_of(destination)}"


def _place(outgoing: Outgoing) -> str:
    """Where budgets and patience of a message are kept."""
    return ALL_EDITS if outgoing.is_edit else outgoing.destination


def _pause(row: dict[str, str]) -> Pause:
    until = datetime.fromisoformat(row["until"])
    # Earlier versions kept no beginning; nobody asks for more than that.
    since = row.get("since") or (until - timedelta(seconds=LONGEST_PAUSE)).isoformat()
    return Pause(datetime.fromisoformat(since), until)


def _row(circuit: Circuit) -> dict[str, object]:
    return {
        "failures": circuit.failures,
        "opened_at": circuit.opened_at.isoformat() if circuit.opened_at else None,
        "probe_at": circuit.probe_at.isoformat() if circuit.probe_at else None,
    }


def _circuit(row: dict[str, object]) -> Circuit:
    opened, probe = row.get("opened_at"), row.get("probe_at")
    return Circuit(
        failures=int(str(row.get("failures") or 0)),
        opened_at=datetime.fromisoformat(str(opened)) if opened else None,
        probe_at=datetime.fromisoformat(str(probe)) if probe else None,
    )
