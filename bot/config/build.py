# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds one policy from the keys of all its files, those first that others refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.config.audience import read_audience
from bot.config.calendars import read_calendar, read_zone
from bot.config.conditions import ConditionReader
from bot.config.facts import read_fact
from bot.config.incidents import read_incidents
from bot.config.keeping import read_keep
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
from bot.config.problems import did_you_mean
from bot.config.promises import PromiseReader
from bot.config.quiet import read_maintenance, read_rights, read_silence, read_storms
from bot.config.reader import Reader
from bot.config.reminders import read_reminder
from bot.config.rosters import RosterReader
from bot.config.rules import RuleReader, read_list
from bot.config.yaml_nodes import Entry, Node
from bot.rules.audience import Audience
from bot.rules.incident_values import IncidentPolicy
from bot.rules.keeping import KeepPolicy
from bot.rules.policy import FactSource, HelpdeskMap, OutagePolicy, Policy
from bot.rules.storms import StormPolicy

T = TypeVar("T")


class PolicyBuilder:
    """Reads each key with the reader that knows it; mistakes gather in `reader.problems`."""

    def __init__(
        self, reader: Reader, entries: Mapping[str, Entry], this_year: int, folder: Path
    ) -> None:
        """Holidays are listed around `this_year`; files that a key names lie in `folder`."""
        self._reader = reader
        self._entries = entries
        self._this_year = this_year
        self._folder = folder

    def policy(self, digest: str) -> Policy:
        """The whole policy; `digest` names its files' contents in the journal."""
        reader = self._reader
        zone = read_zone(reader, self._entries["zone"].node) if "zone" in self._entries else "UTC"
        priorities = self._priorities()
        helpdesk = self._helpdesk(priorities)
        facts = self._named("facts", partial(read_fact, reader, self._folder))
        helpdesk = _with_facts(helpdesk, facts)
        own_fields = frozenset({*helpdesk.fields, *facts})
        rules = RuleReader(reader, ConditionReader(reader, own_fields))
        promises = PromiseReader(reader, priorities)
        calendar = partial(read_calendar, reader, zone=zone, this_year=self._this_year)
        people = self._named("people", partial(read_recipient, reader))
        rosters = RosterReader(reader, people, zone=zone, this_year=self._this_year)
        groups = self._named("groups", partial(read_group, reader))
        theirs = {name: group.helpdesk_name for name, group in groups.items()}
        return Policy(
            desk=self._text("desk", "desk"),
            digest=digest,
            language=self._language(),
            zone=zone,
            calendars=self._named("hours", calendar),
            categories=self._list("categories"),
            priorities=tuple(priorities),
            default_priority=next(reversed(priorities), None) if priorities else None,
            labels=self._named("labels", lambda name, entry: reader.text(entry.node, name)),
            words=self._named("words", partial(read_list, reader)),
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
            storms=self._whole("storms", partial(read_storms, reader), StormPolicy()),
            silences=self._named("silences", partial(read_silence, reader)),
            maintenance=self._named("maintenance", partial(read_maintenance, reader, zone)),
            rights=self._whole("rights", partial(read_rights, reader), {}),
            rules=tuple(self._named("rules", rules.read).values()),
            helpdesk=replace(helpdesk, groups={**theirs, **helpdesk.groups}),
            outage=read_outage(reader, self._entries["helpdesk_down"])
            if "helpdesk_down" in self._entries
            else OutagePolicy(),
            incidents=read_incidents(reader, self._entries["incidents"])
            if "incidents" in self._entries
            else IncidentPolicy(),
            knowledge=read_knowledge(reader, self._entries["knowledge"], self._folder)
            if "knowledge" in self._entries
            else None,
            audience=self._whole("audience", partial(read_audience, reader), Audience()),
            keep=self._whole("keep", partial(read_keep, reader), KeepPolicy()),
            poll_every=self._poll_every(),
            trusts_requester_priority=self._trusts(),
            places=places_of(self._entries),
        )

    def _named(self, key: str, read: Callable[[str, Entry], T]) -> dict[str, T]:
        if key not in self._entries:
            return {}
        return self._reader.named(self._entries[key].node, key, read)

    def _whole(self, key: str, read: Callable[[Node], T], default: T) -> T:
        return read(self._entries[key].node) if key in self._entries else default

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


def _with_facts(helpdesk: HelpdeskMap, facts: Mapping[str, FactSource]) -> HelpdeskMap:
    """A fact from a field of the helpdesk is read like any other field of the desk's own.

    One with a dot in its name is what an event brings (`alert.state`), and is read by nobody else.
    """
    read = {name: fact.source for name, fact in facts.items() if fact.source and "." not in name}
    return replace(helpdesk, fields={**read, **helpdesk.fields})
