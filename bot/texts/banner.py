# SPDX-License-Identifier: GPL-3.0-or-later
"""What customers read on the portal while the helpdesk is down, or a service: every language.

Of the helpdesk: how to reach us, that nothing is lost, that it is about support alone. Of a
service: that we know, and since when. No cause and no end time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.texts.cleaning import one_line
from bot.texts.instants import time_of, time_with_zone
from bot.texts.templates import whole
from bot.texts.words import LANGUAGES

GREATEST_PART = 100
_NAMES_THE_ZONE = frozenset({"en", "ru"})
"""Readers of these languages live in many zones."""


def banner_texts(
    *, mailbox: str, since: datetime, now: datetime, zone: str, product: str = ""
) -> Mapping[str, str]:
    """Language code -> the banner's text; without `mailbox` it promises an answer later."""
    return {
        code: whole(
            f"{code}/banner.j2",
            {
                "mailbox": one_line(mailbox, GREATEST_PART),
                "product": one_line(product, GREATEST_PART),
                "since": _since(code, since, now=now, zone=zone),
            },
        )
        for code in LANGUAGES
    }


def incident_texts(
    *,
    service: str,
    since: datetime,
    now: datetime,
    zone: str,
    is_restored: bool,
    own: Mapping[str, str],
) -> Mapping[str, str]:
    """Language code -> what is said of a service; `own` are the desk's words, with their places."""
    found = {}
    for code in (*LANGUAGES, *(each for each in own if each not in LANGUAGES)):
        values: dict[str, object] = {
            "service": one_line(service, GREATEST_PART),
            "since": _since(code if code in LANGUAGES else "en", since, now=now, zone=zone),
            "is_restored": is_restored,
        }
        if code in own:
            text = own[code].replace("{since}", str(values["since"]))
            found[code] = text.replace("{service}", str(values["service"]))
        else:
            found[code] = whole(f"{code}/incident_banner.j2", values)
    return found


def _since(code: str, since: datetime, *, now: datetime, zone: str) -> str:
    say = time_with_zone if code in _NAMES_THE_ZONE else time_of
    return say(since, now=now, zone=zone, words=LANGUAGES[code])
