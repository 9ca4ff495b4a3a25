# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the steps of the app: a thread each, woken by the ticker, by a change, or by what is due.

APScheduler only says when to look (its jobs hold no state, in memory); the store knows what is
due. A step that fails is logged and tried again with growing pauses; the others go on.
"""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from bot.app import App, Step
from bot.clock import Clock
from bot.telemetry import logger

GREATEST_PAUSE = 60.0
STOP_WITHIN = 20.0
"""Seconds that running steps are given to finish; longer than one send's timeouts."""

log = logger("daemon")


@dataclass
class _Runner:
    """One step and the thread that runs it."""

    step: Step
    wake: threading.Event = field(default_factory=threading.Event)
    failures: int = 0


class Daemon:
    """Starts the app's steps and stops them again, without losing what they were at."""

    def __init__(self, app: App, clock: Clock) -> None:
        """Nothing runs before `start`."""
        self._app = app
        self._clock = clock
        self._stopping = threading.Event()
        self._runners = [_Runner(step) for step in app.steps]
        self._threads: list[threading.Thread] = []
        self._ticker = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Open the doors, then run every step in a thread of its own."""
        self._app.open(self._wake)
        for runner in self._runners:
            thread = threading.Thread(
                target=self._keep_running, args=(runner,), name=runner.step.name, daemon=True
            )
            self._threads.append(thread)
            thread.start()
            self._ticker.add_job(
                runner.wake.set,
                "interval",
                seconds=runner.step.every,
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        self._ticker.start()
        _spare_what_stays()
        log.info("daemon_started", steps=len(self._runners))

    def stop(self) -> None:
        """Close the doors first, let running steps finish, then close the store."""
        self._stopping.set()
        if self._ticker.running:
            self._ticker.pause()
            self._ticker.shutdown(wait=False)
        self._app.close_doors()
        self._wake()
        for thread in self._threads:
            thread.join(timeout=STOP_WITHIN)
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late:
            log.warning("steps_left_behind", steps=late, note="their leases end by themselves")
        self._app.close()
        log.info("daemon_stopped")

    def run_until_signalled(self) -> int:
        """Run until SIGTERM or Ctrl-C; SIGHUP reads the policy again. Returns the exit status."""
        told = threading.Event()
        reload_asked = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            told.set()

        def reload(_number: int, _frame: FrameType | None) -> None:
            reload_asked.set()
            told.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, reload)
        self.start()
        try:
            while not self._app.has_lost_lease():
                if not told.wait(timeout=1.0):
                    continue
                told.clear()
                if not reload_asked.is_set():
                    return 0
                reload_asked.clear()
                self._app.reload()
            log.error("lease_lost", note="another daemon serves this store; this one stops")
            return 1
        finally:
            self.stop()

    def _wake(self) -> None:
        for runner in self._runners:
            runner.wake.set()

    def _keep_running(self, runner: _Runner) -> None:
        while not self._stopping.is_set():
            runner.wake.clear()
            if self._has_worked(runner) and not runner.failures:
                continue
            pause = runner.step.pause()
            if runner.failures:
                pause = max(pause, min(GREATEST_PAUSE, 0.5 * 2 ** min(runner.failures, 8)))
                self._clock.wait(self._stopping, pause)
            else:
                self._clock.wait(runner.wake, pause)

    def _has_worked(self, runner: _Runner) -> bool:
        """The boundary of a step: whatever a bug raises ends here, is counted and tried again."""
        return _guarded(runner.step.run, runner, self._app)


def _spare_what_stays() -> None:
    # What the start made lives as long as we do; looking through it again and again would hold
    # deliveries up by some 30 ms each time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _guarded(run: Callable[[], bool], runner: _Runner, app: App) -> bool:
    try:
        has_worked = run()
    except Exception:
        runner.failures += 1
        app.figures.steps_failed.labels(runner.step.name).inc()
        log.exception("step_failed", step=runner.step.name, in_a_row=runner.failures)
        return False
    runner.failures = 0
    return has_worked
