# SPDX-License-Identifier: GPL-3.0-or-later
"""The French words; a no-break space stands before `:`, `;`, `?`, `!` and inside guillemets."""

from __future__ import annotations

from bot.texts.continuity_fr import CONTINUITY
from bot.texts.degraded_fr import DEGRADED
from bot.texts.silences_fr import SILENCES
from bot.texts.words_type import Words

FRENCH = Words(
    ticket="Ticket",
    customer="Client",
    priority="Priorité",
    due="Échéance",
    until="Jusqu'à",
    since="Depuis",
    owner="Pris par",
    detail="Constaté",
    nobody="personne pour l'instant",
    open_link="Ouvrir",
    open_ticket="Ouvrir {}",
    colon="\u00a0: ",
    open_quote="«\u00a0",
    close_quote="\u00a0»",
    days="{} j",
    hours="{} h",
    minutes="{} min",
    under_a_minute="moins d'une minute",
    left="reste {}",
    ago="il y a {}",
    late="Remis en retard (état\u00a0: {}).",
    weekdays=("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    zones={},
    near_day="{weekday} {time}",
    far_day="{weekday} {day} {month} à {time}",
    first_day="1er",
    clocks={
        "first_response": "première réponse",
        "first_reply": "première réponse",
        "next_reply": "prochaine réponse",
        "resolution": "résolution",
        "customer_update": "message aux clients",
    },
    buttons={
        "acknowledge": "Je prends",
        "take": "M'assigner",
        "snooze": "Rappel dans 15 min",
        "raise": "Niveau suivant",
    },
    reasons={
        "mail_held": "Un mail est à regarder\u00a0: {}.",
        "mail_spam": "D'autres mails trouvés dans le spam sont à regarder\u00a0: {}.",
        "mail_parked": "Un mail n'a pas pu être lu\u00a0; il est conservé\u00a0: {}.",
        "mail_bounce": "Un de nos mails n'est pas arrivé\u00a0: {}.",
        "late_copy": "L'outil de tickets a fait un second ticket d'un cas\u00a0; à "
        "fusionner\u00a0: {}.",
        "case_refused": "L'outil de tickets refuse un cas\u00a0; il reste ici\u00a0: {}.",
        "case_stuck": "L'outil de tickets n'accepte ni ne refuse un cas\u00a0; nous continuons "
        "d'essayer, et quelqu'un doit voir pourquoi\u00a0: {}.",
        "case_unread": "L'outil de tickets ne répond pas au sujet d'un cas\u00a0; nous "
        "redemandons, et les autres suivent leur cours\u00a0: {}.",
        "note_refused": "L'outil de tickets refuse ce texte pour un ticket\u00a0; à traiter\u00a0: "
        "{}.",
        "backfilled": "Tous les cas sont dans l'outil de tickets\u00a0: {}.",
        "backfill_off": "Les cas sont dans l'outil de tickets, mais le compte n'y est pas\u00a0: "
        "{}.",
        "mailbox_dead": "La boîte de secours ne peut pas être lue.",
        "mailbox_back": "La boîte de secours peut de nouveau être lue.",
        "relapsed": "Il était revenu un moment, puis est retombé en panne.",
        "reopened": "Il est retombé en panne peu après son retour.",
        "still_down": "La panne continue.",
        "answering_again": "Nous le surveillons encore\u00a0; les modifications retenues suivront "
        "sous peu.",
        "declared_by_hand": "Panne déclarée manuellement\u00a0: {}.",
        "cleared_by_hand": "Fin de panne annoncée manuellement\u00a0: {}.",
        "asks_to_clear": (
            "Il répond à nos sondes\u00a0; {} a déclaré la panne. Si elle est finie\u00a0: "
            "«\u00a0deskmate outage clear\u00a0»."
        ),
        "declaration_over": "La déclaration manuelle a expiré\u00a0; nos sondes décident de "
        "nouveau.",
        "still_failing": (
            "Il ne répond toujours pas\u00a0; la fin de panne annoncée manuellement vaut "
            "un quart d'heure."
        ),
        "recovered": "Retour à la normale. Les modifications retenues ont été libérées.",
        "credentials": (
            "L'outil de tickets refuse nos identifiants. Il n'est pas considéré comme en panne."
        ),
        **DEGRADED,
        "vendor_says": (
            "L'éditeur de l'outil de tickets signale une panne\u00a0; nos sondes n'en "
            "voient pas, rien ne change."
        ),
        "disk_low": "Un disque est presque plein\u00a0: plein, il n'enregistre plus rien. "
        "Libérez-le.",
        "drill": (
            "EXERCICE de {}\u00a0: un essai de vos moyens d'alerte. Rien n'est en panne, "
            "il n'y a rien à faire."
        ),
        "disk_over": "Il y a de nouveau de la place sur le disque.",
        "intake_late": (
            "Les mails à l'adresse du support ne deviennent pas des tickets à "
            "temps\u00a0; l'outil de tickets les créera peut-être plus tard."
        ),
        "intake_back": "Les mails à l'adresse du support redeviennent des tickets à temps.",
        "seen_certificate": "Son certificat n'est pas valable\u00a0: il peut aussi s'agir d'un "
        "proxy de chez nous.",
        "seen_wrong_content": (
            "Il répond par une page au lieu de données\u00a0: maintenance de leur côté, ou page "
            "de connexion sur notre réseau."
        ),
        "seen_name": "Son nom ne se résout pas.",
        "refused_elsewhere": "Envoyé par cette voie, car une autre a échoué\u00a0: {}.",
        "slow_elsewhere": "Envoyé aussi par cette voie, car une autre ne l'a pas pris\u00a0: {}.",
        "undelivered": (
            "Des messages n'ont atteint personne\u00a0: {} "
            "(voir «\u00a0deskmate outbox list --dead\u00a0»)."
        ),
        "storm_on": "Les messages isolés sont retenus, les critiques passent toujours.",
        "storm_over": "C'est terminé\u00a0: les messages reviennent un par un.",
        "silence_on": "Les messages à ce sujet sont retenus\u00a0: {}.",
        "silence_ends": "Il se termine bientôt\u00a0: {}.",
        "silence_over": "Il est terminé\u00a0: {}.",
        "silence_was": "Silence entre-temps\u00a0: {}.",
        "maintenance_planned": "Prévue, début\u00a0: {}.",
        "maintenance_on": "Les messages à ce sujet sont retenus\u00a0: {}.",
        "maintenance_marked": "Les messages à ce sujet le signalent\u00a0: {}.",
        "maintenance_helpdesk": "Si l'outil de tickets s'arrête pendant ce temps, personne n'est "
        "alerté\u00a0: {}.",
        "maintenance_ends": "Elle se termine bientôt\u00a0: {}.",
        "maintenance_over": "Elle est terminée\u00a0: {}.",
        "maintenance_was": "Maintenance entre-temps\u00a0: {}.",
        "in_maintenance": "Pendant une maintenance\u00a0: {}.",
        "helpdesk_away": "L'outil de tickets est arrêté comme annoncé\u00a0: {}. Les modifications "
        "attendent.",
        "helpdesk_back": "L'outil de tickets est de retour, les modifications en attente sont "
        "écrites\u00a0: {}.",
        "overrun": "La maintenance annoncée devrait être terminée\u00a0: {}. C'est désormais une "
        "panne.",
        "raised": "Le niveau suivant est appelé\u00a0: niveau {}.",
        "kept_back": "Gardé pour ce résumé\u00a0: {}.",
        "put_off": "{} l'a reporté de 15 minutes.",
        "snooze_over": "{} l'a reporté de 15 minutes\u00a0; personne ne l'a encore pris.",
        "not_allowed": "Vous n'avez pas ce droit ici. Peuvent le faire\u00a0: {}.",
        "next_level": "Personne ne l'a pris\u00a0: niveau {}.",
        "skipped_levels": (
            "Personne ne l'a pris\u00a0: niveau {}\u00a0; les niveaux entre parenthèses n'ont "
            "pas pu être prévenus à temps."
        ),
        "told_again": "Personne ne l'a encore pris\u00a0: message n° {}.",
        "taken_too_long": "Quelqu'un l'avait pris il y a un moment\u00a0; merci de vérifier.",
        "handed_over": "Vous êtes maintenant de service et personne ne l'a pris.",
        "date_near": "Une date approche\u00a0: {}.",
        "paused_long": "Toujours en attente\u00a0: {}.",
        "incident_opened": "Ouvert par {}.",
        "incident_reopened": "Nouvelle panne\u00a0; rouvert par {}.",
        "incident_raised": "C'est plus grave que prévu, d'après {}.",
        "incident_drafted": (
            "Un brouillon pour les clients attend\u00a0; «\u00a0/desk incident send "
            "{}\u00a0» l'envoie."
        ),
        "incident_sent": "Les clients ont reçu un message (tickets\u00a0: {}).",
        "incident_noted": (
            "Le brouillon figure en note interne (tickets\u00a0: {})\u00a0; son auteur n'a pas "
            "le droit d'écrire aux clients."
        ),
        "incident_unsent": "Aucun ticket ouvert n'a de client à prévenir\u00a0; brouillon gardé.",
        "incident_told": "Les clients ont été informés\u00a0: {}.",
        "incident_restored": (
            "Cela fonctionne de nouveau, d'après {}\u00a0; sous surveillance jusqu'à la "
            "clôture."
        ),
        "incident_closed": "Clos par {}.",
        "incident_joined": "Un seul incident avec {} désormais.",
        "incident_due": "Les clients doivent savoir où on en est.",
        "incident_missed": "Les clients n'ont pas été informés à temps (oublis\u00a0: {}).",
    },
    mail="e-mail",
    next_steps={
        "take_by": "Si vous le prenez, écrivez «\u00a0{}\u00a0».",
        "take_there": "Si vous le prenez, attribuez-le-vous dans l'outil de tickets.",
        "spam_check": "Voir «\u00a0deskmate case held\u00a0»\u00a0; "
        "«\u00a0deskmate case take KEY\u00a0» en fait un cas.",
        "mailbox_check": "D'ici là, ouvrez la boîte à la main, puis vérifiez DESKMATE_MAILBOX_URL.",
        "mailbox": "En attendant, travaillez depuis {}.",
        "check_online": (
            "Exécutez «\u00a0deskmate check --online\u00a0», puis renouvelez le client OAuth "
            "ou le jeton."
        ),
        "look_or_clear": (
            "Exécutez «\u00a0deskmate check --online\u00a0». Si l'outil de tickets va bien\u00a0: "
            "«\u00a0deskmate outage clear\u00a0»."
        ),
        "look_elsewhere": (
            "Ouvrez l'outil de tickets ailleurs. S'il n'y répond pas non plus\u00a0: "
            "«\u00a0deskmate outage declare\u00a0». Sinon, réparez le réseau ou le pare-feu de "
            "cette machine («\u00a0deskmate check --online\u00a0»)."
        ),
        "incident_tell": "Informez les clients\u00a0: /desk incident update {} texte",
        "incident_watch": "Si cela tient\u00a0: /desk incident close {}",
        "incident_report": "Brouillon du rapport\u00a0: deskmate incident report {}",
    },
    chat_replies={
        "home_queue": "En cours, la prochaine échéance d'abord",
        "home_risk": "À surveiller",
        "home_duty": "De service",
        "nothing_open": "Aucun ticket n'est ouvert.",
        "nothing_at_risk": "Aucun ticket ouvert n'est à risque.",
        "unknown_ticket": "Il n'y a pas de ticket {} ici.",
        "no_rosters": "Cette politique n'a pas de planning.",
        "nobody_next": "Personne d'autre n'en est prévenu.",
        "not_allowed": "Vous n'avez pas ce droit. Peuvent le faire\u00a0: {}.",
        "how_to_outage": "Écrivez\u00a0: /desk outage declare 2h raison, ou /desk outage clear "
        "raison",
        "outage_declared": (
            "Panne déclarée\u00a0: tout le monde est prévenu. «\u00a0/desk outage clear "
            "raison\u00a0» y met fin."
        ),
        "outage_cleared": "Fin de panne\u00a0: tout le monde est prévenu.",
        "outage_blind": "À l'aveugle depuis {}\u00a0: d'ici, l'outil de tickets n'est pas visible.",
        "nothing_to_clear": "L'outil de tickets n'est pas déclaré en panne.",
        "no_cases": "Il n'y a aucun cas ouvert.",
        "unknown_case": "Il n'y a pas de cas {} ici.",
        "how_to_answer": "Écrivez votre texte à la suite\u00a0: /desk answer {} Bonjour ...",
        "answer_taken": "Votre réponse à {} est enregistrée et part maintenant chez le client.",
        "how_to_incident": (
            "Écrivez\u00a0: /desk incident open SERVICE GRAVITÉ texte, ou update, send, "
            "told, restored, close, merge, add, remove avec P1 et un texte"
        ),
        "no_incidents": "Aucun incident n'est ouvert.",
        "unknown_incident": "Il n'y a pas d'incident {} ici.",
        "incident_taken": "C'est noté\u00a0: {}.",
        "incident_services": "Ce n'est pas un service. Il y a\u00a0: {}.",
        "incident_severities": "Ce n'est pas une gravité. Il y a\u00a0: {}.",
        "incident_closed": "{} est clos. Rouvrez-le avec «\u00a0open\u00a0».",
        "incident_joined": "Fait déjà partie d'un autre incident\u00a0: {}.",
        "incident_no_draft": "{} n'a pas de brouillon. Rédigez-en un avec «\u00a0update\u00a0».",
        "incident_is_restored": "{} est déjà rétabli. Terminez-le avec «\u00a0close\u00a0».",
        "incident_language": "Ce n'est pas une langue\u00a0: {}. Écrivez son code, par exemple sv.",
        "incident_words": "À ne pas dire aux clients\u00a0: {}. Dites-le autrement.",
    },
    case_mail={
        "subject": "Votre message nous est parvenu",
        "received": "Votre message nous est parvenu le {when}. Il porte la référence {reference}. "
        "",
        "working": (
            "Notre outil de tickets est indisponible\u00a0: nous travaillons et répondons depuis "
            "cette boîte mail. Votre message est conservé, vous n'avez pas à le renvoyer."
        ),
        "from_here": (
            "Pour le moment, nous travaillons et répondons depuis cette boîte mail. "
            "Votre message est conservé, vous n'avez pas à le renvoyer."
        ),
        "add": "Pour ajouter quelque chose, répondez simplement à ce mail.",
    },
    silences=SILENCES,
    take={
        "title": "Je prends",
        "question": "Vous le prenez\u00a0?",
        "who": "Qui êtes-vous\u00a0?",
        "button": "Je prends",
        "it": "Ce signalement",
        "thanks": "est à vous. Tous ceux qui ont été prévenus en seront informés.",
        "taken": "est déjà pris, par",
        "closed": "est terminé, il n'y a plus rien à prendre.",
        "expired": (
            "Ce lien est trop ancien. Prenez-le dans l'outil de tickets ou dans "
            "le chat."
        ),
        "forged": "Ce lien n'est pas de nous, ou il est coupé. Rouvrez-le depuis le message.",
        "failed": (
            "Votre clic n'a pas pu être enregistré. Appuyez de nouveau, ou "
            "prenez-le dans l'outil de tickets."
        ),
    },
    continuity=CONTINUITY,
    not_written_down=(
        "Votre clic n'a pas pu être enregistré\u00a0: personne n'est prévenu. Appuyez de nouveau, "
        "ou prenez le ticket dans l'outil de tickets."
    ),
    help=(
        "Deskmate veille sur les engagements pris envers les clients et prévient ici avant "
        "qu'un délai soit dépassé.\n"
        "Sous un message, «\u00a0Je prends\u00a0» vous l'attribue\u00a0; tout le monde le voit.\n"
        "«\u00a0/desk cases\u00a0» liste les cas d'une panne, «\u00a0/desk case "
        "RÉFÉRENCE\u00a0» en montre un, "
        "«\u00a0/desk answer RÉFÉRENCE mots\u00a0» répond au client.\n"
        "«\u00a0/desk queue\u00a0», «\u00a0risk\u00a0», «\u00a0ticket 123\u00a0», "
        "«\u00a0oncall\u00a0», «\u00a0next 123\u00a0», «\u00a0outage\u00a0», "
        "«\u00a0incident\u00a0» montrent le support tel qu'il est\u00a0; "
        "«\u00a0/desk silence NOM 2h pourquoi\u00a0» retient des messages."
    ),
)  # fmt: skip
