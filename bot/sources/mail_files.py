# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the files out of a raw mail, within limits: what goes beyond stays in the mail alone."""

from __future__ import annotations

from dataclasses import dataclass

from bot.rules.mail_limits import FILES_OF_MAIL
from bot.sources.mail_reading import named_parts

GREATEST_SUM = 20 * 1024 * 1024
"""Bytes of all files of one mail that are passed on; most mail servers take no more in one mail."""


@dataclass(frozen=True, slots=True)
class MailContent:
    """One file of a mail: name and type as the sender gave them, and its bytes."""

    name: str
    content_type: str
    content: bytes


def contents(raw: bytes, *, greatest_sum: int = GREATEST_SUM) -> tuple[MailContent, ...]:
    """The first files of a mail, as far as the limits go; never raises for what is in it."""
    found: list[MailContent] = []
    left = greatest_sum
    for name, kind, content in named_parts(raw):
        if len(found) == FILES_OF_MAIL:
            break
        if len(content) <= left:
            left -= len(content)
            found.append(MailContent(name, kind, content))
    return tuple(found)
