# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the requests that a thousand changed tickets cost at the helpdesk, beside a naive client.

    python bench/api_calls.py

Both work against the same sandbox, whose limits hold: 700 requests a minute, 100 single updates,
10 exports. Everything is counted, logging in included. Exit 1 when an aim is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.ports import Delivered, Page
from bot.rules.actions import TicketUpdate
from bot.rules.policy import HelpdeskMap
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture, furnish
from bot.sandbox.zendesk import ZendeskDoor

TICKETS = 1000
AIMS = {100: 10, 1000: 15}
"""Tickets written -> requests that may be needed for reading all and writing these."""
FLOOR = 3


@dataclass
class Desk:
    """A sandbox helpdesk in which a thousand tickets have just changed."""

    clock: VirtualClock
    world: World
    furniture: Furniture
    door: ZendeskDoor
    start: datetime

    @property
    def numbers(self) -> list[int]:
        """The tickets that changed."""
        return [
            each.number for each in self.world.tickets() if each.number != self.furniture.canary
        ]


@dataclass(frozen=True)
class Result:
    """What one client needed: requests by endpoint, minutes of the helpdesk's time, what it did."""

    calls: Mapping[str, int]
    minutes: float
    read: int
    written: int
    throttled: int

    @property
    def total(self) -> int:
        """All requests together."""
        return sum(self.calls.values())


def changed_desk() -> Desk:
    """Every ticket has a requester's mail and an agent's reply."""
    clock = VirtualClock(datetime(2026, 3, 2, 9, tzinfo=UTC))
    world = World(clock)
    furniture = furnish(world)
    clock.advance(timedelta(minutes=10))
    start = clock.now()
    customers = list(furniture.customers.values())
    for each in range(TICKETS):
        requester = customers[each % len(customers)]
        world.create_ticket(f"Question {each}", "How do I log in?", requester=requester)
    clock.advance(timedelta(minutes=2))
    return Desk(clock, world, furniture, ZendeskDoor(world).start(), start)


def wanted(desk: Desk, count: int) -> dict[str, TicketUpdate]:
    """The decisions on the first `count` tickets: each its own tag, priority and internal note."""
    return {
        f"bench/{number}": TicketUpdate(
            f"T{number}",
            number,
            priority=("p1", "p2")[number % 2],
            add_tags=frozenset({f"team_{number % 7}"}),
            comment=f"Sorted by rule {number % 5}.",
        )
        for number in desk.numbers[:count]
    }


def ours(desk: Desk, count: int) -> Result:
    """Deskmate's adapter: both exports, then one call with all updates."""
    names = HelpdeskMap(priorities={"p1": "urgent", "p2": "high"}, canary=desk.furniture.canary)
    access = ZendeskAccess(desk.door.url, client_id="deskmate", client_secret="sandbox-secret")
    zendesk = Zendesk(access, names, desk.clock)
    seen = {event.stream for event in read_up(zendesk.tickets_since, desk.start)}
    changed = {event.stream for event in read_up(zendesk.changes_since, desk.start)}
    outcomes = zendesk.update(wanted(desk, count))
    zendesk.close()
    done = sum(isinstance(each, Delivered) for each in outcomes.values())
    return result(desk, read=len(seen & changed), written=done)


def read_up(read: Callable[[str | None, datetime], object], start: datetime) -> list:  # type: ignore[type-arg]
    """Every event of one export."""
    events, cursor = [], None
    while True:
        page = read(cursor, start)
        assert isinstance(page, Page), page
        events += page.events
        cursor = page.cursor
        if page.is_last:
            return events


def naive(desk: Desk, count: int) -> Result:
    """A reader that lists tickets and asks for each one's comments, requester and organisation,
    and a writer that reads and updates one ticket after the other, waiting when it is told to."""
    token = desk.door.tokens.issue(172_000)
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    base = f"{desk.door.url}/api/v2"

    def call(method: str, url: str, **how: object) -> dict:  # type: ignore[type-arg]
        while True:
            answer = session.request(method, url, timeout=30, **how)  # type: ignore[arg-type]
            if answer.status_code != 429:
                answer.raise_for_status()
                return answer.json()  # type: ignore[no-any-return]
            desk.clock.advance(timedelta(seconds=int(answer.headers["Retry-After"])))

    url, read = f"{base}/tickets.json?page[size]=100", 0
    while url:
        page = call("GET", url)
        for ticket in page["tickets"]:
            call("GET", f"{base}/tickets/{ticket['id']}/comments.json")
            call("GET", f"{base}/users/{ticket['requester_id']}.json")
            if ticket["organization_id"]:
                call("GET", f"{base}/organizations/{ticket['organization_id']}.json")
            read += ticket["id"] != desk.furniture.canary
        url = page["links"]["next"] if page["meta"]["has_more"] else ""
    written = 0
    for update in wanted(desk, count).values():
        ticket = call("GET", f"{base}/tickets/{update.number}.json")["ticket"]
        change = {
            "priority": {"p1": "urgent", "p2": "high"}[update.priority or ""],
            "tags": sorted({*ticket["tags"], *update.add_tags}),
            "comment": {"body": update.comment, "public": False},
        }
        call("PUT", f"{base}/tickets/{update.number}.json", json={"ticket": change})
        written += 1
    session.close()
    return result(desk, read=read, written=written)


def result(desk: Desk, *, read: int, written: int) -> Result:
    """What the helpdesk counted."""
    served = desk.door.served()
    minutes = (served[-1].at - served[0].at).total_seconds() / 60
    throttled = sum(each.status == 429 for each in served)
    return Result(dict(desk.door.calls), minutes, read, written, throttled)


def measured(client: Callable[[Desk, int], Result], count: int) -> Result:
    """One client on a fresh desk; every ticket must have been read, every change be there."""
    desk = changed_desk()
    try:
        found = client(desk, count)
        shown = sum(
            len(desk.world.comments(number)) == 2 and desk.world.ticket(number) is not None
            for number in desk.numbers[:count]
        )
    finally:
        desk.door.stop()
    assert (found.read, found.written, shown) == (TICKETS, count, count), found
    return found


def main() -> int:
    """Measure, print the table, and say whether the aims were met."""
    print(f"{TICKETS} changed tickets, read with every change; requests at the helpdesk\n")
    head = ("client", "written", "requests", "aim", "429s", "minutes of limits")
    print("{:<10}{:>9}{:>10}{:>6}{:>6}{:>19}".format(*head))
    is_met = True
    for count, aim in AIMS.items():
        for name, client in (("deskmate", ours), ("naive", naive)):
            found = measured(client, count)
            is_ours = client is ours
            is_met &= not is_ours or (found.total <= aim and found.throttled == 0)
            shown_aim = aim if is_ours else ""
            print(
                f"{name:<10}{count:>9}{found.total:>10}{shown_aim:>6}{found.throttled:>6}"
                f"{found.minutes:>19.1f}"
            )
            if is_ours:
                for endpoint, calls in sorted(found.calls.items()):
                    print(f"{'':<10}{calls:>19}  {endpoint}")
    print(f"\nthe floor is {FLOOR}: two exports and one job; aims {'met' if is_met else 'MISSED'}")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
