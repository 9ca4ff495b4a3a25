# SPDX-License-Identifier: GPL-3.0-or-later
"""The mailbox source, a store and the inbox behind it, over a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from mail_samples import OWN

from bot.clock import SystemClock
from bot.config.load import Loaded, load_policy
from bot.inbox import Inbox
from bot.rules.engine import compile_policy
from bot.rules.mail import Fate
from bot.rules.mail_trust import TrustedServers
from bot.rules.outage_state import OutageState, Phase, to_row
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.world import World
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker
from bot.sources.mailbox import Mailbox
from bot.sources.mailbox_session import read_mailbox_address
from bot.store.store import Store
from bot.telemetry import Figures

POLICY = """
desk: acme
people:
  team: {slack: support}
helpdesk_down: {tell: team, mailbox: escalations@acme.example}
words: {down: {en: [is down]}}
rules:
  down: {if: {says: down}, then: {tag: outage}}
"""


class LateClock(SystemClock):
    """The machine's clock, which a test can set forward; timeouts run in real time."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Now, and however much later the test says."""
        return super().now() + self.ahead


class ReadingDesk:
    """Steps the mailbox and the inbox by hand."""

    def __init__(self, url: str, folder: Path, **settings: float) -> None:
        (folder / "rules.yaml").write_text(POLICY)
        loaded = load_policy(folder, this_year=2026)
        assert isinstance(loaded, Loaded)
        compiled = compile_policy(loaded.policy)
        self.clock = LateClock()
        self.store = Store.open("sqlite://", clock=self.clock)
        self.spool = Spool(folder / "mails")
        self._worker = MailWorker(self.clock)
        figures = Figures()
        helpdesk = FakeHelpdesk(World(self.clock), compiled.policy.helpdesk)
        self.inbox = Inbox(
            self.store, lambda: compiled, helpdesk, self.clock, figures, own=lambda: OWN
        )
        self._mailbox = lambda: Mailbox(
            read_mailbox_address(url), self.store, self.spool, self._worker, self.clock,
            servers=TrustedServers(), figures=figures, slice_seconds=0.4, **settings,
        )  # fmt: skip
        self.mailbox = self._mailbox()

    def close(self) -> None:
        """Let go of everything."""
        self.mailbox.close()
        self.store.close()

    def restart(self) -> None:
        """As a new daemon: nothing is remembered but the store."""
        self.mailbox.close()
        self.mailbox = self._mailbox()

    def helpdesk_is_down(self) -> None:
        """Since ten years, so that every mail is of this outage."""
        long_ago = self.clock.now() - timedelta(days=3650)
        state = OutageState(phase=Phase.DOWN, since=long_ago, first_failure_at=long_ago, incident=1)
        self.store.write(lambda tx: tx.states.save("outage", to_row(state)))

    def run(self, until: Callable[[], bool], *, most: int = 60) -> None:
        """Step until something is so; a step listens 0.4 s at most, or a second is let pass."""
        for _ in range(most):
            if not self.mailbox.step():
                self.clock.ahead += timedelta(seconds=1)
            while self.inbox.handle():
                pass
            if until():
                return
        raise AssertionError("it did not come about")

    def mails(self) -> int:
        """How many mails are in the ledger."""
        return sum(self.fates().values())

    def fates(self) -> dict[Fate, int]:
        """How many mails have which fate."""
        with self.store.read() as reader:
            return reader.mails.counts()

    def state(self) -> dict[str, object]:
        """What is known of the mailbox itself."""
        with self.store.read() as reader:
            return reader.states.load("mailbox") or {}


@contextmanager
def reading_desk(url: str, folder: Path, **settings: float) -> Iterator[ReadingDesk]:
    """A desk that is closed afterwards."""
    desk = ReadingDesk(url, folder, **settings)
    try:
        yield desk
    finally:
        desk.close()
