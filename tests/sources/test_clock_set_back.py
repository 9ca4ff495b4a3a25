# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever looks now and then does not wait for an hour when the clock is set back by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sources_doors import MINUTE, NOW, ScriptedHelpdesk, page

from bot.app_upkeep import Upkeep
from bot.clock import VirtualClock
from bot.ports import ContactPage, Page, Probe, Sought, Trouble, TroubleKind
from bot.rules.keeping import KeepPolicy
from bot.rules.policy import KnowledgeSpec, OutagePolicy, Policy
from bot.rules.probes import VendorIncident
from bot.rules.ticket import Origin, Person, Status, Ticket
from bot.sources.contacts import ContactReader
from bot.sources.disk import DiskWatch
from bot.sources.librarian import Librarian
from bot.sources.poller import Poller
from bot.sources.prober import Prober, stored_state
from bot.sources.twins import TwinFinder
from bot.sources.vendor import VendorWatch
from bot.store.store import Store
from bot.telemetry import Figures

Step = Callable[[datetime], bool]
BACK = timedelta(hours=1)
CASE = Ticket(
    "c1", Origin.MAILBOX, NOW, NOW, Status.OPEN, subject="Portal is down", description="",
    requester=Person(email="nora@northwind.example"), reference="ACM-1",
)  # fmt: skip
NO_ANSWER = Trouble(TroubleKind.DOWN, "503", 600.0)


class Outside(ScriptedHelpdesk):
    """Everybody who is asked now and then; the first question of each look is counted."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def probe_edge(self) -> Probe:
        self.looks += 1
        return super().probe_edge()

    def tickets_since(self, cursor: str | None, start: datetime) -> Page:
        self.looks += 1
        return page("t")

    def changes_since(self, cursor: str | None, start: datetime) -> Page:
        return page("c")

    def contacts_since(self, cursor: str | None, start: datetime) -> ContactPage:
        self.looks += 1
        return ContactPage((), "c1", is_last=True)

    def twins(self, sought: Sought) -> Trouble:
        self.looks += 1
        return NO_ANSWER

    def incidents(self) -> tuple[VendorIncident, ...]:
        self.looks += 1
        return ()

    def articles(self, cursor: str | None) -> Trouble:
        self.looks += 1
        return NO_ANSWER

    def free(self, folder: Path) -> float:
        self.looks += 1
        return 0.5

    def keep(self) -> KeepPolicy:
        self.looks += 1
        return KeepPolicy()


def _poller(store: Store, outside: Outside) -> Step:
    return Poller(outside, store, every=MINUTE, figures=Figures()).step


def _contacts(store: Store, outside: Outside) -> Step:
    return ContactReader(outside, store).step


def _prober(store: Store, outside: Outside) -> Step:
    return Prober(outside, store, OutagePolicy(), state=stored_state(store), figures=Figures()).step


def _finder(store: Store, outside: Outside) -> Step:
    store.write(lambda tx: tx.tickets.save(CASE))
    return TwinFinder(outside, store).step


def _vendor(store: Store, outside: Outside) -> Step:
    return VendorWatch(outside, store).step


def _disk(store: Store, outside: Outside) -> Step:
    return DiskWatch([Path("/")], store, free=outside.free).step


def _librarian(store: Store, outside: Outside) -> Step:
    policy = Policy("desk", "digest", knowledge=KnowledgeSpec(uses_help_centre=True))
    return Librarian(outside, store, lambda: policy, lambda _: None).step


def _upkeep(store: Store, outside: Outside) -> Step:
    clock = VirtualClock(NOW)
    upkeep = Upkeep(store, clock, Figures(), None, keep=outside.keep)

    def step(now: datetime) -> bool:
        clock.move_to(now)
        return upkeep.prune()

    return step


@pytest.mark.parametrize(
    "made", [_poller, _contacts, _prober, _finder, _vendor, _disk, _librarian, _upkeep]
)
def test_who_looks_now_and_then_goes_on(
    made: Callable[[Store, Outside], Step], store: Store
) -> None:
    """Set back by an hour, the clock ends a pause that was to last a moment."""
    outside = Outside()
    step = made(store, outside)
    looks = []

    for now in (NOW, NOW, NOW - BACK):
        step(now)
        looks.append(outside.looks)

    first, rested, went_on = looks
    assert (rested, went_on) == (first, 2 * first)
    assert first > 0
