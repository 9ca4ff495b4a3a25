# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a desk's own times make an outage last: the machine of `outage`, run over pure rounds.

A rehearsal squeezes the waits; what they would have been in earnest is computed here, by the same
rules that decide in earnest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.rules.outage import after_probe, next_probe_at, wants_write
from bot.rules.outage_state import OutageState, Step
from bot.rules.policy import OutagePolicy
from bot.rules.probes import ProbeRound, Verdict

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
_MOST_ROUNDS = 20_000


@dataclass(frozen=True, slots=True)
class Course:
    """After how long, at most: noticed and shown since it died, the rest since it answers again.

    None is what does not come within a day of rounds.
    """

    noticed: timedelta | None
    banner: timedelta | None
    back: timedelta | None
    written: timedelta | None
    all_clear: timedelta | None


def course_of(policy: OutagePolicy) -> Course:
    """The course of an outage that begins right after a good round and ends right after a bad one.

    How long a probe itself takes is not counted: a helpdesk that is silent adds its time-out.
    """
    healthy = after_probe(OutageState(), _round(is_failing=False), policy, _BEGIN).state
    down, failed = _until(healthy, policy, _BEGIN, is_failing=True, last=Step.SHOW_BANNER)
    died = _BEGIN
    answers = down.last_round_at or _BEGIN
    _, worked = _until(down, policy, answers, is_failing=False, last=Step.RECOVERED)

    def since(step: Step, steps: dict[Step, datetime], began: datetime) -> timedelta | None:
        return steps[step] - began if step in steps else None

    return Course(
        noticed=since(Step.DECLARED, failed, died),
        banner=since(Step.SHOW_BANNER, failed, died),
        back=since(Step.ANSWERING_AGAIN, worked, answers),
        written=since(Step.RELEASE, worked, answers),
        all_clear=since(Step.RECOVERED, worked, answers),
    )


def _until(
    state: OutageState, policy: OutagePolicy, now: datetime, *, is_failing: bool, last: Step
) -> tuple[OutageState, dict[Step, datetime]]:
    """Rounds until a step, and when each step came first."""
    seen: dict[Step, datetime] = {}
    for _ in range(_MOST_ROUNDS):
        now = max(next_probe_at(state, policy, now), now + timedelta(milliseconds=1))
        probes = _round(is_failing=is_failing, writes=wants_write(state, policy, now))
        decided = after_probe(state, probes, policy, now)
        state = decided.state
        for step in decided.steps:
            seen.setdefault(step, now)
        if last in seen:
            break
    return state, seen


def _round(*, is_failing: bool, writes: bool = True) -> ProbeRound:
    verdict = Verdict.DOWN if is_failing else Verdict.OK
    return ProbeRound(verdict, verdict, verdict if writes else Verdict.NOT_ASKED)
