# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what keeps messages back, `storms:`, `silences:` and `maintenance:`, and `rights:`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.rights import ACTIONS
from bot.rules.silences import ONLY, Silence
from bot.rules.storms import StormPolicy

STORM_KEYS = ("more_than", "within", "renew_every")
SILENCE_KEYS = ("during", "only", "even_critical", "because")
MAINTENANCE_KEYS = (*SILENCE_KEYS, "from", "until", "of", "messages", "by")
OF = {"helpdesk": True}
MESSAGES = {"hold": False, "mark": True}
"""What becomes of a message about what is worked on."""


def read_storms(reader: Reader, node: Node) -> StormPolicy:
    """`storms:`; what is not written keeps its default."""
    entries = reader.mapping(node, "storms", STORM_KEYS)
    usual = StormPolicy()
    return StormPolicy(
        more_than=reader.number(entries["more_than"].node, "more_than", least=1)
        if "more_than" in entries
        else usual.more_than,
        within=reader.duration(entries["within"].node, "within")
        if "within" in entries
        else usual.within,
        renew_every=reader.duration(entries["renew_every"].node, "renew_every")
        if "renew_every" in entries
        else usual.renew_every,
    )


def read_silence(reader: Reader, name: str, entry: Entry) -> Silence:
    """One silence that comes again: while a calendar is open."""
    what = f"silences {name}"
    entries = reader.mapping(entry.node, what, SILENCE_KEYS)
    for key, advice in (
        ("during", "name a calendar; one that ends is ordered by `deskmate silence add`"),
        ("because", "say why, for those who miss a message"),
    ):
        if key not in entries:
            reader.problem(entry.key_place, f"{what}: {key} is missing", advice)
    return Silence(
        name=name,
        because=reader.text(entries["because"].node, "because") if "because" in entries else "",
        during=reader.text(entries["during"].node, "during") if "during" in entries else "",
        only=_only(reader, entries, what),
        unless_critical=not (
            "even_critical" in entries and reader.truth(entries["even_critical"].node, what)
        ),
        place=entry.key_place,
    )


def read_maintenance(reader: Reader, zone: str, name: str, entry: Entry) -> Silence:
    """Announced works: `of: helpdesk`, or on what `only` names; once, or while a calendar is open.

    `from` and `until` are in the desk's zone.
    """
    what = f"maintenance {name}"
    entries = reader.mapping(entry.node, what, MAINTENANCE_KEYS)

    def text(key: str) -> str:
        return reader.text(entries[key].node, key) if key in entries else ""

    def instant(key: str) -> datetime | None:
        return reader.instant(entries[key].node, key, zone) if key in entries else None

    start, end = instant("from"), instant("until")
    if ("during" in entries) == ("until" in entries):
        advice = "write `during: CALENDAR`, or `from:` and `until:` with date and time"
        reader.problem(entry.key_place, f"{what}: when is it, once or again and again?", advice)
    if start is not None and end is not None and end <= start:
        reader.problem(entries["until"].node.place, f"{what}: it ends before it begins", "")
    if "during" in entries and "from" in entries:
        advice = "leave `from` out: the calendar says when"
        reader.problem(entries["from"].key_place, f"{what}: from goes with until", advice)
    if ("of" in entries) == ("only" in entries):
        advice = "write `of: helpdesk`, or `only:` with a service, a host, an organisation ..."
        reader.problem(entry.key_place, f"{what}: what is worked on?", advice)
    if "because" not in entries:
        advice = "say why, for those who miss a message"
        reader.problem(entry.key_place, f"{what}: because is missing", advice)
    tags = "messages" in entries and reader.one_of(entries["messages"].node, "messages", MESSAGES)
    of = "of" in entries and reader.one_of(entries["of"].node, "of", OF)
    return Silence(
        name=name,
        because=text("because"),
        by=text("by"),
        start=start,
        end=end,
        during=text("during") or None,
        only=_only(reader, entries, what),
        unless_critical=not (
            "even_critical" in entries and reader.truth(entries["even_critical"].node, what)
        ),
        is_maintenance=True,
        of_helpdesk=bool(of),
        tags=bool(tags),
        place=entry.key_place,
    )


def read_rights(reader: Reader, node: Node) -> dict[str, tuple[str, ...]]:
    """`rights:`: an action, and the people, rosters or groups that may do it."""
    found = reader.mapping(node, "rights", ACTIONS)
    return {name: reader.texts(entry.node, name) for name, entry in found.items()}


def _only(reader: Reader, entries: Mapping[str, Entry], what: str) -> dict[str, str]:
    if "only" not in entries:
        return {}
    node = entries["only"].node
    if node.value == {}:
        reader.problem(node.place, f"{what} only: it names nothing", "write what it is limited to")
    found = reader.mapping(node, f"{what} only", ONLY)
    return {name: reader.text(entry.node, name) for name, entry in found.items()}
