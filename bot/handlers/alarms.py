# SPDX-License-Identifier: GPL-3.0-or-later
"""Handles what monitoring says: one ticket per fault, its repeats counted, its end noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.handlers.cards import renew_card
from bot.handlers.firings import firings_of
from bot.handlers.handled import Handled
from bot.handlers.ticket_effects import commit_decision
from bot.handlers.tickets import last_told, set_clocks
from bot.rules.actions import (
    Outgoing,
    TicketCreation,
    TicketMessage,
    TicketUpdate,
    Timer,
    external_id_of,
)
from bot.rules.alarms import Alarm, Step, after_alert, after_note, alarm_key, told_facts
from bot.rules.conditions import CountAlerts
from bot.rules.engine import CompiledPolicy, decide
from bot.rules.events import AlertReceived, AlertState, Event, Occasion
from bot.rules.fingerprints import fingerprints_of
from bot.rules.history import Change, ChangeKind
from bot.rules.layers import parts_of
from bot.rules.situation import RecentAlert, Situation
from bot.rules.text import Message, prepare
from bot.rules.ticket import Actor, Origin, Status, Ticket
from bot.rules.ticket_facts import known_facts, on_duty_now
from bot.store.rows import body_of, value_of
from bot.store.transaction import Transaction

COUNT = "alarm_count"
HELD = "alarm_held"
"""The kinds of an alarm's timers: its repeats are noted, a window that held it back ends."""
COUNT_FIELD = "alert_count"
"""The desk's own field, where it maps one, that shows how often an alarm fired."""
FIRED = "alarm_fired/"
LATER = "/after_window"
LONGEST_SUBJECT = 200
LONGEST_FACT = 4_000


