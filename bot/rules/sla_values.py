# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of SLA clocks: what is promised, what happened, and where a clock stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Metric(StrEnum):
    """What a clock measures; `custom` is defined by the desk with `from` and `to`."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    PERIODIC_UPDATE = "periodic_update"
    RESOLUTION = "resolution"
    CUSTOM = "custom"


class Moment(StrEnum):
    """What can happen to a ticket, as far as clocks care.

    `agent_reply` is public, `agent_note` is not. `status`, `priority`, `plan`, `organisation` and
    `calendar` carry their new value. `notified` is when somebody was first told of the matter.
    `field` is any other field or a tag, its value written `group=second_line`.
    """

    CREATED = "created"
    AGENT_REPLY = "agent_reply"
    AGENT_NOTE = "agent_note"
    REQUESTER_REPLY = "requester_reply"
    STATUS = "status"
    PRIORITY = "priority"
    PLAN = "plan"
    ORGANISATION = "organisation"
    CALENDAR = "calendar"
    MERGED = "merged"
    NOTIFIED = "notified"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    SOLVED = "solved"
    FIELD = "field"
    TICK = "tick"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One thing that happened to a ticket; `value` is the new status, priority or calendar.

    A `created` event carries status, priority, plan and organisation at once.
    """

    at: datetime
    moment: Moment
    value: str | None = None
    status: str = "new"
    priority: str | None = None
    plan: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One cell of a promise: `within` so many seconds of the clock's calendar.

    None in `priority`, `plan` or `organisation` means "any"; the most specific target holds, an
    organisation's own before its plan's, a plan's before its priority's.
    """

    within: int
    priority: str | None = None
    plan: str | None = None
    organisation: str | None = None

    def __post_init__(self) -> None:
        """A promise of no time cannot be kept."""
        if self.within <= 0:
            raise ValueError("a target is a positive time")


@dataclass(frozen=True, slots=True)
class Warn:
    """When to warn: at a `share` of the target (0.75), or a `lead` before the deadline."""

    share: float | None = None
    lead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """One promise as written.

    `pause_on` are statuses; solved and closed pause every open clock but the resolution.
    `is_strict` is "less than": the deadline itself is late. `promised_always` says that the promise
    runs on while nobody is there, whatever hours the clock counts. `begins` and `ends` belong to
    custom clocks, as do `begin_fields` and `end_fields` (`group=second_line`). `hours_by` names
    other calendars for a priority, a plan or `organisation NAME`. `restarts` gives a reopened
    ticket a new cycle instead of its old time. `is_complete` declares that `targets` leave no case
    open.
    """

    name: str
    metric: Metric
    targets: tuple[Target, ...] = ()
    pause_on: frozenset[str] = frozenset()
    warn: tuple[Warn, ...] = ()
    is_strict: bool = False
    promised_always: bool = False
    begins: frozenset[Moment] = frozenset()
    ends: frozenset[Moment] = frozenset()
    begin_fields: frozenset[str] = frozenset()
    end_fields: frozenset[str] = frozenset()
    hours_by: Mapping[str, str] = field(default_factory=dict)
    restarts: bool = False
    is_complete: bool = False

    def hours_for(
        self, *, priority: str | None, plan: str | None, organisation: str | None
    ) -> str | None:
        """The calendar of such a ticket, the most specific first; None for the usual one."""
        known = {_folded(name): hours for name, hours in self.hours_by.items()}
        for name in (f"organisation {organisation}", plan, priority):
            if name is not None and _folded(name) in known:
                return known[_folded(name)]
        return None

    def target_for(
        self, *, priority: str | None, plan: str | None, organisation: str | None
    ) -> int | None:
        """The seconds promised to such a ticket; None where no target is configured."""
        best: Target | None = None
        for target in self.targets:
            fits = (
                _is_for(target.priority, priority)
                and _is_for(target.plan, plan)
                and _is_for(target.organisation, organisation)
            )
            if fits and (best is None or _weight(target) > _weight(best)):
                best = target
        return best.within if best else None


class Phase(StrEnum):
    """Where a clock stands; a breached clock runs, pauses or is achieved like any other."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    ACHIEVED = "achieved"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stood still; `until` is None while it lasts.

    `why` is the ticket's status, with the reason that an agent gave.
    """

    since: datetime
    until: datetime | None
    why: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock at one moment; `elapsed` and `target` in seconds of its calendar.

    `has_target` False: no target is configured for such a ticket, the time counts unseen.
    """

    name: str
    phase: Phase
    cycle: int = 0
    calendar: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    achieved_at: datetime | None = None
    elapsed: int = 0
    target: int | None = None
    paused: tuple[Pause, ...] = ()

    @property
    def has_target(self) -> bool:
        """Whether anything is promised to such a ticket."""
        return self.target is not None

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes what the clock measures."""
        return self.phase in (Phase.RUNNING, Phase.PAUSED)


def _is_for(wanted: str | None, value: str | None) -> bool:
    return wanted is None or (value is not None and _folded(wanted) == _folded(value))


def _folded(name: str) -> str:
    """Capitals tell no plan or customer from another, as everywhere in rules."""
    return name.casefold()


def _weight(target: Target) -> int:
    return (
        4 * (target.organisation is not None)
        + 2 * (target.plan is not None)
        + (target.priority is not None)
    )
