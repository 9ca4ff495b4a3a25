# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes what our people write in answer to a notice: words for the customer, or "I have it"."""

from __future__ import annotations

from datetime import datetime

from bot.handlers.cases import give_answer
from bot.handlers.handled import Handled
from bot.handlers.presses import handle_button
from bot.rules.engine import CompiledPolicy
from bot.rules.events import AnswerGiven, ButtonPressed, Event
from bot.rules.mail import Fate, MailReceived
from bot.rules.mail_keys import OwnNames
from bot.rules.mail_threads import speaks_for_the_desk, staff_token_of
from bot.rules.mail_verdict import verdict_of
from bot.rules.text import new_part
from bot.store.transaction import Transaction

VIA = "mail"
TAKEN_WORDS = frozenset(
    "i have it|mine|taken|ok|i'll take it|je prends|je le prends|ich nehme es|ich übernehme|"
    "jag tar det|jag tar den|беру|взял|взяла".split("|")
)
"""What says "I have it" and is no answer to a customer."""


def handle_staff_mail(
    event: Event,
    mail: MailReceived,
    tx: Transaction,
    compiled: CompiledPolicy,
    own: OwnNames,
    *,
    now: datetime,
) -> Handled | None:
    """What became of an answer to a notice; None for every other mail."""
    shown = staff_token_of(mail)
    if shown is None or mail.trouble or not speaks_for_the_desk(mail, shown, own):
        return None
    if not verdict_of(mail, own, is_contact=True).may_open:
        return None
    text, subject = new_part(mail.text), f"ticket:{shown.ticket_id}"
    person = mail.sender.name or mail.sender.email or "somebody"
    if text.strip().rstrip(".!").casefold() in TAKEN_WORDS:
        pressed = ButtonPressed("acknowledge", subject, person, VIA)
        handled = handle_button(event, pressed, tx, compiled, now=now)
    else:
        given = AnswerGiven(subject, text, person, VIA)
        handled = give_answer(event, given, tx, compiled, now=now)
    tx.mails.decide(mail.key, Fate.STAFF, handled.outcome, now, ticket_id=handled.ticket_id)
    return handled
