# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate demo --story outage`: a night without a helpdesk, told by the sandbox."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.demo import (
    CATEGORIES,
    EXPORT_DELAY,
    LIMITS,
    Telling,
    linger,
    plain,
    serve_page,
    settle,
)
from bot.commands.demo_daemon import DaemonEnded, DaemonProcess
from bot.pages.portal import PORTAL
from bot.pages.world import Link
from bot.sandbox.audit import Audit, audit
from bot.sandbox.teller import Teller, Unanswered
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.sandbox.night.checks import Morning
    from bot.sandbox.night.stage import NightStage

NEEDS = "pymap"
"""The library of the sandbox's mailbox; only this story needs it."""
MISSING = (
    "deskmate: this story has a mailbox of its own, and its server is not installed.\n"
    "Install it with:  pip install 'deskmate[demo]'   (or: pip install pymap)"
)


@dataclass(frozen=True, slots=True)
class Night:
    """What the night came to: what was counted, and the comparison of world and store."""

    morning: Morning
    found: Audit
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Every promise kept, nothing lost, nothing twice."""
        return self.morning.is_kept and not self.found.lost and not self.found.duplicates

    def figures(self) -> dict[str, Any]:
        """The JSON object of `--json`."""
        figures = asdict(self.morning)
        twice = (*self.found.duplicates, *self.found.allowed_duplicates)
        figures["lost"] += len(self.found.lost)
        figures["duplicates"] += len(twice)
        figures["problems"] = [*self.morning.problems, *self.found.lost, *twice][:20]
        return {**figures, "seconds": round(self.seconds, 1)}

    def lines(self) -> Iterator[str]:
        """The same for people."""
        counted, figures = self.morning, self.figures()
        of = f"of {counted.customers}"
        fates = ", ".join(f"{number} {fate}" for fate, number in counted.fates.items())
        yield f"{counted.mails} mails ({counted.delivered_twice} of them delivered twice): {fates}"
        yield f"{counted.one_ticket} {of} customers have exactly one ticket"
        yield f"  {counted.imported} imported, {counted.adopted} adopted from the late intake"
        yield f"{counted.words_in_order} of {counted.words} words stand there once, in order, timed"
        yield f"{counted.clocks_from_arrival} {of} clocks began when the mail arrived"
        yield f"{counted.acknowledged} {of} acknowledged, {counted.acknowledged_twice} twice"
        yield f"{counted.answers} answers from Slack reached their customers"
        yield f"lost {figures['lost']}, twice {figures['duplicates']}"
        yield from (f"  {each}" for each in figures["problems"][:10])


def run_night(*, is_fast: bool, as_json: bool, port: int) -> int:
    """Tell the story; 0 when every promise was kept, 1 if not, 2 when the mailbox is missing."""
    console = Console(stderr=as_json, highlight=False)
    if importlib.util.find_spec(NEEDS) is None:
        console.print(plain(MISSING))
        return 2
    clock = SystemClock()
    telling = Telling(console, clock, is_fast, began=clock.monotonic())
    folder = Path(tempfile.mkdtemp(prefix="deskmate-night-"))
    try:
        with closing(_stage(clock, folder)) as stage:
            night = _shown(stage, telling, port, as_json=as_json)
    except (Unanswered, DaemonEnded) as problem:
        console.print(f"\n[bold red]The story stopped:[/] {plain(str(problem))}")
        console.print(f"The daemon's log is kept: {folder / 'daemon.log'}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        shutil.rmtree(folder, ignore_errors=True)
        return 130
    if night.is_clean:
        shutil.rmtree(folder, ignore_errors=True)
        return 0
    console.print(f"The store and the daemon's log are kept: {folder}")
    return 1


def _shown(stage: NightStage, telling: Telling, port: int, *, as_json: bool) -> Night:
    links = (
        Link("Continuity page", stage.continuity_page, "what our people work from"),
        Link("Customer's page", PORTAL, "an ordinary page that embeds the banner"),
    )
    script = stage.banner_script
    with serve_page(stage, telling, port, links=links, banner=script) as address:
        _greet(telling.console, address, stage.continuity_page)
        night = _run(stage, telling)
        if as_json:
            print(json.dumps(night.figures(), ensure_ascii=False))  # noqa: T201
            return night
        telling.console.print("\n[bold]In the morning[/]")
        for line in night.lines():
            telling.console.print(f"  {plain(line)}")
        linger(telling, address)
    return night


def _run(stage: NightStage, telling: Telling) -> Night:
    from bot.sandbox.night.stage import POLICY
    from bot.sandbox.night.story import NightTeller

    daemon = DaemonProcess(stage.environment(), POLICY, stage.places.log)
    stage.check_daemon = daemon.check
    daemon.start()
    try:
        teller = Teller(stage, telling.clock, tell=telling.tell, pause=telling.pause)
        for name in NightTeller(stage, teller).chapters():
            telling.chapter(name)
        settle(stage, telling.clock)
    finally:
        daemon.stop()
    return _counted(stage, telling.clock.monotonic() - telling.began)


def _counted(stage: NightStage, seconds: float) -> Night:
    """Read the store of the daemon, which has ended, and compare it with the world."""
    from bot.sandbox.night.checks import look_round

    url = f"sqlite:///{stage.places.store}"
    with Store.open(url, clock=stage.world.clock) as store, store.read() as reader:
        canary = frozenset({stage.furniture.canary})
        found = audit(stage.world, reader, without=canary)
        return Night(look_round(stage, reader), found, seconds)


def _stage(clock: Clock, folder: Path) -> NightStage:
    from bot.sandbox.night.stage import NightStage

    return NightStage(
        clock, folder, categories=CATEGORIES, export_delay=EXPORT_DELAY, limits=LIMITS
    ).open()


def _greet(console: Console, address: str, continuity: str) -> None:
    console.print("[bold]Deskmate[/], in a night without a helpdesk.")
    console.print(f"Watch the world:        [underline]{address}[/]")
    console.print(f"What our people see:    [underline]{continuity}[/]")
    console.print(f"What a customer sees:   [underline]{address.rstrip('/')}{PORTAL}[/]")
    console.print("[dim]Minutes are seconds here, so that nobody has to wait.[/]")
