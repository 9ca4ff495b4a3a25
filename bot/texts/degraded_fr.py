# SPDX-License-Identifier: GPL-3.0-or-later
"""The French reasons of what fails by itself, and of our own blindness; neither is an outage."""

from __future__ import annotations

from collections.abc import Mapping

DEGRADED: Mapping[str, str] = {
    "stays_blind": (
        "À l'aveugle\u00a0: ni l'outil de tickets ni d'autres services ne répondent. "
        "Une panne passerait inaperçue."
    ),
    "sight_back": (
        "Notre propre ligne est rétablie. Pendant {} minutes, rien de l'outil de tickets "
        "n'était visible."
    ),
    "recovery_unseen": (
        "Depuis {} min, on ignore si l'outil de tickets va bien\u00a0: retour à la normale et "
        "envois retenus attendent."
    ),
    "writes_fail": (
        "L'outil de tickets est accessible en lecture, mais pas en écriture\u00a0: les "
        "modifications attendent et sont retentées. Il n'est pas considéré comme en panne."
    ),
    "writes_work": "L'outil de tickets accepte de nouveau les modifications.",
    "webhooks_silent": (
        "Les webhooks de l'outil de tickets n'arrivent plus\u00a0; les mises à jour sont relevées "
        "avec quelques minutes de retard."
    ),
    "webhooks_back": "Les webhooks de l'outil de tickets arrivent de nouveau.",
    "lists_stale": (
        "Les listes de l'outil de tickets ne sont plus à jour\u00a0: les mises à jour tardent, "
        "mais elles viendront."
    ),
    "lists_fresh": "Les listes de l'outil de tickets sont de nouveau à jour.",
    "answers_slow": (
        "L'outil de tickets répond lentement\u00a0: mises à jour et modifications ont du retard. "
        "Il n'est pas considéré comme en panne."
    ),
    "answers_fast": "L'outil de tickets répond de nouveau rapidement.",
    "turned_away": (
        "L'outil de tickets refuse nos requêtes (429) alors que nous en envoyons peu\u00a0: mises "
        "à jour et modifications ont du retard. Il n'est pas considéré comme en panne."
    ),
    "served_again": ("L'outil de tickets accepte de nouveau nos requêtes."),
    "takes_in": (
        "L'outil de tickets refuse nos identifiants depuis dix minutes\u00a0: les mails à la "
        "boîte deviennent des cas et reçoivent un accusé de réception. "
        "Aucune panne n'est annoncée aux clients."
    ),
    "takes_in_no_more": (
        "L'outil de tickets accepte de nouveau nos identifiants\u00a0: les cas y sont repris."
    ),
    "not_published": "Un avis n'est pas montré aux clients, une place y est vide\u00a0: {}.",
}
