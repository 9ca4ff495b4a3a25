# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the conditions of a rule: `if`, `if_any`, `unless` and whatever nests in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.conditions import (
    AllClosed,
    AllOf,
    AnyOf,
    AnyOpen,
    Changed,
    Comparison,
    Condition,
    Count,
    CountAlerts,
    FieldIs,
    MachineMail,
    Matches,
    NobodyOn,
    Not,
    NoticeUnder,
    Says,
    StartsDuring,
    TagAdded,
    TextPart,
)
from bot.rules.situation import FINGERPRINT

FIELDS = (
    "priority", "category", "status", "group", "assignee", "organisation", "plan", "region",
    "language", "brand", "via", "tags", "subject", "requester", "code", "actor", "event",
    "contacts", "escalation_level", "first_responded", "acked", "answered", "last_public",
)  # fmt: skip
"""The fields every ticket has; `helpdesk.fields` and `facts` add the desk's own."""
FIELD_PREFIXES = (
    "org.", "requester.", "helpdesk.", "alert.", "problem.", "field.", "form.", "usage.",
    "fingerprint.", "sla.", "maintenance.", "teams.", "slack.", "mail.",
)  # fmt: skip
WORDS = (
    "all", "any", "none", "not", "says", "says_all", "matches", "any_open", "all_closed", "during",
    "outside", "changed", "tag_added", "count", "repeats", "nobody_on", "notice_under",
    "starts_during", "machine_mail",
)  # fmt: skip
LONG_MEMORY = timedelta(days=90)
"""How far back `repeats` looks unless it says `within`."""


