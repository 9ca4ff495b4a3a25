# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate demo`: the real daemon beside a pretend world, over real sockets, told as a story."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.demo_daemon import CommandFailed, DaemonEnded, DaemonProcess
from bot.commands.demo_mails import feed_mails
from bot.commands.demo_summary import Summary, summarise
from bot.pages.world import Chapter, Link, WorldView, world_page
from bot.sandbox.stage import Stage
from bot.sandbox.story import Storyteller
from bot.sandbox.teller import Teller, Unanswered
from bot.sandbox.view import world_view
from bot.sandbox.zendesk_limits import Limits
from bot.sources.web_server import WebServer

POLICY = Path(__file__).resolve().parent.parent / "sandbox" / "policy"
CATEGORIES = ("incident", "question", "wish", "other")
EXPORT_DELAY = 1
LIMITS = Limits(incremental=600)
SETTLE_WITHIN = 60.0
KEEP_PAGE = 20.0


@dataclass
class Telling:
    """What was told so far, for the page, and how it is told on the terminal."""

    console: Console
    clock: Clock
    is_fast: bool
    chapters: list[Chapter] = field(default_factory=list)
    began: float = 0.0

    def tell(self, line: str) -> None:
        """One line of the story, with the seconds since it began."""
        seconds = self.clock.monotonic() - self.began
        now = self.chapters.pop() if self.chapters else Chapter("")
        self.chapters.append(replace(now, lines=(*now.lines, line)))
        self.console.print(f"  [dim]{seconds:5.1f} s[/]  {plain(line)}")

    def chapter(self, name: str) -> None:
        """The heading of what comes next."""
        self.chapters.append(Chapter(name))
        self.console.print(f"\n[bold]{plain(name)}[/]")

    def pause(self, seconds: float) -> None:
        """Let a reader read; nobody reads in a fast run."""
        if not self.is_fast:
            self.clock.wait(threading.Event(), seconds)


def run_demo(*, is_fast: bool, as_json: bool, mails: Path | None, port: int) -> int:
    """Tell the story; 0 when nothing was lost and nothing came twice, else 1 with what."""
    console = Console(stderr=as_json, highlight=False)
    clock = SystemClock()
    telling = Telling(console, clock, is_fast, began=clock.monotonic())
    if mails is not None and not mails.is_dir():
        console.print(f"deskmate: no folder {mails}: name one that holds mails")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="deskmate-demo-"))
    try:
        with closing(_stage(clock, folder)) as stage, serve_page(stage, telling, port) as address:
            _greet(console, address)
            summary = _run(stage, telling, mails)
            if as_json:
                print(json.dumps(summary.figures(), ensure_ascii=False))  # noqa: T201
            else:
                _show(console, summary)
                linger(telling, address)
    except (Unanswered, DaemonEnded, CommandFailed) as problem:
        console.print(f"\n[bold red]The story stopped:[/] {plain(str(problem))}")
        console.print(f"The daemon's log is kept: {folder / 'daemon.log'}")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        shutil.rmtree(folder, ignore_errors=True)
        return 130
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if summary.is_clean else 1


def _run(stage: Stage, telling: Telling, mails: Path | None) -> Summary:
    daemon = DaemonProcess(stage.environment(), POLICY, stage.places.log)
    stage.check_daemon = daemon.check
    stage.operate = daemon.operate
    started_at = stage.world.clock.now()
    daemon.start()
    try:
        teller = Teller(stage, telling.clock, tell=telling.tell, pause=telling.pause)
        for name in Storyteller(teller).chapters():
            telling.chapter(name)
        feed = None
        if mails is not None:
            telling.chapter("Every mail of a folder comes in")
            feed = feed_mails(stage, mails, telling.clock, tell=telling.tell)
        settle(stage, telling.clock)
    finally:
        daemon.stop()
    return summarise(stage, started_at=started_at, feed=feed)


def settle(stage: Stage, clock: Clock) -> None:
    """Wait until the daemon has nothing left to do, as its own metrics say."""
    deadline = clock.monotonic() + SETTLE_WITHIN
    never = threading.Event()
    quiet = 0
    while quiet < 3 and clock.monotonic() < deadline:
        quiet = quiet + 1 if stage.is_daemon_idle() else 0
        stage.check_daemon()
        clock.wait(never, 0.5)


def _stage(clock: Clock, folder: Path) -> Stage:
    return Stage(
        clock, folder, categories=CATEGORIES, export_delay=EXPORT_DELAY, limits=LIMITS
    ).open()


@contextmanager
def serve_page(
    stage: Stage, telling: Telling, port: int, *, links: tuple[Link, ...] = (), banner: str = ""
) -> Iterator[str]:
    """Serve the page that shows the world; its address. `banner` is the portal's script."""
    category = stage.furniture.category.field_id

    def view() -> WorldView:
        stage.follow_banner()
        shown = world_view(stage.world, story=telling.chapters[-4:], category_field=category)
        return replace(shown, links=links)

    server = WebServer(world_page(view, banner=banner), "127.0.0.1", port)
    server.start()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        server.stop()


def _greet(console: Console, address: str) -> None:
    console.print("[bold]Deskmate[/], beside a pretend helpdesk, Slack, Teams and mail server.")
    console.print(f"Watch them here while the story runs: [underline]{address}[/]")
    console.print("[dim]Targets are seconds instead of hours, so that nobody has to wait.[/]")


def _show(console: Console, summary: Summary) -> None:
    console.print("\n[bold]What happened[/]")
    for line in summary.lines():
        console.print(f"  {plain(line)}")


def linger(telling: Telling, address: str) -> None:
    """Leave the page up for a while, where somebody watches."""
    if telling.is_fast or not telling.console.is_terminal:
        return
    telling.console.print(f"\n[dim]{address} stays for {KEEP_PAGE:.0f} s; Ctrl-C ends it now.[/]")
    telling.pause(KEEP_PAGE)


def plain(text: str) -> str:
    """Text that the terminal shows as it is."""
    return text.replace("[", "\\[")
