# SPDX-License-Identifier: GPL-3.0-or-later
"""What Deskmate answers to somebody who pressed a button or asked for help."""

from __future__ import annotations

from bot.texts.words import language


def not_written_down(wanted: str) -> str:
    """Said when a press could not be saved, so that nobody believes it was."""
    return language(wanted).words.not_written_down


def chat_reply(what: str, wanted: str, detail: str = "") -> str:
    """One sentence in answer to a `/desk` command; `detail` stands in it."""
    return language(wanted).words.chat_replies[what].replace("{}", detail)


def desk_help(wanted: str) -> str:
    """The short help of `/desk`."""
    return language(wanted).words.help
