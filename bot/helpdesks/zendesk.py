# SPDX-License-Identifier: GPL-3.0-or-later
"""Zendesk behind `ports.Helpdesk`, by zenpy; docs/zendesk.md says what must be set up there.

Nothing of zenpy leaves `bot/helpdesks/`: ten attributes of its objects call the API when read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_articles import HelpCentre
from bot.helpdesks.zendesk_bulk import BulkWriter
from bot.helpdesks.zendesk_contacts import ContactExport
from bot.helpdesks.zendesk_creator import TicketCreator
from bot.helpdesks.zendesk_desk import Desk
from bot.helpdesks.zendesk_examine import Examiner
from bot.helpdesks.zendesk_exports import Exports
from bot.helpdesks.zendesk_failures import Failure, trouble_of
from bot.helpdesks.zendesk_limits import CallBudget
from bot.helpdesks.zendesk_names import OwnNames
from bot.helpdesks.zendesk_people import Directory
from bot.helpdesks.zendesk_probes import Patience, Probes
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.helpdesks.zendesk_tickets import snapshot_of
from bot.helpdesks.zendesk_token import Credentials, ZendeskAccess
from bot.helpdesks.zendesk_triggers import TriggerReader
from bot.helpdesks.zendesk_twins import TwinReader
from bot.helpdesks.zendesk_uploads import FileUploads, no_files
from bot.helpdesks.zendesk_webhooks import WebhookReader
from bot.helpdesks.zendesk_writer import TicketWriter
from bot.ports import (
    ArticlePage,
    ContactPage,
    Enclosures,
    Finding,
    Outcome,
    Page,
    Probe,
    Sought,
    Trouble,
    TroubleKind,
)
from bot.rules.actions import TicketCreation, TicketUpdate
from bot.rules.events import Event
from bot.rules.mail import Twin
from bot.rules.policy import HelpdeskMap
from bot.rules.ticket import Snapshot
from bot.telemetry import Figures

WITHHELD = timedelta(seconds=60)
"""How much of the newest the exports keep back (Announcing a new limit for the Incremental Export
API)."""


class Zendesk:
    """One Zendesk account; safe to share between threads. `close` it when nobody calls any more."""

    def __init__(
        self,
        access: ZendeskAccess,
        names: HelpdeskMap,
        clock: Clock,
        *,
        figures: Figures | None = None,
        withheld: timedelta = WITHHELD,
        patience: Patience = Patience(),
        enclosures: Enclosures = no_files,
    ) -> None:
        """`names` is the policy's `helpdesk:`; raises ValueError for an address that is none."""
        self._patience = patience
        self._access = access
        self._clock = clock
        self._figures = figures
        self._credentials = Credentials(access, clock)
        self._budget = CallBudget(clock)
        self._closing = threading.Event()
        self._people = Directory()
        self._line = ZendeskLine(
            access,
            clock,
            credentials=self._credentials,
            budget=self._budget,
            figures=figures,
            timeout=patience.call,
        )
        self._files = FileUploads(self._line, self._budget, clock, enclosures)
        self._withheld = withheld
        self._help_centre = HelpCentre(self._line, clock)
        self._twins = TwinReader(self._line, self._budget, self._pictures)
        self.use(names)

    def use(self, names: HelpdeskMap) -> None:
        """Work with these names from now on, as after the policy was read anew."""
        own = OwnNames(names)
        line, desk = self._line, Desk(self._line, own, self._people)
        self._desk = desk
        self._exports = Exports(line, desk, self._budget, self._clock, withheld=self._withheld)
        self._contacts = ContactExport(line, desk, self._budget, self._clock)
        bulk = BulkWriter(line, self._clock, self._closing)
        self._writer = TicketWriter(line, desk, self._budget, bulk, self._files)
        self._creator = TicketCreator(line, desk, self._budget, self._clock, self._files)
        self._probes = Probes(
            self._opened, self._clock, self._patience, budget=self._budget, canary=own.canary
        )
        self._examiner = Examiner(
            line, desk, self._exports, self._clock, categories=names.categories
        )
        self._webhooks = WebhookReader(own, self._people)
        self._triggers = TriggerReader(own, self._people)

    def tickets_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        """One page of the ticket export after `cursor`, from `start` on without one."""
        try:
            return self._exports.tickets(cursor, start)
        except Failure as failure:
            return trouble_of(failure)

    def changes_since(self, cursor: str | None, start: datetime) -> Page | Trouble:
        """One page of the ticket-events export after `cursor`, from `start` on without one."""
        try:
            return self._exports.changes(cursor, start)
        except Failure as failure:
            return trouble_of(failure)

    def contacts_since(self, cursor: str | None, start: datetime) -> ContactPage | Trouble:
        """One page of the user export after `cursor`, from `start` on without one."""
        try:
            return self._contacts.page(cursor, start)
        except Failure as failure:
            return trouble_of(failure)

    def tickets(self, numbers: Sequence[int]) -> Mapping[int, Snapshot | Trouble]:
        """Up to 100 tickets as they are now, in one call; `NOT_FOUND` for those that are gone."""
        try:
            self._desk.prepare()
            found = self._desk.present_tickets(list(numbers))
            self._desk.complete(list(found.values()))
        except Failure as failure:
            return dict.fromkeys(numbers, trouble_of(failure))
        return {number: self._picture(number, found.get(number)) for number in numbers}

    def update(self, updates: Mapping[str, TicketUpdate]) -> Mapping[str, Outcome]:
        """Carry out updates, outbox key -> outcome; merged per ticket, in bulk when many."""
        return self._writer.update(updates)

    def was_applied(self, key: str, update: TicketUpdate) -> Outcome:
        """After `Unknown`: look whether `update` took effect; `Refused` means it did not."""
        return self._writer.was_applied(key, update)

    def create(self, key: str, creation: TicketCreation) -> Outcome:
        """Make a ticket, once per key; `Delivered` names its number."""
        return self._creator.create(key, creation)

    def was_created(self, creation: TicketCreation) -> Outcome:
        """After `Unknown`: look for the ticket by its external id."""
        return self._creator.was_created(creation)

    def twins(self, sought: Sought) -> tuple[Twin, ...] | Trouble:
        """What Zendesk has of a case, suspended mails included."""
        try:
            return self._twins.twins(sought)
        except Failure as failure:
            return trouble_of(failure)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            reason = f"a ticket cannot be read: {type(error).__name__}: {error}"
            return Trouble(TroubleKind.WRONG_CONTENT, reason)

    def articles(self, cursor: str | None) -> ArticlePage | Trouble:
        """One page of the help centre after `cursor`."""
        try:
            return self._help_centre.page(cursor)
        except Failure as failure:
            return trouble_of(failure)

    def probe_edge(self) -> Probe:
        """Ask without credentials whether anybody is at home."""
        return self._probes.edge()

    def probe_read(self) -> Probe:
        """Read our own user."""
        return self._probes.read()

    def probe_write(self, counter: int) -> Probe:
        """Write `counter` to the canary ticket and read it back."""
        return self._probes.write(counter)

    def examine(self) -> Sequence[Finding]:
        """Check credentials, fields, groups, the canary and the helpdesk's own receipt trigger."""
        return self._examiner.examine()

    def organisations_lacking(self, own_fields: Sequence[str]) -> Sequence[Finding]:
        """One finding per field that stands with organisations: which of them have none."""
        return self._examiner.lacking(own_fields)

    def taken_in(self, addresses: Mapping[str, str]) -> Sequence[Finding]:
        """Which of our own mail addresses, each with its use, the helpdesk makes tickets of."""
        return self._examiner.taken_in(addresses)

    def read_webhook(self, body: bytes, now: datetime) -> Sequence[Event]:
        """The events of an event-subscribed delivery; raises ValueError with the reason."""
        with _told_plainly():
            return self._webhooks.event(body, now)

    def read_trigger(self, body: bytes, now: datetime) -> Sequence[Event]:
        """The events of a trigger's delivery; raises ValueError with the reason."""
        with _told_plainly():
            return self._triggers.events(body, now)

    def _pictures(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Snapshot]:
        """What rows of a list show, by number; those that make no sense are left out."""
        if not rows:
            return {}
        self._desk.prepare()
        self._desk.complete(rows)
        shown = {int(row["id"]): self._picture(int(row["id"]), row) for row in rows}
        return {number: each for number, each in shown.items() if isinstance(each, Snapshot)}

    def _picture(self, number: int, row: Mapping[str, Any] | None) -> Snapshot | Trouble:
        if row is None:
            return Trouble(TroubleKind.NOT_FOUND, f"ticket {number} is gone")
        try:
            return snapshot_of(row, self._desk.names, self._people)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            reason = f"ticket {number} cannot be read: {type(error).__name__}: {error}"
            return Trouble(TroubleKind.WRONG_CONTENT, reason)

    def close(self) -> None:
        """End waits for bulk jobs and let go of this thread's connections."""
        self._closing.set()
        self._line.close()

    def _opened(self, timeout: tuple[float, float], is_anonymous: bool) -> ZendeskLine:
        return ZendeskLine(
            self._access,
            self._clock,
            credentials=self._credentials,
            budget=self._budget,
            figures=self._figures,
            timeout=timeout,
            is_anonymous=is_anonymous,
        )


@contextmanager
def _told_plainly() -> Iterator[None]:
    """A body of the wrong shape is somebody else's doing, and no bug of ours."""
    try:
        yield
    except KeyError as error:
        raise ValueError(f"the body lacks {error}") from error
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"the body has the wrong shape: {error}") from error
