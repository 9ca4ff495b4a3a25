# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders rules by what they read and set, so that nobody has to write an order.

Work grows with the number of names that rules read and set, not with pairs of rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from bot.rules.conditions import (
    AllOf,
    AnyOf,
    Changed,
    Condition,
    Count,
    FieldIs,
    Matches,
    Not,
    TagAdded,
)
from bot.rules.events import Occasion
from bot.rules.policy import Rule

Names = Callable[[Rule], frozenset[str]]


MESSAGES = frozenset({Occasion.REQUESTER_REPLY, Occasion.MAILBOX})
NEWS = frozenset(
    {
        Occasion.REQUESTER_REPLY, Occasion.AGENT_REPLY, Occasion.INTERNAL_NOTE,
        Occasion.REOPENED, Occasion.MAINTENANCE_ANNOUNCED, Occasion.CONTACT_ADDED,
        Occasion.SLA_WARNING, Occasion.SLA_BREACHED, Occasion.SOLVED,
    }
)  # fmt: skip
"""Events of which each is another one; a ticket is also updated by what has nothing to do with
a rule."""


def parts_of(condition: Condition) -> Iterator[Condition]:
    """A condition and everything nested in it."""
    yield condition
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from parts_of(part)
        case Not(part):
            yield from parts_of(part)


def reads(rule: Rule) -> frozenset[str]:
    """What a rule's condition looks at, as far as another rule might set it: `tags:x` per tag."""
    found: set[str] = set()
    for part in parts_of(rule.condition):
        match part:
            case FieldIs(field="tags", values=values):
                found |= {f"tags:{value}" for value in values}
            case FieldIs(field=name) | Matches(field=str(name)):
                found.add(name.removeprefix("field."))
            case Count(category=categories, same=same):
                found |= {*same, *(("category",) if categories else ())}
    return frozenset(found)


def sets(rule: Rule) -> frozenset[str]:
    """What a rule may set, in the same words as `reads`."""
    effects = rule.effects
    plain = {
        name for name in ("priority", "category", "group") if getattr(effects, name) is not None
    }
    tags = {f"tags:{tag}" for tag in (*effects.add_tags, *effects.remove_tags)}
    return frozenset(plain | tags | set(effects.fields))


def is_per_event(rule: Rule, occasion: Occasion) -> bool:
    """Whether each event is an occasion of its own, so that a rule that held before acts again.

    So it is for rules that ask what has just changed, for those that name only events which are
    news by themselves, and for steps up a path, which wait by themselves, on a new message.
    """
    if rule.occasions <= NEWS or (rule.effects.escalate and occasion in MESSAGES):
        return True
    return any(isinstance(part, Changed | TagAdded) for part in parts_of(rule.condition))


def asks_for_the_end(rule: Rule) -> bool:
    """Whether a rule is about alerts that have ended; no other tells anybody of them."""
    return any(
        isinstance(part, FieldIs) and part.field == "alert.state" and "resolved" in part.values
        for part in parts_of(rule.condition)
    )


def layers_of(rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], ...]:
    """The rules in layers, each reading only what earlier layers set.

    Rules in a circle come last, together; `circles` names them and the check refuses them.
    """
    peeling = _Peeling(rules, waits_for=reads, gives=sets)
    layers = tuple(peeling.layers())
    return (*layers, peeling.left()) if peeling.left() else layers


def circles(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that read what they, by way of others, set themselves; empty if there are none."""
    forward = _Peeling(rules, waits_for=reads, gives=sets)
    list(forward.layers())
    backward = _Peeling(forward.left(), waits_for=sets, gives=reads)
    list(backward.layers())
    return backward.left()


class _Peeling:
    """Takes away, layer by layer, the rules that wait for nothing any more.

    A rule waits for a name while another rule that gives it is left; never for itself.
    """

    def __init__(self, rules: Sequence[Rule], *, waits_for: Names, gives: Names) -> None:
        self._rules = rules
        self._wanted = [waits_for(rule) for rule in rules]
        self._given = [gives(rule) for rule in rules]
        self._givers = Counter(name for names in self._given for name in names)
        self._waiting: dict[str, list[int]] = {}
        for index, names in enumerate(self._wanted):
            for name in names & self._givers.keys():
                self._waiting.setdefault(name, []).append(index)
        # The sum of the givers that are left: with one left, the sum says which.
        self._sums: Counter[str] = Counter()
        for index, names in enumerate(self._given):
            for name in names:
                self._sums[name] += index
        self._blocked = [
            sum(self._is_awaited(name, index) for name in names)
            for index, names in enumerate(self._wanted)
        ]
        self._is_left = [True] * len(rules)

    def layers(self) -> Iterator[tuple[Rule, ...]]:
        """The layers, until only circles are left."""
        ready = [index for index, count in enumerate(self._blocked) if count == 0]
        while ready:
            for index in ready:
                self._is_left[index] = False
            yield tuple(self._rules[index] for index in ready)
            ready = sorted({free for index in ready for free in self._take(index)})

    def left(self) -> tuple[Rule, ...]:
        """The rules that were not taken away."""
        return tuple(rule for rule, left in zip(self._rules, self._is_left, strict=True) if left)

    def _is_awaited(self, name: str, by: int) -> bool:
        others = self._givers[name] - (name in self._given[by])
        return others > 0

    def _take(self, index: int) -> Iterator[int]:
        """The rules that are free once this one is gone."""
        for name in self._given[index]:
            self._givers[name] -= 1
            self._sums[name] -= index
            if self._givers[name] == 0:
                for waiting in self._waiting.get(name, ()):
                    if name not in self._given[waiting]:
                        yield from self._unblock(waiting)
            elif self._givers[name] == 1:
                last = self._sums[name]
                if name in self._wanted[last]:
                    yield from self._unblock(last)

    def _unblock(self, index: int) -> Iterator[int]:
        self._blocked[index] -= 1
        if self._blocked[index] == 0 and self._is_left[index]:
            yield index
