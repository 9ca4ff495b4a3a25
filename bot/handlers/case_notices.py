# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells our people of new cases and of mails they must look at; in a storm one digest a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.handlers.ticket_effects import notice_of
from bot.rules.actions import Notice, NoticeKind, Outgoing, TicketLine, Timer, Urgency
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.events import MailboxChanged
from bot.rules.mail import Fate, MailReceived
from bot.rules.mail_limits import HOUR, STORM_MAILS, STORM_WINDOW, is_storm
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction
from bot.texts.listed import MOST_CASES, NEW_CASES

STORM = "mail_storm"
"""The kind, and the key, of the timer that sends a storm's digest."""
UNTOLD = f"{STORM}/"
"""Begins the state of each case that waits for the next digest; the id of the case follows."""
DIGEST_EVERY = timedelta(minutes=1)
MAILBOX = "mailbox"


def tell_of_case(
    ticket: Ticket, mail: MailReceived, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """Show a new case to those who are told of outages, unless a rule has told them of it."""
    outage = compiled.policy.outage
    sender = (mail.sender.email or "").casefold()
    mails = tx.mails.seen_since(now - STORM_WINDOW, most=STORM_MAILS + 1)
    of_sender = tx.mails.seen_of_sender(sender, now - HOUR)
    if is_storm(mails, of_sender):
        tx.states.save(UNTOLD + ticket.ticket_id, {})
        # One that is further away was set before the clock was set back.
        is_set = any(timer.due_at <= now + DIGEST_EVERY for timer in tx.timers.of_ticket(STORM))
        if not is_set:
            tx.timers.set(Timer(STORM, STORM, now + DIGEST_EVERY, ticket_id=STORM))
        return
    told = {row.outgoing.destination for row in tx.outbox.of_ticket(ticket.ticket_id)}
    notice = notice_of(ticket, NoticeKind.CASE, compiled, ticket.created_at)
    key = f"case/{ticket.ticket_id}"
    for row in tell(outage.tell, notice, compiled, key=key, now=now, urgency=Urgency.CRITICAL):
        if row.destination not in told or row.destination.startswith("mail:"):
            tx.outbox.add(row, now)


def fire_storm(timer: Timer, tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """One digest of the cases that nobody was told of yet, however late it is sent.

    What it does not hold is told a minute later.
    """
    lines = _take_untold(tx)
    if not lines:
        return "the storm is over"
    notice = Notice(
        kind=NoticeKind.DIGEST,
        thread=STORM,
        at=now,
        title=NEW_CASES,
        lines=lines,
        language=compiled.policy.language,
        zone=compiled.policy.zone,
    )
    key = f"{STORM}@{now.isoformat()}"
    for row_ in tell(compiled.policy.outage.tell, notice, compiled, key=key, now=now):
        tx.outbox.add(row_, now)
    tx.timers.set(Timer(STORM, STORM, now + DIGEST_EVERY, ticket_id=STORM))
    return f"told of {len(lines)} cases"


def _take_untold(tx: Transaction) -> tuple[TicketLine, ...]:
    """The cases that the next digest names, the oldest first; from now on they are told."""
    lines = []
    for name in sorted(tx.states.starting_with(UNTOLD))[:MOST_CASES]:
        ticket = tx.tickets.load(name.removeprefix(UNTOLD))
        if ticket is not None:
            title = f"{ticket.reference}: {ticket.subject}"
            lines.append(TicketLine(title, ticket.number, owner=ticket.customer.email))
        tx.states.forget(name)
    return tuple(lines)


def tell_of_mail(
    mail: MailReceived,
    fate: Fate,
    why: str,
    ticket: Ticket | None,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
    writer: str = "",
) -> None:
    """Somebody has to look at a mail: said once, with why, also to its `writer` if named."""
    policy = compiled.policy
    notice = Notice(
        kind=NoticeKind.ADMIN,
        thread=f"{MAILBOX}:{mail.key[:16]}",
        at=mail.received_at,
        reason=f"mail_{fate.value}:{why}",
        title=mail.subject,
        quote=f"{mail.sender.email or ''} {mail.subject}".strip(),
        reference=ticket.reference if ticket is not None else None,
        language=policy.language,
        zone=policy.zone,
    )
    key = f"mail/{mail.key}/{fate}"
    rows = tell(policy.outage.tell, notice, compiled, key=key, now=now)
    for row in rows:
        tx.outbox.add(row, now)
    way = f"mail:{writer}"
    if writer and way not in {row.destination for row in rows}:
        tx.outbox.add(Outgoing(f"{key}/{way}", way, f"{way}/{notice.thread}", notice), now)


def tell_of_mailbox(
    changed: MailboxChanged, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> str:
    """The mailbox cannot be read, or can be again; the same news twice is said once."""
    known = tx.states.load(MAILBOX) or {"is_read": True}
    tx.states.save(MAILBOX, {"is_read": changed.is_read, "detail": changed.detail,
                             "since": now.isoformat()})  # fmt: skip
    if known["is_read"] == changed.is_read:
        return "known already"
    policy = compiled.policy
    code = "mailbox_back" if changed.is_read else "mailbox_dead"
    notice = Notice(
        kind=NoticeKind.ADMIN,
        thread=MAILBOX,
        at=now,
        reason=code,
        quote=changed.detail,
        next_step="" if changed.is_read else "mailbox_check",
        language=policy.language,
        zone=policy.zone,
    )
    key = f"{MAILBOX}/{code}@{now.isoformat()}"
    urgency = None if changed.is_read else Urgency.CRITICAL
    for row in tell(policy.outage.tell, notice, compiled, key=key, now=now, urgency=urgency):
        tx.outbox.add(row, now)
    return code
