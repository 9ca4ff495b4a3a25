# SPDX-License-Identifier: GPL-3.0-or-later
"""What a crash leaves in the spool is swept, and one poisonous mail stops no other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from mail_samples import raw_mail, received
from reading_desk import ReadingDesk, reading_desk

from bot.clock import SystemClock
from bot.rules.mail import Fate
from bot.sandbox.imap import ImapDoor
from bot.sandbox.world import World
from bot.sources.mail_worker import GREATEST_MEMORY, MailWorker

NOWHERE = "imap://esc:secret@127.0.0.1:1/INBOX"


def _kept(desk: ReadingDesk, raw: bytes, *, days: float, is_known: bool) -> str:
    name = desk.spool.keep(raw)
    then = desk.clock.now().timestamp() - 86400 * days
    os.utime(desk.spool.path(name), (then, then))
    if is_known:
        mail = replace(received(raw), raw=name)
        desk.store.write(lambda tx: tx.mails.add(mail, None, desk.clock.now()))
    return name


def _half_written(desk: ReadingDesk, *, days: float) -> Path:
    """As a crash in the middle of writing leaves it."""
    folder = desk.spool.path("ab" * 32).parent
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".new-{days}"
    path.write_bytes(b"From: nora")
    then = desk.clock.now().timestamp() - 86400 * days
    os.utime(path, (then, then))
    return path


def test_only_old_raw_mails_that_nobody_knows_are_swept(tmp_path: Path) -> None:
    """A row keeps its mail for ever; a young file may be one whose row is just being written."""
    with reading_desk(NOWHERE, tmp_path) as desk:
        known = _kept(desk, raw_mail(message_id="<1@x.example>"), days=400, is_known=True)
        young = _kept(desk, raw_mail(message_id="<2@x.example>"), days=6.9, is_known=False)
        orphan = _kept(desk, raw_mail(message_id="<3@x.example>"), days=7.1, is_known=False)
        half = _half_written(desk, days=7.1)
        fresh = _half_written(desk, days=0)

        swept = desk.mailbox.sweep_spool(desk.clock.now())

        left = [desk.spool.load(each) is not None for each in (known, young, orphan)]
        assert (swept, left) == (2, [True, True, False])
        assert (half.exists(), fresh.exists()) == (False, True)


def test_mail_that_wants_too_much_memory_is_its_own_trouble(tmp_path: Path) -> None:
    """The reader stops at 1.5 GB, not the machine, and reads the next mail."""
    worker = MailWorker(SystemClock())
    greedy, usual = tmp_path / "greedy.eml", tmp_path / "usual.eml"
    usual.write_bytes(raw_mail())
    with greedy.open("wb") as file:
        file.truncate(GREATEST_MEMORY + 1)  # A hole: nothing of it is on the disk.

    trouble = worker.read(greedy).trouble
    mail = worker.read(usual).mail
    worker.close()

    assert trouble == "it could not be read (MemoryError)"
    assert mail is not None and mail.subject == "Feed is gone"


@pytest.fixture
def door() -> Iterator[ImapDoor]:
    """A mail server on loopback."""
    opened = ImapDoor(World(SystemClock()), "esc@acme.example", password="secret").start()
    yield opened
    opened.stop()


def test_poisonous_mail_first_in_the_folder_stops_no_other(
    door: ImapDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It kills its reader: it is parked, once, and the good one behind it is a case."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    for number, body in enumerate(("POISON", "The feed is gone.")):
        raw = raw_mail(body=body, message_id=f"<m{number}@northwind.example>")
        door.deliver(raw, sender="nora@northwind.example")
    with reading_desk(door.url, tmp_path, reader="poisoned_reader") as desk:
        desk.helpdesk_is_down()
        desk.run(lambda: door.count("Outage/Processed") == 1)
        desk.restart()
        desk.clock.ahead += timedelta(minutes=11)
        desk.mailbox.step()

        with desk.store.read() as reader:
            [parked] = reader.mails.with_fate(Fate.PARKED)
        assert desk.fates() == {Fate.PARKED: 1, Fate.CASE: 1}
        assert (parked.reason, parked.copies) == ("the reader died of it (EOFError)", 1)
        assert (door.count(), door.count("Outage/Parked")) == (0, 1)
