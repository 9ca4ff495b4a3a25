# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `incidents:`: the desk's services, how grave an incident is, and what follows from that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from bot.config.checks_ladders import unknown_names
from bot.config.people import LANGUAGES
from bot.config.places import place_of
from bot.config.problems import Problem, did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry
from bot.rules.incident_values import IncidentEffect, IncidentPolicy, Service, Severity
from bot.rules.policy import Policy

INCIDENT_KEYS = (
    "services", "severities", "reopen_within", "follow_up", "banner_texts", "restored_texts",
    "banner_valid",
)  # fmt: skip
SERVICE_KEYS = ("promised", "planned", "notice", "because")
SEVERITY_KEYS = (
    "tell", "update_every", "remind_before", "hours", "missed", "banner", "interrupts", "because",
)  # fmt: skip
PLANNED = {"counted": False, "excluded": True}
"""What becomes of an interruption within announced works."""
_PER_CENT = re.compile(r"(\d{1,2}(?:\.\d{1,5})?)\s?%")
_USUAL = IncidentPolicy()


def read_incidents(reader: Reader, entry: Entry) -> IncidentPolicy:
    """`incidents:`; what is not written asks for nothing."""
    entries = reader.mapping(entry.node, "incidents", INCIDENT_KEYS)

    def named(key: str) -> Mapping[str, Entry]:
        return reader.mapping(entries[key].node, key) if key in entries else {}

    def length(key: str, usual: timedelta) -> timedelta:
        return reader.duration(entries[key].node, key) if key in entries else usual

    for key in ("services", "severities"):
        if not named(key):
            advice = "write `services: {portal: {}}` and `severities: {major: {}}`"
            reader.problem(entry.key_place, f"incidents: no {key}", advice)
    return IncidentPolicy(
        services={name: _service(reader, name, each) for name, each in named("services").items()},
        severities={
            name: _severity(reader, name, each) for name, each in named("severities").items()
        },
        reopen_within=length("reopen_within", _USUAL.reopen_within),
        follow_up=reader.text(entries["follow_up"].node, "follow_up")
        if "follow_up" in entries
        else None,
        banner_texts=_texts(reader, entries, "banner_texts"),
        restored_texts=_texts(reader, entries, "restored_texts"),
        banner_valid=length("banner_valid", _USUAL.banner_valid),
        place=entry.key_place,
    )


def read_incident_effect(reader: Reader, entry: Entry) -> IncidentEffect | None:
    """`incident:` of a rule: which services, and how grave."""
    entries = reader.mapping(entry.node, "incident", ("service", "severity"))
    if len(entries) < 2:
        advice = "write `incident: {service: portal, severity: major}`"
        reader.problem(entry.key_place, "incident: of which service, and how grave?", advice)
        return None
    services = reader.texts(entries["service"].node, "service")
    return IncidentEffect(services, reader.text(entries["severity"].node, "severity"))


def check_incidents(policy: Policy) -> Iterator[Problem]:
    """Names that nobody defined, reminders that would come before the rhythm begins."""
    settings, place = policy.incidents, policy.incidents.place
    unknown = partial(unknown_names, place)
    for each in settings.severities.values():
        yield from unknown("person", each.tell, [*policy.people, *policy.rosters])
        yield from unknown("calendar", (each.hours,) if each.hours else (), policy.calendars)
        yield from unknown("ladder", (each.missed,) if each.missed else (), policy.ladders)
        if each.update_every is not None and not each.tell:
            what = f"severity {each.name!r} reminds nobody"
            yield Problem(place, what, "write `tell: ...`")
        if each.update_every is None and (each.missed or each.hours):
            what = f"severity {each.name!r} has no rhythm that could be missed"
            yield Problem(place, what, "write `update_every: 1h`")
        if each.update_every is not None and each.remind_before >= each.update_every:
            what = f"severity {each.name!r} would remind before the time for an update begins"
            yield Problem(place, what, "write a shorter `remind_before`")
    for rule in policy.rules:
        effect, where = rule.effects.incident, place_of(policy, f"rules.{rule.rule_id}")
        named = (*rule.effects.restored, *(effect.services if effect else ()))
        yield from unknown_names(where, "service", named, settings.services)
        grave = (effect.severity,) if effect else ()
        yield from unknown_names(where, "severity", grave, settings.severities)


def _service(reader: Reader, name: str, entry: Entry) -> Service:
    what = f"services {name}"
    entries = reader.mapping(entry.node, what, SERVICE_KEYS)
    promised = None
    if "promised" in entries:
        node = entries["promised"].node
        found = _PER_CENT.fullmatch(reader.text(node, "promised").strip())
        if found is None or not 0 < float(found[1]) < 100:
            advice = 'write per cent of a month, such as "99.9%"'
            reader.problem(node.place, f"{what}: promised is no share", advice)
        else:
            promised = float(found[1])
    is_out = "planned" in entries and reader.one_of(entries["planned"].node, "planned", PLANNED)
    notice = Service(name).notice
    if "notice" in entries:
        notice = reader.duration(entries["notice"].node, "notice")
        if not is_out:
            advice = "write `planned: excluded` beside it"
            reader.problem(entries["notice"].key_place, f"{what}: notice of what?", advice)
    because = reader.statements(entries["because"].node) if "because" in entries else ()
    return Service(name, promised, bool(is_out), notice, because)


def _severity(reader: Reader, name: str, entry: Entry) -> Severity:
    entries = reader.mapping(entry.node, f"severities {name}", SEVERITY_KEYS)

    def text(key: str) -> str | None:
        return reader.text(entries[key].node, key) if key in entries else None

    def truth(key: str, usual: bool) -> bool:
        return reader.truth(entries[key].node, key) if key in entries else usual

    every = None
    if "update_every" in entries:
        every = reader.duration(entries["update_every"].node, "update_every")
    before = Severity(name).remind_before
    if "remind_before" in entries:
        before = reader.duration(entries["remind_before"].node, "remind_before")
    elif every is not None:
        before = min(before, every / 2)
    return Severity(
        name=name,
        tell=reader.texts(entries["tell"].node, "tell") if "tell" in entries else (),
        update_every=every,
        remind_before=before,
        hours=text("hours"),
        missed=text("missed"),
        shows_banner=truth("banner", False),
        interrupts=truth("interrupts", True),
        because=reader.statements(entries["because"].node) if "because" in entries else (),
    )


def _texts(reader: Reader, entries: Mapping[str, Entry], key: str) -> dict[str, str]:
    """What customers read, per language; `{service}` and `{since}` are filled in."""
    if key not in entries:
        return {}
    found = {}
    for language, entry in reader.mapping(entries[key].node, key).items():
        if language not in LANGUAGES:
            advice = did_you_mean(language, LANGUAGES)
            reader.problem(entry.key_place, f"{key}: no language {language!r}", advice)
        found[language] = reader.text(entry.node, f"{key} {language}")
    return found
