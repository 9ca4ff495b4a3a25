# SPDX-License-Identifier: GPL-3.0-or-later
"""One clock while its ticket's events are told to it, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.rules.business_time import Calendar
from bot.rules.sla_values import (
    ClockEvent,
    ClockSpec,
    ClockState,
    Metric,
    Moment,
    Pause,
    Phase,
)

DONE = frozenset({"solved", "closed", "deleted"})
PAUSE_REASON = "pause_reason"
"""The own field in which agents say what a paused ticket waits for."""
_TICKET_CHANGES = frozenset({Moment.PRIORITY, Moment.PLAN, Moment.ORGANISATION})


class RunningClock:
    """Hears events in order and knows where the clock stands after each."""

    def __init__(
        self, spec: ClockSpec, calendar: Calendar, calendars: Mapping[str, Calendar]
    ) -> None:
        """Idle; `calendars` are those that a `calendar` event may name."""
        self._spec = spec
        self._calendar = self._usual = calendar
        self._calendars = calendars
        self._status, self._waits_for = "new", ""
        self._ticket: dict[Moment, str | None] = {}
        self._target: int | None = None
        self._has_replied = False
        self._phase = Phase.IDLE
        self._cycle = 0
        self._started: datetime | None = None
        self._pauses: list[Pause] = []
        self._due: datetime | None = None
        self._breached: datetime | None = None
        self._achieved: datetime | None = None
        self._cancelled: datetime | None = None
        self._frozen: int | None = None
        self.past: list[ClockState] = []
        """The cycles that ended before the present one, as they ended."""

    def happen(self, event: ClockEvent) -> None:
        """Let one thing happen; the time up to it passes first.

        Helpdesks stamp whole seconds, and so do clocks: what is finer is cut off.
        """
        event = replace(event, at=event.at.replace(microsecond=0))
        self.advance(event.at)
        match event.moment:
            case Moment.CREATED:
                self._created(event)
            case Moment.STATUS:
                self._status_changed(event.value or "open", event.at)
            case Moment.CALENDAR:
                self._usual = self._calendars[event.value or ""]
                self._retarget(event.at)
            case Moment.MERGED if self._is_open:
                self._phase, self._cancelled = Phase.CANCELLED, event.at
                self._frozen = self._elapsed(event.at)
                self._due = self._due if self._breached else None
            case Moment.FIELD if (event.value or "").startswith(f"{PAUSE_REASON}="):
                self._waits_for = (event.value or "").partition("=")[2]
                self._name_pause()
            case moment if moment in _TICKET_CHANGES:
                self._ticket[moment] = event.value
                self._retarget(event.at)
        self._move(event)

    def advance(self, now: datetime) -> None:
        """Let time pass: a running clock that is past its deadline is breached, by that instant."""
        if self._phase is not Phase.RUNNING or self._due is None or self._breached is not None:
            return
        now = now.replace(microsecond=0)
        if now > self._due or (self._spec.is_strict and now >= self._due):
            self._breached = self._due

    def state(self, now: datetime) -> ClockState:
        """The clock at `now`, to which it has been advanced."""
        if self._phase is Phase.IDLE:
            return ClockState(self._spec.name, Phase.IDLE, calendar=self._calendar.name)
        until = self._achieved or self._cancelled or now
        return ClockState(
            name=self._spec.name,
            phase=self._phase,
            cycle=self._cycle,
            calendar=self._calendar.name,
            started_at=self._started,
            due_at=self._due,
            breached_at=self._breached,
            achieved_at=self._achieved,
            elapsed=self._elapsed(until) if self._frozen is None else self._frozen,
            target=self._target,
            paused=tuple(pause for pause in self._pauses if pause.since != pause.until),
        )

    @property
    def _is_open(self) -> bool:
        return self._phase in (Phase.RUNNING, Phase.PAUSED)

    def _created(self, event: ClockEvent) -> None:
        self._status = event.status
        self._ticket = {
            Moment.PRIORITY: event.priority,
            Moment.PLAN: event.plan,
            Moment.ORGANISATION: event.organisation,
        }
        self._target = self._wanted_target()
        self._calendar = self._wanted_calendar()
        if self._is_open:
            self._recompute()

    def _move(self, event: ClockEvent) -> None:
        """Start and stop as the metric says."""
        moment, at = event.moment, event.at
        match self._spec.metric:
            case Metric.FIRST_RESPONSE:
                if moment is Moment.CREATED:
                    self._start(at)
                elif moment is Moment.AGENT_REPLY:
                    self._achieve(at)
            case Metric.NEXT_RESPONSE:
                if moment is Moment.REQUESTER_REPLY and self._has_replied and not self._is_open:
                    self._start(at)
                elif moment is Moment.AGENT_REPLY:
                    self._achieve(at)
            case Metric.PERIODIC_UPDATE:
                if moment is Moment.AGENT_REPLY:
                    self._achieve(at)
                    self._start(at)
            case Metric.RESOLUTION:
                if moment is Moment.CREATED:
                    self._start(at)
                    if self._status in DONE:
                        self._achieve(at)
            case Metric.CUSTOM:
                self._move_custom(event)
        self._has_replied = self._has_replied or moment is Moment.AGENT_REPLY

    def _move_custom(self, event: ClockEvent) -> None:
        is_solved = event.moment is Moment.STATUS and event.value in DONE
        moments = {event.moment, Moment.SOLVED} if is_solved else {event.moment}
        value = event.value if event.moment is Moment.FIELD else None
        if moments & self._spec.ends or value in self._spec.end_fields:
            self._achieve(event.at)
        begins = moments & self._spec.begins or value in self._spec.begin_fields
        if begins and not self._is_open:
            self._start(event.at)

    def _start(self, at: datetime) -> None:
        if self._phase is Phase.CANCELLED:
            return
        if self._cycle:
            self.past.append(self.state(at))
        self._cycle += 1
        self._calendar = self._wanted_calendar()
        self._started, self._pauses = at, []
        self._due = self._breached = self._achieved = self._frozen = None
        self._phase = Phase.PAUSED if self._pauses_clock(self._status) else Phase.RUNNING
        if self._phase is Phase.PAUSED:
            self._pauses.append(Pause(at, None, self._why()))
        self._recompute()

    def _achieve(self, at: datetime) -> None:
        if not self._is_open:
            return
        self._end_pause(at)
        self._phase, self._achieved, self._frozen = Phase.ACHIEVED, at, self._elapsed(at)

    def _status_changed(self, status: str, at: datetime) -> None:
        was, self._status = self._status, status
        if self._spec.metric is Metric.RESOLUTION:
            if status in DONE and was not in DONE:
                self._achieve(at)
                return
            if was in DONE and status not in DONE and self._phase is Phase.ACHIEVED:
                self._reopen(at)
        if self._phase is Phase.RUNNING and self._pauses_clock(status):
            self._phase = Phase.PAUSED
            self._pauses.append(Pause(at, None, self._why()))
            self._due = self._due if self._breached else None
        elif self._phase is Phase.PAUSED and not self._pauses_clock(status):
            self._end_pause(at)
            self._phase = Phase.RUNNING
            self._recompute()

    def _reopen(self, at: datetime) -> None:
        if self._spec.restarts:
            self._start(at)
            return
        assert self._achieved is not None, "only an achieved clock can be reopened"
        self._pauses.append(Pause(self._achieved, at, "solved"))
        self._achieved = self._frozen = None
        self._phase = Phase.RUNNING
        if self._wanted_target() == self._target:
            self._recompute()
        else:
            self._retarget(at)

    def _retarget(self, at: datetime) -> None:
        """A new target or calendar: kept figures stay, an open clock is judged anew from now on."""
        if not self._is_open:
            if self._phase is Phase.IDLE:
                self._calendar = self._wanted_calendar()
            return
        self._calendar = self._wanted_calendar()
        self._target = self._wanted_target()
        was_breached, self._breached = self._breached, None
        if self._target is not None and self._elapsed(at) > self._target:
            self._due = self._reached(self._target)
            self._breached = was_breached or at
            return
        self._due = None
        self._recompute()

    def _wanted_target(self) -> int | None:
        return self._spec.target_for(
            priority=self._ticket.get(Moment.PRIORITY),
            plan=self._ticket.get(Moment.PLAN),
            organisation=self._ticket.get(Moment.ORGANISATION),
        )

    def _wanted_calendar(self) -> Calendar:
        name = self._spec.hours_for(
            priority=self._ticket.get(Moment.PRIORITY),
            plan=self._ticket.get(Moment.PLAN),
            organisation=self._ticket.get(Moment.ORGANISATION),
        )
        return self._usual if name is None else self._calendars[name]

    def _recompute(self) -> None:
        """The deadline of a running clock that is not breached; a breached one keeps its own."""
        if self._cycle and self._phase is not Phase.ACHIEVED:
            self._target = self._wanted_target()
        if self._breached is not None:
            return
        is_running = self._phase is Phase.RUNNING and self._target is not None
        self._due = self._reached(self._target) if is_running and self._target else None

    def _pauses_clock(self, status: str) -> bool:
        if status in DONE and self._spec.metric is not Metric.RESOLUTION:
            return True
        return status in self._spec.pause_on

    def _why(self) -> str:
        return ": ".join(part for part in (self._status, self._waits_for) if part)

    def _name_pause(self) -> None:
        """A reason that is given or changed while the clock stands is that pause's reason."""
        if self._pauses and self._pauses[-1].until is None:
            self._pauses[-1] = replace(self._pauses[-1], why=self._why())

    def _end_pause(self, at: datetime) -> None:
        if self._pauses and self._pauses[-1].until is None:
            self._pauses[-1] = replace(self._pauses[-1], until=at)

    def _elapsed(self, until: datetime) -> int:
        return sum(
            self._calendar.between(since, end or until) for since, end in self._active(until)
        )

    def _active(self, until: datetime | None) -> list[tuple[datetime, datetime | None]]:
        """The stretches in which the clock ran; the last one ends at `until`, None for open."""
        assert self._started is not None, "an idle clock has no time"
        stretches: list[tuple[datetime, datetime | None]] = []
        since: datetime | None = self._started
        for pause in self._pauses:
            if since is not None:
                stretches.append((since, pause.since))
            since = pause.until
        if since is not None:
            stretches.append((since, until))
        return stretches

    def _reached(self, target: int) -> datetime | None:
        """The instant at which the elapsed time reaches, or reached, the target."""
        left = target
        for since, until in self._active(None):
            got = self._calendar.between(since, until) if until is not None else None
            if got is None or got >= left:
                return self._calendar.add(since, left)
            left -= got
        return None
