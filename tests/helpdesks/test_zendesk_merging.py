# SPDX-License-Identifier: GPL-3.0-or-later
"""How several updates become one write, and how Zendesk's limits are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk_limits import CallBudget, Lane, Stand, stands
from bot.helpdesks.zendesk_updates import Worded, merged, single_payload, without_known
from bot.rules.actions import TicketUpdate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def tags(add: str = "", remove: str = "") -> TicketUpdate:
    return TicketUpdate(
        "T", 7, add_tags=frozenset(add.split()), remove_tags=frozenset(remove.split())
    )


@pytest.mark.parametrize(
    ("updates", "add", "remove"),
    [
        ((tags("a"), tags("b")), "a b", ""),
        ((tags("a"), tags("", "a")), "", "a"),
        ((tags("", "a"), tags("a")), "a", ""),
        ((tags("a b", "c"), tags("c", "b")), "a c", "b"),
    ],
)
def test_later_tags_win(updates: tuple[TicketUpdate, ...], add: str, remove: str) -> None:
    """Of adding and removing the same tag, what was decided last holds."""
    ((write,),) = merged({str(place): each for place, each in enumerate(updates)})

    assert frozenset(add.split()) == write.update.add_tags
    assert frozenset(remove.split()) == write.update.remove_tags


def test_each_round_holds_a_ticket_once() -> None:
    """Comments of one ticket go in rounds; other tickets do not wait for them."""
    rounds = merged(
        {
            "a": TicketUpdate("T", 7, comment="1"),
            "b": TicketUpdate("U", 8, comment="2"),
            "c": TicketUpdate("T", 7, comment="3"),
            "d": TicketUpdate("T", 7, priority="p1"),
        }
    )

    assert [[(write.number, write.keys) for write in each] for each in rounds] == [
        [(7, ("a",)), (8, ("b",))],
        [(7, ("c", "d"))],
    ]


def test_files_stay_with_their_note() -> None:
    """What is merged with a note keeps the note's files, whichever came first."""
    note, value = TicketUpdate("T", 7, comment="1", mail="m"), TicketUpdate("T", 7, priority="p1")

    for updates in ({"a": note, "b": value}, {"b": value, "a": note}):
        [[write]] = merged(updates)
        assert (write.update.comment, write.update.mail) == ("1", "m")


def test_drop_downs_tag_follows_its_value() -> None:
    """A drop-down's value is a tag too: the whole list of tags must not bring the old one back."""
    present = {
        "tags": ["cat_old", "vip"],
        "custom_fields": [{"id": 5, "value": "cat_old"}],
        "updated_at": "2026-03-02T09:00:00Z",
    }
    wanted = Worded(custom_fields={5: "cat_new"}, add_tags=frozenset({"x"}))

    payload = single_payload(without_known(wanted, present), present)

    assert payload["tags"] == ["cat_new", "vip", "x"]
    assert (payload["updated_stamp"], payload["safe_update"]) == ("2026-03-02T09:00:00Z", True)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-rate-limit": "700", "x-rate-limit-remaining": "30"},
        {"Rate-Limit": "700", "Rate-Limit-Remaining": "30", "Rate-Limit-Reset": "60"},
        {"ratelimit-limit": "700", "ratelimit-remaining": "30", "ratelimit-reset": "60"},
    ],
)
def test_account_limit_is_read_in_every_spelling(headers: dict[str, str]) -> None:
    """Zendesk renamed its headers twice; all three are understood."""
    assert {Lane.OTHER: Stand(700, 30, 60.0)} == stands(headers)


@pytest.mark.parametrize("prefix", ["zendesk-ratelimit-", "Zendesk-Rate-Limit-"])
def test_endpoint_limit_is_heeded(prefix: str) -> None:
    """A bucket that is nearly empty is left to others until it fills."""
    budget = CallBudget(VirtualClock(NOW))

    budget.observe({f"{prefix}tickets-update": "total=100; remaining=9; resets=16"})

    assert budget.wait_for(Lane.UPDATES) == 16.0
    assert budget.wait_for(Lane.EXPORTS) == 0.0


def test_exports_keep_below_ten_a_minute() -> None:
    """The eleventh export waits until the first is a minute old."""
    clock = VirtualClock(NOW)
    budget = CallBudget(clock)
    for _ in range(10):
        budget.count(Lane.EXPORTS)
        clock.advance(timedelta(seconds=1))

    assert budget.wait_for(Lane.EXPORTS) == 50.0
    clock.advance(timedelta(seconds=50))
    assert budget.wait_for(Lane.EXPORTS) == 0.0
