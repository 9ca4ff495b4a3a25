# SPDX-License-Identifier: GPL-3.0-or-later
"""The German words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Dieser Link gilt nicht mehr",
    "over": (
        "Links zu dieser Seite gelten höchstens 24 Stunden und lassen sich zurückziehen. Einen "
        "neuen gibt es mit „/desk outage link“ in Slack oder „deskmate outage link“ auf dem "
        "Server."
    ),
    "personal": (
        "Dieser Link ist nur für {person} bestimmt und gilt bis {until}. Jeder Aufruf wird "
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
    "title": "{}: Wer wartet",
    "subtitle": "wer wartet, seit wann, was als Nächstes fällig ist",
    "how_to": (
        "Diese Seite braucht kein Ticketsystem. Antworten: auf die Mail des Falls, mit „/desk "
        "answer REFERENZ Text“ in Slack oder mit „deskmate case answer REFERENZ“."
    ),
    "skip": "Zum Inhalt",
    "languages": "Sprache",
    "state_label": "Zustand",
    "helpdesk": "Ticketsystem:",
    "state_healthy": "antwortet",
    "state_suspect": "vermutlich ausgefallen",
    "state_down": "ausgefallen",
    "state_recovering": "antwortet wieder, wird beobachtet",
    "state_maintenance": "wegen angekündigter Wartung nicht erreichbar",
    "blind": "Blind seit {}: Was es tut, ist von hier nicht zu sehen.",
    "since": "seit {}",
    "way_back": "Fälle: {}",
    "on_their_way": "{} auf dem Weg dorthin",
    "refused": "{} dort abgelehnt",
    "mailbox": "Postfach",
    "as_of": "Stand",
    "mailbox_dead": "Das Postfach lässt sich nicht lesen.",
    "name": "Referenz",
    "about": "Worum es geht",
    "waits": "Wartet",
    "due": "Nächste Frist",
    "priority": "Priorität",
    "owner": "Zuständig",
    "waits_label": "wartet",
    "answered": "beantwortet",
    "nothing_due": "nichts fällig",
    "nobody": "noch niemand",
    "left": "noch {}",
    "late": "{} überfällig",
    "cases": "Fälle aus dem Postfach",
    "cases_caption": "Fälle aus dem Postfach, die nächste Frist zuerst",
    "no_cases": "Kein Fall ist offen.",
    "mails": "Mails: {}.",
    "tickets": "Bekannte offene Tickets",
    "tickets_caption": "Offene Tickets, wie zuletzt gelesen, die nächste Frist zuerst",
    "no_tickets": "Kein offenes Ticket ist bekannt.",
    "read_at": "Stand {time} ({ago})",
    "never_read": "noch nie gelesen",
    "contacts": "Kontakte: {}",
    "left_out": "{} weitere sind nicht gezeigt; „deskmate case list --all“ nennt sie.",
    "held": "Mails, die jemand ansehen muss",
    "no_sender": "kein Absender",
    "no_subject": "kein Betreff",
    "fate_case": "zu Fällen geworden: {}",
    "fate_reply": "einem Fall zugeordnet: {}",
    "fate_staff": "Antworten von uns: {}",
    "fate_held": "anzusehen: {}",
    "fate_parked": "nicht lesbar: {}",
    "fate_automatic": "automatische Antworten: {}",
    "fate_bounce": "Rückläufer: {}",
    "fate_noted": "kamen, als es lief: {}",
    "fate_own": "eigene, zurückgekommen: {}",
    "fate_waiting": "noch nicht entschieden: {}",
    "back": "Wer wartet",
    "due_at": "Fällig {due} ({left}).",
    "waits_for": "Wartet seit {}.",
    "has_it": "Zuständig: {}.",
    "nobody_has_it": "Noch niemand hat übernommen.",
    "how_to_case": (
        "Antworten: auf die Mail des Falls, mit „answer: Text“ im Thread in Slack oder mit "
        "„deskmate case answer {} Text“."
    ),
    "internal": "intern",
    "nothing_said": "Was gesagt wurde, ist hier nicht bekannt.",
    "a_customer": "Kunde",
    "an_agent": "jemand von uns",
    "no_such_case": "Diesen Fall gibt es nicht.",
    "status_new": "neu",
    "status_open": "offen",
    "status_pending": "wartet auf den Kunden",
    "status_hold": "angehalten",
    "status_solved": "gelöst",
    "status_closed": "geschlossen",
    "status_deleted": "gelöscht",
    "why_list": "eine Mailingliste",
    "why_subject": "die Form des Betreffs",
    "why_no_sender": "die Mail nennt keinen Absender",
    "why_empty": "die Mail ist leer",
}
