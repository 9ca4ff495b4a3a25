# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that `deskmate init` writes, and the list of what to create elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

Answers = Mapping[str, str]


def calendars_file(answers: Answers) -> str:
    """The desk's hours."""
    return f"""\
# The hours of this desk. Times are local civil time in `zone`; 17:00:00 itself is closed.
hours:
  office:
    zone: {answers["zone"]}
    mon-fri: "{answers["hours"]}"
    holidays: {answers["holidays"]}
"""


def rules_file(answers: Answers) -> str:
    """The policy; every line may be changed, `deskmate check` says what does not fit."""
    categories = [each.strip() for each in answers["categories"].split(",") if each.strip()]
    first, listed = categories[0], ", ".join(categories)
    return f"""\
# The policy of this desk. After each change: deskmate check --policy THIS-FOLDER
# What every key means stands in docs/rules.md.
desk: {_quoted(answers["desk"])}
language: {answers["language"]}
zone: {answers["zone"]}

helpdesk:
  category: {_quoted(answers["category_field"])}    # the ticket field, by its title or its id
  plan: organization.plan
  # canary: 1        # the number of a ticket of our own that write probes may change

categories: [{listed}]                # the earlier wins; the last holds where no rule fits
priorities: {{urgent: urgent, normal: normal}}   # yours: the helpdesk's; the earlier wins

words:                                # whole words; all languages are searched together
  outage:
    en: [outage, is down, unavailable, nobody can log in]
    de: ["*ausfall", nicht erreichbar, niemand kann sich anmelden]
    fr: [panne, indisponible, personne ne peut se connecter]
    sv: ["*driftstopp", ligger nere, ingen kan logga in]
    ru: [не работает, недоступен, никто не может войти]

people:
  team:
{_ways(answers)}

promises:
  first_response:
    within: {{urgent: {answers["urgent"]}, normal: {answers["normal"]}}}
    hours: office
    warn: 75%
    tell: team
    breached: {{tell: team}}

helpdesk_down:
  tell: team
  mailbox: {answers["mailbox"]}
  banner: portal
  banner_texts:
    en: "Our support system is unavailable. Write to {answers["mailbox"]} and we will help you."
  witnesses: ["1.1.1.1:53", "8.8.8.8:53", "9.9.9.9:53"]   # two of them silent too: our own line

rules:
  outage:
    if: {{says: outage}}
    then: {{category: {_quoted(first)}, priority: urgent, tag: outage, tell: team}}
"""


def tests_file(answers: Answers) -> str:
    """The first tests: the rule that is there fires, and is not fooled."""
    first = answers["categories"].split(",")[0].strip()
    return f"""\
# What this policy promises, tried on simulated time: deskmate test FOLDER
# How tests are written stands in docs/testing.md. What a test does not state must not happen.
tests:
  an outage wakes the team:
    given: {{at: "2026-03-10T10:00:00Z"}}
    each: ["The portal is down", "Niemand kann sich anmelden", "Ingen kan logga in"]
    expect: {{category: {_quoted(first)}, priority: urgent, tags: [outage], routes: [team]}}

  nobody is woken for what is no outage:
    given: {{at: "2026-03-10T10:00:00Z"}}
    each: ["There was no outage.", "How do I log in?"]
    expect: {{not_fired: [outage]}}
"""


def to_do(answers: Answers, folder: Path) -> str:
    """What a person must create in the helpdesk and in chat, in the order that works."""
    teams = answers["teams"].upper().replace("-", "_")
    lines = [
        "",
        "In the helpdesk (docs/zendesk.md shows each page):",
        f"  1. a drop-down ticket field {answers['category_field']!r} with the categories "
        f"{answers['categories']}",
        "  2. a ticket of our own for write probes; put its number behind `canary:`",
        "  3. an OAuth client with client credentials, made by a service admin",
        "     -> DESKMATE_ZENDESK_CLIENT_ID, DESKMATE_ZENDESK_CLIENT_SECRET",
        "  4. a webhook to https://YOUR-HOST/webhooks/zendesk for ticket events",
        "     -> its signing secret is DESKMATE_ZENDESK_WEBHOOK_SECRET",
    ]
    more: list[str] = []
    if answers["slack"]:
        more += [
            "In Slack:",
            "an app from docs/slack-manifest.yaml -> DESKMATE_SLACK_BOT_TOKEN, "
            "DESKMATE_SLACK_APP_TOKEN",
            f"invite it: /invite @Deskmate in #{answers['slack'].lstrip('#')}",
        ]
    if teams:
        more += ["In Teams:", f"a Workflows webhook -> DESKMATE_TEAMS_{teams}"]
    more += [
        "For mail:",
        "DESKMATE_SMTP_URL and DESKMATE_MAIL_FROM, an address that is not the helpdesk's",
    ]
    numbers = itertools.count(5)
    lines += [each if each.endswith(":") else f"  {next(numbers)}. {each}" for each in more]
    lines += [
        "",
        f"Then: deskmate test {folder}                      (tries the policy on its own tests)",
        f"      deskmate check --online --policy {folder}",
        f"      deskmate run --watch-only --policy {folder}   (decides, sends nothing)",
    ]
    return "\n".join(lines)


def _ways(answers: Answers) -> str:
    ways = [("slack", answers["slack"].lstrip("#")), ("teams", answers["teams"])]
    lines = [f"    {name}: {_quoted(value)}" for name, value in ways if value]
    return "\n".join([*lines, f"    mail: {answers['mail']}"])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
