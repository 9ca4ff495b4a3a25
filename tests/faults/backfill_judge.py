# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges how a crash run ended: each case one ticket, every word and file once, every copy told."""

from __future__ import annotations

from datetime import datetime

from backfill_chaos import ZOMBIE
from backfill_run import START, Found, Run, Sent

from bot.rules.ticket import Origin, Ticket


class Judge:
    """Compares what customers wrote with what the helpdesk has."""

    def __init__(self, run: Run) -> None:
        """Read what the run left behind."""
        self._run, self._world, self._helpdesk = run, run.world, run.helpdesk
        with run.store.read() as reader:
            cases = [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]
            self._by_mail = {row.message_id: row.ticket_id for row in reader.mails.since(START)}
            rows = reader.outbox.all()
        self._told = {str(getattr(row.outgoing.message, "reason", "")) for row in rows}
        self._imported_at = {
            row.outgoing.ticket_id: row.created_at
            for row in rows
            if row.outgoing.key.startswith("import/")
        }
        self._cases = {each.ticket_id: each for each in cases}

    def found(self) -> Found:
        """What the run came to, with everything that is wrong."""
        for mail in self._run.mails:
            self._judge(mail, self._cases.get(self._by_mail.get(mail.message_id) or ""))
        for case in self._cases.values():
            self._judge_copies(case)
        return self._run.found

    def _judge(self, mail: Sent, case: Ticket | None) -> None:
        if case is None or case.number is None:
            self._wrong(0, 1, f"{mail.text} is nowhere")
            return
        shown = [each.body for each in self._world.comments(case.number)]
        said = sum(mail.text in each for each in shown)
        if said != 1:
            self._wrong(said > 1, said == 0, f"{mail.text} stands {said} times in #{case.number}")
        if not mail.answers and mail.text not in shown[0]:
            self._wrong(1, 0, f"{mail.text} stands in #{case.number}, which is another matter")
        self._judge_file(mail, case.number)
        theirs = [
            each.number
            for each in self._world.tickets()
            if each.external_id is None
            and any(mail.text in said.body for said in self._world.comments(each.number))
            and each.number != case.number
        ]
        if mail.message_id in self._run.early and theirs:
            self._judge_early(mail, case, theirs)
        for number in theirs:
            if not self._is_told(number):
                self._wrong(1, 0, f"the copy #{number} of {mail.text} was not told")

    def _judge_file(self, mail: Sent, number: int) -> None:
        """Once, on the words that it came with; the helpdesk's own ticket brings its own files."""
        shown = self._world.comments(number)
        hanging = [e.body for e in shown if any(f.file_name == mail.raw for f in e.attachments)]
        is_lost = mail.has_file and not hanging and mail.message_id not in self._run.early
        is_wrong = len(hanging) > 1 or not all(mail.text in each for each in hanging)
        if is_lost or is_wrong:
            self._wrong(is_wrong, is_lost, f"the file of {mail.text} hangs on {hanging}")

    def _judge_copies(self, case: Ticket) -> None:
        """More than one of ours only by requests that were alive for more than a minute, told."""
        ours = [t.number for t in self._world.tickets() if t.external_id == case.reference]
        copies = [number for number in ours if number != case.number]
        self._run.found.adopted += case.number is not None and case.number not in ours
        slow = self._helpdesk.slow[case.reference or ""]
        if len(copies) > slow:
            said = (
                f"{case.reference} is #{case.number} and {copies}, {slow} of them by slow requests"
            )
            self._wrong(1, 0, said)
        for number in copies[:slow]:
            self._run.found.told += 1
            if not self._is_told(number):
                self._wrong(1, 0, f"the slow copy #{number} of {case.reference} was not told")

    def _judge_early(self, mail: Sent, case: Ticket, theirs: list[int]) -> None:
        """It was there before anything of ours: had we looked, it would have been adopted."""
        first = self._helpdesk.made_at.get(case.number or 0)
        made = self._world.ticket(theirs[0])
        if first is None or made is None or made.created_at + ZOMBIE < self._asked_at(case):
            self._wrong(1, 0, f"{mail.text} was there as #{theirs[0]}, and imported all the same")

    def _asked_at(self, case: Ticket) -> datetime:
        """When it was decided for the case; before that its twin could be seen."""
        return self._imported_at.get(case.ticket_id, START)

    def _is_told(self, number: int) -> bool:
        return any(each.startswith(f"late_copy:#{number} ") for each in self._told)

    def _wrong(self, doubled: int, lost: int, example: str) -> None:
        found = self._run.found
        found.doubled += int(doubled)
        found.lost += int(lost)
        found.examples.append(f"seed {self._run.seed}: {example}")
