# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate drill --real`: tries the desk's own tools and touches no customer.

The helpdesk is read, the canary ticket is written, our own people get a test message, the mailbox
one of ours, a draft lies beside the banner for a moment. Nothing of it is seen by a customer.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import typer
from rich.console import Console

from bot.app import access_of
from bot.clock import Clock, SystemClock
from bot.commands.drill import Wanted, finish
from bot.commands.drill_beside import ARRIVED, Beside, asked, drill_messages
from bot.commands.drill_people import who_is_there
from bot.commands.drill_values import Drill, DrillStep, judged, listed, not_tried
from bot.commands.drill_view import show_begin, show_step
from bot.commands.stored import load_compiled, look_for
from bot.commands.unusable import Unusable
from bot.helpdesks.zendesk import Zendesk
from bot.ports import Probe
from bot.rules.actions import Outgoing
from bot.rules.engine import CompiledPolicy
from bot.rules.mail import Fate
from bot.rules.probes import Verdict
from bot.settings import Settings, read_settings
from bot.sources.mailbox_address import read_mailbox_address
from bot.sources.mailbox_check import examine
from bot.sources.witness_check import examine_witnesses
from bot.store.problems import StoreProblem
from bot.store.store import Store

WEBHOOK_WITHIN = 60.0
SENT_WITHIN = 60.0
READ_WITHIN = 120.0
"""Seconds; a mailbox without IDLE is looked at once a minute."""
NO_DAEMON = "no daemon answers at {}: start `deskmate run` first"
NOTES = (
    "No customer was written to and no ticket but the canary was touched. "
    "What happens when the helpdesk dies is rehearsed by `deskmate drill` on the sandbox.",
)


def run_real(folder: Path, wanted: Wanted, *, is_sure: bool) -> int:
    """Try the desk's own tools; 0 when all is well, 1 if a step failed, 2 for unusable."""
    console, clock = Console(stderr=wanted.as_json, highlight=False), SystemClock()
    try:
        if wanted.as_json and not is_sure:
            raise Unusable("deskmate: --json asks nothing; add --yes to send the test messages")
        compiled = load_compiled(folder, clock)
        settings = _settings()
        with Store.open(settings.store, clock=clock) as store:
            trial = RealDrill(settings, compiled, Beside(settings, store, clock), clock, wanted)
            drill = trial.run(console, is_sure=is_sure)
        return finish(drill, wanted, clock, console)
    except StoreProblem as problem:
        console.print(f"deskmate: {problem}", markup=False, soft_wrap=True)
        return 2
    except Unusable as problem:
        problem.show(Console(stderr=wanted.as_json, highlight=False, soft_wrap=True))
        return 2


def _settings() -> Settings:
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        raise Unusable(*(str(problem) for problem in settings))
    if not settings.zendesk_url:
        raise Unusable("deskmate: DESKMATE_ZENDESK_URL is not set; this drill wants your settings")
    look_for(settings.store)
    return settings


