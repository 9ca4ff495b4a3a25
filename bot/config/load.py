# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a folder of YAML into one frozen Policy, or into every mistake of all its files at once.

Any file of the folder may hold any key; subfolders (tests) are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.config.audience import read_audience
from bot.config.calendars import read_calendar, read_zone
from bot.config.checks import check_policy
from bot.config.conditions import ConditionReader
from bot.config.facts import read_fact
from bot.config.knowledge import read_knowledge
from bot.config.ladders import read_digest, read_ladder
from bot.config.own_texts import read_own_texts
from bot.config.parts import read_fingerprint, read_path, read_template
from bot.config.people import (
    LANGUAGES,
    read_group,
    read_helpdesk,
    read_outage,
    read_recipient,
)
from bot.config.places import places_of
from bot.config.problems import Problem, did_you_mean, in_order
from bot.config.promises import PromiseReader
from bot.config.quiet import read_rights, read_silence, read_storms
from bot.config.reader import Reader
from bot.config.reminders import read_reminder
from bot.config.rosters import RosterReader
from bot.config.rules import RuleReader, read_list
from bot.config.yaml_nodes import Entry, Node, read_yaml
from bot.rules.audience import Audience
from bot.rules.policy import NOWHERE, FactSource, HelpdeskMap, OutagePolicy, Place, Policy
from bot.rules.storms import StormPolicy

T = TypeVar("T")
KEYS = (
    "desk", "language", "zone", "hours", "facts", "categories", "priorities", "labels", "promises",
    "words", "people", "groups", "helpdesk", "helpdesk_down", "rules", "poll_every", "trust",
    "fingerprints", "templates", "paths", "runbooks", "rosters", "ladders", "digests", "reminders",
    "knowledge",
    "storms", "silences", "rights", "audience", "texts",
)  # fmt: skip
MERGED = frozenset(
    {
        "hours", "facts", "words", "people", "groups", "rules", "labels", "promises",
        "fingerprints", "templates", "paths", "runbooks", "rosters", "ladders",
        "digests", "reminders", "silences", "texts",
    }
)  # fmt: skip
"""Keys that several files may hold parts of."""
BESIDE = frozenset({"statements.yaml", "statements.yml"})
"""Files of a desk's folder that are no part of its policy."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy that can be used, and what is allowed in it but probably not meant."""

    policy: Policy
    warnings: tuple[Problem, ...] = ()


def load_policy(folder: Path, *, this_year: int) -> Loaded | list[Problem]:
    """Read every YAML file of `folder`; holidays are listed around `this_year`."""
    found_files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    files = [file for file in found_files if file.name not in BESIDE]
    if not files:
        place = Place(str(folder), 1, 1)
        advice = "name a folder that holds rules.yaml, or begin with `deskmate init`"
        return [Problem(place, "no policy here", advice)]
    reader = Reader()
    digest = hashlib.sha256()
    entries: dict[str, Entry] = {}
    for file in files:
        text = _text_of(file, reader)
        digest.update(f"{file.name}\n{text}\n".encode("utf-8", "replace"))
        node, problems = read_yaml(text, str(file))
        reader.problems += problems
        _merge(reader, entries, node)
    for file in sorted([*folder.glob("*.ics"), *folder.glob("*.csv")]):
        digest.update(_digest_of(file))
    policy = _Builder(reader, entries, this_year, folder).policy(digest.hexdigest()[:16])
    reader.problems += check_policy(policy)
    found = in_order(reader.problems)
    mistakes = [problem for problem in found if not problem.is_warning]
    return mistakes or Loaded(policy, tuple(found))


