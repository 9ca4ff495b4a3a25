# SPDX-License-Identifier: GPL-3.0-or-later
"""The French words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Ce lien n'est plus valable",
    "over": (
        "Les liens vers cette page durent 24\u00a0heures au plus et peuvent être révoqués. Pour en "
        "obtenir un nouveau\u00a0: «\u00a0/desk outage link\u00a0» dans Slack ou "
        "«\u00a0deskmate outage link\u00a0» sur le serveur."
    ),
    "personal": (
        "Ce lien est réservé à {person} et expire {until}. Chaque consultation est enregistrée."
    ),
    "seen_by": "Consultée par lien ces dernières 24\u00a0heures par\u00a0:",
    "link": (
        "Votre lien vers la liste d'attente, valable jusqu'à {until}, pour vous seul(e)\u00a0; "
        "chaque consultation est enregistrée\u00a0: {url}"
    ),
    "no_link_here": (
        "Un lien personnel ne se donne que dans Slack, où personne d'autre ne le lit."
    ),
    "no_link_set": (
        "Aucun lien possible\u00a0: DESKMATE_PUBLIC_URL (https) et DESKMATE_LINK_SECRET ne sont "
        "pas définis."
    ),
    "not_known": (
        "Vous ne figurez ici dans aucun planning ni sous «\u00a0people\u00a0»\u00a0; "
        "adressez-vous à la personne qui s'occupe de Deskmate."
    ),
    "open_page": "Qui attend, sans l'outil de tickets",
}
