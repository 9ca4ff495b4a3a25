# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swedish reasons of what fails by itself, and of our own blindness; neither is an outage."""

from __future__ import annotations

from collections.abc import Mapping

DEGRADED: Mapping[str, str] = {
    "stays_blind": (
        "Blind: härifrån svarar varken ärendesystemet eller andra tjänster. Varken ett avbrott "
        "eller dess slut märks."
    ),
    "sight_back": (
        "Vår egen uppkoppling är tillbaka. I {} minuter syntes inget av ärendesystemet."
    ),
    "recovery_unseen": (
        "I {} minuter har ingen sett om ärendesystemet fungerar: det som hålls inne och ”faran är "
        "över” väntar."
    ),
    "writes_fail": (
        "Ärendesystemet går att läsa men inte att skriva i: ändringar väntar och görs "
        "om. Det räknas inte som nere."
    ),
    "writes_work": "Det går att skriva i ärendesystemet igen.",
    "webhooks_silent": (
        "Ärendesystemets webhooks kommer inte; uppdateringar hämtas, några minuter senare."
    ),
    "webhooks_back": "Ärendesystemets webhooks kommer igen.",
    "lists_stale": (
        "Ärendesystemets listor släpar efter: uppdateringar kommer senare, men de kommer."
    ),
    "lists_fresh": "Ärendesystemets listor är aktuella igen.",
    "answers_slow": (
        "Ärendesystemet svarar långsamt: uppdateringar och ändringar kommer sent. "
        "Det räknas inte som nere."
    ),
    "answers_fast": "Ärendesystemet svarar snabbt igen.",
    "turned_away": (
        "Ärendesystemet avvisar oss (429) fast vi frågar lite: uppdateringar och ändringar "
        "kommer sent. Det räknas inte som nere."
    ),
    "served_again": "Ärendesystemet svarar oss igen.",
    "takes_in": (
        "Ärendesystemet har avvisat våra inloggningsuppgifter i tio minuter: mejl till "
        "brevlådan blir fall och bekräftas. Kunderna får inte höra om något avbrott."
    ),
    "takes_in_no_more": (
        "Ärendesystemet godtar våra inloggningsuppgifter igen: fallen förs över dit."
    ),
    "not_published": "Kunderna läser inte ett meddelande, en plats i det är tom: {}.",
}
