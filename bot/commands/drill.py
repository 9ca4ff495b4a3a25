# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate drill`: the rehearsal of a desk on the sandbox, with the real daemon."""

from __future__ import annotations

import getpass
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.demo_daemon import DaemonEnded, DaemonProcess
from bot.commands.demo_night import NEEDS
from bot.commands.drill_memory import remember
from bot.commands.drill_scene import Scene, look_until
from bot.commands.drill_steps import Rehearsal
from bot.commands.drill_values import Drill, DrillStep, not_tried
from bot.commands.drill_view import show_begin, show_drill, show_step, write_page
from bot.commands.stored import load_compiled
from bot.commands.unusable import Unusable
from bot.config.load import Loaded, load_policy
from bot.config.squeeze import Squeezed, write_squeezed
from bot.rules.engine import CompiledPolicy
from bot.sandbox.drill.stage import DrillStage
from bot.store.store import Store

MISSING = (
    "deskmate: this desk has a mailbox, and the sandbox's mail server is not installed.",
    "Install it with:  pip install 'deskmate[demo]'   (or: pip install pymap)",
)
NOTES = (
    "Waits were cut to seconds: between probes, until it counts as down, as back, as slow. "
    "Times named here are those of your policy.",
    "Helpdesk, chat, mail and SMS were pretend ones: `deskmate drill --real` tries yours.",
)
STARTED_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """How it is to be shown, and who rehearses."""

    as_json: bool = False
    html: Path | None = None
    by: str | None = None

    @property
    def who(self) -> str:
        """Whoever rehearses; the user of this machine if nobody is named."""
        return self.by or getpass.getuser()


def run_drill(folder: Path, wanted: Wanted) -> int:
    """Rehearse `folder` on the sandbox; 0 when all went well, 1 if a step failed, 2 unusable."""
    console, clock = Console(stderr=wanted.as_json, highlight=False), SystemClock()
    try:
        compiled = load_compiled(folder, clock)
        if compiled.policy.outage.mailbox and importlib.util.find_spec(NEEDS) is None:
            raise Unusable(*MISSING)
        drill = _rehearsed(folder, compiled, clock, wanted, console)
        return finish(drill, wanted, clock, console)
    except Unusable as problem:
        problem.show(Console(stderr=wanted.as_json, highlight=False, soft_wrap=True))
        return 2
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130


def finish(drill: Drill, wanted: Wanted, clock: Clock, console: Console) -> int:
    """Print, write and remember what it came to; the exit status."""
    if wanted.as_json:
        print(json.dumps(drill.row(), ensure_ascii=False))  # noqa: T201
    else:
        show_drill(console, drill)
    if wanted.html is not None:
        write_page(wanted.html, drill)
        console.print(f"written: {wanted.html}", markup=False)
    console.print(remember(drill, clock), style="dim", markup=False, soft_wrap=True)
    return 1 if drill.has_failed else 0


def _rehearsed(
    folder: Path, compiled: CompiledPolicy, clock: Clock, wanted: Wanted, console: Console
) -> Drill:
    at, began = clock.now(), clock.monotonic()
    show_begin(console, compiled.policy.desk, "on the sandbox: the real daemon, pretend tools.")
    steps: list[DrillStep] = []
    place = Path(tempfile.mkdtemp(prefix="deskmate-drill-"))
    try:
        with _running(folder, place, compiled, clock) as scene:
            for step in (*Rehearsal(scene).walk(), *_left_out(compiled)):
                steps.append(step)
                show_step(console, step)
    except DaemonEnded as problem:
        raise Unusable(f"deskmate: {problem}", f"its log is kept: {place / 'daemon.log'}") from None
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    drill = Drill(
        "sandbox", compiled.policy.desk, at, wanted.who, tuple(steps),
        seconds=clock.monotonic() - began, notes=NOTES,
    )  # fmt: skip
    if drill.has_failed:
        console.print(f"\nThe daemon's log is kept: {place / 'daemon.log'}", markup=False)
    else:
        shutil.rmtree(place, ignore_errors=True)
    return drill


@contextmanager
def _running(folder: Path, place: Path, compiled: CompiledPolicy, clock: Clock) -> Iterator[Scene]:
    """The stage with the daemon beside it, which has come up."""
    stage = DrillStage(clock, place, compiled.policy).open()
    try:
        copy = place / "policy"
        write_squeezed(folder, copy, Squeezed(canary=stage.furniture.canary))
        _check(copy, clock)
        daemon = DaemonProcess(stage.environment(), copy, stage.places.log)
        stage.check_daemon, stage.operate = daemon.check, daemon.operate
        daemon.start()
        try:
            if not look_until(stage, clock, stage.is_daemon_idle, STARTED_WITHIN):
                raise Unusable("deskmate: the daemon did not come up within a minute")
            with Store.open(f"sqlite:///{stage.places.store}", clock=clock) as store:
                yield Scene(stage, compiled, store, clock)
        finally:
            daemon.stop()
    finally:
        stage.close()


def _check(copy: Path, clock: Clock) -> None:
    """The copy must be a policy too: what was cut may not break what the desk wrote."""
    loaded = load_policy(copy, this_year=clock.now().year)
    if not isinstance(loaded, Loaded):
        raise Unusable(
            "deskmate: with its waits cut to seconds this policy cannot be loaded:",
            *(str(problem) for problem in loaded[:10]),
        )


def _left_out(compiled: CompiledPolicy) -> Iterator[DrillStep]:
    """What a sandbox cannot show, or a rehearsal leaves out."""
    policy = compiled.policy
    if policy.helpdesk.canary is None:
        yield not_tried(
            "Writing, webhooks and lists are watched", "no canary ticket is named",
            "write `helpdesk: {canary: NUMBER}` (docs/outages.md)",
        )  # fmt: skip
    if policy.outage.witnesses:
        yield not_tried("Witnesses tell our own line from the helpdesk", "they are outside")
    if policy.outage.intake:
        yield not_tried("The check of the mail intake", "it takes a quarter of an hour")
