# SPDX-License-Identifier: GPL-3.0-or-later
"""The index follows the help centre hourly and survives its absence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.rules.knowledge import Knowledge
from bot.rules.policy import HelpdeskMap, KnowledgeSpec, Policy
from bot.sandbox.fakes import FakeHelpdesk
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import furnish
from bot.sources.librarian import EVERY, Librarian
from bot.store.store import Store

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SPEC = KnowledgeSpec(uses_help_centre=True, solved=timedelta(days=30))


@dataclass
class Reading:
    """A help centre, a store, and the librarian between them."""

    spec: KnowledgeSpec = SPEC
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(START))
    taken: list[Knowledge] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        furnish(self.world)
        self.store = Store.open("sqlite://", clock=self.clock)
        self.librarian = self.another()

    def another(self) -> Librarian:
        """A librarian as after a start of the daemon."""
        helpdesk = FakeHelpdesk(self.world, HelpdeskMap())
        policy = Policy("desk", "digest", knowledge=self.spec)
        return Librarian(helpdesk, self.store, lambda: policy, self.taken.append)

    def pass_by(self, span: timedelta = EVERY) -> None:
        self.clock.advance(span)
        self.librarian.step(self.clock.now())

    def finds(self, text: str) -> list[str]:
        return [each.article.title for each in self.taken[-1].articles.suggest(text)]


@pytest.fixture
def reading() -> Iterator[Reading]:
    made = Reading()
    made.librarian.step(made.clock.now())
    yield made
    made.store.close()


def test_new_article_is_found_within_the_hour(reading: Reading) -> None:
    """What staff write is suggested after the next look."""
    reading.world.shelf.add_article("Print labels", "Choose the label printer.")
    before = reading.finds("printing labels")

    reading.pass_by()

    assert (before, reading.finds("printing labels")) == ([], ["Print labels"])


def test_withdrawn_and_archived_articles_disappear(reading: Reading) -> None:
    """A draft goes at once, an archived article with the next whole pass."""
    shelf = reading.world.shelf
    draft, old = shelf.add_article("Print labels", "x"), shelf.add_article("Scan barcodes", "x")
    reading.pass_by()
    shelf.change_article(draft, title="Print labels", is_draft=True)
    shelf.remove_article(old)

    reading.pass_by(timedelta(days=1))

    assert reading.finds("print labels") == reading.finds("scan barcodes") == []


def test_index_survives_an_outage_and_a_restart(reading: Reading) -> None:
    """A daemon that starts while the helpdesk is down suggests from what it read before."""
    reading.world.faults.switch_on(Fault.UNAVAILABLE)

    reading.another().step(reading.clock.now())

    assert reading.finds("I cannot log in") == ["I cannot log in"]


def test_nothing_is_read_before_its_hour(reading: Reading) -> None:
    """Between two looks the helpdesk is left alone."""
    reading.pass_by(EVERY / 2)

    assert len(reading.taken) == 1


def test_same_articles_make_no_new_index(reading: Reading) -> None:
    """An hour in which nobody wrote anything costs no work."""
    reading.pass_by()

    assert len(reading.taken) == 1


def test_folder_stands_beside_the_help_centre(tmp_path: Path) -> None:
    """Both sources are one index."""
    (tmp_path / "labels.md").write_text("# Print labels\n\nChoose the printer.")
    reading = Reading(KnowledgeSpec(folder=str(tmp_path), uses_help_centre=True))

    reading.librarian.step(reading.clock.now())

    assert reading.finds("print labels") == ["Print labels"]
    assert reading.finds("I cannot log in") == ["I cannot log in"]
    reading.store.close()
