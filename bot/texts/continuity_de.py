# SPDX-License-Identifier: GPL-3.0-or-later
"""The German words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Dieser Link gilt nicht mehr",
    "over": (
        "Links zu dieser Seite gelten höchstens 24 Stunden und lassen sich zurückziehen. Einen "
        "neuen gibt es mit „/desk outage link“ in Slack oder „deskmate outage link“ auf dem Server."
    ),
    "personal": (
        "Dieser Link ist nur für {person} bestimmt und endet {until}. Jeder Aufruf wird "
        "festgehalten."
    ),
    "seen_by": "In den letzten 24 Stunden über einen Link gelesen von:",
    "link": (
        "Ihr Link zur Liste der Wartenden, gültig bis {until}, nur für Sie; jeder Aufruf wird "
        "festgehalten: {url}"
    ),
    "no_link_here": "Persönliche Links gibt es nur in Slack, wo niemand sonst mitliest.",
    "no_link_set": (
        "Links sind nicht eingerichtet: DESKMATE_PUBLIC_URL (https) und DESKMATE_LINK_SECRET "
        "fehlen."
    ),
    "not_known": (
        "Sie stehen hier in keinem Dienstplan und unter `people` nicht; bitte wenden Sie sich an "
        "die Person, die Deskmate betreut."
    ),
    "open_page": "Wer wartet, ohne Ticketsystem",
}
