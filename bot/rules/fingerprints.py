# SPDX-License-Identifier: GPL-3.0-or-later
"""Extracts what makes two tickets the same fault, such as an error code, from a ticket's words."""

from __future__ import annotations

from collections.abc import Mapping

from bot.rules.policy import Fingerprint
from bot.rules.situation import FINGERPRINT
from bot.rules.text import Message, PatternProblem, compile_pattern

LONGEST = 200
"""Characters of a fingerprint that are kept."""


def fingerprints_of(message: Message, fingerprints: Mapping[str, Fingerprint]) -> dict[str, str]:
    """Each fingerprint that the subject or the new words hold (`fingerprint.error_code`)."""
    found: dict[str, str] = {}
    parts = tuple(message.parts()) if fingerprints else ()
    for name, fingerprint in fingerprints.items():
        pattern = compile_pattern(fingerprint.pattern)
        if isinstance(pattern, PatternProblem):
            continue
        hits = (pattern.search(part.tokens.tidy.text) for part in parts)
        hit = next((hit for hit in hits if hit is not None), None)
        if hit is not None and hit.fingerprint:
            found[FINGERPRINT + name] = hit.fingerprint[:LONGEST]
    return found
