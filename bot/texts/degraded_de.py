# SPDX-License-Identifier: GPL-3.0-or-later
"""The German reasons of what fails by itself, and of our own blindness; neither is an outage."""

from __future__ import annotations

from collections.abc import Mapping

DEGRADED: Mapping[str, str] = {
    "stays_blind": (
        "Blind: Weder Ticketsystem noch andere Dienste antworten. Ein Ausfall oder sein Ende "
        "fällt nicht auf."
    ),
    "sight_back": (
        "Unsere eigene Leitung steht wieder. {} Minuten lang war vom Ticketsystem nichts zu sehen."
    ),
    "recovery_unseen": (
        "Seit {} Minuten sieht niemand, ob das Ticketsystem läuft: Entwarnung und Zurückgehaltenes "
        "warten."
    ),
    "writes_fail": (
        "Das Ticketsystem lässt sich lesen, aber nicht beschreiben: Änderungen warten "
        "und werden wieder versucht. Es gilt nicht als ausgefallen."
    ),
    "writes_work": "Das Ticketsystem lässt sich wieder beschreiben.",
    "webhooks_silent": (
        "Die Webhooks des Ticketsystems bleiben aus; Neues wird abgeholt, bis zu einigen "
        "Minuten später."
    ),
    "webhooks_back": "Die Webhooks des Ticketsystems kommen wieder.",
    "lists_stale": (
        "Die Listen des Ticketsystems sind veraltet: Neues kommt später, aber es kommt."
    ),
    "lists_fresh": "Die Listen des Ticketsystems sind wieder aktuell.",
    "answers_slow": (
        "Das Ticketsystem antwortet langsam: Neues und Änderungen kommen verspätet. "
        "Es gilt nicht als ausgefallen."
    ),
    "answers_fast": "Das Ticketsystem antwortet wieder schnell.",
    "turned_away": (
        "Das Ticketsystem weist uns ab (429), obwohl wir wenig abfragen: Neues und Änderungen "
        "kommen verspätet. Es gilt nicht als ausgefallen."
    ),
    "served_again": "Das Ticketsystem bedient uns wieder.",
    "takes_in": (
        "Das Ticketsystem weist unsere Zugangsdaten seit zehn Minuten ab: Mails an das "
        "Postfach werden zu Fällen und bestätigt. Kunden lesen von keinem Ausfall."
    ),
    "takes_in_no_more": (
        "Das Ticketsystem nimmt unsere Zugangsdaten wieder an: Die Fälle werden jetzt dort "
        "angelegt."
    ),
    "not_published": "Kunden lesen einen Hinweis nicht, eine Stelle darin ist leer: {}.",
}
