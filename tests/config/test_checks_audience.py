# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not reach a customer, and what must not reach the helpdesk, is refused at load."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy

DESK = """\
desk: a
labels: {churn_risk: Shaky}
helpdesk: {fields: {margin: Margin, next_step: Next step}, intake: [help@acme.example]}
audience:
  public: {fields: [next_step], tags: [promised_today]}
  internal: {fields: [margin], tags: [churn_risk], templates: [for_agents]}
  forbidden_words: [resolved within, guarant*]
templates:
  receipt: {en: "We have it, {number}."}
  for_agents: {en: "Resolved within a day, margin low, Shaky."}
"""


def _problems(folder: Path, text: str) -> list[str]:
    (folder / "rules.yaml").write_text(DESK + text, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    found = loaded.warnings if isinstance(loaded, Loaded) else loaded
    return [str(problem).removeprefix(f"{folder / 'rules.yaml'}:") for problem in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "rules: {r: {event: created, then: {reply: for_agents}}}",
            "11:43: template 'for_agents' is internal, and this shows it to customers",
        ),
        (
            "rules: {r: {event: alert, then: "
            "{publish: {where: web_portal, template: for_agents}}}}",
            "11:73: template 'for_agents' is internal, and this shows it to customers",
        ),
        (
            "rules: {r: {event: alert, then: {publish: {where: status_page, template: receipt}}}}",
            "11:51: publish: there is no 'status_page'",
        ),
        (
            "rules: {r: {event: alert, then: {publish: {where: web_portal, template: reciept}}}}",
            "11:73: template 'reciept' is not defined",
        ),
        (
            "rules: {r: {event: alert, then: {publish: {where: web_portal, template: receipt}}}}",
            "11:73: warning: publish: template 'receipt' cannot be filled in on the portal",
        ),
        (
            "rules: {r: {event: created, then: {set: {next_step: 'Check the margin'}}}}",
            "11:53: the public field 'next_step' names the internal field 'margin'",
        ),
        (
            "helpdesk_down: {banner_texts: {en: 'RESOLVED   within an hour'}}",
            "11:36: banner_texts en says 'resolved within', which customers must not be told",
        ),
        (
            "helpdesk_down: {signature: {en: 'Guaranteed yours'}}",
            "11:33: signature en says 'guarant*', which customers must not be told",
        ),
        (
            "helpdesk_down: {ack_hint: {en: 'You look shaky'}}",
            "11:32: ack_hint en names the internal tag 'churn_risk'",
        ),
        (
            "people: {lead: {mail: Help+x@ACME.example}}",
            "11:23: people lead: Help+x@ACME.example is the helpdesk's own intake",
        ),
        (
            "helpdesk_down: {mailbox: help@acme.example}",
            "11:17: helpdesk_down: help@acme.example is the helpdesk's own intake",
        ),
    ],
)
def test_what_crosses_over_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Each crossing is a mistake at the very text that crosses."""
    [found] = _problems(tmp_path, f"{text}\n")

    assert found.startswith(told)


def test_an_internal_template_may_say_anything(tmp_path: Path) -> None:
    """What stays in the house is not searched for words that customers must not read."""
    assert _problems(tmp_path, "rules: {r: {event: created, then: {reply: receipt}}}\n") == []


def test_a_place_nobody_fills_in_is_refused(tmp_path: Path) -> None:
    """A customer never reads a name in braces."""
    text = DESK.replace("{number}", "{nummer}")
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")

    [problem] = load_policy(tmp_path, this_year=2026)

    assert problem.what == "template 'receipt': nothing is filled in for {nummer}"
    assert problem.advice == "did you mean 'number'?"


def test_nothing_is_public_and_internal(tmp_path: Path) -> None:
    """What stands on both sides of the line is a mistake, whatever it is used for."""
    text = DESK.replace("fields: [next_step]", "fields: [next_step, margin]")
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")

    [problem] = load_policy(tmp_path, this_year=2026)

    assert problem.what == "audience: 'margin' (fields) is public and internal"


@pytest.mark.parametrize(
    ("person", "count"),
    [
        ("teams: leads", 1),
        ("teams: leads, mail: lead@acme.example", 0),
        ("teams: leads, else: desk", 0),
        ("teams: leads, urgency: low", 1),
    ],
)
def test_teams_alone_is_a_warning_where_critical(tmp_path: Path, person: str, count: int) -> None:
    """Teams takes a card and never says that its flow failed."""
    rule = "rules: {r: {event: created, then: {tell: lead, urgency: critical}}}\n"
    people = f"people: {{lead: {{{person}}}, desk: {{slack: support}}}}\n"

    found = _problems(tmp_path, people + rule)

    assert [each for each in found if "called by Teams alone" in each] == found
    assert len(found) == count
