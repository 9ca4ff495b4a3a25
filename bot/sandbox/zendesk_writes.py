# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's writing pages for tickets: create, update, tags, bulk, import, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_values import (
    Attachment,
    Audit,
    DeskTicket,
    NewComment,
    Refusal,
    RefusalKind,
    User,
    Via,
)
from bot.sandbox.zendesk_answers import Ask, Route, error, not_found, refused, too_many
from bot.sandbox.zendesk_changes import AskedChange, asked_change
from bot.sandbox.zendesk_idempotency import KeyBook
from bot.sandbox.zendesk_jobs import JobPages
from bot.sandbox.zendesk_render import Json, audit_json, ticket_json

MOST_ITEMS = 100


class WritePages:
    """Changes tickets as the authenticated user; answers with the ticket and its audit."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        jobs: JobPages,
        uploads: Mapping[str, Attachment],
    ) -> None:
        """`uploads` are the files that wait to be attached, by token."""
        self._world = world
        self._faults = faults
        self._jobs = jobs
        self._uploads = uploads
        self._keys = KeyBook(world.clock)

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("POST", "tickets", self.create),
            Route("PUT", "tickets/update_many", self.update_many),
            Route("PUT", "tickets/{id}", self.update),
            Route("DELETE", "tickets/{id}", self.delete),
            Route("POST", "tickets/{id}/tags", self.set_tags),
            Route("PUT", "tickets/{id}/tags", self.add_tags),
            Route("DELETE", "tickets/{id}/tags", self.remove_tags),
            Route("POST", "imports/tickets", self.import_ticket),
        ]

    def create(self, ask: Ask) -> Reply:
        """201 with ticket and audit; an `Idempotency-Key` is honoured for two hours."""
        return self._keys.once(ask.call, lambda: self._created(ask))

    def update(self, ask: Ask) -> Reply:
        """200 with ticket and audit; 409 for an outdated safe update."""
        if not ask.sent("ticket"):
            return error(400, "BadRequest", "the body needs a ticket")
        outcome = self._change(ask, ask.number(), ask.sent("ticket"))
        if isinstance(outcome, Refusal):
            return refused(outcome)
        audit, change = outcome
        more = {"X_Zendesk_Api_Warn": _warning(change)} if change.unknown else {}
        shown = {**self._ticket(ask, ask.number()), "audit": audit_json(audit, ask.base)}
        return json_reply(200, shown, **more)

    def delete(self, ask: Ask) -> Reply:
        """204; the ticket stays in the export as a deleted row."""
        gone = self._world.delete_ticket(ask.number(), by=ask.who)
        return refused(gone) if isinstance(gone, Refusal) else Reply(204)

    def set_tags(self, ask: Ask) -> Reply:
        """Replace all tags: 201."""
        return self._tagged(ask, {"tags": _tags(ask)}, status=201)

    def add_tags(self, ask: Ask) -> Reply:
        """Add tags: 200."""
        return self._tagged(ask, {"additional_tags": _tags(ask)}, status=200)

    def remove_tags(self, ask: Ask) -> Reply:
        """Remove tags: 200 with what remains."""
        return self._tagged(ask, {"remove_tags": _tags(ask)}, status=200)

    def update_many(self, ask: Ask) -> Reply:
        """A job: `?ids=` with one change for all, or `tickets` with one change each."""
        batch = self._batch(ask)
        if len(batch) > MOST_ITEMS:
            return too_many(MOST_ITEMS)
        busy = self._jobs.refusal()
        if busy is not None:
            return busy
        fails_first = self._faults.strike(Fault.JOB_ITEM_FAILS, ask.key) is not None
        results: list[Json] = []
        for place, sent in enumerate(batch):
            is_failing = fails_first and place == 0
            results.append(self._item(ask, place, sent, is_failing=is_failing))
        return self._jobs.start(ask, "Bulk Update Tickets", results)

    def import_ticket(self, ask: Ask) -> Reply:
        """201 with the ticket alone, messages and all; its instants may lie in the past."""
        sent = ask.sent("ticket")
        given = sent.get("comments")
        rows = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
        rows = [{**each, "body": each.get("value", each.get("body"))} for each in rows]
        if rows:
            sent = {**sent, "comment": rows[0]}
        made = self._make(ask, sent, Via("api"), is_import=True)
        if isinstance(made, Refusal):
            return refused(made)
        for row in rows[1:]:
            self._add_old(ask, made, row)
        return json_reply(201, self._ticket(ask, made.number))

    def _add_old(self, ask: Ask, ticket: DeskTicket, row: Json) -> None:
        read = asked_change(
            {"comment": row}, ticket=ticket, people=self._world.people, uploads=self._uploads
        )
        if isinstance(read, Refusal) or read.comment is None:
            return
        comment = _written_by(read.comment, ticket.requester_id)
        at = _instant(row.get("created_at")) or ticket.created_at
        self._world.desk.add_old(ticket.number, comment, by=ask.who, at=at)

    def _created(self, ask: Ask) -> Reply:
        made = self._make(ask, ask.sent("ticket"), Via("api"))
        if isinstance(made, Refusal):
            return refused(made)
        audit = self._world.audits(made.number)[0]
        shown = {**self._ticket(ask, made.number), "audit": audit_json(audit, ask.base)}
        return json_reply(201, shown, Location=f"{ask.base}/tickets/{made.number}.json")

    def _make(
        self, ask: Ask, sent: Json, via: Via, *, is_import: bool = False
    ) -> DeskTicket | Refusal:
        people = self._world.people
        change = asked_change(sent, ticket=None, people=people, uploads=self._uploads)
        if isinstance(change, Refusal):
            return change
        comment = change.comment or NewComment(str(sent.get("description") or ""))
        if not comment.body and not comment.attachments:
            return Refusal(RefusalKind.INVALID, "Description: cannot be blank", "comment")
        born = _instant(sent.get("created_at")) if is_import else None
        requester = self._requester(ask, sent)
        comment = _written_by(comment, requester.user_id)
        return self._world.desk.create(
            str(sent.get("subject") or comment.body[:80]), comment, requester,
            by=ask.who, values=change.values, fields=change.fields, via=via,
            metadata=change.metadata, system_metadata={}, born=born, is_import=is_import,
        )  # fmt: skip

    def _requester(self, ask: Ask, sent: Json) -> User:
        people, given = self._world.people, sent.get("requester")
        if isinstance(given, dict) and given.get("email"):
            return people.user_or_new(str(given["email"]), str(given.get("name") or ""))
        wanted = sent.get("requester_id")
        return people.user(wanted if isinstance(wanted, int) else None) or ask.who

    def _change(self, ask: Ask, number: int, sent: Json) -> tuple[Audit, AskedChange] | Refusal:
        with self._world.lock:
            change = asked_change(
                sent, ticket=self._world.desk.ticket(number), people=self._world.people,
                uploads=self._uploads,
            )  # fmt: skip
            if isinstance(change, Refusal):
                return change
            done = self._world.change_ticket(
                number, by=ask.who, values=change.values, fields=change.fields,
                comment=change.comment, metadata=change.metadata, via="api", stamp=change.stamp,
            )  # fmt: skip
            return done if isinstance(done, Refusal) else (done, change)

    def _tagged(self, ask: Ask, sent: Json, *, status: int) -> Reply:
        body = ask.call.json()
        safe = {k: v for k, v in body.items() if k != "tags"} if isinstance(body, dict) else {}
        outcome = self._change(ask, ask.number(), {**sent, **safe})
        if isinstance(outcome, Refusal):
            return refused(outcome)
        ticket = self._world.ticket(ask.number())
        return not_found() if ticket is None else json_reply(status, {"tags": list(ticket.tags)})

    def _batch(self, ask: Ask) -> list[Json]:
        body = ask.call.json()
        many = body.get("tickets") if isinstance(body, dict) else None
        if isinstance(many, list):
            return [each for each in many if isinstance(each, dict)]
        return [{**ask.sent("ticket"), "id": number} for number in ask.ids()]

    def _item(self, ask: Ask, place: int, sent: Json, *, is_failing: bool) -> Json:
        number = sent.get("id")
        failed: Json = {"index": place, "id": number, "success": False, "status": "Failed"}
        if is_failing or not isinstance(number, int):
            return {**failed, "error": "TicketUpdateFailed", "details": "the update failed"}
        outcome = self._change(ask, number, sent)
        if isinstance(outcome, Refusal):
            return {**failed, "error": outcome.kind.name.title(), "details": outcome.text}
        return {
            "index": place, "id": number, "action": "update", "success": True,
            "status": "Updated",
        }  # fmt: skip

    def _ticket(self, ask: Ask, number: int) -> Json:
        ticket = self._world.desk.ticket(number)
        return {"ticket": ticket_json(ticket, self._world.people, ask.base) if ticket else None}


def _written_by(comment: NewComment, requester_id: int) -> NewComment:
    """Without a named author the requester submitted a new ticket, and wrote its first message."""
    return comment if comment.author_id else replace(comment, author_id=requester_id)


def _tags(ask: Ask) -> list[str]:
    body = ask.call.json()
    given = body.get("tags") if isinstance(body, dict) else None
    return [str(each) for each in given] if isinstance(given, list) else []


def _warning(change: AskedChange) -> str:
    return f"Removed unsupported keys: {', '.join(change.unknown)}"


def _instant(sent: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(sent)) if sent else None
    except ValueError:
        return None
