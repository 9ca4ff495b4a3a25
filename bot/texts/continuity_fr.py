# SPDX-License-Identifier: GPL-3.0-or-later
"""The French words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Ce lien n'est plus valable",
    "over": (
        "Les liens vers cette page durent 24\u00a0heures au plus et peuvent être révoqués. Pour "
        "en obtenir un nouveau\u00a0: «\u00a0/desk outage link\u00a0» dans Slack ou "
        "«\u00a0deskmate outage link\u00a0» sur le serveur."
    ),
    "personal": (
        "Ce lien est réservé à {person} et valable jusqu'à {until}. Chaque consultation est "
        "enregistrée."
    ),
    "seen_by": "Consultée par lien ces dernières 24\u00a0heures par\u00a0:",
    "link": (
        "Votre lien vers la liste d'attente, valable jusqu'à {until}, pour vous seul(e)\u00a0; "
        "chaque consultation est enregistrée\u00a0: {url}"
    ),
    "no_link_here": "Un lien personnel ne se donne que dans Slack, où personne d'autre ne le lit.",
    "no_link_set": (
        "Aucun lien possible\u00a0: DESKMATE_PUBLIC_URL (https) et DESKMATE_LINK_SECRET ne sont "
        "pas définis."
    ),
    "not_known": (
        "Vous ne figurez ici dans aucun planning ni sous «\u00a0people\u00a0»\u00a0; "
        "adressez-vous à la personne qui s'occupe de Deskmate."
    ),
    "open_page": "Qui attend, sans l'outil de tickets",
    "title": "{}\u00a0: qui attend",
    "subtitle": "qui attend, depuis quand, prochaine échéance",
    "how_to": (
        "Cette page se passe de l'outil de tickets. Pour répondre\u00a0: le mail du cas, "
        "«\u00a0/desk answer RÉFÉRENCE texte\u00a0» dans Slack ou «\u00a0deskmate case "
        "answer RÉFÉRENCE\u00a0»."
    ),
    "skip": "Aller au contenu",
    "languages": "Langue",
    "state_label": "État",
    "helpdesk": "Outil de tickets\u00a0:",
    "state_healthy": "répond",
    "state_suspect": "panne soupçonnée",
    "state_down": "en panne",
    "state_recovering": "répond de nouveau, sous surveillance",
    "state_maintenance": "indisponible, maintenance annoncée",
    "blind": "À l'aveugle depuis {}\u00a0: d'ici, on ne voit pas ce qu'il fait.",
    "since": "depuis {}",
    "way_back": "cas\u00a0: {}",
    "on_their_way": "{} en cours de reprise",
    "refused": "refusés\u00a0: {}",
    "mailbox": "Boîte mail",
    "as_of": "État à",
    "mailbox_dead": "La boîte mail ne peut pas être lue.",
    "name": "Référence",
    "about": "Objet",
    "waits": "Attente",
    "due": "Prochaine échéance",
    "priority": "Priorité",
    "owner": "Pris par",
    "waits_label": "attend depuis",
    "answered": "répondu",
    "nothing_due": "aucune échéance",
    "nobody": "personne pour l'instant",
    "left": "reste {}",
    "late": "{} de retard",
    "cases": "Cas reçus par mail",
    "cases_caption": "Cas reçus par mail, échéance la plus proche en premier",
    "no_cases": "Aucun cas n'est ouvert.",
    "mails": "Mails\u00a0: {}.",
    "tickets": "Tickets ouverts connus",
    "tickets_caption": "Tickets ouverts à la dernière lecture, échéance la plus proche en premier",
    "no_tickets": "Aucun ticket ouvert n'est connu.",
    "read_at": "lus {ago} ({time})",
    "never_read": "jamais lus",
    "contacts": "contacts\u00a0: {}",
    "left_out": ("Non affichés\u00a0: {}\u00a0; «\u00a0deskmate case list --all\u00a0» les donne."),
    "held": "Mails à regarder",
    "no_sender": "sans expéditeur",
    "no_subject": "sans objet",
    "fate_case": "devenus des cas\u00a0: {}",
    "fate_reply": "rattachés à un cas\u00a0: {}",
    "fate_staff": "réponses de l'équipe\u00a0: {}",
    "fate_held": "à regarder\u00a0: {}",
    "fate_parked": "illisibles\u00a0: {}",
    "fate_automatic": "réponses automatiques\u00a0: {}",
    "fate_bounce": "non distribués\u00a0: {}",
    "fate_noted": "arrivés pendant que l'outil répondait\u00a0: {}",
    "fate_own": "les nôtres, revenus\u00a0: {}",
    "fate_waiting": "à décider\u00a0: {}",
    "back": "Qui attend",
    "due_at": "Échéance\u00a0: {due} ({left}).",
    "waits_for": "Attend depuis {}.",
    "has_it": "Pris par\u00a0: {}.",
    "nobody_has_it": "Personne ne l'a pris pour l'instant.",
    "how_to_case": (
        "Pour répondre\u00a0: le mail du cas, «\u00a0answer: texte\u00a0» dans son fil Slack ou "
        "«\u00a0deskmate case answer {} texte\u00a0»."
    ),
    "internal": "interne",
    "nothing_said": "Rien de ce qui s'est dit n'est connu ici.",
    "a_customer": "le client",
    "an_agent": "un agent",
    "no_such_case": "Ce cas n'existe pas.",
    "status_new": "nouveau",
    "status_open": "ouvert",
    "status_pending": "attend le client",
    "status_hold": "suspendu",
    "status_solved": "résolu",
    "status_closed": "clos",
    "status_deleted": "supprimé",
    "why_list": "une liste de diffusion",
    "why_subject": "la forme de l'objet",
    "why_no_sender": "le mail n'a pas d'expéditeur",
    "why_empty": "le mail est vide",
}
