# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo's chapters on delivery came to, counted on both sides: in the world, in the store.

Each pair says what people did or saw, and what the daemon wrote down of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bot.rules.actions import Notice
from bot.sandbox.audit import ARRIVED
from bot.sandbox.view_texts import texts_of
from bot.sandbox.world import World
from bot.store.queues import OutboxRow, OutboxState
from bot.store.transaction import Reader
from bot.texts.words import language

INSTEAD = "/instead/"
"""Stands in the key of a message that goes its next way."""
OTHER_WAYS = ("slow_elsewhere", "refused_elsewhere")
"""The reasons that a message gives for coming another way."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Buttons by action; messages by another way; what a storm and a silence held back."""

    pressed: dict[str, int]
    done: dict[str, int]
    sent_another_way: int
    seen_another_way: int
    catch_ups: int
    held_by_storms: int
    storms: int
    held_by_silences: int
    told_after_silences: int

    def figures(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """The same for people."""
        pressed = ", ".join(f"{action} {count}" for action, count in self.pressed.items())
        done = "all" if self.pressed == self.done else f"only {self.done}"
        yield f"buttons pressed: {pressed}; {done} carried out"
        yield (
            f"{self.seen_another_way} messages came another way and said why, "
            f"{self.catch_ups} told afterwards what was missed"
        )
        yield f"{self.held_by_storms} held back by {self.storms} storm, counted in its one message"
        yield (
            f"{self.held_by_silences} held back by a silence, "
            f"{self.told_after_silences} message at its end said which"
        )


def tally(world: World, reader: Reader) -> Tally:
    """Count everything; `reader` reads the store of a daemon that has ended."""
    rows = reader.outbox.all()
    pressed = Counter(press.action for press in world.chat.presses())
    codes = Counter(
        reason.source for entry in reader.journal.everything() for reason in entry.reasons
    )
    keys = [message.key for message in world.chat.messages()]
    return Tally(
        pressed=dict(sorted(pressed.items())),
        done={action: codes[action] for action in sorted(pressed)},
        sent_another_way=sum(INSTEAD in row.outgoing.key for row in rows if row.state in ARRIVED),
        seen_another_way=_seen_another_way(world),
        catch_ups=sum(key.startswith("catch_up/") for key in keys),
        held_by_storms=_held(rows, OutboxState.SUPERSEDED, "counted in storm"),
        storms=sum(key.startswith("storm:") for key in keys),
        held_by_silences=_held(rows, OutboxState.SILENCED, "silence "),
        told_after_silences=sum(key.startswith("silence/") for key in keys),
    )


def _held(rows: tuple[OutboxRow, ...], state: OutboxState, reason: str) -> int:
    return sum(
        row.state is state
        and isinstance(row.outgoing.message, Notice)
        and (row.reason or "").startswith(reason)
        for row in rows
    )


def _seen_another_way(world: World) -> int:
    """Cards and messages in which people read why it came this way."""
    reasons = language("en").words.reasons
    said = tuple(reasons[code].partition("{")[0] for code in OTHER_WAYS)
    bodies: list[object] = [card.body for card in world.chat.cards()]
    bodies += [message.blocks for message in world.chat.messages()]
    return sum(any(reason in text for text in texts_of(body) for reason in said) for body in bodies)
