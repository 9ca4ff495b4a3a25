# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks whether the helpdesk is there, and writes the round down as one event; it never judges.

All probes of a round run at the same time, the witnesses too: other operators' services that tell
a dead helpdesk from a dead line of ours.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import Helpdesk, Probe
from bot.rules.events import Event
from bot.rules.outage import next_probe_at, wants_write
from bot.rules.outage_state import OutageState, from_row
from bot.rules.pauses import OVER, pause_of
from bot.rules.policy import OutagePolicy
from bot.rules.probes import ProbeRound, Verdict
from bot.store.store import Store
from bot.telemetry import Figures

DEADLINE = 20.0
"""Seconds after which a probe that still hangs counts as failed; above its own timeouts."""
WITNESS_TIMEOUT = 3.0
GREATEST_RETRY_AFTER = 60.0
NOT_ASKED = Probe(Verdict.NOT_ASKED, 0.0)
NO_ANSWER = Probe(Verdict.DOWN, DEADLINE, "no answer at all")

StateReader = Callable[[], OutageState]
"""Reads the outage machine's present state from the store."""


MACHINE = "outage"
"""The name under which the store keeps the outage machine's state."""


def stored_state(store: Store) -> StateReader:
    """Reads the state as the handlers last saved it."""

    def read() -> OutageState:
        with store.read() as reader:
            return from_row(reader.states.load(MACHINE))

    return read


@dataclass(frozen=True, slots=True)
class Witness:
    """Another operator's service; it testifies by taking a TCP connection."""

    host: str
    port: int


def witness(text: str) -> Witness:
    """Read `host:port`; raises ValueError with what to write."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(f"{text!r} is no witness: write host:port")
    return Witness(host.strip("[]"), int(port))


def why_silent(who: Witness) -> str:
    """Why a witness takes no connection within `WITNESS_TIMEOUT` seconds; empty if it does."""
    try:
        socket.create_connection((who.host, who.port), timeout=WITNESS_TIMEOUT).close()
    except OSError as error:
        return str(error.strerror or error)
    return ""


class Prober:
    """Runs rounds of probes; one `step` is one round, when one is due."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        store: Store,
        policy: OutagePolicy,
        *,
        state: StateReader,
        figures: Figures,
    ) -> None:
        """`state` says where the outage machine stands, which decides when to ask and what."""
        self._helpdesk = helpdesk
        self._store = store
        self._state = state
        self._figures = figures
        self._pause = OVER
        self.use(policy)

    def use(self, policy: OutagePolicy) -> None:
        """Work by this policy from now on."""
        self._policy = policy
        self._witnesses = tuple(witness(each) for each in policy.witnesses)

    def due_at(self, now: datetime) -> datetime:
        """When the next round is due."""
        due = next_probe_at(self._state(), self._policy, now)
        return max(due, self._pause.end(now))

    def step(self, now: datetime) -> bool:
        """Run a round if it is time, and write it down; True when it did."""
        state = self._state()
        if self.due_at(now) > now:
            return False
        round_ = self._round(now, with_write=wants_write(state, self._policy, now))
        event = Event(f"outage/round@{now.isoformat()}", "outage", now, "probe", round_)
        self._store.receive([event]).result()
        self._figures.events.labels("probe").inc()
        # The machine may not have counted this round yet when the next step asks.
        wait = min(round_.retry_after or 0.0, GREATEST_RETRY_AFTER)
        pause = min(self._policy.interval, self._policy.interval_suspect)
        self._pause = pause_of(max(pause, timedelta(seconds=wait)), now)
        return True

    def _round(self, now: datetime, *, with_write: bool) -> ProbeRound:
        asked: dict[str, Callable[[], Probe]] = {
            "edge": self._helpdesk.probe_edge,
            "read": self._helpdesk.probe_read,
        }
        if with_write:
            counter = int(now.timestamp())
            asked["write"] = lambda: self._helpdesk.probe_write(counter)
        testified: list[bool | None] = [None] * len(self._witnesses)
        witnesses = [
            threading.Thread(target=_testify, args=(each, testified, place), daemon=True)
            for place, each in enumerate(self._witnesses)
        ]
        for each in witnesses:
            each.start()
        answers = _asked_at_once(asked)
        for each in witnesses:
            each.join(WITNESS_TIMEOUT)
        write = answers.get("write", NOT_ASKED)
        waits = [each.retry_after for each in answers.values() if each.retry_after]
        flags = [each.flag for each in answers.values() if each.flag is not None]
        return ProbeRound(
            edge=answers["edge"].verdict,
            read=answers["read"].verdict,
            write=write.verdict,
            witnesses=tuple(each is True for each in testified),
            detail=_detail(answers),
            retry_after=max(waits, default=None),
            flag=flags[0] if flags else None,
            own_share=answers["read"].own_share,
        )


def _asked_at_once(asked: Mapping[str, Callable[[], Probe]]) -> dict[str, Probe]:
    """Every probe's answer; one that hangs beyond the deadline is left behind and has failed."""
    answers: dict[str, Probe] = {}
    bugs: list[BaseException] = []

    def ask(name: str, probe: Callable[[], Probe]) -> None:
        try:
            answers[name] = probe()
        except Exception as error:
            # Raised again below, in the thread of the step: a bug must not look like an outage.
            bugs.append(error)

    threads = [threading.Thread(target=ask, args=each, daemon=True) for each in asked.items()]
    for thread in threads:
        thread.start()
    left = DEADLINE
    for thread in threads:
        thread.join(left)
        left = 0.1 if thread.is_alive() else left
    if bugs:
        raise bugs[0]
    return {name: answers.get(name, NO_ANSWER) for name in asked}


def _testify(who: Witness, testified: list[bool | None], place: int) -> None:
    testified[place] = not why_silent(who)


def _detail(answers: Mapping[str, Probe]) -> str:
    said = (f"{name}: {each.detail}" for name, each in answers.items() if each.detail)
    return "; ".join(said)
