# SPDX-License-Identifier: GPL-3.0-or-later
"""Begins and ends silences and maintenance, says so, and tells at the end what was hidden and
still waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.handlers.handled import Handled
from bot.rules.actions import Notice, NoticeKind, Outgoing, Reason, Timer
from bot.rules.alarms import Alarm
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, SilenceOrdered
from bot.rules.silences import LONGEST, Silence, after_order, from_state, to_state
from bot.rules.windows import EdgeKind, end_of, next_edge
from bot.store.matters import still_waits
from bot.store.queues import OutboxRow
from bot.store.rows import value_of
from bot.store.silences import STATE, hidden_by, written
from bot.store.transaction import Transaction
from bot.store.works import record_works
from bot.texts.catch_up import catch_up_notice
from bot.texts.instants import time_of
from bot.texts.words import language

TOLD = "silences_told"
"""Until when what each one hid has been told, by its label."""
SILENCE = "silence"
"""The kind of the timers; `silence/NAME` is of one by command, `silence/of the policy/LABEL`."""
OF_POLICY = "of the policy"
NEWS_FOR = timedelta(hours=1)
"""How late an edge of the policy's works is told, after a time without us."""


def set_windows(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> None:
    """Let a timer run to the next edge of each one of the policy.

    What one hid that ended while nobody watched, or that the policy lost, is told now.
    """
    known = {each.label: each for each in written(compiled)}
    for label in (tx.states.load(TOLD) or {}).keys() - known.keys():
        kind, _, name = label.partition(" ")
        if not any(each.label == label for each in from_state(tx.states.load(STATE))):
            lost = Silence(name, "", is_maintenance=kind == "maintenance")
            _tell_what_was_hidden(lost, tx, now=now)
            told = tx.states.load(TOLD) or {}
            tx.states.save(TOLD, {each: at for each, at in told.items() if each != label})
    for silence in known.values():
        if silence.holds(now, compiled.calendars):
            _hides_since(silence, silence.start or now - NEWS_FOR, tx)
        else:
            _tell_what_was_hidden(silence, tx, now=now)
        _set_timer(silence, tx, compiled, after=now, is_written=True)


def handle_silence(
    event: Event,
    order: SilenceOrdered,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> Handled:
    """Take up an order: one begins or will begin, or the one of that name ends now."""
    before = from_state(tx.states.load(STATE))
    after = after_order(before, order, now)
    tx.states.save(STATE, to_state(after))
    silence = next((each for each in after if each.name == order.name), None)
    former = next((each for each in before if each.name == order.name), None)
    if silence is None:
        return Handled(f"no silence {order.name}")
    record_works(silence, event.at, tx, now)
    tx.timers.stop(f"{SILENCE}/{silence.name}")
    is_over = silence.end is not None and silence.end <= now
    if is_over:
        _end(silence, tx, compiled, now=now)
        summary = f"{silence.label} ended"
    else:
        if former is not None:
            _replace(former, silence, tx, compiled, now=now)
        is_ahead = silence.start is not None and silence.start > now
        _announce(silence, "planned" if is_ahead else "on", tx, compiled, now=now)
        _set_timer(silence, tx, compiled, after=now, is_written=False)
        summary = f"{silence.label} {'is planned' if is_ahead else 'began'}"
    tx.journal.add(
        at=now,
        subject=f"silence:{silence.name}",
        event_key=event.key,
        policy_hash=compiled.policy.digest,
        reasons=(Reason("command", evidence=(f"{order.by}: {order.because}",)),),
        summary=summary,
    )
    return Handled(summary)


def mark_of(silence: Silence, compiled: CompiledPolicy, *, now: datetime) -> str:
    """What a message that is told during maintenance says of it: whose, why, until when."""
    end = end_of(silence, now, compiled.calendars)
    until = f" → {_shown(end, compiled, now)}" if end is not None else ""
    return f"in_maintenance:{silence.name}{until} ({silence.said})"


def fire_silence(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """Do what is due at an edge, and run to the next one."""
    which = timer.key.removeprefix(f"{SILENCE}/")
    is_written = which.startswith(f"{OF_POLICY}/")
    if is_written:
        label = which.removeprefix(f"{OF_POLICY}/")
        found = [each for each in written(compiled) if each.label == label]
    else:
        # A timer of an earlier version has its edge in its name.
        names = (which, which.removesuffix("/soon").removesuffix("/end"))
        found = [each for each in from_state(tx.states.load(STATE)) if each.name in names]
    if not found:
        return "no such silence"
    silence = found[0]
    edge = timer.detail.get("edge") or timer.key.rpartition("/")[2]
    _set_timer(silence, tx, compiled, after=timer.due_at, is_written=is_written)
    # A quiet hour of every night is no news; works are, whoever planned them.
    is_news = not is_written or (silence.is_maintenance and now - timer.due_at < NEWS_FOR)
    if edge == EdgeKind.END:
        _end(silence, tx, compiled, now=now, is_news=is_news)
        return "over"
    if is_news and silence.holds(now, compiled.calendars):
        what = "on" if edge == EdgeKind.BEGIN else "ends"
        _announce(silence, what, tx, compiled, now=now)
    return edge


def _replace(
    former: Silence, silence: Silence, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """What the former of a name hid is told at the new one's end, or now if that is another."""
    goes_on = all(each.holds(now, compiled.calendars) for each in (former, silence))
    if goes_on and former.label == silence.label and former.start is not None:
        _hides_since(former, former.start, tx)
    else:
        _tell_what_was_hidden(former, tx, now=now)


def _hides_since(silence: Silence, since: datetime, tx: Transaction) -> None:
    """Remember from when on what it hides was not told yet, unless that is known."""
    told = tx.states.load(TOLD) or {}
    if silence.label not in told:
        tx.states.save(TOLD, {**told, silence.label: since.isoformat()})


def _set_timer(
    silence: Silence,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    after: datetime,
    is_written: bool,
) -> None:
    name = f"{OF_POLICY}/{silence.label}" if is_written else silence.name
    edge = next_edge(silence, after, compiled.calendars)
    if edge is None:
        return
    tx.timers.set(Timer(f"{SILENCE}/{name}", SILENCE, edge.at, detail={"edge": edge.kind.value}))


def _end(
    silence: Silence,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    is_news: bool = True,
) -> None:
    if is_news:
        _announce(silence, "over", tx, compiled, now=now)
    _tell_what_was_hidden(silence, tx, now=now)


def _tell_what_was_hidden(silence: Silence, tx: Transaction, *, now: datetime) -> None:
    """What was hidden and still waits is told where it would have been, in one message each."""
    told = dict(tx.states.load(TOLD) or {})
    known = told.get(silence.label)
    since = datetime.fromisoformat(known) if known else silence.start or now - LONGEST
    hidden: dict[str, list[OutboxRow]] = {}
    for row in hidden_by(silence, since, tx):
        hidden.setdefault(row.outgoing.destination, []).append(row)
    for destination, rows in hidden.items():
        notices = [row.outgoing.message for row in rows if isinstance(row.outgoing.message, Notice)]
        _tell_hidden(destination, notices, silence, tx, since=since, now=now)
    tx.states.save(TOLD, {**told, silence.label: now.isoformat()})


def _tell_hidden(
    destination: str,
    notices: Sequence[Notice],
    silence: Silence,
    tx: Transaction,
    *,
    since: datetime,
    now: datetime,
) -> None:
    notice = catch_up_notice(
        notices,
        since=max(since, min(each.at for each in notices)),
        now=now,
        is_open=lambda each: still_waits(each, tx) and not _is_over(each, silence, tx),
    )
    if not notice.lines:
        return
    row = Outgoing(
        key=f"{SILENCE}/{silence.label}/{now.isoformat()}/{destination}",
        destination=destination,
        order_key=f"{destination}/{SILENCE}",
        message=replace(notice, reason=f"{_kind(silence)}_was:{silence.because or silence.name}"),
    )
    tx.outbox.add(row, now)


def _is_over(notice: Notice, silence: Silence, tx: Transaction) -> bool:
    """Whether it is an alert of what was worked on, and monitoring says that it ended."""
    if not silence.is_maintenance or notice.ticket_id is None:
        return False
    states = tx.alerts.of_ticket(notice.ticket_id).values()
    alarms = [value_of(Alarm, state["alarm"]) for state in states if "alarm" in state]
    return bool(alarms) and not any(alarm.is_firing for alarm in alarms)


def _announce(
    silence: Silence, what: str, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Tell those who hear of the helpdesk: what is hidden, by whom, until when."""
    if what == "on" and silence.is_maintenance and (silence.tags or silence.of_helpdesk):
        what = "helpdesk" if silence.of_helpdesk else "marked"
    end = end_of(silence, now, compiled.calendars) or silence.end
    said = silence.said
    if what == "planned" and silence.start is not None:
        said = f"{_shown(silence.start, compiled, now)}, {said}"
    notice = Notice(
        kind=NoticeKind(_kind(silence)),
        thread=silence.label.replace(" ", ":", 1),
        at=now,
        title="helpdesk" if silence.of_helpdesk else _what(silence),
        due_at=end,
        reason=f"{_kind(silence)}_{what}:{said}",
        language=compiled.policy.language,
        zone=compiled.policy.zone,
    )
    key = f"{silence.label}/{what}/{now.isoformat()}"
    for row in tell(compiled.policy.outage.tell, notice, compiled, key=key, now=now):
        tx.outbox.add(row, now)


def _shown(at: datetime, compiled: CompiledPolicy, now: datetime) -> str:
    words = language(compiled.policy.language).words
    return time_of(at, now=now, zone=compiled.policy.zone, words=words)


def _kind(silence: Silence) -> str:
    return "maintenance" if silence.is_maintenance else "silence"


def _what(silence: Silence) -> str:
    return ", ".join(f"{name} {value}" for name, value in silence.only.items())
