# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the helpdesk is there: a state machine over rounds of probes, with its times as policy.

                1 failing round              4 in a row and >= 90 s, or 8 failing
    HEALTHY ---------------------> SUSPECT ---- of >= 12 rounds in 5 min -----> DOWN
       ^  ^ <--- 3 good in a row ---- |                                           |
       |                                                                          | 5 good in a row,
       |                              2 failing in a row: the same incident       v one a write
       +---- hold over, seen to be good -------- RECOVERING <---------------------+

What would be declared while announced maintenance holds (`outage_works`) is DOWN without noise.
A round that says more of us than of the helpdesk (our line, our credentials, our own request
count) freezes the counters: it is "blind", never an outage; `outage_overlays` says what follows
when that lasts. What a person declares or clears (`outage_orders`) wins over what we see, for a
while. The figures were simulated (docs/outages.md); every one is a key of `helpdesk_down:`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.rules.outage_due import after_time, began
from bot.rules.outage_hold import CLOCK_STEP, after_hold, seen_good
from bot.rules.outage_overlays import after_refusal, after_throttling, is_shut_out
from bot.rules.outage_sight import after_blindness, after_darkness, blindness
from bot.rules.outage_state import Blind, OutageDecision, OutageState, Phase, Round, Step, Works
from bot.rules.outage_works import announced, with_works
from bot.rules.policy import OutagePolicy
from bot.rules.probes import ProbeRound, Verdict

_AS_GOOD_AS_WRITTEN = (Verdict.OK, Verdict.SLOW, Verdict.MISCONFIGURED)
"""A canary that is missing or not configured is our fault, and must not keep an outage open."""


def after_probe(
    state: OutageState,
    probes: ProbeRound,
    policy: OutagePolicy,
    now: datetime,
    works: Works | None = None,
) -> OutageDecision:
    """Count one round of probes and say what follows; `works` is maintenance that holds now."""
    steps: list[Step] = []
    state = with_works(state, works)
    state = _after_gap(state, policy, now, steps)
    state = replace(state, last_round_at=now, seen_up_at=_seen_up(state, probes, now))
    if probes.write is not Verdict.NOT_ASKED:
        has_failed = probes.write is Verdict.DOWN and probes.read is Verdict.OK
        state = replace(state, written_at=now, has_write_failed=has_failed)
    blind = blindness(probes)
    state = after_blindness(state, blind, now, steps)
    state = after_darkness(state, policy, now, steps)
    state = after_refusal(state, probes, now, steps, has_mailbox=bool(policy.mailbox))
    if blind is Blind.NO:
        state = after_throttling(state, probes, now)
        if _counts(probes):
            state = _counted(state, probes, policy, now, steps)
        elif is_shut_out(state, now):
            state = _shut_out(state, policy, now, steps)
    timed = after_time(state, policy, now, works)
    return OutageDecision(timed.state, (*steps, *timed.steps))


def next_probe_at(state: OutageState, policy: OutagePolicy, now: datetime) -> datetime:
    """When the next round is due: closer together while suspect."""
    if state.last_round_at is None or state.last_round_at > now:
        # A clock that was set back must not stop the probes until it has caught up.
        return now
    interval = policy.interval_suspect if state.phase is Phase.SUSPECT else policy.interval
    return state.last_round_at + interval


def wants_write(state: OutageState, policy: OutagePolicy, now: datetime) -> bool:
    """Whether the next round should also write to the canary ticket.

    Every few minutes while healthy, each round while writing fails, at once when reading failed
    twice or when we begin to be turned away, and while the helpdesk comes back until one write has
    succeeded.
    """
    is_due = state.written_at is None or state.written_at + policy.write_probe_every <= now
    if state.turned_away_at is not None and state.phase is not Phase.DOWN:
        return is_due or state.unwritten_at is None
    match state.phase:
        case Phase.DOWN:
            return state.good_in_a_row > 0 and not state.has_written
        case Phase.SUSPECT:
            return state.failing_in_a_row == 2
        case Phase.HEALTHY | Phase.RECOVERING:
            return state.has_write_failed or is_due


