# SPDX-License-Identifier: GPL-3.0-or-later
"""An older store is put back in the middle of an outage's way back: nothing is opened twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from case_mails import MINUTE, Mail, all_clear, arrive, case_of, declare_down
from desk import OWN, Desk, compiled_policy

from bot.channels.mail_customer import customer_payload
from bot.handlers.backfill import case_of as backfill_case
from bot.handlers.backfill_notices import progress_in
from bot.ports import Sought, Trouble
from bot.rules.actions import CustomerMail, TicketCreation
from bot.rules.backfill import creation_of
from bot.rules.backfill_state import LOOKS
from bot.rules.mail import Twin
from bot.sandbox.fakes import FakeHelpdesk
from bot.sources.twins import TwinFinder
from bot.store.backup import backup, restore

MAILS = tuple(
    Mail(f"Matter {n} is down", f"Matter {n}", f"c{n}@northwind.example", message_id=f"<m{n}@x.io>")
    for n in range(6)
)


@dataclass(frozen=True)
class Way:
    """How far the way back had come when the store was lost, and what is read first after it."""

    name: str
    imported_for: timedelta
    imported: int
    mails_first: bool


WAYS = (
    Way("before any import", timedelta(), 0, True),
    Way("in its middle", timedelta(seconds=20), 4, True),
    Way("in its middle, the export first", timedelta(seconds=20), 4, False),
    Way("after all of it", timedelta(minutes=1), 6, False),
)


@pytest.fixture
def lasting_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk whose store is a file."""
    made = Desk(compiled_policy(tmp_path), url=f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


def tickets_by_name(desk: Desk) -> Counter[str | None]:
    """How many tickets the helpdesk has under each reference."""
    names = Counter(each.external_id for each in desk.world.tickets())
    return Counter({name: count for name, count in names.items() if name})


def acknowledgements(desk: Desk) -> list[str]:
    """The Message-ID of every acknowledgement that was sent."""
    return [
        str(customer_payload(out, OWN, now=at)["Message-ID"])
        for at, out in desk.channel.delivered
        if isinstance(out.message, CustomerMail) and out.message.is_automatic
    ]


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, id=way.name, marks=() if way is WAYS[2] else pytest.mark.real)
        for way in WAYS
    ],
)
def test_old_ledger_creates_nothing_twice(lasting_desk: Desk, tmp_path: Path, way: Way) -> None:
    """Six cases, of which the backup knows three: six tickets, each word once, whenever it is
    put back; who was acknowledged after the backup hears again under the same Message-ID."""
    desk, came = lasting_desk, dict[int, datetime]()
    declare_down(desk)
    for number in range(3):
        came[number] = desk.clock.now()
        arrive(desk, MAILS[number])
    desk.run(MINUTE)
    copy = backup(desk.url, tmp_path / "copy")
    keys = []
    for number in range(3, 6):
        came[number] = desk.clock.now()
        keys.append(arrive(desk, MAILS[number]))
    desk.run(MINUTE)
    references = {case_of(desk, key).reference for key in keys}
    sent = acknowledgements(desk)
    if way.imported_for:
        all_clear(desk, way.imported_for)
    there = len(tickets_by_name(desk))

    desk.close()
    restore(copy, desk.url, desk.clock.now())
    desk.start()
    if not way.mails_first:
        all_clear(desk, MINUTE)
    for number in range(6):
        keys.append(arrive(desk, MAILS[number], ago=desk.clock.now() - came[number]))
    all_clear(desk, 5 * MINUTE)

    assert there == way.imported
    assert tickets_by_name(desk) == dict.fromkeys(tickets_by_name(desk), 1)
    assert references <= tickets_by_name(desk).keys() and len(tickets_by_name(desk)) == 6
    for number in range(6):
        said = [each.body for t in desk.world.tickets() for each in desk.world.comments(t.number)]
        assert sum(f"Matter {number} is down" in each for each in said) == 1
    assert len(sent) == len(set(sent)) == 6
    assert acknowledgements(desk) == sent[3:]


class LateHelpdesk(FakeHelpdesk):
    """A request that was given up, and is forgotten, comes alive after the first look."""

    forgotten: TicketCreation | None = None

    def twins(self, sought: Sought) -> tuple[Twin, ...] | Trouble:
        found = super().twins(sought)
        if self.forgotten is not None:
            super().create("an import that nobody remembers", self.forgotten)
            self.forgotten = None
        return found


def test_forgotten_import_gets_the_words_that_it_lacks(lasting_desk: Desk, tmp_path: Path) -> None:
    """The customer wrote once more after the store was put back: the ticket that an earlier
    import made has the first word alone, and the second follows as a note, once."""
    desk, first = lasting_desk, "<m0@x.io>"
    declare_down(desk)
    key = arrive(desk, MAILS[0])
    copy = backup(desk.url, tmp_path / "copy")
    with desk.store.read() as reader:
        forgotten = creation_of(backfill_case(case_of(desk, key), reader), None)
    desk.close()
    restore(copy, desk.url, desk.clock.now())
    desk.start()
    helpdesk = LateHelpdesk(desk.world, desk.compiled.policy.helpdesk, withhold=MINUTE / 60)
    helpdesk.forgotten = forgotten
    desk.helpdesk, desk.finder = helpdesk, TwinFinder(helpdesk, desk.store)
    arrive(
        desk, replace(MAILS[0], text="And the shop too", references=(first,), message_id="<2@x>")
    )

    all_clear(desk, 5 * MINUTE)

    assert set(tickets_by_name(desk).values()) == {1}
    [number] = [each.number for each in desk.world.tickets() if each.external_id]
    said = [each.body for each in desk.world.comments(number)]
    for word in ("Matter 0 is down", "And the shop too"):
        assert sum(word in each for each in said) == 1, said
    with desk.store.read() as reader:
        assert progress_in(reader).is_through
        assert not reader.states.starting_with(LOOKS), "it is read once"
