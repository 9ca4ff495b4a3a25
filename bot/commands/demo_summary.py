# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's end: figures counted in the world and in the store, not declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.commands.demo_mails import MailFeed
from bot.commands.demo_tally import Tally, tally
from bot.rules.actions import Banner, NoticeKind
from bot.sandbox.audit import ARRIVED, Audit, audit
from bot.sandbox.stage import Stage
from bot.store.store import Store
from bot.store.transaction import Reader


@dataclass(frozen=True, slots=True)
class Summary:
    """What the run came to; `seconds_to_down` from the first failure to `down`."""

    tickets: int
    updated: int
    alerts: dict[str, int]
    notices: dict[str, int]
    seconds_to_down: float | None
    helpdesk_calls: dict[str, int]
    tally: Tally
    found: Audit
    seconds: float
    feed: MailFeed | None = None

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing twice."""
        return not self.found.lost and not self.found.duplicates

    def figures(self) -> dict[str, Any]:
        """The JSON object of `--json`."""
        figures: dict[str, Any] = {
            "tickets": self.tickets,
            "updated": self.updated,
            "alerts": self.alerts,
            "outage": {"seconds_to_down": self.seconds_to_down, "notices": self.notices},
            "delivery": self.tally.figures(),
            "helpdesk_calls": self.helpdesk_calls,
            "lost": len(self.found.lost),
            "duplicates": len(self.found.duplicates) + len(self.found.allowed_duplicates),
            "seconds": round(self.seconds, 1),
        }
        if self.found.lost or self.found.duplicates or self.found.allowed_duplicates:
            figures["lost_what"] = list(self.found.lost[:20])
            found = (*self.found.duplicates, *self.found.allowed_duplicates)
            figures["duplicates_what"] = list(found[:20])
        if self.feed is not None:
            figures["mails_read"] = self.feed.read
            figures["tickets_from_mails"] = len(self.feed.tickets)
            figures["unreadable"] = [
                {"mail": name, "reason": reason} for name, reason in self.feed.unreadable.items()
            ]
        return figures

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield f"{self.tickets} tickets, {self.updated} of them sorted in the helpdesk"
        told = ", ".join(f"{count} by {channel}" for channel, count in self.alerts.items())
        yield f"people were told {told}"
        yield from self.tally.lines()
        if self.seconds_to_down is not None:
            ways = ", ".join(f"{count} by {channel}" for channel, count in self.notices.items())
            yield f"the outage was noticed after {self.seconds_to_down:.1f} s, notices: {ways}"
        yield f"{sum(self.helpdesk_calls.values())} calls of the helpdesk"
        if self.feed is not None:
            yield f"{self.feed.read} mails read, {len(self.feed.unreadable)} unreadable"
        lost = len(self.found.lost)
        twice = len(self.found.duplicates) + len(self.found.allowed_duplicates)
        yield f"lost {lost}, twice {twice} (the world compared with the store)"
        yield from (f"  lost: {each}" for each in self.found.lost[:10])
        yield from (f"  twice: {each}" for each in self.found.duplicates[:10])


def summarise(stage: Stage, *, started_at: datetime, feed: MailFeed | None) -> Summary:
    """Read the store of the daemon, which has ended, and compare it with the world."""
    world = stage.world
    url = f"sqlite:///{stage.places.store}"
    with Store.open(url, clock=world.clock) as store, store.read() as reader:
        canary = frozenset({stage.furniture.canary})
        tickets = [each for each in world.tickets() if each.number not in canary]
        return Summary(
            tickets=len(tickets),
            updated=sum(bool(stage.category_of(each.number)) for each in tickets),
            alerts=_told(reader, outage=False),
            notices=_told(reader, outage=True),
            seconds_to_down=_seconds_to_down(reader),
            helpdesk_calls=dict(sorted(stage.zendesk.calls.items())),
            tally=tally(world, reader),
            found=audit(world, reader, without=canary),
            seconds=(world.clock.now() - started_at).total_seconds(),
            feed=feed,
        )


_OUTAGE = frozenset({NoticeKind.HELPDESK_DOWN, NoticeKind.HELPDESK_UP})


def _told(reader: Reader, *, outage: bool) -> dict[str, int]:
    """Rows that arrived, per channel; the banner is a notice of the outage."""
    counted: Counter[str] = Counter()
    for row in reader.outbox.all():
        channel = row.outgoing.destination.partition(":")[0]
        message = row.outgoing.message
        is_outage = isinstance(message, Banner) or getattr(message, "kind", None) in _OUTAGE
        is_told = row.state in ARRIVED and not row.outgoing.is_edit
        if channel != "helpdesk" and is_told and is_outage is outage:
            counted[channel] += 1
    return dict(sorted(counted.items()))


def _seconds_to_down(reader: Reader) -> float | None:
    state = reader.states.load("outage") or {}
    first, declared = state.get("first_failure_at"), state.get("declared_at")
    if not first or not declared:
        return None
    took = datetime.fromisoformat(declared) - datetime.fromisoformat(first)
    return round(took.total_seconds(), 1)
