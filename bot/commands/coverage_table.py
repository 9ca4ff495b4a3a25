# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the Markdown table of a desk's statements: the id, the sentence, what keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.config.statements import Citation, Statement

HEADING = "## Statements"
KINDS = {
    "rules": "rule",
    "promises": "promise",
    "hours": "calendar",
    "people": "recipient",
    "groups": "group",
    "paths": "path",
    "ladders": "ladder",
    "rosters": "roster",
    "templates": "template",
    "fingerprints": "fingerprint",
    "facts": "fact",
    "words": "words",
}
"""The policy's keys, in the order they are named, and what one thing behind them is called."""


def statement_table(
    statements: Mapping[str, Statement], kept: Mapping[str, Sequence[Citation]]
) -> str:
    """The section with its heading; it ends with a line break."""
    rows = [
        f"| {name} | {_cell(each.says)} | {_cell(_kept_by(each, kept.get(name, ())))} |"
        for name, each in statements.items()
    ]
    head = [HEADING, "", "| id | statement | kept by |", "|---|---|---|"]
    return "\n".join([*head, *rows]) + "\n"


def with_table(readme: str, table: str) -> str:
    """The README with the table from its heading to the end; without that heading, behind it."""
    lines = readme.splitlines()
    at = next((n for n, line in enumerate(lines) if line.strip() == HEADING), len(lines))
    before = "\n".join(lines[:at]).rstrip()
    return f"{before}\n\n{table}" if before else table


def _kept_by(statement: Statement, citations: Sequence[Citation]) -> str:
    order = list(KINDS)
    known = sorted(
        {(each.kind, each.name) for each in citations},
        key=lambda each: (order.index(each[0]) if each[0] in KINDS else len(order), each),
    )
    parts = []
    for kind in dict.fromkeys(kind for kind, _ in known):
        names = [f"`{name}`" for of, name in known if of == kind and name != kind]
        parts.append(" ".join([KINDS.get(kind, kind), ", ".join(names)]).strip())
    if statement.reason is not None:
        parts.append(f"{statement.reason.replace('_', ' ')}: {statement.why}")
    return "; ".join(parts) or "nothing yet"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
