# SPDX-License-Identifier: GPL-3.0-or-later
"""The real reader of mails, that one mail kills: whatever has POISON in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.sources import mail_worker
from bot.sources.mail_reading import ReadMail, read_mail


def read_or_die(raw: bytes) -> ReadMail:
    """As a mail that the parser's C code crashes on."""
    if b"POISON" in raw:
        os._exit(9)
    return read_mail(raw)


if Path(sys.argv[0]).stem == "poisoned_reader":
    mail_worker.read_mail = read_or_die
    mail_worker.main()
