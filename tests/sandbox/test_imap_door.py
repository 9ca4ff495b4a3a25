# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's mailbox is an IMAP server to the client that reads the real one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.clock import SystemClock, VirtualClock
from bot.sandbox.imap import ImapDoor
from bot.sandbox.world import World
from bot.sources.mailbox_address import MailboxFault, MailboxTrouble, read_mailbox_address
from bot.sources.mailbox_session import MailboxSession

NIGHT = datetime(2026, 3, 2, 3, 12, 4, 250_000, tzinfo=UTC)
RAW = (
    "From: nora@northwind.example\r\nSubject: Привет\r\n\r\nDer Zugang ist weg, Grüße\r\n".encode()
)


@pytest.fixture
def door() -> Iterator[ImapDoor]:
    opened = ImapDoor(World(VirtualClock(NIGHT)), "help@acme.example", password="night").start()
    yield opened
    opened.stop()


def _client(url: str) -> MailboxSession:
    return MailboxSession(read_mailbox_address(url), SystemClock())


def test_mail_is_heard_read_untouched_and_moved(door: ImapDoor) -> None:
    """The server tells of it, gives its bytes and its instant, and moves it in one stroke."""
    client = _client(door.url)
    client.open()
    client.begin_waiting()
    came_at = door.deliver(RAW, sender="nora@northwind.example")
    is_heard = client.heard(5.0)
    client.end_waiting()
    [listed] = client.listed(client.uids())
    raw = client.whole(listed.uid)
    mover = _client(door.url)
    mover.open(may_move=True)
    mover.move([listed.uid], "Outage/Processed")

    assert is_heard
    assert (raw, listed.size) == (RAW, len(RAW))
    assert listed.internal_at == came_at == NIGHT.replace(microsecond=0)
    assert (client.uids(), door.count(), door.count("Outage/Processed")) == ((), 0, 1)
    mover.close()
    client.close()


def test_wrong_password_is_refused(door: ImapDoor) -> None:
    """Nobody else reads it."""
    with pytest.raises(MailboxTrouble) as refused:
        _client(door.url.replace(":night@", ":day@"))

    assert refused.value.fault is MailboxFault.CREDENTIALS
