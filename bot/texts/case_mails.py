# SPDX-License-Identifier: GPL-3.0-or-later
"""What a customer reads about their case while the helpdesk is down, in their own language.

An acknowledgement holds no word of the customer's: whoever forges a sender must not be able to
send strangers a text of their own through us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.texts.cleaning import one_line
from bot.texts.instants import date_with_zone
from bot.texts.words import language

GREATEST_SUBJECT = 120


@dataclass(frozen=True, slots=True)
class Written:
    """A mail's subject and its text; plain text, lines of any length."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class DeskVoice:
    """How a desk speaks to customers: its zone, what it asks for, how it signs."""

    zone: str
    hint: str = ""
    signature: str = ""


def acknowledgement(
    reference: str, received_at: datetime, wanted: str, voice: DeskVoice, *, is_down: bool = True
) -> Written:
    """Says that a message arrived, when, under which reference, and what need not be done.

    Unless the helpdesk `is_down` it does not say so: we may only have lost our own way in.
    """
    words = language(wanted).words
    said = words.case_mail
    when = date_with_zone(received_at, zone=voice.zone, words=words)
    paragraphs = (
        said["received"].format(when=when, reference=reference),
        said["working" if is_down else "from_here"],
        " ".join(filter(None, (said["add"], voice.hint.strip()))),
        voice.signature.strip(),
    )
    text = "\n\n".join(each for each in paragraphs if each)
    return Written(f"{said['subject']} [{reference}]", f"{text}\n")


def answer(text: str, subject: str, reference: str, voice: DeskVoice) -> Written:
    """A person's answer, with the reference where a reply keeps it."""
    about = one_line(subject, GREATEST_SUBJECT)
    if not about.casefold().startswith("re:"):
        about = f"Re: {about}".strip()
    if reference not in about:
        about = f"{about} [{reference}]"
    parts = (text.strip(), voice.signature.strip())
    return Written(about, "\n\n".join(each for each in parts if each) + "\n")
