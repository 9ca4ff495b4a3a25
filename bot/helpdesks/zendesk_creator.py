# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tickets in Zendesk exactly once: new ones with a key, old ones by import.

Zendesk remembers an `Idempotency-Key` for two hours, on ordinary creations only. Beyond that the
list by `external_id` says what is there, asked twice a minute apart because a creation that was
thought lost may still arrive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_desk import Desk
from bot.helpdesks.zendesk_failures import Cause, Failure, outcome_of
from bot.helpdesks.zendesk_limits import CallBudget, Lane
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.helpdesks.zendesk_updates import TicketWrite, worded
from bot.helpdesks.zendesk_uploads import FileUploads
from bot.ports import Delivered, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import TicketCreation, TicketMessage, TicketUpdate
from bot.rules.ticket import Person

Json = Mapping[str, Any]
LONGEST_KEY = 255
LOOK_TWICE = 60.0
"""Seconds between two looks that have to agree before a ticket counts as not created."""
_OTHER_BODY = "IdempotentRequestError"


class TicketCreator:
    """Creates tickets; safe to share between threads."""

    def __init__(
        self,
        line: ZendeskLine,
        desk: Desk,
        budget: CallBudget,
        clock: Clock,
        files: FileUploads,
    ) -> None:
        """`desk` knows names and people, `budget` how much we may still call.

        `files` brings those of the mails that a case was made from.
        """
        self._files = files
        self._line = line
        self._desk = desk
        self._budget = budget
        self._clock = clock
        self._missed_at: dict[str, float] = {}
        self._own: int | None = None

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        """Make the ticket; `Delivered` names its number."""
        wait = self._budget.wait_for(Lane.UPDATES)
        if wait > 0:
            return TryLater("our share of writes is used up", wait)
        try:
            body = self._body(key, creation)
        except Failure as failure:
            return TryLater(failure.reason, failure.retry_after)
        if isinstance(body, str):
            return Refused(body, "compare helpdesk: in the policy with the helpdesk")
        self._budget.count(Lane.UPDATES)
        outcome = self._sent(key, creation, body)
        if not isinstance(outcome, TryLater):
            # It may be alive now: what was looked up before says nothing of it.
            self._missed_at.pop(creation.external_id, None)
        return outcome

    def was_created(self, creation: TicketCreation) -> Outcome:
        """Look twice for the ticket by its external id."""
        try:
            found = self._found(creation)
        except Failure as failure:
            return Unknown(failure.reason)
        if found is not None:
            self._missed_at.pop(creation.external_id, None)
            return Delivered(str(found))
        now = self._clock.monotonic()
        first = self._missed_at.setdefault(creation.external_id, now)
        if now - first < LOOK_TWICE:
            return Unknown("not there yet; one more look decides")
        # Kept until something is sent: who must wait for a limit needs one look then, not two.
        return Refused("no ticket carries the external id")

    def _sent(self, key: str, creation: TicketCreation, body: dict[str, Any]) -> Outcome:
        path = "imports/tickets" if creation.is_backdated else "tickets"
        try:
            return Delivered(str(self._line.create(path, body, key[-LONGEST_KEY:])["id"]))
        except Failure as failure:
            if failure.cause is Cause.REJECTED and _OTHER_BODY in failure.reason:
                return self._created_otherwise(creation)
            return outcome_of(failure)

    def _created_otherwise(self, creation: TicketCreation) -> Outcome:
        """The key was used for another body, as before the policy's names changed: it is there."""
        try:
            found = self._found(creation)
        except Failure as failure:
            return Unknown(failure.reason)
        return Unknown("created in other words before") if found is None else Delivered(str(found))

    def _found(self, creation: TicketCreation) -> int | None:
        page = self._line.get("tickets.json", external_id=creation.external_id)
        rows = page.get("tickets")
        if not isinstance(rows, list):
            raise Failure(Cause.WRONG_CONTENT, "wrong content: no tickets")
        numbers = [int(row["id"]) for row in rows]
        return min(numbers, default=None)

    def _body(self, key: str, creation: TicketCreation) -> dict[str, Any] | str:
        """The ticket as Zendesk takes it, or what in it has no word there."""
        self._desk.prepare_for_writes([creation.group] if creation.group else [])
        words = worded(TicketWrite(0, (key,), _as_update(creation)), self._desk.names,
                       self._desk.people)  # fmt: skip
        if isinstance(words, str):
            return words
        if not creation.is_backdated and len(creation.messages) != 1:
            return "an ordinary new ticket has one message; the others follow as updates"
        body: dict[str, Any] = {
            **words.values,
            "subject": creation.subject,
            "external_id": creation.external_id,
            "metadata": words.metadata,
            "tags": sorted(creation.tags),
        }
        if words.custom_fields:
            body["custom_fields"] = [
                {"id": field_id, "value": value} for field_id, value in words.custom_fields.items()
            ]
        if creation.status:
            body["status"] = creation.status
        if creation.requester.email:
            body["requester"] = _named(creation.requester)
        shown = [self._comment(each, creation) for each in creation.messages]
        left = self._files.left(creation.external_id, [each.mail for each in creation.messages])
        for comment, tokens in zip(shown, left, strict=True):
            if tokens:
                comment["uploads"] = list(tokens)
        if creation.created_at is None:
            body["comment"] = shown[0]
        else:
            body["created_at"] = creation.created_at.isoformat()
            body["comments"] = shown
        return body

    def _comment(self, message: TicketMessage, creation: TicketCreation) -> dict[str, Any]:
        shown: dict[str, Any] = {"body": message.body, "public": message.is_public}
        author = message.author
        if message.at is not None and creation.is_backdated:
            shown["created_at"] = message.at.isoformat()
        if author is None or (author.email and author.email == creation.requester.email):
            return shown
        author_id = self._user_id(author)
        if author_id is None:
            # Without an author Zendesk would take the requester for the one who said it.
            shown["author_id"] = self._own_id()
            if author.name or author.email:
                named = f"{author.name or ''} ({author.email or 'no address'})".strip()
                shown["body"] = f"{named}:\n\n{message.body}"
        else:
            shown["author_id"] = author_id
        return shown

    def _own_id(self) -> int:
        if self._own is None:
            self._own = int(self._line.me()["id"])
        return self._own

    def _user_id(self, person: Person) -> int | None:
        if person.person_id and person.person_id.isdecimal():
            return int(person.person_id)
        if not person.email:
            return None
        page = self._line.get("users/search.json", query=f'email:"{person.email}"')
        ids = [
            int(user["id"])
            for user in page.get("users") or ()
            if str(user.get("email", "")).casefold() == person.email.casefold()
        ]
        return ids[0] if ids else None


def _as_update(creation: TicketCreation) -> TicketUpdate:
    """The values of a creation, to be worded as those of an update are."""
    return TicketUpdate(
        ticket_id=creation.ticket_id,
        number=None,
        priority=creation.priority,
        category=creation.category,
        group=creation.group,
        fields=creation.fields,
    )


def _named(person: Person) -> dict[str, str]:
    """A requester whom Zendesk makes if it has none of this address; it then wants a name."""
    email = person.email or ""
    return {"name": person.name or email.partition("@")[0], "email": email}
