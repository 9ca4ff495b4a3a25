# SPDX-License-Identifier: GPL-3.0-or-later
"""Customers who write to the mailbox of a dead helpdesk, and the bad line on which it returns."""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from load import Load

from bot.sandbox.faults import Fault
from bot.sandbox.stage import Stage

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mailbox"))
from dovecot import Dovecot  # noqa: E402 - the tests' own folder is no package

IMPORT = "POST imports/tickets"
BAD_LINE = ((Fault.ANSWER_LOST, IMPORT), (Fault.ANSWER_LOST, IMPORT), (Fault.RESET, IMPORT),
            (Fault.ANSWER_LOST, "PUT *"), (Fault.RESET, "GET *"))  # fmt: skip
"""What goes wrong with single calls: carried out and the answer dropped, or never carried out."""


@dataclass(frozen=True)
class Said:
    """A mail of a customer's, and when the mail server had it."""

    text: str
    at: datetime


class Customers(Load):
    """Write, write again in the same thread, and are sometimes delivered twice.

    `are_known` ends new ones: what strangers write once the helpdesk is there is its own business.
    """

    between = (1.5, 3.5)
    """Fewer than sixty mails a minute, which is how many acknowledgements may go out."""

    def __init__(self, server: Dovecot, chance: random.Random) -> None:
        super().__init__(chance)
        self.words: dict[str, list[Said]] = {}
        self.copies = 0
        self.are_known = False
        self._server = server

    def once(self) -> None:
        known = list(self.words)
        if self.are_known or (known and self._chance.random() < 0.4):
            self._write(self._chance.choice(known if self.are_known else known[-10:]))
        else:
            self._write(f"customer{len(known)}@northwind{len(known)}.example")

    def _write(self, who: str) -> None:
        said = self.words.setdefault(who, [])
        named = f"<{len(said)}.{who}>"
        answered = f"In-Reply-To: <0.{who}>\r\n" if said else ""
        text = f"Word {len(said)}: the portal is down"
        raw = (
            f"From: {who}\r\nTo: escalations@acme.example\r\nSubject: Portal\r\n"
            f"Message-ID: {named}\r\n{answered}\r\n{text}\r\n"
        ).encode()
        said.append(Said(text, datetime.now(UTC)))
        self._server.deliver(raw)
        if self._chance.random() < 0.2:
            self.copies += 1
            self._server.deliver(b"Delivered-To: another@acme.example\r\n" + raw)


class BadLine(Load):
    """Spoils single calls to the helpdesk; `spoilt` counts them by what happened."""

    between = (0.8, 4.0)

    def __init__(self, stage: Stage, chance: random.Random) -> None:
        super().__init__(chance)
        self.spoilt: Counter[str] = Counter()
        self._faults = stage.world.faults

    def once(self) -> None:
        fault, endpoint = self._chance.choice(BAD_LINE)
        if any(each.endpoint == endpoint for each in self._faults.thrown()):
            return
        self._faults.switch_on(fault, endpoint=endpoint, times=1)
        self.spoilt[f"{fault} {endpoint}"] += 1

    def stop(self) -> None:
        """End, and take back what has struck nothing."""
        super().stop()
        for each in self._faults.thrown():
            if each.endpoint != "*":
                self.spoilt[f"{each.fault} {each.endpoint}"] -= 1
        for fault in {fault for fault, _ in BAD_LINE}:
            self._faults.clear(fault)
