# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds a folder of real mails to the demo's world, each as a customer's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock
from bot.sandbox.stage import Stage
from bot.sandbox.teller import Unanswered

NO_MAILS = ("SOURCES.md", "trimmed__")
"""Beginnings of names that are no mails: the corpus's list of origins, expected results."""
HANDLED_WITHIN = 180.0


@dataclass(frozen=True, slots=True)
class MailFeed:
    """What became of the mails: numbers of tickets, and why the others became none."""

    read: int
    tickets: tuple[int, ...]
    unreadable: dict[str, str] = field(default_factory=dict)


def feed_mails(
    stage: Stage, folder: Path, clock: Clock, *, tell: Callable[[str], None]
) -> MailFeed:
    """Deliver every mail below `folder`, then wait until each ticket has a category."""
    tickets: list[int] = []
    unreadable: dict[str, str] = {}
    count = 0
    for path in _mails(folder):
        count += 1
        intake = stage.world.mail_arrives(
            path.read_bytes(), envelope_sender=f"sender-{count}@customers.example"
        )
        if intake.number is None:
            unreadable[path.relative_to(folder).as_posix()] = intake.reason
        else:
            tickets.append(intake.number)
        if count % 100 == 0:
            tell(f"{count} mails delivered")
    tell(f"{count} mails delivered; {len(unreadable)} unreadable")
    _until_sorted(stage, tickets, clock, tell)
    return MailFeed(count, tuple(tickets), unreadable)


def _mails(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(NO_MAILS):
            yield path


def _until_sorted(
    stage: Stage, tickets: list[int], clock: Clock, tell: Callable[[str], None]
) -> None:
    deadline = clock.monotonic() + HANDLED_WITHIN
    never = threading.Event()
    left = told = len(set(tickets))
    while left:
        left = sum(not stage.category_of(number) for number in set(tickets))
        if told - left >= 100:
            told = left
            tell(f"{len(set(tickets)) - left} of {len(set(tickets))} tickets have a category")
        if clock.monotonic() > deadline:
            raise Unanswered(f"{left} tickets from mails have no category")
        stage.check_daemon()
        clock.wait(never, 0.2)
    tell(f"all {len(set(tickets))} tickets have a category in the helpdesk")
