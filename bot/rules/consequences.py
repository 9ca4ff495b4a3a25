# SPDX-License-Identifier: GPL-3.0-or-later
"""What else follows from the rules that hold: links, holds, replies, ledgers, steps, findings.

`engine.decide` settles the ticket's own fields; what lies beside them is worked out here from the
same rules, once for `deskmate decide` and for the daemon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.rules.calendar_days import local_time
from bot.rules.engine import CompiledPolicy, Fired, RulesDecision
from bot.rules.incident_values import IncidentEffect
from bot.rules.knowledge import Suggestion
from bot.rules.layers import reads
from bot.rules.policy import Effects, Finding, Path, Publication
from bot.rules.situation import FINGERPRINT, Situation
from bot.rules.ticket import Actor
from bot.rules.truth import Truth

SECURITY = "security"
"""A ticket with this tag is never answered by the software."""
OF_THE_HELPDESK = frozenset({"helpdesk.state", "helpdesk.down_for"})
"""What a rule about the helpdesk's outage asks for."""
ESCALATED_AT = "escalated_at"
LEVEL = "escalation_level"
DIGITS = 9
"""A level with more is none."""
HOLD = "hold_until"
FOLLOWED = "followed_up."
"""Before a text in a ticket's own fields: the id of the internal ticket that follows it up."""
FOLLOWS = "follow_up_of"
"""In the own fields of such a ticket: the id of the one it follows up."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One line of a book: its calendar month, and the key that makes it the same line again."""

    book: str
    period: str
    key: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """Everything beside the ticket's fields; empty means that nothing follows.

    `link_to` is the problem's id. `level` is the path's step after the event, `step` who is told
    of it. `hold_until` is what is awaited after the event. `pages` names ladders to open.
    `suggest` are articles that may answer, `solved` tickets that were alike. `incidents` are those
    that the ticket is part of, by the rule that says so; `restored` are services that work again.
    """

    link_to: str | None = None
    hold_until: str | None = None
    publish: tuple[Publication, ...] = ()
    replies: tuple[str, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    violations: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    level: int | None = None
    step: str | None = None
    pages: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    suggest: tuple[Suggestion, ...] = ()
    solved: tuple[Suggestion, ...] = ()
    routes: tuple[str, ...] = ()
    incidents: Mapping[str, IncidentEffect] = field(default_factory=dict)
    restored: tuple[str, ...] = ()


def consequences_of(
    decision: RulesDecision, situation: Situation, compiled: CompiledPolicy
) -> Consequences:
    """What follows from the rules that have just begun to hold; a watched rule has no effect."""
    acting = [each for each in decision.fired if each.is_edge and not each.rule.is_watched]
    effects = [each.rule.effects for each in acting]
    is_quiet = situation.is_over or decision.held_until is not None
    calling = [] if is_quiet else acting
    level, step = _step(calling, situation, compiled)
    return Consequences(
        link_to=_link(acting, decision, situation),
        hold_until=_hold(acting, situation),
        publish=_publications(calling, situation, decision),
        replies=_replies(acting, situation, decision),
        ledger=_ledger(acting, situation, compiled),
        violations=tuple(dict.fromkeys(each for effect in effects for each in effect.violations)),
        warnings=tuple(dict.fromkeys(each for effect in effects for each in effect.warnings)),
        level=level,
        step=step,
        pages=tuple(
            dict.fromkeys(each.rule.effects.page for each in calling if each.rule.effects.page)
        ),
        follow_ups=tuple(dict.fromkeys(each.follow_up for each in effects if each.follow_up)),
        suggest=_suggestions(effects, situation, compiled),
        solved=_suggestions(effects, situation, compiled, is_solved=True),
        routes=tuple(dict.fromkeys(name for effect in effects for name in effect.routes)),
        incidents={
            each.rule.rule_id: each.rule.effects.incident
            for each in calling
            if each.rule.effects.incident is not None
        },
        restored=tuple(dict.fromkeys(name for effect in effects for name in effect.restored)),
    )


def _suggestions(
    effects: list[Effects],
    situation: Situation,
    compiled: CompiledPolicy,
    *,
    is_solved: bool = False,
) -> tuple[Suggestion, ...]:
    """The articles, or the solved tickets, that may answer the message; none for a machine's."""
    most = max((effect.suggest for effect in effects), default=0)
    spec, message, ticket = compiled.policy.knowledge, situation.message, situation.ticket
    if not most or spec is None or message is None or message.is_machine is Truth.TRUE:
        return ()
    library = compiled.knowledge.solved if is_solved else compiled.knowledge.articles
    return library.suggest(
        message.subject or "",
        message.new_part,
        most=most,
        floor=spec.solved_floor if is_solved else spec.floor,
        language=ticket.language,
        without=ticket.ticket_id,
    )


def _link(acting: list[Fired], decision: RulesDecision, situation: Situation) -> str | None:
    """The problem that is known, else the earliest ticket of the same fault; never this one."""
    names = [each.rule.effects.link for each in acting if each.rule.effects.link]
    for name in names:
        own = situation.ticket.fields.get(FINGERPRINT + name)
        alike = sorted(
            (each.at, each.ticket_id)
            for each in situation.recent
            if own and each.fields.get(FINGERPRINT + name) == own
            and each.ticket_id != situation.ticket.ticket_id
        )  # fmt: skip
        if own and alike:
            return situation.known.get("problem.id") or alike[0][1]
    return None


def _hold(acting: list[Fired], situation: Situation) -> str | None:
    present = situation.ticket.fields.get(HOLD) or situation.known.get(HOLD)
    released = {each.rule.effects.release for each in acting}
    awaited = next((each.rule.effects.hold for each in acting if each.rule.effects.hold), None)
    if awaited is not None:
        return awaited
    return None if present in released else present


def _replies(acting: list[Fired], situation: Situation, decision: RulesDecision) -> tuple[str, ...]:
    """Never to a machine's mail, never where security is concerned."""
    message = situation.message
    if message is not None and message.is_machine is Truth.TRUE:
        return ()
    if SECURITY in situation.ticket.tags | decision.add_tags:
        return ()
    return tuple(dict.fromkeys(name for each in acting for name in each.rule.effects.replies))


def _publications(
    calling: list[Fired], situation: Situation, decision: RulesDecision
) -> tuple[Publication, ...]:
    """Never of a ticket that is over, or about security; no template is one of the rule's name."""
    if SECURITY in situation.ticket.tags | decision.add_tags:
        return ()
    found: dict[tuple[str, str], Publication] = {}
    for fired in calling:
        is_of_outage = not reads(fired.rule).isdisjoint(OF_THE_HELPDESK)
        for each in fired.rule.effects.publish:
            template = each.template or fired.rule.rule_id
            found.setdefault(
                (each.where, template), Publication(each.where, template, is_of_outage)
            )
    return tuple(found.values())


def _ledger(
    acting: list[Fired], situation: Situation, compiled: CompiledPolicy
) -> tuple[LedgerEntry, ...]:
    """By the month in which it happened, in the desk's zone; the key is the breach's own."""
    at = situation.at
    stamped = situation.known.get("sla.breached_at")
    if stamped:
        at = datetime.fromisoformat(stamped)
    period = local_time(compiled.policy.zone, at).strftime("%Y-%m")
    ticket = situation.known.get("sla.ticket") or situation.ticket.ticket_id
    metric = situation.known.get("sla.metric") or ""
    found: dict[LedgerEntry, None] = {}
    for each in acting:
        book = each.rule.effects.ledger
        if book is not None:
            key = "/".join(part for part in (ticket, metric or each.rule.rule_id) if part)
            found[LedgerEntry(book.book, period, key)] = None
    return tuple(found)


def _step(
    acting: list[Fired], situation: Situation, compiled: CompiledPolicy
) -> tuple[int | None, str | None]:
    """One step up a management path, and no second one before its waiting time is over."""
    stored = situation.known.get(LEVEL) or situation.ticket.fields.get(LEVEL)
    level = int(stored) if stored and stored.isdecimal() and len(stored) <= DIGITS else None
    path = next(
        (
            compiled.policy.paths[each.rule.effects.escalate]
            for each in acting
            if each.rule.effects.escalate
        ),
        None,
    )
    if path is None or not _may_step(path, level, situation, compiled):
        return level, None
    after = min((level or 0) + 1, len(path.steps))
    return after, path.steps[after - 1]


def _may_step(
    path: Path, level: int | None, situation: Situation, compiled: CompiledPolicy
) -> bool:
    """Whether the waiting time since the last step is over; a person's own step waits for none."""
    since = _last_step(level, situation)
    if situation.actor is Actor.AGENT or since is None or path.wait is None or path.hours is None:
        return True
    if path.hours not in compiled.calendars:
        return situation.at - since >= path.wait
    passed = compiled.calendars[path.hours].between(since, situation.at)
    return timedelta(seconds=passed) >= path.wait


def _last_step(level: int | None, situation: Situation) -> datetime | None:
    """When the last step was taken; unstamped, no earlier than the ticket came."""
    stamped = situation.known.get(ESCALATED_AT) or situation.ticket.fields.get(ESCALATED_AT)
    if at := _instant(stamped or ""):
        return at
    came = situation.ticket.created_at
    return came if level and came < situation.at else None


def _instant(text: str) -> datetime | None:
    """An instant as we wrote it; a field of that name that somebody filled by hand is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
