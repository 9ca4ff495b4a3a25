# SPDX-License-Identifier: GPL-3.0-or-later
"""A small desk whose own tests are run, with a rule of each sort that tests speak of."""

from __future__ import annotations

from pathlib import Path

import typer
from click.testing import Result
from typer.testing import CliRunner

from bot.commands.test_app import check_desks

POLICY = """\
desk: acme
hours:
  office: {zone: Europe/Stockholm, mon-fri: "09:00-17:00", holidays: none}
helpdesk: {category: Category, groups: {first_line: First line}}
categories: [incident, question, other]
priorities: {p1: urgent, p4: normal}
words:
  down: {en: [is down]}
  how_to: {en: [how can i]}
people:
  team: {slack: support, mail: team@acme.example}
  lead: {slack: leads}
templates: {receipt: {en: "We have it."}}
promises:
  first_response:
    within: {p1: 1h, p4: 4h}
    hours: office
    warn: 50%
    tell: team
    breached: {tell: lead}
helpdesk_down: {tell: team}
rules:
  down:
    if: {says: down}
    unless: {says: how_to}
    then: {category: incident, priority: p1, tag: outage, tell: team, reply: receipt}
  question:
    if: {says: how_to}
    then: {category: question}
  storm:
    if: {category: incident, count: {category: incident, at_least: 3, customers: 3, within: 30m}}
    then: {tell: lead, once_per: 1h}
  alarm: {event: alert, if: {alert.state: firing}, then: {tell: lead}}
"""
AT = '"2026-03-10T10:00:00+01:00"'


def write_desk(folder: Path, tests: str, policy: str = POLICY) -> Path:
    """The desk with these tests; `tests` are the entries behind `tests:`, or a whole file."""
    (folder / "rules.yaml").write_text(policy, encoding="utf-8")
    (folder / "tests").mkdir(exist_ok=True)
    text = tests if tests.startswith("tests:") else f"tests:\n{tests}"
    (folder / "tests" / "all.yaml").write_text(text, encoding="utf-8")
    return folder


def run(*arguments: str | Path) -> Result:
    """`deskmate test` with these arguments."""
    app = typer.Typer(add_completion=False)
    app.command("test")(check_desks)
    return CliRunner().invoke(app, [str(each) for each in arguments])
