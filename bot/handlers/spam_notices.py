# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells our people of mails that are held among the spam: a few one by one, then by their count."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.handlers.case_notices import MAILBOX, tell_of_mail
from bot.rules.actions import Notice, NoticeKind, Timer
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy
from bot.rules.mail import Fate, MailReceived
from bot.store.transaction import Transaction

SPAM = "spam_held"
"""The kind, and the key, of the timer that tells the count; also the state that keeps it."""
TOLD_SINGLY = 5
"""Of how many mails of one outage people hear one by one: whole folders of spam come in."""
COUNT_EVERY = timedelta(hours=1)


def tell_of_spam(
    mail: MailReceived,
    why: str,
    incident: int | None,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Say that a mail is held, at once or in the next count; `incident` is its outage."""
    known = tx.states.load(SPAM) or {}
    latest, told, untold = (known.get(name, 0) for name in ("incident", "told", "untold"))
    if (incident or 0) > latest:
        latest, told = incident, 0
    if told < TOLD_SINGLY:
        told += 1
        tell_of_mail(mail, Fate.HELD, why, None, tx, compiled, now=now)
    else:
        untold += 1
        _count_later(tx, now)
    tx.states.save(SPAM, {"incident": latest, "told": told, "untold": untold})


def _count_later(tx: Transaction, now: datetime) -> None:
    # One that is further away was set before the clock was set back.
    if not any(timer.due_at <= now + COUNT_EVERY for timer in tx.timers.of_ticket(SPAM)):
        tx.timers.set(Timer(SPAM, SPAM, now + COUNT_EVERY, ticket_id=SPAM))


def fire_spam(tx: Transaction, compiled: CompiledPolicy, *, now: datetime) -> str:
    """One message with the count of the mails that nobody was told of yet."""
    known = tx.states.load(SPAM) or {}
    untold = known.get("untold", 0)
    if not untold:
        return "no mail was held among the spam since"
    policy = compiled.policy
    notice = Notice(
        kind=NoticeKind.ADMIN,
        thread=f"{MAILBOX}:spam",
        at=now,
        reason=f"mail_spam:{untold}",
        next_step="spam_check",
        language=policy.language,
        zone=policy.zone,
    )
    key = f"{SPAM}@{now.isoformat()}"
    for row in tell(policy.outage.tell, notice, compiled, key=key, now=now):
        tx.outbox.add(row, now)
    tx.states.save(SPAM, {**known, "untold": 0})
    return f"told of {untold} mails"
