# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swedish words of the continuity page and its links."""

from __future__ import annotations

CONTINUITY = {
    "over_title": "Länken gäller inte längre",
    "over": (
        "Länkar till den här sidan gäller i högst 24 timmar och kan återkallas. En ny får du med "
        "”/desk outage link” i Slack eller ”deskmate outage link” på servern."
    ),
    "personal": "Länken är bara för {person} och gäller till {until}. Varje visning registreras.",
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
    "title": "{}: vilka som väntar",
    "subtitle": "vilka som väntar, sedan när, vad som ska göras härnäst",
    "how_to": (
        "Den här sidan klarar sig utan ärendesystemet. Svara på fallets mejl, med ”/desk answer "
        "REFERENS text” i Slack eller med ”deskmate case answer REFERENS”."
    ),
    "skip": "Till innehållet",
    "languages": "Språk",
    "state_label": "Läge",
    "helpdesk": "Ärendesystemet:",
    "state_healthy": "svarar",
    "state_suspect": "misstänks ligga nere",
    "state_down": "ligger nere",
    "state_recovering": "svarar igen, bevakas",
    "state_maintenance": "nere för planerat underhåll",
    "blind": "Blind sedan {}: härifrån syns inte vad det gör.",
    "since": "sedan {}",
    "way_back": "fall: {}",
    "on_their_way": "{} på väg dit",
    "refused": "{} avvisade där",
    "mailbox": "Brevlåda",
    "as_of": "Läget",
    "mailbox_dead": "Brevlådan går inte att läsa.",
    "name": "Referens",
    "about": "Vad det gäller",
    "waits": "Väntar",
    "due": "Nästa tidsgräns",
    "priority": "Prioritet",
    "owner": "Vem har det",
    "waits_label": "har väntat",
    "answered": "besvarat",
    "nothing_due": "ingen tidsgräns",
    "nobody": "ingen än",
    "left": "{} kvar",
    "late": "{} försenat",
    "cases": "Fall från brevlådan",
    "cases_caption": "Fall från brevlådan, närmaste tidsgräns först",
    "no_cases": "Inget fall är öppet.",
    "mails": "Mejl: {}.",
    "tickets": "Kända öppna ärenden",
    "tickets_caption": "Öppna ärenden som de senast lästes, närmaste tidsgräns först",
    "no_tickets": "Inget öppet ärende är känt.",
    "read_at": "lästa {time} ({ago})",
    "never_read": "aldrig lästa",
    "contacts": "kontakter {}",
    "left_out": "{} till visas inte; ”deskmate case list --all” visar dem.",
    "held": "Mejl som någon behöver titta på",
    "no_sender": "ingen avsändare",
    "no_subject": "inget ämne",
    "fate_case": "blev fall: {}",
    "fate_reply": "hör till ett fall: {}",
    "fate_staff": "svar från oss: {}",
    "fate_held": "att titta på: {}",
    "fate_parked": "gick inte att läsa: {}",
    "fate_automatic": "autosvar: {}",
    "fate_bounce": "studsade: {}",
    "fate_noted": "kom när systemet var uppe: {}",
    "fate_own": "egna som kom tillbaka: {}",
    "fate_waiting": "inte avgjorda än: {}",
    "back": "Vilka som väntar",
    "due_at": "Tidsgräns {due} ({left}).",
    "waits_for": "Har väntat {}.",
    "has_it": "{} har det.",
    "nobody_has_it": "Ingen har det än.",
    "how_to_case": (
        "Svara på fallets mejl, skriv ”answer: text” i dess tråd i Slack, eller ”deskmate case "
        "answer {} text”."
    ),
    "internal": "internt",
    "nothing_said": "Inget av det som sagts är känt här.",
    "a_customer": "kunden",
    "an_agent": "en handläggare",
    "no_such_case": "Det fallet finns inte.",
    "status_new": "nytt",
    "status_open": "öppet",
    "status_pending": "väntar på kunden",
    "status_hold": "vilande",
    "status_solved": "löst",
    "status_closed": "stängt",
    "status_deleted": "raderat",
    "why_list": "en e-postlista",
    "why_subject": "ämnesradens form",
    "why_no_sender": "mejlet har ingen avsändare",
    "why_empty": "mejlet är tomt",
}
