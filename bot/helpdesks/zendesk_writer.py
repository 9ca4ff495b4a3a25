# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out updates of tickets: few of them one by one and safely, many as bulk jobs.

A single write first reads the ticket, sends only what differs, and is refused by Zendesk if
somebody was faster (409); the outbox then tries again with the ticket as it is by then. A note with
files is written singly too, after all others, its files just before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.helpdesks.zendesk_bulk import BulkWriter
from bot.helpdesks.zendesk_changes import own_keys
from bot.helpdesks.zendesk_desk import Desk
from bot.helpdesks.zendesk_failures import Cause, Failure, outcome_of
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.helpdesks.zendesk_updates import (
    TicketWrite,
    Worded,
    merged,
    single_payload,
    with_files,
    without_known,
    worded,
)
from bot.helpdesks.zendesk_uploads import FileTurn, FileUploads
from bot.ports import Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import TicketUpdate

Json = Mapping[str, Any]
MOST_SINGLE = 3
"""More tickets than this are cheaper as a bulk job, which costs two calls at least."""
UNCHANGED = "unchanged"


class TicketWriter:
    """Writes to Zendesk; safe to share between threads."""

    def __init__(
        self,
        line: ZendeskLine,
        desk: Desk,
        budget: CallBudget,
        bulk: BulkWriter,
        files: FileUploads,
    ) -> None:
        """`desk` knows names and people, `budget` how much we may still call.

        `files` brings those that go with notes.
        """
        self._files = files
        self._line = line
        self._desk = desk
        self._budget = budget
        self._bulk = bulk

    def update(self, updates: Mapping[str, TicketUpdate]) -> dict[str, Outcome]:
        """Carry out each update, outbox key -> outcome."""
        outcomes: dict[str, Outcome] = {
            key: TryLater("the helpdesk does not have the ticket yet", 60.0)
            for key, update in updates.items()
            if update.number is None
        }
        ready = {key: each for key, each in updates.items() if each.number is not None}
        failed: set[int] = set()
        turn = self._files.turn()
        for writes in merged(ready):
            blocked = [each for each in writes if each.number in failed]
            done = self._round([each for each in writes if each.number not in failed], turn)
            for write in blocked:
                done[write.number] = TryLater("an earlier change of the ticket has to go first")
            for write in writes:
                if isinstance(done[write.number], Refused) and len(write.keys) > 1:
                    outcomes.update(self._apart(write, ready, turn))
                else:
                    outcomes.update(dict.fromkeys(write.keys, done[write.number]))
            failed |= {each for each, what in done.items() if not isinstance(what, Delivered)}
        return outcomes

    def was_applied(self, key: str, update: TicketUpdate) -> Outcome:
        """Whether a write took effect: by the key a comment left, else by the ticket's values."""
        if update.number is None:
            return Refused("the helpdesk does not have the ticket")
        try:
            if update.comment is not None:
                return self._comment_with(key, update.number)
            return self._as_wanted(key, update)
        except Failure as failure:
            if failure.cause is Cause.NOT_FOUND:
                return Refused(f"ticket {update.number} is gone")
            return Unknown(failure.reason)

    def _apart(
        self, write: TicketWrite, updates: Mapping[str, TicketUpdate], turn: FileTurn
    ) -> dict[str, Outcome]:
        """Write one after the other what was refused together: one bad value spoils no other."""
        return {
            key: self._round([TicketWrite(write.number, (key,), updates[key])], turn)[write.number]
            for key in write.keys
        }

    def _round(self, writes: Sequence[TicketWrite], turn: FileTurn) -> dict[int, Outcome]:
        outcomes: dict[int, Outcome] = {}
        wanted: dict[int, Worded] = {}
        try:
            self._desk.prepare_for_writes(_groups_of(*(each.update for each in writes)))
        except Failure as failure:
            return {each.number: _unsent(failure) for each in writes}
        for write in writes:
            allowed = self._allowed(write)
            if isinstance(allowed, Worded):
                wanted[write.number] = allowed
            else:
                outcomes[write.number] = allowed
        allowed_now = [each for each in writes if each.number in wanted]
        plain = [each for each in allowed_now if each.update.mail is None]
        if len(plain) > MOST_SINGLE:
            outcomes.update(self._in_bulk(plain, wanted))
        else:
            outcomes.update(self._one_by_one(plain, wanted))
        for write in allowed_now:
            if write.update.mail is not None:
                outcomes[write.number] = self._with_files(write, wanted[write.number], turn)
        return outcomes

    def _with_files(self, write: TicketWrite, wanted: Worded, turn: FileTurn) -> Outcome:
        """The files first, and the ticket is read after them: they take time."""
        assert write.update.mail is not None
        wait = self._budget.wait_for(Lane.UPDATES)
        if wait > 0:
            return TryLater("our share of updates is used up", wait)
        try:
            tokens = turn.tokens(write.number, write.update.mail)
        except Failure as failure:
            return TryLater(failure.reason, failure.retry_after)
        worded_so = {write.number: with_files(wanted, tokens)}
        return self._one_by_one([write], worded_so, is_begun=bool(tokens))[write.number]

    def _allowed(self, write: TicketWrite) -> Worded | Outcome:
        wait = self._budget.wait_for_ticket(write.number)
        if wait > 0:
            return TryLater("the ticket had as many updates as Zendesk allows", wait)
        words = worded(write, self._desk.names, self._desk.people)
        if isinstance(words, str):
            return Refused(words, "compare helpdesk: in the policy with the helpdesk")
        return words

    def _in_bulk(
        self, writes: Sequence[TicketWrite], wanted: Mapping[int, Worded]
    ) -> dict[int, Outcome]:
        wait = self._budget.wait_for(Lane.UPDATES)
        if wait > 0:
            return {
                each.number: TryLater("our share of updates is used up", wait) for each in writes
            }
        for write in writes:
            self._budget.count_ticket(write.number)
        return self._bulk.write(writes, wanted)

    def _one_by_one(
        self,
        writes: Sequence[TicketWrite],
        wanted: Mapping[int, Worded],
        *,
        is_begun: bool = False,
    ) -> dict[int, Outcome]:
        """`is_begun`: its files are there, so the rest does not wait for our share."""
        if not writes:
            return {}
        try:
            present = self._desk.present_tickets([each.number for each in writes])
        except Failure as failure:
            return {each.number: _unsent(failure) for each in writes}
        outcomes: dict[int, Outcome] = {}
        for write in writes:
            shown = present.get(write.number)
            if shown is None:
                outcomes[write.number] = Refused(f"ticket {write.number} is gone", "nothing to do")
                continue
            outcomes[write.number] = self._write_one(
                write.number, wanted[write.number], shown, is_begun=is_begun
            )
        return outcomes

    def _write_one(self, number: int, wanted: Worded, present: Json, *, is_begun: bool) -> Outcome:
        left = without_known(wanted, present)
        if left.is_empty:
            return Delivered(UNCHANGED)
        wait = 0.0 if is_begun else self._budget.wait_for(Lane.UPDATES)
        if wait > 0:
            return TryLater("our share of updates is used up", wait)
        self._budget.count(Lane.UPDATES)
        self._budget.count_ticket(number)
        try:
            answer = self._line.update(number, single_payload(left, present))
        except Failure as failure:
            return outcome_of(failure)
        return Delivered(str(answer["audit"].get("id", "")))

    def _comment_with(self, key: str, number: int) -> Outcome:
        """Newest first: what we look for was written moments ago."""
        query = {"sort_order": "desc", "page[size]": "100"}
        page = self._line.get(f"tickets/{number}/comments.json", **query)
        for comment in page.get("comments") or ():
            if key in own_keys(comment):
                return Delivered(str(comment.get("audit_id") or comment.get("id") or ""))
        return Refused("no comment of the ticket carries the key")

    def _as_wanted(self, key: str, update: TicketUpdate) -> Outcome:
        assert update.number is not None
        self._desk.prepare_for_writes(_groups_of(update))
        words = worded(
            TicketWrite(update.number, (key,), update), self._desk.names, self._desk.people
        )
        if isinstance(words, str):
            return Refused(words)
        present = self._line.get(f"tickets/{update.number}.json").get("ticket")
        if not isinstance(present, Mapping):
            return Unknown("wrong content: no ticket")
        left = without_known(words, present)
        # An address is not shown on the ticket; the write is harmless to repeat.
        return Delivered(UNCHANGED) if left.is_empty else Refused("the ticket shows other values")


def _groups_of(*updates: TicketUpdate) -> list[str]:
    return [each.group for each in updates if each.group is not None]


def _unsent(failure: Failure) -> Outcome:
    """A write that was never begun, because what it needs could not be read."""
    outcome = outcome_of(failure)
    return (
        TryLater(failure.reason, failure.retry_after) if isinstance(outcome, Unknown) else outcome
    )
