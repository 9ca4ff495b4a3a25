# SPDX-License-Identifier: GPL-3.0-or-later
"""The single words of each language: labels, buttons, days, and sentences that have a code.

Whole messages are templates (`templates/LANGUAGE/KIND.j2`); what several of them share is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.texts.words_de import GERMAN
from bot.texts.words_en import ENGLISH
from bot.texts.words_fr import FRENCH
from bot.texts.words_ru import RUSSIAN
from bot.texts.words_sv import SWEDISH
from bot.texts.words_type import Words

LANGUAGES: Mapping[str, Words] = {
    "en": ENGLISH,
    "fr": FRENCH,
    "de": GERMAN,
    "sv": SWEDISH,
    "ru": RUSSIAN,
}
"""Language code -> its words; the first one serves whoever asks for a language we do not have."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code as the folders of templates are named, and its words."""

    code: str
    words: Words


def language(wanted: str) -> Language:
    """The nearest language we have: `de-AT` is German, an unknown one is English."""
    code = wanted.replace("_", "-").partition("-")[0].casefold()
    if code not in LANGUAGES:
        code = "en"
    return Language(code, LANGUAGES[code])


def named_way(code: str, words: Words) -> str:
    """A way to people as people write it, for its code in destinations; other words stay."""
    return {"slack": "Slack", "teams": "Teams", "sms": "SMS", "mail": words.mail}.get(code, code)


def said(text: str, sentences: Mapping[str, str]) -> str:
    """The sentence behind a code (`mailbox:help@acme.example`), or `text` itself if it is none."""
    code, _, detail = text.partition(":")
    if code not in sentences:
        return text
    return sentences[code].replace("{}", detail.strip())
