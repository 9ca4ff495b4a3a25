# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses the concrete parts and puts them together: the one place that knows all of them."""

from __future__ import annotations

import os
import random
import secrets
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bot.app_channels import channels_of, use_words
from bot.app_chat import chat_of
from bot.app_mailbox import enclosures_of, mailbox_of, own_names
from bot.app_pages import pages_of
from bot.app_upkeep import Upkeep
from bot.app_watches import watches_of
from bot.app_web import Doors, web_app_of
from bot.clock import Clock
from bot.config.load import load_policy
from bot.config.problems import Problem
from bot.handlers.calendars import as_switched
from bot.handlers.outage_notices import admin_messages
from bot.handlers.policy import take_policy
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.ports import Channel
from bot.rules.actions import Outgoing
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.knowledge import Knowledge
from bot.rules.pauses import pause_of
from bot.settings import Settings
from bot.sources.contacts import ContactReader
from bot.sources.librarian import Librarian
from bot.sources.poller import Poller
from bot.sources.prober import Prober, stored_state
from bot.sources.twins import TwinFinder
from bot.sources.web_server import WebServer
from bot.store.problems import StoreProblem
from bot.store.queues import Touched
from bot.store.store import Store
from bot.telemetry import Figures, logger
from bot.timekeeper import Timekeeper

LEASE_SECONDS = 15.0
PRUNE_EVERY = 3600.0
START_PATIENCE = timedelta(minutes=2)
"""How long due clocks wait after a start for the helpdesk to be read once."""