class RealDrill:
    """The steps beside the real helpdesk, in their order."""

    def __init__(
        self, settings: Settings, compiled: CompiledPolicy, beside: Beside, clock: Clock,
        wanted: Wanted,
    ) -> None:  # fmt: skip
        """Nothing is asked or sent before `run`."""
        self._settings = settings
        self._compiled = compiled
        self._policy = compiled.policy
        self._beside = beside
        self._clock = clock
        self._wanted = wanted
        self._counter: int | None = None

    def run(self, console: Console, *, is_sure: bool) -> Drill:
        """Every step; asks before it sends anything to anybody."""
        if self._beside.is_down():
            raise Unusable("deskmate: the helpdesk is held for down now; this is no time to drill")
        at, began = self._clock.now(), self._clock.monotonic()
        show_begin(console, self._policy.desk, "beside the real helpdesk: no customer is touched.")
        rows = drill_messages(self._compiled, self._clock, by=self._wanted.who)
        may_send = self._beside.is_running() and (is_sure or _may_send(rows, console))
        steps: list[DrillStep] = []
        for step in self._walk(rows if may_send else ()):
            steps.append(step)
            show_step(console, step)
        return Drill(
            "real", self._policy.desk, at, self._wanted.who, tuple(steps),
            seconds=self._clock.monotonic() - began, notes=NOTES,
        )  # fmt: skip

    def _walk(self, rows: Sequence[Outgoing]) -> Iterator[DrillStep]:
        yield from self._helpdesk()
        for found in examine_witnesses(self._policy.outage.witnesses):
            yield judged(f"The {found.what} answers", "a connection from here", found.detail,
                         found.is_ok, found.advice)  # fmt: skip
        yield from self._messages(rows)
        yield from self._mailbox(rows)
        yield self._draft()
        yield from self._doors()
        yield from who_is_there(self._compiled, self._clock.now())
        yield from self._echoes()

    def _helpdesk(self) -> Iterator[DrillStep]:
        delay = timedelta(seconds=self._settings.export_delay)
        desk = Zendesk(access_of(self._settings), self._policy.helpdesk, self._clock,
                       withheld=delay)  # fmt: skip
        with ExitStack() as closing:
            closing.callback(desk.close)
            yield _probed("The helpdesk is there", "an answer without log-in", desk.probe_edge())
            yield _probed("The helpdesk lets us in", "our own user is read", desk.probe_read())
            name = "The canary ticket takes a change"
            if self._policy.helpdesk.canary is None:
                advice = "write `helpdesk: {canary: NUMBER}` (docs/outages.md)"
                yield not_tried(name, "no canary ticket is named", advice)
                return
            counter = int(self._clock.now().timestamp())
            probe = desk.probe_write(counter)
            self._counter = counter if probe.verdict in (Verdict.OK, Verdict.SLOW) else None
            yield _probed(name, f"ticket {self._policy.helpdesk.canary} is written", probe)

    def _messages(self, rows: Sequence[Outgoing]) -> Iterator[DrillStep]:
        if not self._policy.outage.tell:
            advice = "write `helpdesk_down: {tell: NAME}` (docs/outages.md)"
            expected, happened = "at least one of your people", "helpdesk_down.tell names nobody"
            yield judged("Somebody hears of outages", expected, happened, False, advice)
        if not rows:
            yield not_tried("A test message to your people", self._why_not_sent())
            return
        self._beside.send(rows)
        for row in rows:
            yield self._sent(row)

    def _sent(self, row: Outgoing) -> DrillStep:
        self._beside.holds(lambda: self._beside.is_settled(row.key), SENT_WITHIN)
        found = self._beside.row(row.key)
        is_ok = found is not None and found.state in ARRIVED
        state = found.state.value if found is not None else "lost"
        reason = f": {found.reason}" if found is not None and found.reason and not is_ok else ""
        name = f"A test message by {row.destination}"
        advice = "" if is_ok else "`deskmate check --online` looks at this way"
        return judged(name, "delivered or accepted", f"{state}{reason}", is_ok, advice)

    def _why_not_sent(self) -> str:
        if not self._beside.is_running():
            return NO_DAEMON.format(self._beside.door)
        return "you said no" if self._policy.outage.tell else "nobody is named"

    def _mailbox(self, rows: Sequence[Outgoing]) -> Iterator[DrillStep]:
        outage, url = self._policy.outage, self._settings.mailbox_url
        if outage.mailbox is None and not url:
            advice = "write `helpdesk_down: {mailbox: ADDRESS}` (docs/outages.md)"
            yield not_tried("The mailbox", "no mailbox is named", advice)
            return
        if not url:
            advice = "set DESKMATE_MAILBOX_URL"
            yield judged("The mailbox is read", "log-in", "nobody reads it", False, advice)
            return
        for found in examine(read_mailbox_address(url.reveal()), self._clock):
            yield judged(found.what, "log-in and folder", found.detail or "yes", found.is_ok,
                         found.advice)  # fmt: skip
        wanted = f"mail:{outage.mailbox}"
        sent = next((row for row in rows if row.destination == wanted), None)
        found_row = self._beside.row(sent.key) if sent is not None else None
        if found_row is None or found_row.state not in ARRIVED or not found_row.reference:
            yield not_tried("A mail of ours comes back from the mailbox", "none was sent")
            return
        message_id = found_row.reference
        self._beside.holds(lambda: self._beside.fate(message_id) is not None, READ_WITHIN)
        fate = self._beside.fate(message_id)
        happened = f"read, and held for {fate}" if fate else f"not read in {READ_WITHIN:.0f} s"
        yield judged("A mail of ours comes back from the mailbox", "read, and known as our own",
                     happened, fate is Fate.OWN)  # fmt: skip

    def _draft(self) -> DrillStep:
        """A file beside the banner, never the banner itself."""
        name, file = "The banner's place takes a file", self._settings.banner_file
        if not self._policy.outage.banner:
            return not_tried(name, "no banner is named")
        if file is None:
            return not_tried(name, "DESKMATE_BANNER is not set: only the daemon serves it")
        try:
            handle, draft = tempfile.mkstemp(dir=file.parent, prefix=f"{file.stem}-drill-")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write('{"shown": false}\n')
            Path(draft).unlink()
        except OSError as error:
            return judged(name, f"a draft in {file.parent}", str(error.strerror), False,
                          "let the daemon's user write there")  # fmt: skip
        return judged(name, f"a draft in {file.parent}", "written and taken away again", True)

    def _doors(self) -> Iterator[DrillStep]:
        """The daemon, its page for our people, and what customers' pages load."""
        public = self._settings.public_url.rstrip("/")
        doors = [
            ("The daemon answers", f"{self._beside.door}/healthz"),
            ("The continuity page answers", f"{self._beside.pages}/"),
        ]
        if self._policy.outage.banner and public:
            doors.append(("The banner's script answers", f"{public}/banner.js"))
        for name, url in doors:
            answer = asked(url)
            yield judged(name, f"200 at {url}", answer, answer.startswith("200"))

    def _echoes(self) -> Iterator[DrillStep]:
        """The change of the canary comes back to the daemon by webhook and by the lists."""
        poll = self._policy.poll_every.total_seconds()
        within = {"webhook": WEBHOOK_WITHIN, "export": self._settings.export_delay + 2 * poll + 30}
        names = {"webhook": "The change comes back by webhook", "export": "It stands in the lists"}
        for way, seconds in within.items():
            counter = self._counter
            if counter is None or not self._beside.is_running():
                why = "the canary was not written" if counter is None else NO_DAEMON
                yield not_tried(names[way], why.format(self._beside.door))
                continue
            seen = self._beside.holds(
                lambda w=way, c=counter: self._beside.has_come_back(c, w), seconds  # type: ignore[misc]
            )  # fmt: skip
            happened = "yes" if seen else "no"
            advice = "" if seen else "docs/zendesk.md says how it is subscribed"
            yield judged(names[way], f"within {seconds:.0f} s", happened, seen, advice)


def _probed(name: str, expected: str, probe: Probe) -> DrillStep:
    is_ok = probe.verdict in (Verdict.OK, Verdict.SLOW)
    happened = f"{probe.verdict} after {probe.elapsed:.1f} s"
    return judged(name, expected, happened + (f": {probe.detail}" if probe.detail else ""), is_ok)


def _may_send(rows: Sequence[Outgoing], console: Console) -> bool:
    """Ask, naming every place at which our own people would read it."""
    if not rows:
        return False
    where = listed(row.destination for row in rows)
    console.print(f"A test message marked DRILL goes to {where}.", markup=False)
    return typer.confirm("Send it?")
