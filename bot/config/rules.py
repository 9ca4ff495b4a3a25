# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `rules:` and `words:`: when a rule is tried, what must hold, what follows."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.conditions import ConditionReader
from bot.config.effects import read_effects
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.conditions import AllOf, Changed, Condition, Not
from bot.rules.events import Occasion
from bot.rules.layers import parts_of
from bot.rules.policy import Rule
from bot.rules.text import ListSpec, Negation

RULE_KEYS = (
    "because", "event", "events", "if", "if_any", "unless", "then", "once_per", "watch", "until",
)  # fmt: skip
OCCASIONS = {each.value: each for each in Occasion}
DEFAULT_OCCASIONS = frozenset(
    {
        Occasion.CREATED,
        Occasion.MAILBOX,
        Occasion.REQUESTER_REPLY,
        Occasion.UPDATED,
        Occasion.REOPENED,
        Occasion.ALERT,
    }
)
"""What a rule without `event` is tried on: new tickets, mails, customers' replies, agents'
changes, alerts."""
LIST_KEYS = ("negation", "except", "fold")
NEGATIONS = {each.value: each for each in Negation}


class RuleReader:
    """Reads rules; conditions are the `ConditionReader`'s."""

    def __init__(self, reader: Reader, conditions: ConditionReader) -> None:
        """`reader` collects the problems."""
        self._reader = reader
        self._conditions = conditions

    def read(self, rule_id: str, entry: Entry) -> Rule:
        """One rule; without any condition it would act on everything, which is a mistake."""
        reader, what = self._reader, f"rules {rule_id}"
        entries = reader.mapping(entry.node, what, RULE_KEYS)
        if "then" not in entries:
            advice = "write `then:` with what follows, such as tell, tag or priority"
            reader.problem(entry.key_place, f"{what}: then is missing", advice)
        condition = self._condition(what, entry, entries)
        occasions = self._occasions(entries)
        if Occasion.UPDATED in occasions and _asks_for_solved(condition):
            occasions |= {Occasion.SOLVED}
        return Rule(
            rule_id=rule_id,
            condition=condition,
            effects=read_effects(reader, entries),
            occasions=occasions,
            because=reader.statements(entries["because"].node) if "because" in entries else (),
            is_watched="watch" in entries and reader.truth(entries["watch"].node, "watch"),
            until=reader.day(entries["until"].node, "until") if "until" in entries else None,
            place=entry.key_place,
        )

    def _condition(self, what: str, entry: Entry, entries: Mapping[str, Entry]) -> Condition:
        parts: list[Condition] = []
        if "if" in entries:
            parts.append(self._conditions.read(entries["if"].node))
        if "if_any" in entries:
            parts.append(self._conditions.read_any(entries["if_any"].node))
        if "unless" in entries:
            node = entries["unless"].node
            read = (
                self._conditions.read_any
                if isinstance(node.value, tuple)
                else self._conditions.read
            )
            parts.append(Not(read(node)))
        if not parts and "event" not in entries and "events" not in entries:
            advice = "write `if:`, or `event:` if it is meant for every one of them"
            self._reader.problem(entry.key_place, f"{what}: no condition", advice)
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _occasions(self, entries: Mapping[str, Entry]) -> frozenset[Occasion]:
        key = "event" if "event" in entries else "events"
        if key not in entries:
            return DEFAULT_OCCASIONS
        found = set()
        for text in self._reader.texts(entries[key].node, key):
            if text in OCCASIONS:
                found.add(OCCASIONS[text])
            else:
                advice = did_you_mean(text, OCCASIONS)
                self._reader.problem(entries[key].node.place, f"{key}: no event {text!r}", advice)
        return frozenset(found)


def _asks_for_solved(condition: Condition) -> bool:
    """Whether a rule waits for the change to solved: that is an update, and the ticket's end."""
    return any(
        isinstance(part, Changed)
        and part.field == "status"
        and (not part.to or "solved" in part.to)
        for part in parts_of(condition)
    )


def read_list(reader: Reader, name: str, entry: Entry) -> ListSpec:
    """One word list: a line of words per language, and how negation and accents count in it."""
    words: dict[str, tuple[str, ...]] = {}
    settings: dict[str, Node] = {}
    node = entry.node
    if not isinstance(node.value, Mapping):
        return ListSpec(words={"": reader.texts(node, f"words {name}")})
    for key, inner in node.value.items():
        if key in LIST_KEYS:
            settings[key] = inner.node
        elif len(key) == 2 and key.isalpha() and key.islower():
            words[key] = reader.texts(inner.node, f"words {name} {key}")
        else:
            advice = did_you_mean(key, [*LIST_KEYS, "en", "fr", "de", "sv", "ru"])
            reader.problem(inner.key_place, f"words {name}: no language {key!r}", advice)
    negation = None
    if "negation" in settings:
        negation = reader.one_of(settings["negation"], "negation", NEGATIONS)
    return ListSpec(
        words=words,
        negation=negation or Negation.NEAR,
        excepted=reader.texts(settings["except"], "except") if "except" in settings else (),
        fold="fold" in settings and reader.truth(settings["fold"], "fold"),
    )
