# SPDX-License-Identifier: GPL-3.0-or-later
"""The mailbox source, a store and the inbox behind it, over a real server."""

from __future__ import annotations

import email
import email.policy
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from mail_samples import OWN

from bot.channels.mail import MailChannel, read_server
from bot.clock import SystemClock
from bot.config.load import Loaded, load_policy
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.rules.backfill import Stage
from bot.rules.backfill_state import PREFIX
from bot.rules.engine import compile_policy
from bot.rules.mail import Fate
from bot.rules.mail_trust import TrustedServers
from bot.rules.outage_state import OutageState, Phase, to_row
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.faults import Faults
from bot.sandbox.smtp import SmtpDoor
from bot.sandbox.world import World
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker
from bot.sources.mailbox import Mailbox
from bot.sources.mailbox_address import read_mailbox_address
from bot.store.store import Store
from bot.telemetry import Figures

READER = "bot.sources.mail_worker"
POLICY = """
desk: acme
people:
  team: {mail: ada@acme.example}
helpdesk_down: {tell: team, mailbox: escalations@acme.example}
words: {down: {en: [is down]}}
rules:
  down: {if: {says: down}, then: {tag: outage}}
"""


class LateClock(SystemClock):
    """The machine's clock, which a test can set forward; timeouts run in real time."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.pace = 0.0
        self._asked = 0.0

    def now(self) -> datetime:
        """Now, and however much later the test says."""
        return super().now() + self.ahead

    def monotonic(self) -> float:
        """The machine's, and `pace` seconds more each time: as if all took so long."""
        self._asked += self.pace
        return super().monotonic() + self._asked


class PostOffice:
    """A mail server that takes what the desk sends."""

    def __init__(self, world: World) -> None:
        self._world = world

    def mails(self) -> list[EmailMessage]:
        """Everything that was sent, in order."""
        return [_parsed(each.raw) for each in self._world.mail.sent()]

    def to(self, recipient: str) -> list[EmailMessage]:
        """What was sent to one address."""
        return [_parsed(each.raw) for each in self._world.mail.sent(recipient)]


def _parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


class ReadingDesk:
    """Steps the mailbox and the inbox by hand."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        is_watch_only: bool = False,
        reader: str = READER,
        **settings: float,
    ) -> None:
        (folder / "rules.yaml").write_text(POLICY)
        loaded = load_policy(folder, this_year=2026)
        assert isinstance(loaded, Loaded)
        compiled = compile_policy(loaded.policy)
        self.clock = LateClock()
        self.store = Store.open("sqlite://", clock=self.clock, is_watch_only=is_watch_only)
        self.spool = Spool(folder / "mails")
        self._worker = MailWorker(self.clock, module=reader)
        figures = Figures()
        helpdesk = FakeHelpdesk(World(self.clock), compiled.policy.helpdesk)
        self.inbox = Inbox(
            self.store, lambda: compiled, helpdesk, self.clock, figures, own=lambda: OWN
        )
        self._outbox = Outbox(self.store, self.clock, figures, chance=random.Random(1))
        self._channel: MailChannel | None = None
        address = read_mailbox_address(url)
        self._account = address.account
        self._mailbox = lambda: Mailbox(
            address, self.store, self.spool, self._worker, self.clock,
            servers=TrustedServers(), figures=figures, slice_seconds=0.4, **settings,
        )  # fmt: skip
        self.mailbox = self._mailbox()

    def close(self) -> None:
        """Let go of everything."""
        self.mailbox.close()
        self.store.close()

    @contextmanager
    def post_office(self) -> Iterator[PostOffice]:
        """From here on mails of ours go out, over real SMTP."""
        world = World(self.clock)
        door = SmtpDoor(world, Faults()).start()
        self._channel = MailChannel(read_server(door.url), "deskmate@acme.example", own=OWN)
        try:
            yield PostOffice(world)
        finally:
            self._channel = None
            door.stop()

    def restart(self) -> None:
        """As a new daemon: nothing is remembered but the store."""
        self.mailbox.close()
        self.mailbox = self._mailbox()

    def helpdesk_is_down(self, since: datetime | None = None) -> None:
        """Since ten years unless it is said, so that every mail is of this outage."""
        since = since or self.clock.now() - timedelta(days=3650)
        state = OutageState(phase=Phase.DOWN, since=since, first_failure_at=since, incident=1)
        self.store.write(lambda tx: tx.states.save("outage", to_row(state)))

    def helpdesk_is_back(self) -> None:
        """It is there; cases wait for their way into it."""
        state = OutageState(last_round_at=self.clock.now())
        self.store.write(lambda tx: tx.states.save("outage", to_row(state)))

    def cases_are_imported(self) -> None:
        """The helpdesk has every case."""
        with self.store.read() as reader:
            cases = reader.tickets.cases_without_number(99)
        for case in cases:
            name, row = f"{PREFIX}{case.ticket_id}", {"stage": Stage.IMPORTED.value}
            self.store.write(lambda tx, name=name, row=row: tx.states.save(name, row))

    def look_around(self) -> None:
        """Three minutes later: the inbox and the other folders are looked at, what came decided."""
        self.clock.ahead += timedelta(minutes=3)
        self.mailbox.step()
        while self.inbox.handle():
            pass

    def run(self, until: Callable[[], bool], *, most: int = 60) -> None:
        """Step until something is so; a step listens 0.4 s at most, or a second is let pass."""
        for _ in range(most):
            if not self.mailbox.step():
                self.clock.ahead += timedelta(seconds=1)
            while self.inbox.handle():
                pass
            if self._channel is not None:
                self._outbox.deliver("mail:", self._channel)
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

    def swept_from(self) -> str:
        """From when on mails in other folders are looked for; nothing when that is over."""
        with self.store.read() as reader:
            return reader.cursors.get(f"mailbox/others/{self._account}") or ""

    def state(self) -> dict[str, object]:
        """What is known of the mailbox itself."""
        with self.store.read() as reader:
            return reader.states.load("mailbox") or {}


@contextmanager
def reading_desk(
    url: str, folder: Path, *, is_watch_only: bool = False, reader: str = READER, **settings: float
) -> Iterator[ReadingDesk]:
    """A desk that is closed afterwards."""
    desk = ReadingDesk(url, folder, is_watch_only=is_watch_only, reader=reader, **settings)
    try:
        yield desk
    finally:
        desk.close()