def _text_of(file: Path, reader: Reader) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reader.problem(Place(str(file), 1, 1), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        reader.problem(
            Place(str(file), 1, 1), f"is no UTF-8 text (byte {error.start})", "save it so"
        )
    return ""


def _digest_of(file: Path) -> bytes:
    """A feed or a table of facts is a part of the policy too; an unreadable one is told as such."""
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").digest()
    except OSError:
        return b""


def _merge(reader: Reader, entries: dict[str, Entry], node: Node) -> None:
    """Put a file's keys beside the others'; parts of a mapping may come from several files."""
    for name, entry in reader.mapping(node, "the policy", KEYS).items():
        known = entries.get(name)
        if known is None:
            entries[name] = entry
        elif name in MERGED and _are_mappings(known.node, entry.node):
            merged = dict(reader.mapping(known.node, name))
            for key, inner in reader.mapping(entry.node, name).items():
                if key in merged:
                    first = merged[key].key_place
                    reader.problem(inner.key_place, f"{name}: {key!r} stands in {first} already")
                merged.setdefault(key, inner)
            entries[name] = Entry(known.key_place, Node(known.node.place, merged))
        else:
            reader.problem(entry.key_place, f"{name!r} stands in {known.key_place} already")


def _are_mappings(first: Node, second: Node) -> bool:
    return isinstance(first.value, Mapping) and isinstance(second.value, Mapping)


def _with_facts(helpdesk: HelpdeskMap, facts: Mapping[str, FactSource]) -> HelpdeskMap:
    """A fact from a field of the helpdesk is read like any other field of the desk's own.

    One with a dot in its name is what an event brings (`alert.state`), and is read by nobody else.
    """
    read = {name: fact.source for name, fact in facts.items() if fact.source and "." not in name}
    return replace(helpdesk, fields={**read, **helpdesk.fields})


class _Builder:
    """Builds the policy from its keys, those first that others refer to."""

    def __init__(
        self, reader: Reader, entries: Mapping[str, Entry], this_year: int, folder: Path
    ) -> None:
        self._reader = reader
        self._entries = entries
        self._this_year = this_year
        self._folder = folder

    def policy(self, digest: str) -> Policy:
        reader = self._reader
        zone = read_zone(reader, self._entries["zone"].node) if "zone" in self._entries else "UTC"
        priorities = self._priorities()
        helpdesk = self._helpdesk(priorities)
        facts = self._named("facts", partial(read_fact, reader, self._folder))
        helpdesk = _with_facts(helpdesk, facts)
        own_fields = frozenset({*helpdesk.fields, *facts})
        rules = RuleReader(reader, ConditionReader(reader, own_fields))
        promises = PromiseReader(reader, priorities)
        people = self._named("people", lambda name, entry: read_recipient(reader, name, entry))
        rosters = RosterReader(reader, people, zone=zone, this_year=self._this_year)
        groups = self._named("groups", lambda name, entry: read_group(reader, name, entry))
        theirs = {name: group.helpdesk_name for name, group in groups.items()}
        return Policy(
            desk=self._text("desk", "desk"),
            digest=digest,
            language=self._language(),
            zone=zone,
            calendars=self._named(
                "hours",
                lambda name, entry: read_calendar(
                    reader, name, entry, zone=zone, this_year=self._this_year
                ),
            ),
            categories=self._list("categories"),
            priorities=tuple(priorities),
            default_priority=next(reversed(priorities), None) if priorities else None,
            labels=self._named("labels", lambda name, entry: reader.text(entry.node, name)),
            words=self._named("words", lambda name, entry: read_list(reader, name, entry)),
            facts=facts,
            people=people,
            groups=groups,
            promises=self._named("promises", promises.read) if not self._promises_none() else {},
            fingerprints=self._named("fingerprints", partial(read_fingerprint, reader)),
            templates=self._named("templates", partial(read_template, reader)),
            texts=self._named("texts", partial(read_own_texts, reader)),
            paths=self._named("paths", partial(read_path, reader)),
            runbooks=self._named("runbooks", lambda name, entry: reader.text(entry.node, name)),
            rosters=self._named("rosters", rosters.read),
            ladders=self._named("ladders", partial(read_ladder, reader)),
            digests=self._named("digests", partial(read_digest, reader)),
            reminders=self._named("reminders", partial(read_reminder, reader)),
            storms=read_storms(reader, self._entries["storms"].node)
            if "storms" in self._entries
            else StormPolicy(),
            silences=self._named("silences", partial(read_silence, reader)),
            rights=read_rights(reader, self._entries["rights"].node)
            if "rights" in self._entries
            else {},
            rules=tuple(self._named("rules", rules.read).values()),
            helpdesk=replace(helpdesk, groups={**theirs, **helpdesk.groups}),
            outage=read_outage(reader, self._entries["helpdesk_down"])
            if "helpdesk_down" in self._entries
            else OutagePolicy(),
            knowledge=read_knowledge(reader, self._entries["knowledge"], self._folder)
            if "knowledge" in self._entries
            else None,
            audience=read_audience(reader, self._entries["audience"].node)
            if "audience" in self._entries
            else Audience(),
            poll_every=self._poll_every(),
            trusts_requester_priority=self._trusts(),
            places=places_of(self._entries),
        )

    def _named(self, key: str, read: Callable[[str, Entry], T]) -> dict[str, T]:
        if key not in self._entries:
            return {}
        return self._reader.named(self._entries[key].node, key, read)

    def _text(self, key: str, default: str) -> str:
        return self._reader.text(self._entries[key].node, key) if key in self._entries else default

    def _list(self, key: str) -> tuple[str, ...]:
        return self._reader.texts(self._entries[key].node, key) if key in self._entries else ()

    def _priorities(self) -> dict[str, str]:
        """Own codes, the worst first, and the helpdesk's value of each."""
        known = ("urgent", "high", "normal", "low")
        priorities: dict[str, str] = {}
        if "priorities" not in self._entries:
            return {each: each for each in known}
        for name, entry in self._reader.mapping(
            self._entries["priorities"].node, "priorities"
        ).items():
            value = self._reader.text(entry.node, name)
            if value not in known:
                advice = did_you_mean(value, known)
                self._reader.problem(entry.node.place, f"priorities: no value {value!r}", advice)
            priorities[name] = value
        return priorities

    def _helpdesk(self, priorities: Mapping[str, str]) -> HelpdeskMap:
        if "helpdesk" not in self._entries:
            return HelpdeskMap(priorities=priorities)
        return read_helpdesk(self._reader, self._entries["helpdesk"].node, priorities)

    def _language(self) -> str:
        if "language" not in self._entries:
            return "en"
        return self._reader.one_of(self._entries["language"].node, "language", LANGUAGES) or "en"

    def _promises_none(self) -> bool:
        entry = self._entries.get("promises")
        return entry is not None and entry.node.value == "none"

    def _poll_every(self) -> timedelta:
        if "poll_every" not in self._entries:
            return timedelta(seconds=60)
        return self._reader.duration(self._entries["poll_every"].node, "poll_every")

    def _trusts(self) -> bool:
        if "trust" not in self._entries:
            return False
        trust = self._reader.texts(self._entries["trust"].node, "trust")
        for text in trust:
            if text != "requester_priority":
                place = self._entries["trust"].node.place
                self._reader.problem(place, f"trust: {text!r}", "write requester_priority")
        return "requester_priority" in trust


__all__ = ["NOWHERE", "Loaded", "load_policy"]
