# SPDX-License-Identifier: GPL-3.0-or-later
"""Guesses in which of the desk's languages a text is written, by its commonest small words."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+")
_READ = 4_000
_ENOUGH = 2
_SMALL_WORDS = {
    "en": "the and is are was not you your have has with this that for can cannot please our from "
    "hello hi dear thanks regards since when we i my it to of",
    "fr": "le la les des est sont pas vous votre avec pour que qui nous notre bonjour merci depuis "
    "une un du au aux ne je mon ma cela ce cette plus impossible cordialement",
    "de": "der die das und ist sind nicht sie ihr wir unser mit für bitte hallo guten danke seit "
    "ein eine einen den dem im am kann können haben mehr auf von zu grüße",
    "sv": "och är inte vi ni du er vår vårt med för att som det den en ett hej tack sedan kan har "
    "på till från av mer mvh vänliga hälsningar jag min mitt",
    "ru": "и в не на что мы вы у нас с по для это как уже так но здравствуйте добрый день спасибо "
    "пожалуйста к нет не работает все я мой наш",
}
_LANGUAGES = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}


def language_of(text: str) -> str | None:
    """The likeliest language, None where the text tells too little or is torn between two."""
    words = _WORD.findall(text[:_READ].casefold())
    scores = {code: sum(word in known for word in words) for code, known in _LANGUAGES.items()}
    ranked = sorted(scores.items(), key=lambda each: -each[1])
    (best, most), (_, second) = ranked[0], ranked[1]
    return best if most >= _ENOUGH and most > second else None
