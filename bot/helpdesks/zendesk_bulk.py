# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out many writes as bulk jobs of up to 100, and waits a bounded time for their end.

Agents share the limit of 100 single updates a minute; a job counts as one call. "Completed" does
not mean that every item succeeded.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure, outcome_of
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.helpdesks.zendesk_updates import TicketWrite, Worded, bulk_payload, chunks
from bot.ports import Delivered, Outcome, Refused, TryLater, Unknown

Json = Mapping[str, Any]
MOST_ITEMS = 100
PAUSES = (1.0, 1.0, 2.0, 3.0, 5.0, 8.0)
"""Seconds between looks at the jobs; together below the time that a claimed row is leased for."""
_DONE = frozenset({"completed", "failed", "killed"})


class BulkWriter:
    """Writes many tickets at once; one call of `write` at a time per thread."""

    def __init__(self, line: ZendeskLine, clock: Clock, closing: threading.Event) -> None:
        """`closing` ends the wait early; what is still running is then unknown."""
        self._line = line
        self._clock = clock
        self._closing = closing

    def write(
        self, writes: Sequence[TicketWrite], wanted: Mapping[int, Worded]
    ) -> dict[int, Outcome]:
        """What became of each ticket, by number; `wanted` holds each write in Zendesk's words."""
        outcomes: dict[int, Outcome] = {}
        running: dict[str, Sequence[TicketWrite]] = {}
        first: Failure | None = None
        for chunk in chunks(writes, MOST_ITEMS):
            if first is not None:
                # Sending the rest into a dead line would only outlast the rows' lease.
                unsent = TryLater(first.reason, first.retry_after)
                outcomes.update({each.number: unsent for each in chunk})
                continue
            items = [bulk_payload(wanted[each.number], each.number) for each in chunk]
            try:
                running[self._line.update_many(items)] = chunk
            except Failure as failure:
                first = failure
                outcomes.update({each.number: outcome_of(failure) for each in chunk})
        for job_id, job in self._ended(list(running)).items():
            outcomes.update(_outcomes(running.pop(job_id), job))
        for chunk in running.values():
            late: Outcome = Unknown("the bulk job had not ended in time")
            outcomes.update({each.number: late for each in chunk})
        return outcomes

    def _ended(self, job_ids: list[str]) -> dict[str, Json]:
        ended: dict[str, Json] = {}
        for pause in PAUSES:
            waiting = [each for each in job_ids if each not in ended]
            if not waiting or self._clock.wait(self._closing, pause):
                break
            try:
                jobs = self._line.jobs(waiting)
            except Failure as failure:
                if failure.cause in (Cause.CREDENTIALS, Cause.FORBIDDEN):
                    break
                continue
            ended.update({str(job["id"]): job for job in jobs if job.get("status") in _DONE})
        return ended


def _outcomes(chunk: Sequence[TicketWrite], job: Json) -> dict[int, Outcome]:
    shown = job.get("results")
    results = [each for each in shown if isinstance(each, Mapping)] if shown else []
    by_id = {each["id"]: each for each in results if each.get("id") is not None}
    by_place = {each["index"]: each for each in results if each.get("index") is not None}
    return {
        write.number: _outcome(by_id.get(write.number) or by_place.get(place), job)
        for place, write in enumerate(chunk)
    }


def _outcome(item: Json | None, job: Json) -> Outcome:
    """What became of one item; the shape of an item's error is not documented, its words are."""
    if item is None:
        return Unknown(f"the bulk job {job.get('status')} without a word on this ticket")
    error = str(item.get("error") or item.get("errors") or "")
    if not error and item.get("success", True) and item.get("status") != "Failed":
        return Delivered(str(job.get("id", "")))
    said = f"{error} {item.get('details') or ''}".strip() or "failed"
    small = said.lower().replace("_", "")
    if any(word in small for word in ("conflict", "stale", "safe update", "outdated")):
        return TryLater(said)
    if any(word in small for word in ("notfound", "not found", "closed", "invalid")):
        return Refused(said, "look at the ticket in the helpdesk")
    return TryLater(said)
