# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the files of a mail in the spool to whoever writes its case into the helpdesk."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from bot.ports import Enclosed
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker


class MailFiles:
    """The files of a raw mail by its name; safe to share between threads."""

    def __init__(self, spool: Spool, worker: MailWorker) -> None:
        """`worker` reads them, so that no mail can hurt the daemon; it is ours alone."""
        self._spool = spool
        self._worker = worker
        self._lock = threading.Lock()

    def __call__(self, mail: str) -> Sequence[Enclosed]:
        """The files of the mail `mail`; none where it is no longer kept, or not to be read."""
        path = self._spool.path(mail)
        if not path.exists():
            return ()
        with self._lock:
            found = self._worker.files(path)
            self._worker.close()
        return tuple(Enclosed(each.name, each.content_type, each.content) for each in found)
