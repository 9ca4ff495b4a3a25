# SPDX-License-Identifier: GPL-3.0-or-later
"""What our people hear while the desk cannot see the helpdesk, or not whether it is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import Desk

from bot.rules.actions import Notice
from bot.rules.events import Event
from bot.rules.probes import ProbeRound, Verdict
from bot.sandbox.fakes import FakeChannel
from bot.texts.render import render
from bot.texts.words import LANGUAGES

MINUTE = timedelta(minutes=1)
DARK = ProbeRound(*[Verdict.DOWN] * 3, witnesses=(False,) * 3, detail="read: timed out")
SEEN = ProbeRound(*[Verdict.OK] * 3, witnesses=(True,) * 3)
TURNED_AWAY = ProbeRound(Verdict.OK, Verdict.THROTTLED, Verdict.NOT_ASKED, own_share=0.9)
EVERYBODY = ["mail:escalations@acme.example", "mail:team@acme.example", "slack:support"]


def _rounds(desk: Desk, span: timedelta, probes: ProbeRound) -> None:
    end = desk.clock.now() + span
    while desk.clock.now() < end:
        now = desk.clock.now()
        event = Event(f"outage/round@{now.isoformat()}", "outage", now, "probe", probes)
        desk.store.receive([event]).result()
        desk.run(timedelta(seconds=30))


def _heard(desk: Desk) -> list[tuple[str, str]]:
    """Where an administrator's notice arrived, and why."""
    return sorted(
        (row.destination, row.message.reason)
        for _, row in desk.channel.delivered
        if isinstance(row.message, Notice) and row.message.kind == "admin"
    )


def test_closed_firewall_is_told_by_the_ways_that_work(desk: Desk) -> None:
    """Once after ten minutes, once when we see again, and no word of an outage."""
    _rounds(desk, MINUTE, SEEN)
    _rounds(desk, 40 * MINUTE, DARK)
    early = _heard(desk)
    _rounds(desk, 5 * MINUTE, SEEN)

    assert early == [(where, "stays_blind") for where in EVERYBODY]
    assert sorted(set(_heard(desk)) - set(early)) == [
        (where, "sight_back:40") for where in EVERYBODY
    ]
    assert (desk.told("helpdesk_down"), len(_heard(desk))) == ([], 6)


def test_dead_line_leaves_no_stale_noise_behind(desk: Desk) -> None:
    """Chat and mail were dead too: afterwards one message says how long nothing was seen."""
    is_dead = [True]
    desk.channel = FakeChannel(desk.world, is_down=lambda: is_dead[0])
    _rounds(desk, 65 * MINUTE, DARK)
    is_dead[0] = False
    _rounds(desk, 15 * MINUTE, SEEN)

    assert _heard(desk) == [(where, "sight_back:65") for where in EVERYBODY]


def _unseen_recovery(desk: Desk) -> None:
    """Down for ten minutes, back for three, then only rounds that say nothing."""
    _rounds(desk, 10 * MINUTE, ProbeRound(*[Verdict.DOWN] * 3, witnesses=(True,) * 3))
    _rounds(desk, 3 * MINUTE, SEEN)
    _rounds(desk, 40 * MINUTE, TURNED_AWAY)


def test_recovery_that_is_not_seen_is_told_of(desk: Desk) -> None:
    """Held work and the all-clear wait, so a person must look; it is not called down."""
    _unseen_recovery(desk)

    assert _heard(desk) == [(where, "recovery_unseen:30") for where in EVERYBODY]
    assert len(desk.told("helpdesk_down")) == len(EVERYBODY)


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_of_an_unseen_recovery_fit_a_text_message(desk: Desk, code: str) -> None:
    """Whole in an SMS, with what to do beside it."""
    _unseen_recovery(desk)
    sent = [row.message for _, row in desk.channel.delivered if isinstance(row.message, Notice)]
    notice = replace(sent[-1], language=code, reason="recovery_unseen:1440")
    said = render(notice, now=desk.clock.now())

    words = LANGUAGES[code]
    reason = words.reasons["recovery_unseen"].format(1440).replace("\u00a0", " ")
    assert said.short.replace("\u00a0", " ").endswith(reason)
    assert said.next_step.replace("\u00a0", " ") == words.next_steps["look_or_clear"].replace(
        "\u00a0", " "
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_of_blindness_fit_a_text_message(desk: Desk, code: str) -> None:
    """Whole in the subject and in an SMS; since when, and what to do, stand beside it."""
    _rounds(desk, 20 * MINUTE, DARK)
    message = desk.channel.delivered[-1][1].message
    assert isinstance(message, Notice)
    notice = Notice(message.kind, message.thread, message.at, due_at=message.due_at,
                    reason=message.reason, next_step=message.next_step, language=code)  # fmt: skip
    said = render(notice, now=desk.clock.now())

    words = LANGUAGES[code]
    reason = words.reasons["stays_blind"].replace("\u00a0", " ")
    assert said.headline.replace("\u00a0", " ").endswith(reason)
    assert said.short.endswith(reason)
    assert [label for label, _ in said.facts] == [words.since]
    assert said.next_step.replace("\u00a0", " ") == words.next_steps["look_elsewhere"].replace(
        "\u00a0", " "
    )
