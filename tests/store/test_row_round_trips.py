# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is stored comes back exactly as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import NOON, later

from bot.rules.actions import (
    Banner,
    CustomerMail,
    Message,
    Notice,
    NoticeKind,
    Outgoing,
    Reason,
    TicketCreation,
    TicketMessage,
    TicketUpdate,
    Timer,
    Urgency,
)
from bot.rules.events import (
    AlertReceived,
    AlertState,
    AnswerGiven,
    ButtonPressed,
    CalendarSwitched,
    CaseEntered,
    CaseLinked,
    CommentAdded,
    DiskChanged,
    Event,
    Fact,
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
from bot.rules.history import Change, ChangeKind
from bot.rules.incident_values import IncidentOrdered, Verb
from bot.rules.mail import MailFile, MailReceived, Trust, Twin
from bot.rules.portal_notices import PortalNoticeEnded
from bot.rules.probes import CanarySeen, ProbeRound, VendorIncident, VendorSaid, Verdict
from bot.rules.ticket import Actor, Origin, Person, Snapshot, Status, Ticket
from bot.store.codec import UnknownRow, instant, micros
from bot.store.rows import FACTS, MESSAGES, body_of, column, reasons_body, reasons_of, value_of

PERSON = Person("77", "Åsa Öberg", "asa@example.com")
SNAPSHOT = Snapshot(
    number=42,
    created_at=NOON,
    updated_at=later(0.000001),
    version="2026-03-02T12:00:00Z",
    status=Status.PENDING,
    subject="Nothing works",
    description="Since this morning \u2028 nothing 🔥",
    priority="p1",
    helpdesk_priority="urgent",
    category="outage",
    tags=frozenset({"vip", "eu"}),
    group="second line",
    assignee=PERSON,
    requester=Person(email="x@example.com"),
    organisation="Acme",
    language="sv",
    brand="main",
    via="email",
    external_id="case-9",
    fields={"plan": "gold", "region": None},
)
FACTS_SEEN: tuple[Fact, ...] = (
    TicketSeen(SNAPSHOT),
    TicketSeen(Snapshot(1, NOON, NOON, "", Status.NEW, "", "")),
    CommentAdded(42, "c1", PERSON, Actor.REQUESTER, True, "Hello?", True, "rule/x"),
    FieldChanged(42, "status", None, "open", Actor.AGENT, "77", None),
    TicketGone(42, "scrubbed"),
    AlertReceived(AlertState.FIRING, "disk", "grafana", "i", "h", "s", "l", "critical"),
    MaintenanceAnnounced(NOON, later(60), None, "new switch"),
    ProbeRound(Verdict.OK, Verdict.SLOW, Verdict.NOT_ASKED, (True, False), "slow", 1.5),
    ButtonPressed("acknowledge", "ticket:t1", "U1", "slack", {"ts": "1.2"}),
    SilenceOrdered("s1", SNAPSHOT.created_at, "works", "bo", {"ticket": "7"}),
    CalendarSwitched("office", None, SNAPSHOT.created_at, SNAPSHOT.updated_at, "a power cut", "bo"),
    Unreadable("webhook", "no JSON", "\0\ud800<html>"),
    MailReceived(
        "k",
        "r",
        9,
        NOON,
        "<m@a.example>",
        "b",
        PERSON,
        ("a@b.example",),
        ("<r@a.example>",),
        ("<o@a.example>",),
        "Subject",
        "Text \u2028",
        {"precedence": "bulk"},
        Trust.PASSED,
        "sv",
        (MailFile("a.png", "image/png", 3),),
        True,
        "no",
    ),
    MailboxChanged(False, "refused", True),
    MailTaken("k", "Bo"),
    CaseLinked("t1", 7, "Bo"),
    CanarySeen(1772442000, "webhook"),
    VendorSaid((VendorIncident("7", "Pod 17 is down", True, datetime(2026, 3, 2, tzinfo=UTC)),)),
    DiskChanged(True, "/var/lib/deskmate", 0.09),
    OutageOrdered(True, "agents cannot log in", "bo", later(60)),
    PortalNoticeEnded("emergency_stop", "bo"),
    IncidentOrdered(Verb.OPEN, "bo", "Slow", 0, ("api",), "major", ("t1",), later(60), "sv"),
    AnswerGiven("ticket:t1", "Hello", "Bo", "slack"),
    TwinsSought(
        "t1", 1, (Twin("#4", NOON, 4, "Down", ("Help", "please"), "a@b.example", "A-1", "<m@a>"),)
    ),
    CaseEntered(NOON, PERSON, "Down", "All of it", "Bo", "Acme"),
)
MESSAGES_SENT: tuple[Message, ...] = (
    TicketCreation(
        "t1",
        "deskmate:t1",
        "Disk full",
        (TicketMessage("No space left"), TicketMessage("since noon", False, PERSON, NOON)),
        PERSON,
        "p1",
        "outage",
        "second",
        frozenset({"alert"}),
        {"plan": None},
        NOON,
    ),
    TicketCreation("t2", "deskmate:t2", "", ()),
    TicketUpdate(
        "t1",
        None,
        "p2",
        "billing",
        "g",
        "a@example.com",
        frozenset({"b", "a"}),
        frozenset({"c"}),
        {"code": None},
        "note",
        True,
    ),
    Notice(
        NoticeKind.SLA_WARNING,
        "ticket:t1",
        NOON,
        due_at=later(9),
        mention=("@ann",),
        buttons=("acknowledge",),
    ),
    Banner(True, {"en": "We are down", "sv": "Vi ligger nere"}, NOON, later(3600)),
    CustomerMail("a@b.example", "Re: x", "Hello", "ACM-1", "Åsa", "<m>", ("<m>",), "sv", True),
)


@pytest.mark.parametrize("fact", FACTS_SEEN, ids=lambda fact: type(fact).__name__)
def test_fact_comes_back_exactly(fact: Fact) -> None:
    """Every kind of fact survives being written down, every field of it."""
    seen = Event("k", "ticket/42", NOON, "export", fact)

    assert value_of(Event, body_of(seen)) == seen


@pytest.mark.parametrize("message", MESSAGES_SENT, ids=lambda message: type(message).__name__)
def test_message_comes_back_exactly(message: Message) -> None:
    """Every kind of message survives, with all that its row says."""
    sent = Outgoing(
        "k",
        "teams:x",
        "o",
        message,
        Urgency.LOW,
        "t1",
        NOON,
        later(5),
        ("mail:a",),
        True,
        timedelta(minutes=1),
    )

    assert value_of(Outgoing, body_of(sent)) == sent


def test_ticket_timer_change_and_reason_come_back() -> None:
    """What is known about a ticket survives as exactly as its events."""
    known = Ticket(
        "t1",
        Origin.ALERT,
        NOON,
        later(1),
        Status.HOLD,
        "s",
        "d",
        42,
        "R-1",
        assignee=PERSON,
        tags=frozenset({"x"}),
        fields={"a": None},
        set_by={"priority": Actor.AGENT},
        fired={"vip": "c1"},
    )
    timer = Timer("k", "sla_warning", NOON, "t1", {"cycle": "2"})
    change = Change("k", NOON, ChangeKind.COMMENT, Actor.SELF, "7", True, body="ok", own_key="o")
    reasons = (Reason("rule:vip", ("a", "b"), ("said 'urgent'",)), Reason("sla"))

    assert value_of(Ticket, body_of(known)) == known
    assert value_of(Timer, body_of(timer)) == timer
    assert value_of(Change, body_of(change)) == change
    assert reasons_of(reasons_body(reasons)) == reasons


def test_every_member_of_a_union_has_a_name() -> None:
    """A new kind of fact or message cannot be forgotten here."""
    assert set(get_args(Fact)) == set(FACTS.values()) == {type(fact) for fact in FACTS_SEEN}
    assert set(get_args(Message)) == set(MESSAGES.values()) == {type(m) for m in MESSAGES_SENT}


def test_row_of_a_later_program_is_refused() -> None:
    """A type that this program does not know is said, not guessed."""
    body = body_of(Event("k", "s", NOON, "export", TicketGone(1, "deleted")))

    with pytest.raises(UnknownRow, match=r"ticket_gone\.2"):
        value_of(Event, body.replace("ticket_gone.1", "ticket_gone.2"))


@settings(deadline=None)
@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_instant_keeps_every_microsecond(at: datetime) -> None:
    """An instant of any zone comes back as the same instant, in UTC."""
    assert instant(micros(at)) == at


def test_local_time_without_zone_is_a_bug() -> None:
    """An instant that could mean several is never stored."""
    with pytest.raises(ValueError, match="zone"):
        micros(datetime(2026, 3, 2, 12, 0))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=2000))
def test_key_column_fits_every_database(text: str) -> None:
    """A key from outside becomes a text that PostgreSQL stores and indexes, always the same one."""
    kept = column(text)

    assert "\0" not in kept
    assert len(kept.encode("utf-8")) <= 600
    assert column(text) == kept
