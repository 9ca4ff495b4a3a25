# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swedish words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Länken gäller inte längre",
    "over": (
        "Länkar till den här sidan gäller i högst 24 timmar och kan återkallas. En ny får du med "
        "”/desk outage link” i Slack eller ”deskmate outage link” på servern."
    ),
    "personal": "Länken är bara till för {person} och upphör {until}. Varje visning registreras.",
    "seen_by": "Läst via länk det senaste dygnet av:",
    "link": (
        "Din länk till listan över dem som väntar, gäller till {until} och bara för dig; varje "
        "visning registreras: {url}"
    ),
    "no_link_here": "Personliga länkar ges bara i Slack, där ingen annan läser dem.",
    "no_link_set": (
        "Det går inte att skapa länkar: DESKMATE_PUBLIC_URL (https) och DESKMATE_LINK_SECRET "
        "saknas."
    ),
    "not_known": (
        "Du finns inte i någon jourlista och inte under `people` här; fråga den som sköter "
        "Deskmate."
    ),
    "open_page": "Vilka som väntar, utan ärendesystemet",
}
