# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `keep:`: how long each kind of data is kept; and looks whether the times fit together."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.places import place_of
from bot.config.problems import Problem
from bot.config.reader import Reader
from bot.config.yaml_nodes import Node
from bot.rules.keeping import LEAST, USUAL, KeepPolicy, Kept
from bot.rules.policy import Policy

KEYS = tuple(kind.value for kind in Kept)
ALWAYS = "always"


def read_keep(reader: Reader, node: Node) -> KeepPolicy:
    """`keep:`; what is not written keeps its usual time."""
    times = dict(USUAL)
    for name, entry in reader.mapping(node, "keep", KEYS).items():
        if name not in KEYS:
            continue
        kind = Kept(name)
        if entry.node.value == ALWAYS:
            times[kind] = None
            continue
        found = reader.read_duration(entry.node, name)
        if found is None:
            continue
        if found < LEAST[kind]:
            least = f"at least {LEAST[kind].days}d, or `{ALWAYS}`"
            reader.problem(entry.node.place, f"{name}: {found} is too short", least)
        times[kind] = found
    return KeepPolicy(times)


def check_keep(policy: Policy) -> Iterator[Problem]:
    """Keys outlive what they name, and suggestions find the words they are made of."""
    keys = policy.keep.of(Kept.KEYS)
    for kind in (Kept.EVENTS, Kept.MESSAGES, Kept.DEAD_LETTERS, Kept.MAILS):
        kept = policy.keep.of(kind)
        if keys is not None and (kept is None or kept > keys):
            advice = f"keep `keys` as long as `{kind}` or longer"
            yield Problem(
                place_of(policy, f"keep.{kind}"), f"keep: {kind} outlives its keys", advice
            )
    solved = policy.knowledge.solved if policy.knowledge is not None else None
    words = policy.keep.of(Kept.TICKETS)
    if solved is not None and words is not None and solved > words:
        what = f"knowledge: solved_tickets reaches {solved.days}d back, keep.tickets {words.days}d"
        advice = "keep `tickets` as long, or look less far back"
        yield Problem(place_of(policy, "knowledge"), what, advice, is_warning=True)
