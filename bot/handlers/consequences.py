# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down what follows from rules beside a ticket's own fields: ladders, steps, books, replies,
notices on the portal.

What has no home in the helpdesk (a problem's link, a hold, a violation) becomes one internal note.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.handlers.case_words import is_case, mail_to_customer
from bot.handlers.follow_ups import not_followed
from bot.handlers.ladders import open_ladder, relay_of
from bot.handlers.portal_notices import publish
from bot.handlers.sending import send
from bot.rules.actions import Notice, Outgoing, Reason, TicketUpdate, Urgency
from bot.rules.consequences import ESCALATED_AT, HOLD, LEVEL, Consequences
from bot.rules.delivery import tell
from bot.rules.engine import CompiledPolicy, RulesDecision
from bot.rules.knowledge import Suggestion
from bot.rules.situation import Situation
from bot.rules.ticket import Ticket
from bot.store.transaction import Transaction

PROBLEM = "problem"
ARTICLES = "{articles}"
KEPT = "kept."
"""Before a proposal in a ticket's own fields: people read once that their value stayed."""
REPLIED = "replied."
"""Before a template's name in a ticket's own fields: it was sent once."""


def with_own_fields(
    ticket: Ticket, beside: Consequences, decision: RulesDecision, situation: Situation
) -> dict[str, str | None]:
    """A ticket's own fields after the consequences; they stay in our store."""
    fields = dict(ticket.fields)
    if beside.link_to is not None:
        fields[PROBLEM] = beside.link_to
    if beside.hold_until != fields.get(HOLD):
        fields[HOLD] = beside.hold_until
    if beside.step is not None:
        fields[LEVEL] = str(beside.level)
        fields[ESCALATED_AT] = situation.at.isoformat()
    fields.update({REPLIED + name: "yes" for name in beside.replies})
    fields.update({KEPT + proposal: "yes" for proposal in decision.kept})
    return fields


def notes_of(beside: Consequences, ticket: Ticket, compiled: CompiledPolicy) -> tuple[str, ...]:
    """The sentences of the internal note; a link or a hold that stands already says nothing."""
    notes = []
    if beside.link_to is not None and ticket.fields.get(PROBLEM) != beside.link_to:
        notes.append(f"The same fault as {beside.link_to}.")
    if beside.hold_until is not None and ticket.fields.get(HOLD) != beside.hold_until:
        notes.append(f"On hold until {beside.hold_until.replace('_', ' ')}.")
    for what, findings in (("Violation", beside.violations), ("Warning", beside.warnings)):
        notes += [
            f"{what}: {_ended(each.text or each.code.replace('_', ' '))}" for each in findings
        ]
    notes += [f"To follow up, in a ticket of its own: {text}"
              for text in not_followed(beside.follow_ups, ticket)]  # fmt: skip
    notes += _suggested(beside)
    if beside.step is not None:
        notes.append(f"Escalated to level {beside.level}: {beside.step.replace('_', ' ')}.")
    return tuple(notes)


def _ended(text: str) -> str:
    """With a full stop, unless the policy's text has its own end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _suggested(beside: Consequences) -> list[str]:
    """What may answer, for whoever takes the ticket; nothing where nothing is sure enough."""
    notes = []
    if beside.suggest:
        lines = [f"- {each.article.title}: {each.article.url or each.article.article_id}"
                 for each in beside.suggest]  # fmt: skip
        notes.append("\n".join(["Articles that may help:", *lines]))
    if beside.solved:
        lines = [f"- {each.article.title} (ticket {each.article.url})" for each in beside.solved]
        notes.append("\n".join(["Solved before:", *lines]))
    return notes


def kept_notes(decision: RulesDecision, ticket: Ticket) -> tuple[str, ...]:
    """What rules proposed and a person's decision stood against, each proposal once."""
    new = [each for each in decision.kept if ticket.fields.get(KEPT + each) is None]
    return (f"Rules propose {', '.join(new)}; what a person set stays.",) if new else ()


def commit_consequences(
    beside: Consequences,
    decision: RulesDecision,
    situation: Situation,
    notice: Notice,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """Open ladders, tell the next step, answer, publish, book; each once, however often decided."""
    ticket, policy = situation.ticket, compiled.policy
    for name in beside.pages:
        open_ladder(policy.ladders[name], notice, tx, compiled, occasion=situation.key, now=now)
    for name in dict.fromkeys(each for told in decision.told for each in told.names):
        person = policy.people.get(name)
        relay = relay_of(person, compiled) if person is not None else None
        if relay is not None:
            open_ladder(
                relay, notice, tx, compiled, occasion=situation.key, now=now, first_is_told=True
            )
    if beside.step is not None:
        key = f"step/{ticket.ticket_id}/{beside.level}/{situation.key}"
        rows = tell((beside.step,), notice, compiled, key=key, now=now, urgency=Urgency.CRITICAL)
        send(rows, tx, compiled, now=now)
    for name in beside.replies:
        if ticket.fields.get(REPLIED + name) is None:
            reply = _reply(name, ticket, compiled, offered=beside.suggest)
            if is_case(ticket):
                _mail(reply, ticket, tx, compiled, now=now)
            else:
                tx.outbox.add(reply, now)
    publish(beside.publish, situation, tx, compiled, now=now)
    _book(beside, situation, tx, compiled, now=now)


def _mail(
    reply: Outgoing, ticket: Ticket, tx: Transaction, compiled: CompiledPolicy, *, now: datetime
) -> None:
    """A case's customer is written to by mail: the helpdesk does not have the ticket."""
    assert isinstance(reply.message, TicketUpdate), "replies are comments"
    text = reply.message.comment or ""
    mail_to_customer(ticket, text, tx, compiled, key=reply.key, now=now, is_automatic=True)


def _reply(
    template: str, ticket: Ticket, compiled: CompiledPolicy, *, offered: Sequence[Suggestion]
) -> Outgoing:
    policy = compiled.policy
    texts = policy.templates[template]
    language = (ticket.language or policy.language).partition("-")[0]
    text = texts.get(language) or texts.get(policy.language) or next(iter(texts.values()), "")
    # The customer's own words come last: no part of them is taken for a place to fill in.
    filled = (
        _with_articles(text, offered)
        .replace("{number}", str(ticket.number or ticket.reference or ""))
        .replace("{mailbox}", policy.outage.mailbox or "")
        .replace("{title}", ticket.subject[:200])
    )
    update = TicketUpdate(ticket.ticket_id, ticket.number, comment=filled, is_public=True)
    return Outgoing(
        key=f"reply/{template}/ticket:{ticket.ticket_id}",
        destination="helpdesk",
        order_key=f"helpdesk/ticket:{ticket.ticket_id}",
        message=update,
        ticket_id=ticket.ticket_id,
    )


def _with_articles(text: str, offered: Sequence[Suggestion]) -> str:
    """The articles that a customer may read, a line each; without one, no paragraph for them."""
    public = [each.article for each in offered if each.article.is_public and each.article.url]
    if public:
        shown = "\n".join(f"- {each.title}: {each.url}" for each in public)
        return text.replace(ARTICLES, shown)
    return "\n\n".join(part for part in text.split("\n\n") if ARTICLES not in part)


def _book(
    beside: Consequences,
    situation: Situation,
    tx: Transaction,
    compiled: CompiledPolicy,
    *,
    now: datetime,
) -> None:
    """One line per key in each book; the same breach is never booked twice."""
    for entry in beside.ledger:
        name = f"ledger/{entry.book}/{entry.period}/{entry.key}"
        if tx.states.load(name) is not None:
            continue
        tx.states.save(name, {"at": situation.at.isoformat()})
        tx.journal.add(
            at=now,
            subject=f"ticket:{situation.ticket.ticket_id}",
            event_key=situation.key,
            policy_hash=compiled.policy.digest,
            reasons=(Reason(f"ledger {entry.book}", evidence=(entry.key,)),),
            summary=f"booked in {entry.book} for {entry.period}",
        )