def handle_alert(
    event: Event, alert: AlertReceived, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> Handled:
    """Take one alert: open its ticket, count it, or note that it is over."""
    message = _message(alert)
    found = fingerprints_of(message, compiled.policy.fingerprints)
    key = alarm_key(alert, event.stream, found)
    known = _load(key, tx)
    ticket = tx.tickets.load(known.ticket_id) if known is not None else None
    is_open = ticket is not None and not ticket.status.is_done
    news = after_alert(
        known, alert.state, stream=event.stream, is_ticket_open=is_open, at=event.at,
        new_ticket_id=tx.tickets.new_id() if not is_open else "",
    )  # fmt: skip
    alarm = news.alarm
    if alarm is None or news.step is Step.IGNORED:
        return Handled("the end of nothing")
    _save(key, alarm, tx)
    if news.step is Step.OPENED:
        ticket = _open(event, alert, alarm, found, tx, compiled, now=now)
    if ticket is None or (ticket.status.is_done and news.step is not Step.OPENED):
        return Handled(news.step.value, alarm.ticket_id)
    if news.step is Step.REPEATED:
        _set_count(key, alarm, tx)
    if news.step in (Step.AGAIN, Step.ENDED):
        _note(
            ticket, _sentence(news.step, alarm, event.at), alarm, event.key, tx, compiled, now=now
        )
        _save(key, after_note(alarm), tx)
        tx.timers.stop(f"{COUNT}/{key}")
    if news.step is not Step.REPEATED and news.step is not Step.FEWER:
        _decide(event, alert, key, ticket, message, tx, compiled, now=now,
                is_new=news.step is Step.OPENED)  # fmt: skip
    return Handled(news.step.value, alarm.ticket_id)


def fire_count(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Note on the ticket how often its alarm fired by now, once for all repeats of a while."""
    alarm = _load(timer.detail["alarm"], tx)
    ticket = tx.tickets.load(alarm.ticket_id) if alarm is not None else None
    if alarm is None or ticket is None or ticket.status.is_done or alarm.count == alarm.noted:
        return "nothing to count"
    _note(ticket, _sentence(Step.REPEATED, alarm, now), alarm, timer.due_at.isoformat(), tx,
          compiled, now=now)  # fmt: skip
    _save(timer.detail["alarm"], after_note(alarm), tx)
    return f"counted {alarm.count}"


def fire_held(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """A window ended: who would have been called is called now, if it still fires."""
    alarm = _load(timer.detail["alarm"], tx)
    ticket = tx.tickets.load(alarm.ticket_id) if alarm is not None else None
    if alarm is None or ticket is None or ticket.status.is_done or not alarm.is_firing:
        return "over meanwhile"
    event = value_of(Event, timer.detail["event"])
    assert isinstance(event.fact, AlertReceived), "only alerts are held"
    at = max(timer.due_at, event.at)
    late = replace(event, key=event.key + LATER, at=at)
    _decide(late, event.fact, timer.detail["alarm"], ticket, _message(event.fact), tx, compiled,
            now=now, is_new=False)  # fmt: skip
    return "told after the window"


def _open(
    event: Event,
    alert: AlertReceived,
    alarm: Alarm,
    found: Mapping[str, str],
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Ticket:
    named = {f"alert.{name}": value for name, value in told_facts(alert) if name != "line"}
    ticket = Ticket(
        ticket_id=alarm.ticket_id,
        origin=Origin.ALERT,
        created_at=event.at,
        updated_at=event.at,
        status=Status.NEW,
        subject=_subject(alert),
        description=_text(alert),
        organisation=alert.organisation,
        via="alert",
        fields={**named, "alert.name": alert.name, **found},
    )
    tx.tickets.save(ticket)
    born = Change(event.key, event.at, ChangeKind.CREATED, Actor.REQUESTER, is_public=True,
                  new=Status.NEW, body=ticket.description)  # fmt: skip
    tx.tickets.add_change(ticket.ticket_id, born)
    return ticket


def _decide(
    event: Event,
    alert: AlertReceived,
    key: str,
    ticket: Ticket,
    message: Message,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    is_new: bool,
) -> None:
    """Try the rules, commit what follows, and come back when a window that held it back ends."""
    outage = tx.states.load("outage") or {}
    situation = Situation(
        ticket=ticket,
        occasion=Occasion.ALERT,
        at=event.at,
        key=event.key,
        message=message,
        actor=Actor.SYSTEM,
        alert=alert,
        helpdesk_state="down" if outage.get("phase") in ("down", "recovering") else "up",
        last_told=last_told(tx, compiled),
        known=known_facts(ticket, outage, event.at),
        recent_alerts=_recent(event, alert, tx, compiled),
        on_duty=on_duty_now(compiled, event.at),
        firings=firings_of(ticket.ticket_id, tx),
    )
    decision = decide(compiled, situation)
    opening = _creation(ticket) if is_new else None
    after = commit_decision(decision, situation, tx, compiled, now=now, opening=opening)
    if decision.held_until is not None:
        detail = {"alarm": key, "event": body_of(event)}
        timer = Timer(
            f"{HELD}/{key}/{event.key}", HELD, decision.held_until, ticket.ticket_id, detail
        )
        tx.timers.set(timer)
    set_clocks(after, tx.tickets.history(ticket.ticket_id), tx, compiled, now=now)
    renew_card(ticket.ticket_id, tx, compiled, now=now)


def _creation(ticket: Ticket) -> TicketCreation:
    return TicketCreation(
        ticket_id=ticket.ticket_id,
        external_id=external_id_of(ticket.ticket_id),
        subject=ticket.subject,
        messages=(TicketMessage(ticket.description, is_public=False),),
    )


def _note(
    ticket: Ticket,
    sentence: str,
    alarm: Alarm,
    occasion: str,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    counted = {COUNT_FIELD: str(alarm.count)}
    update = TicketUpdate(
        ticket.ticket_id, ticket.number, comment=sentence,
        fields=counted if COUNT_FIELD in compiled.policy.helpdesk.fields else {},
    )  # fmt: skip
    row = Outgoing(
        key=f"alarm/ticket:{ticket.ticket_id}/{occasion}",
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{ticket.ticket_id}",
        message=update,
        ticket_id=ticket.ticket_id,
    )
    tx.outbox.add(row, now)


def _sentence(step: Step, alarm: Alarm, at: datetime) -> str:
    """What the ticket's note says; instants in UTC, as monitoring writes them."""
    often = "once" if alarm.count == 1 else f"{alarm.count} times"
    since = f"since {alarm.first_at:%Y-%m-%d %H:%M} UTC"
    match step:
        case Step.ENDED:
            return f"Resolved at {at:%Y-%m-%d %H:%M} UTC; the alert fired {often} {since}."
        case Step.AGAIN:
            return f"Firing again at {at:%Y-%m-%d %H:%M} UTC, {often} {since}."
    places = f" in {len(alarm.firing)} places" if len(alarm.firing) > 1 else ""
    return f"The alert fired {often}{places} {since}, last at {alarm.last_at:%Y-%m-%d %H:%M} UTC."


def _set_count(key: str, alarm: Alarm, tx: Transaction) -> None:
    """One note for all repeats of a while; a timer that runs already is left to run."""
    name = f"{COUNT}/{key}/{alarm.ticket_id}/{alarm.noted}"
    if any(each.key == name for each in tx.timers.of_ticket(alarm.ticket_id)):
        return
    due_at = alarm.last_at + alarm.wait
    tx.timers.set(Timer(name, COUNT, due_at, alarm.ticket_id, {"alarm": key}))


def _recent(
    event: Event, alert: AlertReceived, tx: Transaction, compiled: CompiledPolicy
) -> tuple[RecentAlert, ...]:
    """The alarms of the longest window that a rule counts in, this one written down beside them."""
    windows = [
        part.within
        for rule in compiled.policy.rules
        for part in parts_of(rule.condition)
        if isinstance(part, CountAlerts)
    ]
    if not windows or alert.state is AlertState.RESOLVED:
        return ()
    since = event.at - max(windows, default=timedelta())
    own = event.key.removesuffix(LATER)
    found = []
    for key, state in tx.alerts.starting(FIRED).items():
        at = datetime.fromisoformat(state["at"])
        if at < since:
            tx.alerts.delete(key)
        elif not key.endswith(f"/{own}"):
            found.append(RecentAlert(**{**state, "at": at}))
    if own != event.key:
        return tuple(found)
    mine: dict[str, Any] = {name: getattr(alert, name) for name in RecentAlert.__slots__
                            if name != "at"}  # fmt: skip
    instant = event.at.isoformat()
    tx.alerts.save(f"{FIRED}{instant}/{event.key}", {**mine, "at": instant})
    return tuple(found)


def _message(alert: AlertReceived) -> Message:
    return prepare(_subject(alert), _text(alert, between="; "))


def _subject(alert: AlertReceived) -> str:
    parts = (alert.name, alert.host)
    return " ".join(" on ".join(part for part in parts if part).split())[:LONGEST_SUBJECT]


def _text(alert: AlertReceived, between: str = "\n") -> str:
    facts = [f"{name}: {value[:LONGEST_FACT]}" for name, value in told_facts(alert)]
    return between.join(facts) or alert.name


def _load(key: str, tx: Transaction) -> Alarm | None:
    state = tx.alerts.load(key)
    return None if state is None else value_of(Alarm, state["alarm"])


def _save(key: str, alarm: Alarm, tx: Transaction) -> None:
    tx.alerts.save(key, {"alarm": body_of(alarm)}, ticket_id=alarm.ticket_id)