log = logger("app")


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of work: `run` does a piece and says whether there was one; `every` in seconds.

    `pause` says how long to sleep at most when there was none.
    """

    name: str
    run: Callable[[], bool]
    every: float
    pause: Callable[[], float]


class App:
    """Everything of one desk, wired; the daemon opens it, runs its steps and closes it."""

    def __init__(
        self, settings: Settings, folder: Path, compiled: CompiledPolicy, store: Store, clock: Clock
    ) -> None:
        """Use `build_app_of`, which reports what is missing."""
        self.figures = Figures()
        self._settings = settings
        self._folder = folder
        with store.read() as reader:
            self._compiled = compiled = as_switched(compiled, reader)
        self._policy_lock = threading.Lock()
        self._store = store
        self._clock = clock
        self._has_lost_lease = False
        policy = compiled.policy
        self._helpdesk = Zendesk(
            access_of(settings),
            policy.helpdesk,
            clock,
            figures=self.figures,
            withheld=timedelta(seconds=settings.export_delay),
            enclosures=enclosures_of(settings, clock),
        )
        self._channels = channels_of(
            settings, policy, self._first_of_thread, own_names(settings, policy)
        )
        self._outbox = Outbox(
            store, clock, self.figures, chance=random.Random(), admins=self._admins
        )
        self._inbox = Inbox(
            store,
            lambda: self._compiled,
            self._helpdesk,
            clock,
            self.figures,
            own=lambda: own_names(settings, self._compiled.policy),
        )
        self._mailbox = mailbox_of(settings, store, clock, self.figures)
        self._upkeep = Upkeep(
            store, clock, self.figures, self._mailbox, keep=lambda: self._compiled.policy.keep
        )
        self._poller = Poller(self._helpdesk, store, every=policy.poll_every, figures=self.figures)
        self._contacts = ContactReader(self._helpdesk, store)
        self._librarian = Librarian(
            self._helpdesk, store, lambda: self._compiled.policy, self._use_knowledge
        )
        self._twins = TwinFinder(
            self._helpdesk,
            store,
            per_minute=lambda: self._compiled.policy.outage.backfill_per_minute,
        )
        self._prober = Prober(
            self._helpdesk, store, policy.outage, state=stored_state(store), figures=self.figures
        )
        self._watches = watches_of(settings, store, clock)
        self._timekeeper = Timekeeper(
            store, lambda: self._compiled, clock, self.figures, may_fire=self._may_fire
        )
        self._chat = chat_of(settings, store, clock, lambda: self._compiled)
        doors = Doors(settings, store, clock, self.figures, lambda: self._compiled)
        web = web_app_of(doors, self._helpdesk, self._chat, has_read=lambda: self._poller.has_read)
        self._web = WebServer(web, settings.listen_host, settings.listen_port)
        self._pages = pages_of(settings, store, clock, lambda: self._compiled.policy)
        self._patience = pause_of(START_PATIENCE, clock.now())
        self.steps = self._steps()

    def open(self, wake: Callable[[], None]) -> None:
        """Open the doors; `wake` is called whenever there is new work."""

        def changed(_touched: frozenset[Touched]) -> None:
            wake()

        take_policy(self._store, self._compiled, now=self._clock.now())
        self._store.on_change(changed)
        self._web.start()
        if self._pages is not None:
            self._pages.start()
        if self._chat is not None:
            self._chat.start()
        log.info("doors_opened", port=self._web.port, policy=self._compiled.policy.digest)

    def close_doors(self) -> None:
        """Take nothing new in."""
        if self._chat is not None:
            self._chat.stop()
        self._web.stop()
        if self._pages is not None:
            self._pages.stop()

    def close(self) -> None:
        """Let go of the helpdesk and the store; every step has ended."""
        self._helpdesk.close()
        if self._mailbox is not None:
            self._mailbox.close()
        try:
            self._store.release_lease()
        except StoreProblem as problem:
            log.warning("lease_not_released", reason=str(problem))
        self._store.close()

    def reload(self) -> None:
        """Read the policy again; a bad one is reported and the old one stays."""
        loaded = load_policy(self._folder, this_year=self._clock.now().year)
        if isinstance(loaded, list):
            log.error("policy_refused", problems=[str(problem) for problem in loaded[:20]])
            return
        with self._policy_lock, self._store.read() as reader:
            fresh = replace(compile_policy(loaded.policy), knowledge=self._compiled.knowledge)
            self._compiled = as_switched(fresh, reader)
        self._helpdesk.use(loaded.policy.helpdesk)
        self._prober.use(loaded.policy.outage)
        use_words(self._channels.values(), loaded.policy)
        self._librarian.hurry()
        self._poller.every = loaded.policy.poll_every
        moved = take_policy(self._store, self._compiled, now=self._clock.now())
        log.info("policy_reloaded", policy=loaded.policy.digest, clocks_moved=moved)

    def _switch_calendars(self) -> bool:
        """Take up what a command closed or opened; True if the calendars changed."""
        with self._policy_lock, self._store.read() as reader:
            before, self._compiled = self._compiled, as_switched(self._compiled, reader)
        if self._compiled is before:
            return False
        moved = take_policy(self._store, self._compiled, now=self._clock.now())
        log.info("calendars_switched", clocks_moved=moved)
        return True

    def has_lost_lease(self) -> bool:
        """Whether another daemon took over; this one must stop."""
        return self._has_lost_lease

    def _steps(self) -> Sequence[Step]:
        def always(seconds: float) -> Callable[[], float]:
            return lambda: seconds

        def timed(name: str, run: Callable[[], bool], every: float) -> Step:
            return Step(name, run, every, always(every))

        return (
            timed("handle", self._inbox.handle, 1.0),
            timed("switch", self._switch_calendars, 1.0),
            Step("fire", self._timekeeper.fire_due, 5.0, self._timekeeper.pause),
            timed("poll", lambda: self._poller.step(self._clock.now()), 0.5),
            timed("contacts", lambda: self._contacts.step(self._clock.now()), 30.0),
            timed("probe", lambda: self._prober.step(self._clock.now()), 0.25),
            timed("backfill", lambda: self._twins.step(self._clock.now()), 0.25),
            *(timed(name, step, 10.0) for name, step in self._watches.items()),
            timed("read-articles", lambda: self._librarian.step(self._clock.now()), 5.0),
            timed("update", lambda: self._outbox.deliver_updates(self._helpdesk), 1.0),
            *(
                timed(f"deliver-{kind}", self._deliver(kind, channel), 1.0)
                for kind, channel in self._channels.items()
            ),
            timed("tend", self._outbox.tend, 1.0),
            *((timed("mail", self._mailbox.step, 1.0),) if self._mailbox is not None else ()),
            *((timed("home", self._chat.renew_home, 5.0),) if self._chat is not None else ()),
            timed("lease", self._renew_lease, LEASE_SECONDS / 3),
            timed("measure", self._upkeep.measure, 5.0),
            timed("prune", self._upkeep.prune, PRUNE_EVERY),
        )

    def _deliver(self, kind: str, channel: Channel) -> Callable[[], bool]:
        prefix = kind if kind == "portal" else f"{kind}:"
        return lambda: self._outbox.deliver(prefix, channel)

    def _use_knowledge(self, knowledge: Knowledge) -> None:
        with self._policy_lock:
            self._compiled = replace(self._compiled, knowledge=knowledge)

    def _admins(self) -> Sequence[Outgoing]:
        """Who hears of messages that died: those who hear of the helpdesk, and the mailbox."""
        return admin_messages(self._compiled, now=self._clock.now())

    def _first_of_thread(self, destination: str, thread: str) -> str | None:
        with self._store.read() as reader:
            return reader.outbox.first_reference(destination, thread)

    def _renew_lease(self) -> bool:
        try:
            self._store.renew_lease()
        except StoreProblem as problem:
            self._has_lost_lease = True
            log.error("lease_lost", reason=str(problem))
        return False

    def _may_fire(self) -> bool:
        """Clocks wait until the helpdesk was read once since the start, or will not be soon."""
        if self._poller.has_read:
            return True
        return not self._patience.holds(self._clock.now())


def build_app_of(
    settings: Settings, folder: Path, clock: Clock, *, is_watch_only: bool = False
) -> App | list[Problem]:
    """Load the policy, open the store, take the lease and wire everything.

    Raises `StoreProblem` where the store cannot be used; returns the policy's mistakes if any.
    """
    loaded = load_policy(folder, this_year=clock.now().year)
    if isinstance(loaded, list):
        return loaded
    store = Store.open(settings.store, clock=clock, is_watch_only=is_watch_only)
    try:
        owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        store.acquire_lease(owner, LEASE_SECONDS)
        now = clock.now()
        store.write(lambda tx: (tx.inbox.free_claims(now), tx.outbox.doubt_claims(now)))
        return App(settings, folder, compile_policy(loaded.policy), store, clock)
    except BaseException:
        store.close()
        raise


def access_of(settings: Settings) -> ZendeskAccess:
    """The helpdesk's address and our credentials."""
    return ZendeskAccess(
        url=settings.zendesk_url,
        client_id=settings.zendesk_client_id,
        client_secret=settings.zendesk_client_secret.reveal(),
        email=settings.zendesk_email,
        api_token=settings.zendesk_api_token.reveal(),
    )
