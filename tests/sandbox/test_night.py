# SPDX-License-Identifier: GPL-3.0-or-later
"""The night's figures are counted: what is missing, doubled or late is named, not declared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import VirtualClock
from bot.rules.text_language import language_of
from bot.sandbox.night.checks import look_round
from bot.sandbox.night.stage import CUSTOMERS, NightStage
from bot.sandbox.world_values import NewComment
from bot.sandbox.zendesk_limits import Limits
from bot.store.store import Store

NIGHT = datetime(2026, 3, 2, 21, 12, 4, tzinfo=UTC)
ROSA = CUSTOMERS[0]


class Night:
    """A night in which only Rosa wrote, and nobody has done anything yet."""

    def __init__(self, stage: NightStage, clock: VirtualClock) -> None:
        self.stage = stage
        self.clock = clock
        stage.post.write(ROSA, ROSA.letter)
        clock.advance(timedelta(minutes=5))
        stage.post.write(ROSA, ROSA.later)

    def ticket(self) -> int:
        """Somebody made a ticket of Rosa's first letter, five minutes late."""
        return self.stage.world.create_ticket(
            ROSA.subject, ROSA.letter, requester=ROSA.email
        ).number

    def note(self, number: int, words: str) -> None:
        """Somebody notes something in it."""
        world = self.stage.world
        world.change_ticket(number, by=world.daemon, comment=NewComment(words, is_public=False))

    def judged(self) -> str:
        """What is said of Rosa, in lines."""
        with Store.open("sqlite://", clock=self.clock) as store, store.read() as reader:
            return "\n".join(look_round(self.stage, reader, [ROSA]).problems)


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    clock = VirtualClock(NIGHT)
    stage = NightStage(clock, tmp_path, categories=("other",), export_delay=1, limits=Limits())
    stage.mailbox.start()
    yield Night(stage, clock)
    stage.mailbox.stop()


def test_what_is_missing_late_or_doubled_is_named(night: Night) -> None:
    """No ticket; one that hides how late it is; one that says it; a second one: each is told."""
    nothing = night.judged()
    number = night.ticket()
    late = night.judged()
    night.note(number, "DSK-1: this mail reached us at 2026-03-02 21:12 UTC. It counts.")
    night.note(number, f"Rosa wrote at 2026-03-02 21:17 UTC:\n\n{ROSA.later}")
    told = night.judged()
    second = night.ticket()
    doubled = night.judged()

    assert "has no ticket" in nothing and nothing.count("stands nowhere") == 2
    assert "was acknowledged 0 times" in nothing and "was answered 0 times" in nothing
    assert "does not say that it came at 2026-03-02 21:12:04" in late
    assert "does not say" not in told and "stands" not in told
    assert f"has the tickets ({number}, {second})" in doubled
    assert "stands there 2 times" in doubled and "the clock says None" in doubled


def test_forty_write_in_five_languages() -> None:
    """Each letter reads as its language, so that each acknowledgement can be in it."""
    read = {each.email: language_of(f"{each.subject}\n{each.letter}") for each in CUSTOMERS}

    assert len(read) == 40
    assert read == {each.email: each.language for each in CUSTOMERS}
