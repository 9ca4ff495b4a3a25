# SPDX-License-Identifier: GPL-3.0-or-later
"""Works off the inbox: claims events, hands each to its handler, settles it in one transaction.

One event at a time per stream; many streams share a commit. An event whose handler fails is put
back with a growing pause, and parked for a person when it goes on failing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.handlers.alarms import handle_alert
from bot.handlers.alerts import announce_works, handle_maintenance
from bot.handlers.backfill import handle_twins
from bot.handlers.backfill_link import link_case
from bot.handlers.calendars import handle_switch
from bot.handlers.case_notices import tell_of_mailbox
from bot.handlers.cases import enter_case, give_answer
from bot.handlers.degraded import handle_canary
from bot.handlers.disk import handle_disk
from bot.handlers.handled import Handled, NeedsTicket
from bot.handlers.incidents import handle_incident_order
from bot.handlers.intake import handle_intake, watch_intake
from bot.handlers.mails import Waits, handle_mail, take_mail
from bot.handlers.outage import STATE, handle_order, handle_probe, load_state
from bot.handlers.portal_notices import end_portal_notice
from bot.handlers.presses import handle_button
from bot.handlers.tickets import handle_ticket_event
from bot.handlers.vendor import handle_vendor
from bot.ports import Helpdesk, Trouble, TroubleKind
from bot.rules.backfill import Planner, plan
from bot.rules.engine import CompiledPolicy
from bot.rules.events import (
    AlertReceived,
    AnswerGiven,
    ButtonPressed,
    CalendarSwitched,
    CaseEntered,
    CaseLinked,
    CommentAdded,
    DiskChanged,
    FieldChanged,
    MailboxChanged,
    MailTaken,
    MaintenanceAnnounced,
    OutageOrdered,
    SilenceOrdered,
    TicketGone,
    TicketSeen,
    TwinsSought,
    Unreadable,
)
from bot.rules.incident_values import IncidentOrdered
from bot.rules.mail import MailReceived
from bot.rules.mail_keys import OwnNames
from bot.rules.outage_state import Phase
from bot.rules.pauses import OVER, pause_of
from bot.rules.portal_notices import PortalNoticeEnded
from bot.rules.probes import CanarySeen, ProbeRound, VendorSaid
from bot.rules.ticket import Snapshot
from bot.store.problems import StoreProblem
from bot.store.queues import Claimed
from bot.store.store import Store
from bot.store.transaction import Transaction
from bot.telemetry import Figures, logger

BATCH = 100
NO_NAMES = OwnNames("")
"""For a desk without a mailbox: nothing of its own is recognised, nothing can be answered by it."""
LEASE_SECONDS = 30.0
"""A handler reads and writes the store alone; a read of the helpdesk has its own timeouts."""

READ_EVERY = timedelta(seconds=1)
"""Missing tickets are read at most so often; agents share the helpdesk's limits with us."""

log = logger("inbox")


class Inbox:
    """Handles what sources wrote down; one `handle` call is one step's piece of work."""

    def __init__(
        self,
        store: Store,
        compiled: Callable[[], CompiledPolicy],
        helpdesk: Helpdesk,
        clock: Clock,
        figures: Figures,
        *,
        own: Callable[[], OwnNames] = lambda: NO_NAMES,
        planner: Planner = plan,
    ) -> None:
        """`compiled` gives the policy of the moment; `helpdesk` brings missing tickets.

        `own` says by what our mails and references are known, `planner` how a case comes back.
        """
        self._planner = planner
        self._own = own
        self._store = store
        self._compiled = compiled
        self._helpdesk = helpdesk
        self._clock = clock
        self._figures = figures
        self._gathering = OVER

    def handle(self) -> bool:
        """Handle the events that may be taken now; True if there were any."""
        now = self._clock.now()
        claimed = self._store.write(
            lambda tx: tx.inbox.claim(now=now, lease_seconds=LEASE_SECONDS, limit=BATCH)
        )
        self._handle_all(claimed, {})
        return bool(claimed)

    def _handle_all(self, claimed: Sequence[Claimed], pictures: dict[int, Snapshot]) -> None:
        pending = [(row, self._submit(row, pictures)) for row in claimed]
        wanting: list[Claimed] = []
        numbers: dict[int, None] = {}
        for row, future in pending:
            done = self._result(row, future)
            if isinstance(done, NeedsTicket):
                wanting.append(row)
                numbers[done.number] = None
        if not wanting:
            return
        if self._gathering.holds(self._clock.now()):
            self._wait_for_more(wanting)
            return
        found = self._read(numbers, wanting)
        self._handle_all([row for row in wanting if _number(row) in found], found)

    def _submit(
        self, row: Claimed, pictures: dict[int, Snapshot]
    ) -> Future[Handled | NeedsTicket | Waits]:
        now, compiled = self._clock.now(), self._compiled()

        own = self._own()

        def work(tx: Transaction) -> Handled | NeedsTicket | Waits:
            done = dispatch(row, tx, compiled, pictures, own, now=now, planner=self._planner)
            if isinstance(done, Handled):
                tx.inbox.settle(row.row_id, done.outcome, now)
            if isinstance(done, Waits):
                tx.inbox.postpone(row.row_id, done.reason, retry_at=done.retry_at)
            return done

        return self._store.submit(work)

    def _result(
        self, row: Claimed, future: Future[Handled | NeedsTicket | Waits]
    ) -> Handled | NeedsTicket | Waits | None:
        try:
            done = future.result()
        except StoreProblem:
            raise  # The store itself is unwell: nothing can be written down, not even a failure.
        except Exception as error:
            self._put_back(row, f"{type(error).__name__}: {error}")
            log.exception("event_failed", key=row.event.key, attempt=row.attempts)
            return None
        if isinstance(done, Handled):
            kind = type(row.event.fact).__name__
            self._figures.decisions.labels(kind).inc()
            log.debug("event_handled", key=row.event.key, outcome=done.outcome)
        return done

    def _wait_for_more(self, rows: Sequence[Claimed]) -> None:
        """Let a storm of new tickets gather, so that one call reads a hundred of them."""
        retry_at = self._gathering.end(self._clock.now())

        def postpone(tx: Transaction) -> None:
            for row in rows:
                tx.inbox.postpone(row.row_id, "its ticket is read soon", retry_at=retry_at)

        self._store.write(postpone)

    def _read(self, numbers: dict[int, None], rows: Sequence[Claimed]) -> dict[int, Snapshot]:
        """Read tickets that nobody has shown us; events of those that are gone are settled."""
        found: dict[int, Snapshot] = {}
        self._gathering = pause_of(READ_EVERY, self._clock.now())
        if self._is_helpdesk_down():
            # Everything else in the inbox must not wait for its timeouts.
            for row in rows:
                self._after_trouble(row, Trouble(TroubleKind.DOWN, "the helpdesk is down"))
            return found
        for number, picture in self._helpdesk.tickets(list(numbers)).items():
            if isinstance(picture, Snapshot):
                found[number] = picture
                continue
            for row in rows:
                if _number(row) == number:
                    self._after_trouble(row, picture)
        return found

    def _is_helpdesk_down(self) -> bool:
        with self._store.read() as reader:
            state = reader.states.load(STATE) or {}
        return state.get("phase") == Phase.DOWN

    def _after_trouble(self, row: Claimed, trouble: Trouble) -> None:
        now = self._clock.now()
        if trouble.kind is TroubleKind.NOT_FOUND:
            self._store.write(lambda tx: tx.inbox.settle(row.row_id, "ticket gone meanwhile", now))
            return
        wait = timedelta(seconds=trouble.retry_after or 15.0)
        reason = f"the ticket could not be read: {trouble.reason}"
        self._store.write(lambda tx: tx.inbox.postpone(row.row_id, reason, retry_at=now + wait))

    def _put_back(self, row: Claimed, reason: str) -> None:
        retry_at = self._clock.now() + timedelta(seconds=min(300, 2**row.attempts))
        self._store.write(lambda tx: tx.inbox.fail(row.row_id, reason[:500], retry_at=retry_at))


