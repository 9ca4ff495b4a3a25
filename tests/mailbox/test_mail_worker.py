# SPDX-License-Identifier: GPL-3.0-or-later
"""No mail hangs or kills the daemon: its reader is killed, and the next mail gets another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from mail_samples import raw_mail

from bot.clock import SystemClock
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker


@pytest.fixture
def worker() -> Iterator[MailWorker]:
    """The real reader."""
    made = MailWorker(SystemClock())
    yield made
    made.close()


@pytest.fixture
def bad(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailWorker]:
    """A reader that misbehaves, with little patience."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = MailWorker(SystemClock(), time_limit=0.3, module="slow_reader")
    yield made
    made.close()


def test_mail_is_read_in_another_process(worker: MailWorker, tmp_path: Path) -> None:
    """What comes back is the mail, and one process reads many."""
    spool = Spool(tmp_path)
    paths = [spool.path(spool.keep(raw_mail(body=f"Mail {number}"))) for number in range(3)]

    read = [worker.read(path).mail for path in paths]

    assert [each.text for each in read if each is not None] == ["Mail 0", "Mail 1", "Mail 2"]


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        ("hang.eml", "it took more than 0 s to read"),
        ("die.eml", "the reader died of it (EOFError)"),
        ("babble.eml", "the reader said something else"),
        ("other.eml", "it could not be read (ValueError)"),
    ],
)
def test_reader_that_misbehaves_is_this_mails_trouble(
    bad: MailWorker, path: str, trouble: str
) -> None:
    """Hanging, dying or talking nonsense: said of the mail, and the next one is read again."""
    assert bad.read(Path(path)).trouble == trouble
    assert bad.read(Path("other.eml")).trouble == "it could not be read (ValueError)"


def test_mail_that_is_gone_is_trouble(worker: MailWorker, tmp_path: Path) -> None:
    """A file that somebody removed stops nothing."""
    assert "could not be read" in worker.read(tmp_path / "none.eml").trouble


def test_raw_mail_is_kept_once_for_its_owner_alone(tmp_path: Path) -> None:
    """Named by its hash, in a folder that nobody else may open."""
    spool = Spool(tmp_path / "mails")
    first, second = spool.keep(b"One"), spool.keep(b"One")

    assert first == second
    assert spool.load(first) == b"One"
    assert spool.path(first).parent.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{first}.eml"]


def test_forgotten_mail_is_gone(tmp_path: Path) -> None:
    """Old ones are named, so that what nobody knows can be swept."""
    spool = Spool(tmp_path)
    name = spool.keep(b"One")
    hour = timedelta(hours=1)

    assert spool.older_than(SystemClock().now() + hour) == (name,)
    assert spool.older_than(SystemClock().now() - hour) == ()
    assert (spool.forget(name), spool.forget(name), spool.load(name)) == (True, False, None)


def test_closed_reader_leaves_no_process(tmp_path: Path) -> None:
    """Whoever stops the daemon stops its reader."""
    worker = MailWorker(SystemClock())
    spool = Spool(tmp_path)
    worker.read(spool.path(spool.keep(raw_mail())))
    pid = worker.pid
    worker.close()

    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
