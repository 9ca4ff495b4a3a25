# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that no event can reach, and rules that never decide anything, are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.checks_events import check_events
from bot.config.load import Loaded, load_policy

DESK = """\
desk: a
categories: [incident, question]
priorities: {p1: urgent, p2: high, p3: normal}
words: {fault: {en: [broken]}, all: {en: [everything]}}
rules:
"""


def _told(folder: Path, *rules: str) -> list[str]:
    text = DESK + "".join(f"  {rule}\n" for rule in rules)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), [str(problem) for problem in loaded]
    return [str(problem) for problem in check_events(loaded.policy)]


@pytest.mark.parametrize(
    ("lines", "what", "event"),
    [
        ("event: created, if: {alert.state: firing}", "alert.state", "[alert]"),
        ("event: alert, if: {event: created}", "the event created", "[created]"),
        ("if: {sla.metric: first_response}", "sla.metric", "[sla_breached, sla_warning]"),
        ("if: {contacts: {at_least: 11}}", "contacts", "[contact_added]"),
        ("if: {notice_under: 5d}", "announced works", "[maintenance_announced]"),
        ("event: helpdesk_state, if: {says: fault}", "words of a message", "[agent_reply, "),
        (
            "event: created, if: {count: {alerts: host, at_least: 4, within: 30d}}",
            "a count of alerts",
            "[alert]",
        ),
    ],
)
def test_rule_without_its_event_is_told(tmp_path: Path, lines: str, what: str, event: str) -> None:
    """A rule that asks for what its events do not bring is told with the event that does."""
    [told] = _told(tmp_path, f"odd: {{{lines}, then: {{tag: x}}}}")

    assert f"rule 'odd' can never fire: it asks for {what} and is tried on " in told
    assert f"write `events: {event}" in told


@pytest.mark.parametrize(
    "lines",
    [
        "if: {alert.state: firing}",
        "if_any: [{notice_under: 5d}, {says: fault}]",
        "event: [sla_breached, created], if: {sla.metric: first_response}",
        "event: created, if: {alert.state: {missing: true}}",
    ],
)
def test_rule_that_its_events_reach_is_left_alone(tmp_path: Path, lines: str) -> None:
    """One event that brings it, another line that may hold, or its absence are enough."""
    assert _told(tmp_path, f"good: {{{lines}, then: {{tag: x}}}}") == []


def test_rule_that_never_decides_is_told(tmp_path: Path) -> None:
    """A narrower rule whose code comes later in the list changes nothing, whatever it holds on."""
    [told] = _told(
        tmp_path,
        "broad: {if: {says: fault}, then: {priority: p1}}",
        "narrow: {if: {says: fault, plan: gold}, then: {priority: p2}}",
    )

    assert "rule 'narrow' decides nothing: 'broad' holds whenever it does" in told


@pytest.mark.parametrize(
    "second",
    [
        "narrow: {if: {says: fault, plan: gold}, then: {priority: p1, tag: gold}}",
        "narrow: {event: alert, if: {plan: gold}, then: {priority: p3}}",
        "wider: {if: {plan: gold}, then: {priority: p3}}",
        "worse: {if: {says: all}, then: {priority: p3}}",
    ],
)
def test_rule_that_decides_something_is_left_alone(tmp_path: Path, second: str) -> None:
    """Another effect, a broader condition or another one are reasons to be there."""
    assert _told(tmp_path, "broad: {if: {says: fault}, then: {priority: p2}}", second) == []
