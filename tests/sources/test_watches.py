# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's word and our disks are looked at now and then, and only news are written down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sources_doors import MINUTE, NOW

from bot.ports import Trouble, TroubleKind
from bot.rules.events import DiskChanged
from bot.rules.probes import VendorIncident, VendorSaid
from bot.sources.disk import DiskWatch, free_share
from bot.sources.vendor import VendorWatch
from bot.store.store import Store
from bot.store.transaction import Transaction

POD = VendorIncident("7", "Pod 17 is down", True)


class ScriptedVendor:
    """A status page whose answers stand in a list, oldest first; the last one stays."""

    def __init__(self, *answers: tuple[VendorIncident, ...] | Trouble) -> None:
        self.answers = list(answers)

    def incidents(self) -> tuple[VendorIncident, ...] | Trouble:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def facts(store: Store) -> list[object]:
    """What waits in the inbox, settled as it is read."""

    def take(tx: Transaction) -> list[object]:
        found = tx.inbox.claim(now=NOW, lease_seconds=1, limit=20)
        for each in found:
            tx.inbox.settle(each.row_id, "read", NOW)
        return [each.event.fact for each in found]

    return store.write(take)


def _look(watch: VendorWatch | DiskWatch, store: Store, minutes: int) -> list[object]:
    """Every ten seconds for a while; what was written down, in order."""
    found: list[object] = []
    for second in range(0, minutes * 60, 10):
        if watch.step(NOW + timedelta(seconds=second)):
            found += facts(store)
    return found


def test_vendor_is_asked_every_two_minutes_and_heard_once(store: Store) -> None:
    """The same word again is no news."""
    watch = VendorWatch(ScriptedVendor((), (), (POD,), (POD,), ()), store)

    assert _look(watch, store, 12) == [VendorSaid(), VendorSaid((POD,)), VendorSaid()]


def test_status_page_that_fails_is_nothing_until_its_word_is_old(store: Store) -> None:
    """After a quarter of an hour what it said last is no longer repeated."""
    down = Trouble(TroubleKind.DOWN, "503")
    watch = VendorWatch(ScriptedVendor((POD,), down), store)

    early, late = _look(watch, store, 14), []
    for minute in range(14, 20):
        if watch.step(NOW + minute * MINUTE):
            late += facts(store)

    assert early == [VendorSaid((POD,))]
    assert late[-1] == VendorSaid(is_known=False)


def test_disk_is_told_at_ten_per_cent_and_again_above_twelve(store: Store, tmp_path: Path) -> None:
    """A disk at the mark is not told again and again."""
    free = iter([0.5, 0.11, 0.09, 0.11, 0.09, 0.13, 0.11, 0.11])
    watch = DiskWatch([tmp_path], store, free=lambda _: next(free))

    found = _look(watch, store, 8)

    changes = [(each.is_low, each.free) for each in found if isinstance(each, DiskChanged)]
    assert changes == [(False, 0.5), (True, 0.09), (False, 0.13)]


def test_free_share_of_a_folder_that_is_still_to_be_made(tmp_path: Path) -> None:
    """The spool's folder is made with the first mail; its disk is there."""
    assert 0 < free_share(tmp_path / "mails" / "new") <= 1