def _after_gap(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    """Nobody watched for a while, or the clock was set back: only an outage goes on as it was."""
    last = state.last_round_at
    if last is None or -CLOCK_STEP <= now - last <= policy.unobserved_after:
        return state
    steps.append(Step.UNOBSERVED)
    fresh = replace(state, failing_in_a_row=0, good_in_a_row=0, first_good_at=None, window=())
    if state.phase in (Phase.DOWN, Phase.RECOVERING):
        return fresh
    return replace(fresh, phase=Phase.SUSPECT, since=now, first_failure_at=None)


def _seen_up(state: OutageState, probes: ProbeRound, now: datetime) -> datetime | None:
    """When it was last seen to be there; an outage leaves that as it was before."""
    is_open = state.phase in (Phase.HEALTHY, Phase.SUSPECT)
    return now if is_open and probes.read in _AS_GOOD_AS_WRITTEN else state.seen_up_at


def _counts(probes: ProbeRound) -> bool:
    """Throttling by our own doing and a wrong setting say nothing of the helpdesk's health."""
    return _is_failing(probes) or probes.read in (Verdict.OK, Verdict.SLOW)


def _is_failing(probes: ProbeRound) -> bool:
    if probes.read is Verdict.DOWN:
        return True
    unread = probes.read in (Verdict.NOT_ASKED, Verdict.CREDENTIALS)
    return unread and probes.edge is Verdict.DOWN


def _counted(
    state: OutageState, probes: ProbeRound, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    is_failing = _is_failing(probes)
    kept = [seen for seen in state.window if now - seen.at < policy.declare_window]
    state = replace(state, window=(*kept, Round(now, is_failing)))
    if is_failing:
        state = replace(
            state,
            failing_in_a_row=state.failing_in_a_row + 1,
            good_in_a_row=0,
            first_good_at=None,
            has_written=False,
        )
        return _after_failing(state, policy, now, steps)
    state = seen_good(state, policy, now)
    state = replace(
        state,
        failing_in_a_row=0,
        good_in_a_row=state.good_in_a_row + 1,
        first_good_at=state.first_good_at or now,
        has_written=state.has_written or probes.write in _AS_GOOD_AS_WRITTEN,
    )
    return _after_good(state, policy, now, steps)


def _after_failing(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    match state.phase:
        case Phase.HEALTHY:
            steps.append(Step.SUSPECTED)
            return replace(state, phase=Phase.SUSPECT, since=now, first_failure_at=now)
        case Phase.SUSPECT:
            state = replace(state, first_failure_at=state.first_failure_at or now)
            return _found(state, policy, now, steps) if _is_outage(state, policy, now) else state
        case Phase.RECOVERING if state.failing_in_a_row >= policy.relapse_in_a_row:
            return relapse(state, now, steps)
        case _:
            return state


def _shut_out(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    """Turned away in reading and writing, though we ask little: down since it began."""
    state = replace(state, good_in_a_row=0, first_good_at=None, has_written=False)
    match state.phase:
        case Phase.HEALTHY | Phase.SUSPECT:
            first = state.first_failure_at if state.phase is Phase.SUSPECT else None
            state = replace(state, first_failure_at=first or state.turned_away_at)
            return _found(state, policy, now, steps)
        case Phase.RECOVERING:
            return relapse(state, now, steps)
        case Phase.DOWN:
            return state


def _found(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    """What we see is an outage, unless it was announced or a person's all-clear still holds."""
    if state.works_until is not None:
        return announced(state, declare(state, policy, now, []), steps)
    if state.cleared_until is not None and now < state.cleared_until:
        return _object(state, steps)
    return declare(state, policy, now, steps)


def _is_outage(state: OutageState, policy: OutagePolicy, now: datetime) -> bool:
    """Both a short and a long look must agree that this is no blip."""
    in_a_row = (
        state.failing_in_a_row >= policy.declare_in_a_row
        and now - began(state) >= policy.declare_after
    )
    failing = sum(seen.is_failing for seen in state.window)
    of_many = len(state.window) >= policy.declare_of and failing >= policy.declare_failing
    return in_a_row or of_many


def relapse(state: OutageState, now: datetime, steps: list[Step]) -> OutageState:
    """It is down again before it was held for back: the same incident."""
    is_announced = state.is_announced and state.works_until is not None
    steps.append(Step.MAINTENANCE_AGAIN if is_announced else Step.RELAPSED)
    return replace(
        state,
        is_announced=is_announced,
        phase=Phase.DOWN,
        since=now,
        recovering_at=None,
        is_released=False,
        relapses=(*state.relapses[-15:], now),
    )


def _object(state: OutageState, steps: list[Step]) -> OutageState:
    """An all-clear by hand holds against what we see; our people are told so, once."""
    if not state.has_objected:
        steps.append(Step.STILL_FAILING)
    return replace(state, has_objected=True)


def declare(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    """It is down: a new incident, or the last one again if that was over but for a while.

    Where the mailbox has taken over already, its mails and the outage's are one incident.
    """
    is_same = state.healthy_at is not None and now - state.healthy_at < policy.reopen_window
    steps.append(Step.REOPENED if is_same and state.incident else Step.DECLARED)
    goes_on = (is_same and state.incident > 0) or state.takes_in_since is not None
    return replace(
        state,
        phase=Phase.DOWN,
        since=now,
        declared_at=now,
        reminded_at=now,
        incident=state.incident if goes_on else state.incident + 1,
        takes_in_since=None,
        relapses=(*state.relapses[-15:], now) if is_same and state.incident else (),
        recovering_at=None,
        is_released=False,
        cleared_until=None,
        has_objected=False,
        has_asked_to_clear=False,
        is_announced=False,
    )


def _after_good(
    state: OutageState, policy: OutagePolicy, now: datetime, steps: list[Step]
) -> OutageState:
    match state.phase:
        case Phase.SUSPECT if state.good_in_a_row >= policy.leave_suspect:
            steps.append(Step.CLEARED)
            return replace(state, phase=Phase.HEALTHY, since=now, first_failure_at=None)
        case Phase.DOWN if state.declared_by and _is_back(state, policy, now):
            if not state.has_asked_to_clear:
                steps.append(Step.ASKS_TO_CLEAR)
            return replace(state, has_asked_to_clear=True)
        case Phase.DOWN if _is_back(state, policy, now):
            steps.append(Step.ANSWERING_AGAIN)
            return replace(state, phase=Phase.RECOVERING, since=now, recovering_at=now)
        case Phase.RECOVERING:
            return after_hold(state, policy, now, steps)
        case _:
            return state


def _is_back(state: OutageState, policy: OutagePolicy, now: datetime) -> bool:
    return (
        state.good_in_a_row >= policy.recover_in_a_row
        and state.has_written
        and state.first_good_at is not None
        and now - state.first_good_at >= policy.recover_after
    )
