# SPDX-License-Identifier: GPL-3.0-or-later
"""What Deskmate answers to somebody who pressed a button or asked for help."""

from __future__ import annotations

from datetime import datetime

from bot.texts.instants import duration, time_with_zone
from bot.texts.words import language


def not_written_down(wanted: str) -> str:
    """Said when a press could not be saved, so that nobody believes it was."""
    return language(wanted).words.not_written_down


def chat_reply(what: str, wanted: str, detail: str = "") -> str:
    """One sentence in answer to a `/desk` command; `detail` stands in it."""
    return language(wanted).words.chat_replies[what].replace("{}", detail)


def helpdesk_age(read_at: str | None, now: datetime, *, zone: str, wanted: str) -> str:
    """`as of 14:05 CET (3 min ago)`: when the helpdesk was read last, or that it never was."""
    words = language(wanted).words
    if read_at is None:
        return words.continuity["never_read"]
    at = datetime.fromisoformat(read_at)
    ago = words.ago.format(duration(now - at, words))
    time = time_with_zone(at, now=now, zone=zone, words=words)
    return words.continuity["read_at"].format(time=time, ago=ago)


def desk_help(wanted: str) -> str:
    """The short help of `/desk`."""
    return language(wanted).words.help
