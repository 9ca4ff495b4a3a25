# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a mail are taken out within limits, in a process of their own."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from mail_samples import corpus

from bot.clock import SystemClock
from bot.rules.mail_limits import FILES_OF_MAIL, files_fit
from bot.sources.mail_enclosures import MailFiles
from bot.sources.mail_files import contents
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailWorker]:
    """A reader that says something else than files."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = MailWorker(SystemClock(), time_limit=0.3, module="slow_reader")
    yield made
    made.close()


def _mail(*sizes: int) -> bytes:
    mail = EmailMessage()
    mail.set_content("See the files")
    for number, size in enumerate(sizes):
        mail.add_attachment(b"x" * size, maintype="a", subtype="b", filename=f"{number}.bin")
    return mail.as_bytes()


def test_what_is_too_much_stays_in_the_mail() -> None:
    """Ten files and so many bytes are passed on; a smaller one behind a large one still is."""
    many = contents(_mail(*[1] * (FILES_OF_MAIL + 2)))
    large = contents(_mail(10, 1000, 20), greatest_sum=1000)

    assert len(many) == FILES_OF_MAIL
    assert [len(each.content) for each in large] == [10, 20]


@pytest.mark.parametrize(
    ("files", "fit"),
    [
        ([], ()),
        ([0, 3], (False, True)),
        ([10, 10, 1], (True, True, False)),
        ([30, 10], (True, True)),
        ([9, 9, 3, 2, 1], (True, True, False, True, False)),
    ],
)
def test_case_takes_twenty_files(files: list[int], fit: tuple[bool, ...]) -> None:
    """Those of one mail go together or not at all; a smaller one behind a large one still does."""
    assert files_fit(files) == fit


def test_no_odd_mail_raises() -> None:
    """Whatever real mails hold, files come out or none do."""
    found = [contents(raw) for _, raw in corpus()]

    assert sum(map(len, found)) > 50
    assert all(each.name and each.content for files in found for each in files)


def test_bad_mail_has_no_files_and_harms_nobody(impatient: MailWorker, tmp_path: Path) -> None:
    """A reader that answers nonsense, or a mail that is no longer kept, gives none."""
    spool = Spool(tmp_path)
    files = MailFiles(spool, impatient)

    assert list(files(spool.keep(_mail(1)))) == []
    assert list(files("0" * 64)) == []