def dispatch(
    row: Claimed,
    tx: Transaction,
    compiled: CompiledPolicy,
    pictures: dict[int, Snapshot],
    own: OwnNames,
    *,
    now: datetime,
    planner: Planner = plan,
) -> Handled | NeedsTicket | Waits:
    """Give one event to the handler of its kind, within `tx`."""
    event = row.event
    match event.fact:
        case TicketSeen() | CommentAdded() | FieldChanged() | TicketGone():
            picture = pictures.get(_number(row) or 0)
            aside = handle_intake(event, picture, tx, compiled, own, now=now)
            if aside is not None:
                return aside
            return handle_ticket_event(event, tx, compiled, now=now, picture=picture)
        case ProbeRound() as probes:
            at = max(now, event.at)
            news = handle_probe(probes, tx, compiled, asked_at=event.at, now=at)
            watch_intake(tx, compiled, own, now=at)
            return Handled(", ".join(news.steps) or news.phase)
        case AlertReceived() as alert:
            return handle_alert(event, alert, tx, compiled, now=now)
        case MaintenanceAnnounced() as maintenance:
            return handle_maintenance(event, maintenance, tx, compiled, now=now)
        case ButtonPressed() as pressed:
            return handle_button(event, pressed, tx, compiled, now=now)
        case CalendarSwitched() as wanted:
            return handle_switch(event, wanted, tx, compiled, now=now)
        case MailReceived() as mail:
            return handle_mail(event, mail, tx, compiled, own, now=now)
        case MailTaken() as taken:
            return take_mail(event, taken, tx, compiled, own, now=now)
        case CaseLinked(number=number) as linked:
            picture = pictures.get(number)
            return link_case(event, linked, tx, compiled, now=now, picture=picture)
        case MailboxChanged() as changed:
            return Handled(tell_of_mailbox(changed, tx, compiled, now=now))
        case AnswerGiven() as given:
            return give_answer(event, given, tx, compiled, now=now)
        case CaseEntered() as call:
            return enter_case(event, call, tx, compiled, own, now=now)
        case SilenceOrdered() as order:
            return announce_works(event, order, tx, compiled, now=now)
        case TwinsSought() as sought:
            return handle_twins(event, sought, tx, compiled, now=now, planner=planner)
        case CanarySeen() as seen:
            return handle_canary(seen, tx, compiled, now=now)
        case VendorSaid() as said:
            return handle_vendor(said, load_state(tx), tx, compiled, now=now)
        case DiskChanged() as disk:
            return handle_disk(disk, tx, compiled, now=now)
        case OutageOrdered() as ordered:
            return handle_order(event, ordered, tx, compiled, now=now)
        case IncidentOrdered() as word:
            return handle_incident_order(event, word, tx, compiled, now=now)
        case PortalNoticeEnded() as taken_down:
            return end_portal_notice(event, taken_down, tx, compiled, now=now)
        case Unreadable(reason=reason):
            return Handled(f"unreadable: {reason}"[:200])


def _number(row: Claimed) -> int | None:
    fact = row.event.fact
    if isinstance(fact, TicketSeen):
        return fact.snapshot.number
    number = getattr(fact, "number", None)
    return number if isinstance(number, int) else None
