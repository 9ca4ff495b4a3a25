# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides: tries every rule on one event, and settles each field by the policy's order.

Rules that read what others set are tried after them, in layers; within a layer nobody sees what
the others propose. The earlier in the list of priorities and of categories wins, tags and people
told add up, a person's decision stays, and a rule tells again only after it was false in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.rules.budgets import is_spent
from bot.rules.compiled import CompiledPolicy, compile_policy, for_ticket
from bot.rules.decision import Fired, RulesDecision, Told
from bot.rules.evaluation import Judge
from bot.rules.index import LayerIndex
from bot.rules.layers import asks_for_the_end, is_per_event
from bot.rules.policy import Rule
from bot.rules.reading import Reading
from bot.rules.situation import Decided, Situation
from bot.rules.ticket import Actor, Ticket
from bot.rules.truth import Truth
from bot.rules.verdicts import Verdict


def decide(compiled: CompiledPolicy, situation: Situation) -> RulesDecision:
    """Try every rule on the event and settle what follows."""
    trial = _Trial(for_ticket(compiled, situation.ticket), situation)
    for layer in compiled.layers:
        trial.try_layer(layer)
    return trial.decision()


class _Trial:
    """One event's way through the layers."""

    def __init__(self, compiled: CompiledPolicy, situation: Situation) -> None:
        self._compiled = compiled
        self._policy = compiled.policy
        self._situation = situation
        ticket = situation.ticket
        self._start = Decided(
            priority=ticket.priority if self._trusts(ticket, "priority") else None,
            category=ticket.category,
            group=ticket.group,
            tags=ticket.tags,
            fields=ticket.fields,
        )
        self._decided = self._start
        self._fired: list[Fired] = []
        self._unknown: dict[str, None] = {}
        self._kept: dict[str, None] = {}
        self._conflicts: dict[str, None] = {}
        self._orders = {
            "priority": self._policy.priorities,
            "category": self._policy.categories,
            "group": tuple(self._policy.groups),
        }
        self._set: dict[str, str] = {}
        self._spent: list[Rule] = []
        self._holding = dict(ticket.fired)
        self._reading = Reading(situation.message, compiled.vocabulary, compiled.book)

    def try_layer(self, layer: tuple[Rule, ...]) -> None:
        """Try the rules that the event can concern; the others are false."""
        judge = Judge(
            self._policy,
            self._compiled.calendars,
            self._compiled.vocabulary,
            self._situation,
            self._decided,
            self._reading,
        )
        index = self._compiled.index(layer)
        candidates = index.candidates(judge)
        self._end_others(index, candidates)
        fired = [
            found for rule in candidates if (found := self._try(judge, rule, index.verdict(rule)))
        ]
        self._fired += fired
        self._settle(fired)

    def _end_others(self, index: LayerIndex, candidates: Iterable[Rule]) -> None:
        """Rules that held before and are certainly false now begin anew the next time."""
        if not self._holding:
            return
        tried = {rule.rule_id for rule in candidates}
        for rule_id in [each for each in self._holding if each not in tried]:
            rule = index.by_id.get(rule_id)
            if rule is not None and self._is_tried(rule):
                del self._holding[rule_id]

    def decision(self) -> RulesDecision:
        decided, defaults = self._with_defaults()
        live = [each for each in self._fired if not each.rule.is_watched]
        acting = [each for each in live if each.is_edge]
        removed = frozenset(tag for each in live for tag in each.rule.effects.remove_tags)
        held_until = self._held_until(live)
        return RulesDecision(
            priority=decided.priority,
            category=decided.category,
            group=decided.group,
            add_tags=self._added(acting) - removed,
            remove_tags=removed & self._start.tags,
            fields=self._fields(),
            comments=tuple(
                each.rule.effects.comment for each in acting if each.rule.effects.comment
            ),
            told=() if held_until else tuple(self._told(acting)),
            fired=tuple(self._fired),
            unknown=tuple(self._unknown),
            defaults=defaults,
            kept=tuple(self._kept),
            conflicts=tuple(self._conflicts),
            spent=tuple(self._spent),
            holding=self._holding if held_until is None else self._waiting(),
            held_until=held_until,
        )

    def _held_until(self, live: Iterable[Fired]) -> datetime | None:
        """The end of the latest of the calendars that hold this event back."""
        at, ends = self._situation.at, []
        for each in live:
            name = each.rule.effects.hold_to_end_of
            if name is not None and self._compiled.calendars[name].is_open(at):
                ends.append(self._compiled.calendars[name].next_close(at))
        return max((end for end in ends if end is not None), default=None)

    def _waiting(self) -> dict[str, str]:
        """The holding rules but those that call somebody: they get their turn when it is over."""
        calls = {rule.rule_id for rule in self._policy.rules if rule.effects.calls_people}
        return {rule_id: key for rule_id, key in self._holding.items() if rule_id not in calls}

    def _try(self, judge: Judge, rule: Rule, verdict: Verdict) -> Fired | None:
        if not self._is_tried(rule):
            return None
        truth = verdict(judge)
        if truth is Truth.UNKNOWN:
            self._unknown.update(dict.fromkeys(judge.answer(rule.condition).unknown))
            return None
        if truth is Truth.FALSE:
            self._holding.pop(rule.rule_id, None)
            return None
        is_edge = rule.rule_id not in self._holding or is_per_event(rule, self._situation.occasion)
        self._holding[rule.rule_id] = self._situation.key
        firings = self._situation.firings.get(rule.rule_id, ())
        if firings and is_edge and not rule.is_watched and is_spent(firings, self._situation.at):
            self._spent.append(rule)
            return None
        return Fired(rule, partial(_evidence, judge, rule), is_edge=is_edge)

    def _is_tried(self, rule: Rule) -> bool:
        """Whether the rule is meant for this event, and has not passed its last day."""
        is_over = rule.until is not None and self._situation.at.date() > rule.until
        return self._situation.occasion in rule.occasions and not is_over

    def _settle(self, fired: Sequence[Fired]) -> None:
        """Let a layer's proposals take effect for the layers behind it."""
        if not fired:
            return
        effects = [each.rule.effects for each in fired if not each.rule.is_watched]
        self._decided = replace(
            self._decided,
            priority=self._settled("priority", [each.priority for each in effects]),
            category=self._settled("category", [each.category for each in effects]),
            group=self._settled("group", [each.group for each in effects]),
            tags=(self._decided.tags | {tag for each in effects for tag in each.add_tags})
            - {tag for each in effects for tag in each.remove_tags},
            fields={**self._decided.fields, **self._settled_fields(fired)},
        )

    def _settled_fields(self, fired: Iterable[Fired]) -> dict[str, str]:
        """What rules set; a person's value stays, and so does one they do not agree about."""
        live = [each for each in fired if not each.rule.is_watched]
        found: dict[str, str] = {}
        for name in dict.fromkeys(name for each in live for name in each.rule.effects.fields):
            of_name = [each for each in live if name in each.rule.effects.fields]
            acting = [each for each in of_name if each.is_edge]
            values = sorted({each.rule.effects.fields[name] for each in acting or of_name})
            if self._is_persons(name):
                self._keep(name, [each for each in values if each != self._start.fields.get(name)])
            elif len(values) > 1:
                self._conflicts[f"{name}: {' or '.join(values)}"] = None
            else:
                found[name] = values[0]
                self._set.update({name: values[0]} if acting else {})
        return found

    def _keep(self, name: str, values: Iterable[str]) -> None:
        self._kept.update(dict.fromkeys(f"{name} {value}" for value in values))

    def _settled(self, name: str, proposed: list[str | None]) -> str | None:
        current: str | None = getattr(self._decided, name)
        wanted = [code for code in proposed if code is not None]
        if not wanted:
            return current
        if self._is_persons(name) and getattr(self._start, name) is not None:
            self._keep(name, [code for code in wanted if code != current])
            return current
        order = self._orders[name]
        if name == "group" and len(set(wanted)) > 1:
            self._conflicts[f"group: {' or '.join(sorted(set(wanted)))}"] = None
        candidates = wanted if self._is_fresh(name, current) else [current or "", *wanted]
        ranked = [code for code in order if code in candidates]
        return ranked[0] if ranked else current

    def _is_fresh(self, name: str, current: str | None) -> bool:
        """Whether the present value gives way: nothing, or a default that nobody decided.

        A ticket goes from group to group, so a group that rules chose before gives way too.
        """
        if current is None:
            return True
        if name == "group":
            return current == self._start.group
        return current == getattr(self._start, name) and self._is_undecided(name)

    def _is_undecided(self, name: str) -> bool:
        by = self._situation.ticket.set_by.get(name)
        return by is None or by in (Actor.REQUESTER, Actor.SYSTEM)

    def _is_persons(self, name: str) -> bool:
        return self._situation.ticket.set_by.get(name) is Actor.AGENT

    def _trusts(self, ticket: Ticket, name: str) -> bool:
        if ticket.set_by.get(name) in (Actor.AGENT, Actor.SELF):
            return True
        return self._policy.trusts_requester_priority

    def _with_defaults(self) -> tuple[Decided, tuple[str, ...]]:
        decided, defaults = self._decided, []
        if decided.category is None and self._policy.categories:
            decided = replace(decided, category=self._policy.categories[-1])
            defaults.append(f"category {decided.category}")
        return decided, tuple(defaults)

    def _added(self, acting: Iterable[Fired]) -> frozenset[str]:
        """Tags of rules that have just begun to hold: one that a person removed stays away."""
        wanted = {tag for each in acting for tag in each.rule.effects.add_tags}
        return frozenset(wanted - self._start.tags)

    def _fields(self) -> dict[str, str]:
        """What rules that have just begun to hold set, as far as it is new."""
        present = self._situation.ticket.fields
        return {name: value for name, value in self._set.items() if present.get(name) != value}

    def _told(self, acting: Iterable[Fired]) -> Iterable[Told]:
        for each in acting:
            effects = each.rule.effects
            if self._situation.is_over and not asks_for_the_end(each.rule):
                continue
            if effects.tell and not self._was_told(each.rule, self._situation.at):
                yield Told(each.rule.rule_id, effects.tell, effects.urgency)

    def _was_told(self, rule: Rule, now: datetime) -> bool:
        last = self._situation.last_told.get(rule.rule_id)
        once_per = rule.effects.once_per
        return once_per is not None and last is not None and now - last < once_per


def _evidence(judge: Judge, rule: Rule) -> tuple[str, ...]:
    """What made a rule hold, each once."""
    seen = judge.answer(rule.condition).evidence
    return tuple(dict.fromkeys(seen or (f"event is {judge.situation.occasion.value}",)))


__all__ = [
    "CompiledPolicy",
    "Fired",
    "RulesDecision",
    "Told",
    "compile_policy",
    "decide",
    "for_ticket",
]
