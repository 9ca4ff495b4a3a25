# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader sees and what a write transaction may change, grouped by subject."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from bot.clock import Clock
from bot.store.alerts import Alerts, AlertsView
from bot.store.contacts import Contacts, ContactsView
from bot.store.forgetting import Forgetting
from bot.store.inbox_queue import Inbox, InboxView
from bot.store.journal import Journal, JournalView
from bot.store.keeping import Keeping, KeepingView
from bot.store.knowledge import Articles, ArticlesView
from bot.store.mails import Mails, MailsView
from bot.store.outages import (
    Cursors,
    CursorsView,
    Incidents,
    IncidentsView,
    States,
    StatesView,
)
from bot.store.outbox_queue import Outbox
from bot.store.outbox_view import OutboxView
from bot.store.queues import Touched
from bot.store.tickets import Tickets, TicketsView
from bot.store.timers import Timers, TimersView
from bot.store.traces import TracesView


class Reader:
    """Everything as it was at one moment."""

    inbox: InboxView
    outbox: OutboxView
    tickets: TicketsView
    timers: TimersView
    cursors: CursorsView
    journal: JournalView
    alerts: AlertsView
    states: StatesView
    incidents: IncidentsView
    mails: MailsView
    contacts: ContactsView
    articles: ArticlesView
    keeping: KeepingView
    traces: TracesView

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self.inbox = InboxView(connection)
        self.outbox = OutboxView(connection)
        self.tickets = TicketsView(connection)
        self.timers = TimersView(connection)
        self.cursors = CursorsView(connection)
        self.journal = JournalView(connection)
        self.alerts = AlertsView(connection)
        self.states = StatesView(connection)
        self.incidents = IncidentsView(connection)
        self.mails = MailsView(connection)
        self.contacts = ContactsView(connection)
        self.articles = ArticlesView(connection)
        self.keeping = KeepingView(connection)
        self.traces = TracesView(connection)


class Transaction(Reader):
    """One write: all of it happens, or none."""

    inbox: Inbox
    outbox: Outbox
    tickets: Tickets
    timers: Timers
    cursors: Cursors
    journal: Journal
    alerts: Alerts
    states: States
    incidents: Incidents
    mails: Mails
    contacts: Contacts
    articles: Articles
    keeping: Keeping
    traces: Forgetting

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        touched: set[Touched],
        *,
        is_watch_only: bool = False,
    ) -> None:
        """Write over `connection`; what gets work is added to `touched`.

        With `is_watch_only` messages are recorded and never sent.
        """
        self.inbox = Inbox(connection, touched)
        self.outbox = Outbox(connection, touched, is_watch_only=is_watch_only)
        self.tickets = Tickets(connection, clock)
        self.timers = Timers(connection, touched)
        self.cursors = Cursors(connection)
        self.journal = Journal(connection)
        self.alerts = Alerts(connection)
        self.states = States(connection)
        self.incidents = Incidents(connection)
        self.mails = Mails(connection)
        self.contacts = Contacts(connection)
        self.articles = Articles(connection)
        self.keeping = Keeping(connection)
        self.traces = Forgetting(connection)
