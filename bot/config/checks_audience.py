# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what crosses over to customers: internal names, forbidden words, empty places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from bot.config.checks_ladders import unknown_names
from bot.config.places import place_of, text_place
from bot.config.problems import Problem, did_you_mean
from bot.rules.audience import Side, found_in
from bot.rules.policy import Place, Policy

FILLED_IN = ("number", "title", "mailbox", "articles")
_PLACE_TO_FILL = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")


@dataclass(frozen=True, slots=True)
class _Text:
    """One text that customers read: where it stands, what it is, its words."""

    place: Place
    what: str
    words: str


def check_audience(policy: Policy) -> Iterator[Problem]:
    """Everything internal that a customer would see, and every word that they must not read."""
    yield from _names(policy)
    yield from _both_sides(policy)
    yield from _internal_templates(policy)
    yield from _places_to_fill(policy)
    for text in _texts(policy):
        yield from _crossing(policy, text)


def _names(policy: Policy) -> Iterator[Problem]:
    place = place_of(policy, "audience")
    for side in (policy.audience.public, policy.audience.internal):
        known = [*policy.helpdesk.fields, *policy.facts]
        yield from unknown_names(place, "field", side.fields, known)
        yield from unknown_names(place, "template", side.templates, policy.templates)


def _both_sides(policy: Policy) -> Iterator[Problem]:
    public, internal = policy.audience.public, policy.audience.internal
    for kind in (each.name for each in fields(Side)):
        for name in sorted({*getattr(public, kind)} & {*getattr(internal, kind)}):
            what = f"audience: {name!r} ({kind}) is public and internal"
            yield Problem(place_of(policy, "audience"), what, "keep it on one side")


def _internal_templates(policy: Policy) -> Iterator[Problem]:
    internal = policy.audience.internal.templates
    for rule in policy.rules:
        shown = (*rule.effects.replies, *(each.template for each in rule.effects.publish))
        for name in shown:
            if name in internal:
                what = f"template {name!r} is internal, and this shows it to customers"
                advice = "name a public one, or take it out of `audience: internal`"
                yield Problem(text_place(policy, rule, name), what, advice)


def _places_to_fill(policy: Policy) -> Iterator[Problem]:
    for name, texts in policy.templates.items():
        for language, words in texts.items():
            for wanted in _PLACE_TO_FILL.findall(words):
                if wanted not in FILLED_IN:
                    place = place_of(policy, f"templates.{name}.{language}")
                    what = f"template {name!r}: nothing is filled in for {{{wanted}}}"
                    yield Problem(place, what, did_you_mean(wanted, FILLED_IN))


def _texts(policy: Policy) -> Iterator[_Text]:
    """Every word of the desk's own that customers can come to read."""
    for name, texts in policy.templates.items():
        if name not in policy.audience.internal.templates:
            for language, words in texts.items():
                place = place_of(policy, f"templates.{name}.{language}")
                yield _Text(place, f"template {name!r}", words)
    outage = policy.outage
    for key, spoken in (
        ("banner_texts", outage.banner_texts),
        ("ack_hint", outage.ack_hint),
        ("signature", outage.signature),
    ):
        for language, words in spoken.items():
            place = place_of(policy, f"helpdesk_down.{key}.{language}")
            yield _Text(place, f"{key} {language}", words)
    incidents = policy.incidents
    for key, spoken in (
        ("banner_texts", incidents.banner_texts),
        ("restored_texts", incidents.restored_texts),
    ):
        for language, words in spoken.items():
            place = place_of(policy, f"incidents.{key}.{language}")
            yield _Text(place, f"{key} {language}", words)
    yield from _set_by_rules(policy)


def _set_by_rules(policy: Policy) -> Iterator[_Text]:
    public = policy.audience.public
    for rule in policy.rules:
        for name, value in rule.effects.fields.items():
            if name in public.fields:
                yield _Text(text_place(policy, rule, value), f"the public field {name!r}", value)
        for tag in rule.effects.add_tags:
            if tag in public.tags:
                yield _Text(text_place(policy, rule, tag), f"the public tag {tag!r}", tag)


def _crossing(policy: Policy, text: _Text) -> Iterator[Problem]:
    audience = policy.audience
    for word in found_in(text.words, audience.forbidden_words):
        what = f"{text.what} says {word!r}, which customers must not be told"
        yield Problem(text.place, what, "say it in other words (audience: forbidden_words)")
    for kind, names in (("field", audience.internal.fields), ("tag", audience.internal.tags)):
        for name in names:
            spoken = tuple(dict.fromkeys((name, policy.labels.get(name, name))))
            if found_in(text.words, spoken):
                what = f"{text.what} names the internal {kind} {name!r}"
                advice = "leave it out, or take it out of `audience: internal`"
                yield Problem(text.place, what, advice)
