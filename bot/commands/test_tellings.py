# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads back from delivered messages who was told, by the names of the policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.delivery import destinations
from bot.rules.engine import CompiledPolicy
from bot.rules.policy import Recipient
from bot.rules.presence import present


@dataclass(frozen=True, slots=True)
class Telling:
    """One person told on one occasion, by whichever ways."""

    at: datetime
    name: str
    occasion: str


def tellings_of(
    delivered: Iterable[tuple[datetime, Outgoing]], compiled: CompiledPolicy
) -> tuple[Telling, ...]:
    """Who was told, in order of time; edits that say who has it tell nobody anew."""
    found: dict[Telling, None] = {}
    occasions: dict[str, list[tuple[datetime, Outgoing]]] = {}
    for at, outgoing in delivered:
        message = outgoing.message
        if isinstance(message, Notice) and not _is_edit(outgoing, message):
            occasion = outgoing.key.removesuffix(f"/{outgoing.destination}")
            occasions.setdefault(occasion, []).append((at, outgoing))
    for occasion, rows in occasions.items():
        for at, name in _names(occasion, rows, compiled):
            found.setdefault(Telling(at, name, occasion))
    return tuple(sorted(found, key=lambda telling: telling.at))


def _is_edit(outgoing: Outgoing, notice: Notice) -> bool:
    """Who has it is shown in the first message; of a group that has the group's own key."""
    if notice.kind is NoticeKind.GROUP:
        return outgoing.key != f"{notice.thread}/{outgoing.destination}"
    return notice.kind is NoticeKind.ACKNOWLEDGED


def occasion_words(occasion: str) -> str:
    """What somebody was told of: the rule, the promise's warning or breach, the ladder's level."""
    parts = occasion.split("/")
    match parts[0]:
        case "rule" if len(parts) > 1:
            return f"rule {parts[1]}"
        case "clock" if len(parts) > 3:
            kind, _, share = parts[-1].partition("-")
            at = f" at {float(share):.0%}" if share.replace(".", "", 1).isdecimal() else ""
            return f"{kind} of {parts[-3]}{at}"
        case "ladder" if len(parts) > 4 and parts[-2].isdecimal():
            again = f", time {parts[-1]}" if parts[-1] != "1" else ""
            return f"ladder {parts[-4]}, level {int(parts[-2]) + 1}{again}"
        case first if first.startswith("group:"):
            return "several matters in one message"
        case "step" if len(parts) > 2:
            return f"step {parts[2]} of the path"
        case incident if incident.startswith("incident:") and len(parts) > 1:
            return f"incident {incident.partition(':')[2]}, {parts[1].partition('@')[0]}"
        case _:
            return occasion


def _names(
    occasion: str, rows: list[tuple[datetime, Outgoing]], compiled: CompiledPolicy
) -> Iterator[tuple[datetime, str]]:
    """Where several people share an address, it is the one whom the occasion names."""
    used = {outgoing.destination for _, outgoing in rows}
    for at, outgoing in rows:
        holders = [
            person
            for person in compiled.policy.people.values()
            if outgoing.destination in destinations(person)
        ]
        meant = _meant(occasion, compiled, at)
        likely = [
            *(each for each in holders if each in meant),
            *(each for each in holders if used.issuperset(destinations(each))),
            *holders,
        ]
        if likely:
            yield at, likely[0].name


def _meant(occasion: str, compiled: CompiledPolicy, at: datetime) -> list[Recipient]:
    """The people of the rule, the promise or the ladder's level that the occasion is of."""
    policy = compiled.policy
    parts = occasion.split("/")
    names: tuple[str, ...] = ()
    if parts[0] == "rule":
        names = next((rule.effects.tell for rule in policy.rules if rule.rule_id == parts[1]), ())
    elif parts[0] == "clock" and parts[-3] in policy.promises:
        promise = policy.promises[parts[-3]]
        is_breach = parts[-1] == "breach"
        names = promise.tell_at_breach if is_breach else promise.tell_at_warning
    elif parts[0] == "ladder" and parts[-4] in policy.ladders:
        levels = policy.ladders[parts[-4]].levels
        names = levels[int(parts[-2])].tell if int(parts[-2]) < len(levels) else ()
    elif parts[0].startswith("outage:"):
        names = policy.outage.tell
    return [person for name in names for person in present(name, compiled, at)]
