# SPDX-License-Identifier: GPL-3.0-or-later
"""A storm's digest is all that is told of its cases: every way shows each of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.channels.mail import payload as mail_payload
from bot.channels.slack_blocks import payload as slack_payload
from bot.channels.teams_card import payload as card_payload
from bot.rules.actions import Notice, NoticeKind, Outgoing, TicketLine
from bot.texts.listed import MOST_CASES, NEW_CASES

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "fr", "de", "sv", "ru"])
@pytest.mark.parametrize("subject", ["Проблема с порталом " * 9, "<&>*_[" * 30, "🧨" * 150])
def test_every_way_shows_the_last_case(language: str, subject: str) -> None:
    """Also of long subjects with marks that are written as several characters."""
    lines = tuple(TicketLine(f"ACM{number:04}X: {subject}") for number in range(MOST_CASES))
    notice = Notice(
        kind=NoticeKind.DIGEST, thread="mail_storm", at=NOW, title=NEW_CASES, lines=lines,
        language=language, zone="UTC",
    )  # fmt: skip
    row = Outgoing("k", "mail:bo@acme.example", "o", notice)
    mail = mail_payload(row, sender="deskmate@acme.example", now=NOW).get_body(("plain",))

    shown = [
        json.dumps(slack_payload(row, now=NOW, names={}, people={})),
        json.dumps(card_payload(row, now=NOW, names={})),
        mail.get_content() if mail is not None else "",
    ]
    assert ["ACM0023X" in each for each in shown] == [True] * 3
