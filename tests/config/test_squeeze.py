# SPDX-License-Identifier: GPL-3.0-or-later
"""The copy of a desk that is rehearsed is the desk's own policy, with its waits cut to seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.config.squeeze import SECONDS, Squeezed, write_squeezed
from bot.rules.policy import NOWHERE, OutagePolicy, Policy

ROOT = Path(__file__).resolve().parents[2]
DESKS = sorted(each.name for each in (ROOT / "desks").iterdir() if each.is_dir())


def _load(folder: Path) -> Policy:
    loaded = load_policy(folder, this_year=2026)
    assert isinstance(loaded, Loaded), [str(each) for each in loaded]
    return loaded.policy


def _decides_by(policy: Policy) -> tuple[object, ...]:
    """What a desk decides by, without where it was written."""
    rules = tuple((each.rule_id, each.effects, each.occasions, each.until) for each in policy.rules)
    people = {
        name: replace(each, place=NOWHERE, fallback_after=timedelta())
        for name, each in policy.people.items()
    }
    words = {name: sorted(each.words) for name, each in policy.words.items()}
    return (rules, people, words, policy.categories, policy.priorities, list(policy.promises))


@pytest.mark.long
@pytest.mark.parametrize("desk", DESKS)
def test_rehearsed_desk_decides_as_the_desk_does(desk: str, tmp_path: Path) -> None:
    """Rules, people and words are the same; only waits of an outage are other ones."""
    folder = ROOT / "desks" / desk
    write_squeezed(folder, tmp_path / "copy", Squeezed())
    own, copy = _load(folder), _load(tmp_path / "copy")

    assert _decides_by(copy) == _decides_by(own)
    assert copy.outage.tell == own.outage.tell
    assert copy.outage.banner_texts == own.outage.banner_texts
    assert copy.outage.declare_in_a_row == own.outage.declare_in_a_row
    assert copy.outage.hold == timedelta(seconds=SECONDS["hold"])
    assert own.outage.hold == OutagePolicy().hold


def test_rehearsed_desk_reaches_nothing_outside(tmp_path: Path) -> None:
    """Witnesses and the intake's mails stay out of it; fields by number get a title."""
    (tmp_path / "rules.yaml").write_text(
        "desk: acme\nzone: UTC\nhours: {always: {always: true}}\n"
        "helpdesk: {category: 360001, canary: 77}\ncategories: [other]\n"
        "people: {lead: {mail: lead@acme.example, slack: '17:00', fallback_after: 20m}}\n"
        "helpdesk_down: {tell: lead, mailbox: help@acme.example, witnesses: ['1.1.1.1:53'], "
        "intake: {address: support@acme.example}}\npromises: none\n"
    )

    write_squeezed(tmp_path, tmp_path / "copy", Squeezed(canary=1))
    copy = _load(tmp_path / "copy")

    assert copy.outage.witnesses == () and copy.outage.intake is None
    assert copy.helpdesk.canary == 1
    assert copy.helpdesk.fields["category"] == "field 360001"
    assert copy.people["lead"].slack == "17:00"
    assert copy.people["lead"].fallback_after == timedelta(seconds=5)
