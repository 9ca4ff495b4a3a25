# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk's own words for a kind of notice: which templates are allowed, and how they are filled in.

A template may name facts, ask `if`, and use a few filters; it can loop over nothing, call nothing
and read no attribute, so whatever it says is as bounded as its facts are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.texts.cleaning import one_line

PARTS = ("headline", "body", "next_step", "short")
FACTS = (
    "ticket", "title", "whose", "subject", "owner", "is_unowned", "is_outage", "priority",
    "category", "clock", "reason", "next_step", "button", "colon", "count", "soon", "customers",
    "due", "left", "ago", "lasted", "is_overdue", "is_timed",
)  # fmt: skip
CUSTOMERS_WORDS = frozenset({"title", "whose", "subject", "reason"})
"""Facts that stay out of `short`: an SMS says nothing of a customer's."""
GREATEST_TEMPLATE = 2_000
FILTERS = ("capitalize", "default", "length", "lower", "replace", "title", "trim", "upper")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter,
    nodes.Concat,
)  # fmt: skip

OwnTexts = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Kind -> language -> part -> template, as `texts:` of a policy."""
NO_TEXTS: OwnTexts = MappingProxyType({})


def own_parts(templates: Mapping[str, str], values: Mapping[str, object]) -> Mapping[str, str]:
    """The parts that the desk words itself; one that fails is left out, so ours is said."""
    filled = {}
    for part, text in templates.items():
        try:
            filled[part] = one_line(_template(text).render(dict(values)), GREATEST_TEMPLATE)
        except TemplateError:
            continue
    return filled


def fault_of(part: str, text: str) -> str:
    """Why a template is not allowed, empty if it is."""
    if len(text) > GREATEST_TEMPLATE:
        return f"longer than {GREATEST_TEMPLATE} characters"
    try:
        tree = _environment().parse(text)
    except TemplateError as error:
        return str(error)
    known = [each for each in FACTS if part != "short" or each not in CUSTOMERS_WORDS]
    for node in _below(tree):
        if not isinstance(node, _ALLOWED):
            return f"{type(node).__name__.lower()} is not allowed here; write facts, if and filters"
        if isinstance(node, nodes.Name) and node.name not in known:
            why = "is a customer's word" if node.name in FACTS else "is no fact"
            return f"{node.name!r} {why}; {part} knows {', '.join(known)}"
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            return f"no filter {node.name!r}; there are {', '.join(FILTERS)}"
    return ""


def _below(tree: nodes.Template) -> Iterable[nodes.Node]:
    yield tree
    yield from tree.find_all(nodes.Node)


@cache
def _template(text: str) -> Template:
    return _environment().from_string(text)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
