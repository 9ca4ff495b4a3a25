# SPDX-License-Identifier: GPL-3.0-or-later
"""Many matters at once are one message; a silence hides messages and says at its end what waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desk import Desk

from bot.rules.actions import Notice
from bot.rules.events import Event, SilenceOrdered

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SLACK = "slack:support"


def _messages(desk: Desk, destination: str = SLACK) -> list[Notice]:
    return [
        outgoing.message
        for _, outgoing in desk.channel.delivered
        if outgoing.destination == destination and isinstance(outgoing.message, Notice)
    ]


def _storm(desk: Desk, count: int) -> None:
    for number in range(count):
        desk.write(f"Portal is down, case {number}")
        desk.run(SECOND)


def _silence(desk: Desk, minutes: int, **only: str) -> None:
    now = desk.clock.now()
    end = now + minutes * MINUTE
    order = SilenceOrdered("works", end, "the network is rebuilt", "bo", only)
    desk.store.receive([Event(f"silence@{now}", "desk", now, "command", order)]).result()
    desk.run(SECOND)


def test_storm_is_one_message_that_counts(desk: Desk) -> None:
    """Sixty tickets in a minute: the first are told singly, then one message counts."""
    _storm(desk, 60)

    desk.run(MINUTE)

    told = _messages(desk)
    assert len([each for each in told if each.kind == "rule"]) <= 21
    last = [each for each in told if each.kind == "storm"][-1]
    assert last.soon == 60
    assert last.lines[0].title.startswith("Portal is down")


def test_storm_ends_with_a_word(desk: Desk) -> None:
    """After two quiet minutes its message says that it is over, and single ones come again."""
    _storm(desk, 30)
    desk.run(5 * MINUTE)

    number = desk.write("Portal is down once more")
    desk.run(MINUTE)

    assert [each.reason for each in _messages(desk) if each.kind == "storm"][-1] == "storm_over"
    assert _messages(desk)[-1].number == number


def test_nothing_of_a_storm_is_lost(desk: Desk) -> None:
    """Each held message stands in the outbox with its reason."""
    _storm(desk, 40)
    desk.run(MINUTE)

    with desk.store.read() as reader:
        rows = [row for row in reader.outbox.all() if row.outgoing.destination == SLACK]
    held = [row for row in rows if (row.reason or "").startswith("counted in storm 1")]
    told = [row for row in rows if row.outgoing.key.startswith("rule/down")]
    assert len(told) == 40
    assert len(held) >= 19


@pytest.mark.parametrize("is_storm", [True, False])
def test_press_posts_nothing_where_its_message_was_held(desk: Desk, is_storm: bool) -> None:
    """Who takes by mail what a storm or a silence held back does not break it."""
    _storm(desk, 40) if is_storm else _silence(desk, 30, organisation="Contoso")
    number = desk.write("Portal is down once more")
    desk.run(MINUTE)

    desk.press(number)
    desk.run(MINUTE)

    assert [each.kind for each in _messages(desk) if each.number == number] == []
    assert "Bo has it" in desk.notes(number)[-1]


def test_silence_hides_and_tells_at_its_end(desk: Desk) -> None:
    """During the works nothing is told of the customer; afterwards one message lists what waits."""
    _silence(desk, 30, organisation="Contoso")
    desk.write("Portal is down")
    desk.run(10 * MINUTE)
    during = [each for each in _messages(desk) if each.kind == "rule"]

    desk.run(25 * MINUTE)

    assert during == []
    caught_up = [each for each in _messages(desk) if each.kind == "catch_up"]
    assert [(each.soon, len(each.lines)) for each in caught_up] == [(1, 1)]
    codes = [each.reason.partition(":")[0] for each in _messages(desk) if each.kind == "silence"]
    assert codes == ["silence_on", "silence_ends", "silence_over"]


def test_silence_spares_other_customers_and_pages(desk: Desk) -> None:
    """Only what it is limited to is hidden, and never what is critical."""
    _silence(desk, 300, organisation="Contoso")
    other = next(name for name in desk.furniture.customers if name != "contoso")
    desk.write("Portal is down", who=other)
    desk.write("Portal is down")
    desk.run(2 * MINUTE)
    singly = [each for each in _messages(desk) if each.kind == "rule"]

    desk.run(70 * MINUTE)

    late = [each for each in _messages(desk, "slack:leads") if each.kind == "sla_breached"]
    assert (len(singly), len(late)) == (1, 2)