class ConditionReader:
    """Reads conditions; `own_fields` are the desk's, beside those every ticket has."""

    def __init__(self, reader: Reader, own_fields: frozenset[str]) -> None:
        """`reader` collects the problems."""
        self._reader = reader
        self._fields = frozenset(FIELDS) | own_fields
        self._words: dict[str, Callable[[Node], Condition]] = {
            "all": lambda node: AllOf(self._parts(node, "all")),
            "any": lambda node: AnyOf(self._parts(node, "any")),
            "none": lambda node: Not(AnyOf(self._parts(node, "none"))),
            "not": lambda node: Not(self.read(node)),
            "says": self._says,
            "says_all": lambda node: Says(self._reader.texts(node, "says_all"), is_anywhere=True),
            "matches": lambda node: Matches(self._reader.text(node, "matches")),
            "any_open": lambda node: AnyOpen(self._reader.texts(node, "any_open")),
            "all_closed": lambda node: AllClosed(self._reader.texts(node, "all_closed")),
            "during": lambda node: AnyOpen(self._reader.texts(node, "during")),
            "outside": lambda node: AllClosed(self._reader.texts(node, "outside")),
            "changed": self._changed,
            "tag_added": self._tag_added,
            "count": self._count,
            "repeats": self._repeats,
            "nobody_on": lambda node: NobodyOn(self._reader.text(node, "nobody_on")),
            "notice_under": lambda node: NoticeUnder(self._reader.duration(node, "notice_under")),
            "starts_during": lambda node: StartsDuring(self._reader.texts(node, "starts_during")),
            "machine_mail": lambda node: MachineMail(self._reader.truth(node, "machine_mail")),
        }

    def read(self, node: Node) -> Condition:
        """A mapping, whose every line must hold, or a list of such, all of which must."""
        if isinstance(node.value, tuple):
            return AllOf(tuple(self.read(each) for each in node.value))
        entries = self._reader.mapping(node, "a condition")
        if isinstance(node.value, Mapping) and not entries:
            self._reader.problem(node.place, "an empty condition", "say what must hold")
        parts = tuple(self._entry(name, entry) for name, entry in entries.items())
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def read_any(self, node: Node) -> Condition:
        """`if_any`: a list, or a mapping, one line of which must hold."""
        parts = self._parts(node, "if_any")
        return parts[0] if len(parts) == 1 else AnyOf(parts)

    def _parts(self, node: Node, what: str) -> tuple[Condition, ...]:
        if isinstance(node.value, tuple):
            return tuple(self.read(each) for each in node.value)
        entries = self._reader.mapping(node, what)
        return tuple(self._entry(name, entry) for name, entry in entries.items())

    def _entry(self, name: str, entry: Entry) -> Condition:
        if name in self._words:
            return self._words[name](entry.node)
        if name not in self._fields and not name.startswith(FIELD_PREFIXES):
            advice = did_you_mean(name, [*WORDS, *self._fields])
            self._reader.problem(entry.key_place, f"no field and no word {name!r}", advice)
        return self._field(name, entry.node)

    def _says(self, node: Node) -> Condition:
        if not isinstance(node.value, Mapping):
            return Says(self._reader.texts(node, "says"))
        entries = self._reader.mapping(node, "says", ("lists", "one_of", "without", "where"))
        lists, one_of, without = (
            self._reader.texts(entries[key].node, key) if key in entries else ()
            for key in ("lists", "one_of", "without")
        )
        if not lists:
            self._reader.problem(node.place, "says: no lists", "write `lists: [name]`")
        where = TextPart.NEW
        if "where" in entries:
            choices = {part.value: part for part in TextPart}
            where = self._reader.one_of(entries["where"].node, "where", choices) or where
        return Says(lists, where, one_of=one_of, without=without)

    def _field(self, name: str, node: Node) -> Condition:
        if not isinstance(node.value, Mapping):
            return FieldIs(name, self._reader.texts(node, name))
        comparisons = {each.value: each for each in Comparison}
        parts: list[Condition] = []
        for word, entry in node.value.items():
            if word == "not":
                parts.append(Not(self._field(name, entry.node)))
            elif word == "matches":
                parts.append(Matches(self._reader.text(entry.node, name), field=name))
            elif word == "missing":
                missing = FieldIs(name, (), Comparison.MISSING)
                is_missing = self._reader.truth(entry.node, "missing")
                parts.append(missing if is_missing else Not(missing))
            elif word in comparisons:
                values = tuple(seconds_of(each) for each in self._reader.texts(entry.node, name))
                parts.append(FieldIs(name, values, comparisons[word]))
            else:
                advice = did_you_mean(word, [*comparisons, "not", "matches"])
                self._reader.problem(entry.key_place, f"{name}: no comparison {word!r}", advice)
        if not parts:
            self._reader.problem(node.place, f"{name}: nothing is compared", "write a value")
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _changed(self, node: Node) -> Condition:
        if not isinstance(node.value, Mapping):
            return Changed(self._reader.text(node, "changed"))
        entries = node.value
        if "field" not in entries and len(entries) == 1:
            name, entry = next(iter(entries.items()))
            self._check_field(name, entry)
            return Changed(name, to=self._reader.texts(entry.node, name))
        known = self._reader.mapping(node, "changed", ("field", "to", "from", "by"))
        if "field" not in known:
            self._reader.problem(node.place, "changed: no field", "write `changed: {field: ...}`")
            return Changed("")
        values = {
            key: self._reader.texts(known[key].node, key) if key in known else ()
            for key in ("to", "from", "by")
        }
        name = self._reader.text(known["field"].node, "field")
        return Changed(name, values["to"], values["from"], values["by"])

    def _check_field(self, name: str, entry: Entry) -> None:
        if name not in self._fields and not name.startswith(FIELD_PREFIXES):
            advice = did_you_mean(name, self._fields)
            self._reader.problem(entry.key_place, f"changed: no field {name!r}", advice)

    def _tag_added(self, node: Node) -> Condition:
        if not isinstance(node.value, Mapping):
            return TagAdded(self._reader.texts(node, "tag_added"))
        entries = self._reader.mapping(node, "tag_added", ("tag", "by"))
        if "tag" not in entries:
            self._reader.problem(node.place, "tag_added: no tag", "write `tag: complex`")
        return TagAdded(self._texts(entries, "tag"), self._texts(entries, "by"))

    def _count(self, node: Node) -> Condition:
        keys = ("category", "at_least", "customers", "within", "same", "alerts")
        entries = self._reader.mapping(node, "count", keys)
        for key in ("at_least", "within"):
            if key not in entries:
                self._reader.problem(node.place, f"count: {key} is missing", f"write `{key}: ...`")
        if "at_least" not in entries or "within" not in entries:
            return MachineMail()
        at_least = self._reader.number(entries["at_least"].node, "at_least", least=1)
        within = self._reader.duration(entries["within"].node, "within")
        if "alerts" in entries:
            return CountAlerts(self._texts(entries, "alerts"), at_least, within)
        return Count(
            at_least=at_least,
            within=within,
            category=self._texts(entries, "category"),
            same=self._texts(entries, "same"),
            customers=self._reader.number(entries["customers"].node, "customers")
            if "customers" in entries
            else 0,
        )

    def _repeats(self, node: Node) -> Condition:
        """Tickets with one fingerprint; without one a ticket repeats nothing."""
        at_least, within, same = 2, LONG_MEMORY, tuple[str, ...]()
        if isinstance(node.value, Mapping):
            keys = ("fingerprint", "at_least", "within", "same")
            entries = self._reader.mapping(node, "repeats", keys)
            if "fingerprint" not in entries:
                advice = "name one of `fingerprints`"
                self._reader.problem(node.place, "repeats: no fingerprint", advice)
            name = "".join(self._texts(entries, "fingerprint"))
            if "at_least" in entries:
                at_least = self._reader.number(entries["at_least"].node, "at_least", least=2)
            if "within" in entries:
                within = self._reader.duration(entries["within"].node, "within")
            same = self._texts(entries, "same")
        else:
            name = self._reader.text(node, "repeats")
        field = FINGERPRINT + name
        has_one = Not(FieldIs(field, (), Comparison.MISSING))
        return AllOf((has_one, Count(at_least, within, same=(field, *same))))

    def _texts(self, entries: Mapping[str, Entry], key: str) -> tuple[str, ...]:
        return self._reader.texts(entries[key].node, key) if key in entries else ()


def seconds_of(text: str) -> str:
    """A duration such as `5m` as its seconds; any other value as it is."""
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if match is None:
        return text
    return str(int(match.group(1)) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[match.group(2)])
