# SPDX-License-Identifier: GPL-3.0-or-later
"""In which language a page is read: the address's, the person's, the browser's, the desk's."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from bot.texts.words import LANGUAGES

NAMES = {"en": "English", "fr": "Français", "de": "Deutsch", "sv": "Svenska", "ru": "Русский"}
"""How each language calls itself."""
GREATEST_HEADER = 300
"""Characters of what a browser asks for that are looked at."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of ours; `asked` stands behind addresses of the page if the address asked."""

    code: str
    asked: str = ""


def tongue_of(request: Request, usual: str, *, own: str | None = None) -> Tongue:
    """`?lang=` wins, then the reader's own language, then the browser's first that we have."""
    asked = _ours(request.query_params.get("lang", ""))
    if asked:
        return Tongue(asked, f"?lang={asked}")
    accepted = accepted_of(request.headers.get("accept-language", ""))
    return Tongue(_ours(own or "") or accepted or _ours(usual) or "en")


def accepted_of(header: str) -> str:
    """The language of ours that an `Accept-Language` likes best, empty for none."""
    liked: list[tuple[float, str]] = []
    for entry in header[:GREATEST_HEADER].split(","):
        wanted, _, weight = entry.partition(";q=")
        code = _ours(wanted.strip())
        if code:
            liked.append((_weight(weight), code))
    best = max(liked, key=lambda each: each[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else ""


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _ours(wanted: str) -> str:
    code = wanted.replace("_", "-").partition("-")[0].casefold()
    return code if code in LANGUAGES else ""
