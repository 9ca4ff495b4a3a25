# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swedish words."""

from __future__ import annotations

from bot.texts.continuity_sv import CONTINUITY
from bot.texts.degraded_sv import DEGRADED
from bot.texts.silences_sv import SILENCES
from bot.texts.words_type import Words

SWEDISH = Words(
    ticket="Ärende",
    customer="Kund",
    priority="Prioritet",
    due="Senast",
    until="Till",
    since="Sedan",
    owner="Vem har det",
    detail="Det vi såg",
    nobody="ingen än",
    open_link="Öppna",
    open_ticket="Öppna {}",
    colon=": ",
    open_quote="”",
    close_quote="”",
    days="{} d",
    hours="{} tim",
    minutes="{} min",
    under_a_minute="mindre än 1 min",
    left="{} kvar",
    ago="för {} sedan",
    late="Försenat meddelande: läget {}.",
    weekdays=("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    months=(
        "januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september",
        "oktober", "november", "december",
    ),
    zones={},
    near_day="{weekday} {time}",
    far_day="{weekday} {day} {month} kl. {time}",
    first_day="1",
    clocks={
        "first_response": "första svar",
        "first_reply": "första svar",
        "next_reply": "nästa svar",
        "resolution": "lösning",
        "customer_update": "besked till kunder",
    },
    buttons={
        "acknowledge": "Jag tar det",
        "take": "Tilldela mig",
        "snooze": "Igen om 15 minuter",
        "raise": "Nästa nivå nu",
    },
    reasons={
        "mail_held": "Någon behöver titta på ett mejl: {}.",
        "mail_spam": "Fler mejl som låg bland skräpposten väntar på en titt: {}.",
        "mail_parked": "Ett mejl gick inte att läsa; det är sparat: {}.",
        "mail_bounce": "Ett mejl från oss kom inte fram: {}.",
        "late_copy": "Ärendesystemet har gjort ett andra ärende av ett fall; slå ihop dem: {}.",
        "case_refused": "Ärendesystemet tar inte emot ett fall; det blir kvar här: {}.",
        "case_stuck": "Ärendesystemet varken tar emot eller avvisar ett fall; vi försöker igen, "
        "och någon behöver se varför: {}.",
        "case_unread": "Ärendesystemet lämnar inget besked om ett fall; vi frågar igen, och "
        "de andra går vidare: {}.",
        "note_refused": (
            "Ärendesystemet tar inte emot den här texten till ett ärende; någon behöver ta hand om "
            "den: {}."
        ),
        "backfilled": "Alla fall finns i ärendesystemet: {}.",
        "backfill_off": "Fallen finns i ärendesystemet, men summan stämmer inte: {}.",
        "mailbox_dead": "Reservbrevlådan går inte att läsa.",
        "mailbox_back": "Reservbrevlådan går att läsa igen.",
        "relapsed": "Det var uppe en stund och gick ner igen.",
        "reopened": "Det gick ner igen strax efter att det kommit tillbaka.",
        "still_down": "Det är fortfarande nere.",
        "answering_again": "Vi håller ögonen på det; ändringar som väntar skickas snart.",
        "declared_by_hand": "Avbrott utlyst manuellt: {}.",
        "cleared_by_hand": "Faran över, manuellt meddelat: {}.",
        "asks_to_clear": (
            "Det svarar på våra kontroller; {} utlyste avbrottet. Om det är över: ”deskmate "
            "outage clear”."
        ),
        "declaration_over": "Det manuella beskedet har gått ut; nu avgör våra kontroller igen.",
        "still_failing": "Det svarar fortfarande inte; beskedet att faran är över gäller en kvart.",
        "recovered": "Faran är över. Ändringarna som väntade är släppta.",
        "credentials": (
            "Ärendesystemet avvisar våra inloggningsuppgifter. Det räknas inte som nere."
        ),
        **DEGRADED,
        "vendor_says": (
            "Ärendesystemets leverantör rapporterar ett avbrott; våra kontroller ser inget, "
            "och inget ändras."
        ),
        "disk_low": "En disk är nästan full; blir den full kan inget sparas. Gör plats där.",
        "drill": (
            "ÖVNING av {}: det här testar bara era larmvägar. Inget ligger nere, ingen behöver "
            "göra något."
        ),
        "disk_over": "Det finns plats på disken igen.",
        "intake_late": (
            "Mejl till supportadressen blir inte ärenden i tid; ärendesystemet skapar dem "
            "kanske senare."
        ),
        "intake_back": "Mejl till supportadressen blir ärenden i tid igen.",
        "seen_certificate": "Dess certifikat gäller inte: det kan också vara en proxy hos oss.",
        "seen_wrong_content": (
            "Det svarar med en sida i stället för data: underhåll hos dem eller en inloggningssida "
            "i vårt nät."
        ),
        "seen_name": "Dess namn går inte att slå upp.",
        "refused_elsewhere": "Skickat den här vägen eftersom en annan inte fungerade: {}.",
        "slow_elsewhere": "Skickat även den här vägen eftersom en annan inte tog emot det: {}.",
        "undelivered": "Meddelanden nådde ingen: {} (se ”deskmate outbox list --dead”).",
        "storm_on": "Enskilda meddelanden hålls tillbaka, kritiska kommer fortfarande.",
        "storm_over": "Det är över: meddelanden kommer ett i taget igen.",
        "silence_on": "Meddelanden om det här hålls tillbaka: {}.",
        "silence_ends": "Det är snart slut: {}.",
        "silence_over": "Det är slut: {}.",
        "silence_was": "Tystat under tiden: {}.",
        "maintenance_planned": "Planerat från {}.",
        "maintenance_on": "Meddelanden om det här hålls tillbaka: {}.",
        "maintenance_marked": "Meddelanden om det här märks ut: {}.",
        "maintenance_helpdesk": "Går ärendesystemet ner under tiden larmas ingen: {}.",
        "maintenance_ends": "Det är snart slut: {}.",
        "maintenance_over": "Det är slut: {}.",
        "maintenance_was": "Det var underhåll under tiden: {}.",
        "in_maintenance": "Under underhåll: {}.",
        "helpdesk_away": (
            "Ärendesystemet ligger nere enligt plan: {}. Ändringar väntar och förs in sedan."
        ),
        "helpdesk_back": "Ärendesystemet är tillbaka, ändringar som väntat skrivs: {}.",
        "overrun": "Underhållet skulle ha varit slut nu: {}. Från och med nu är det ett avbrott.",
        "raised": "Nästa nivå har larmats: det här är nivå {}.",
        "kept_back": "Sparat till den här sammanfattningen: {}.",
        "put_off": "{} sköt upp det i 15 minuter.",
        "snooze_over": "{} sköt upp det i 15 minuter; ingen har tagit det än.",
        "not_allowed": "Det får du inte göra här. De som får: {}.",
        "next_level": "Ingen har tagit det: det här är nivå {}.",
        "skipped_levels": (
            "Ingen har tagit det: nivå {}; nivåerna inom parentes kunde inte nås i "
            "tid."
        ),
        "told_again": "Ingen har tagit det än: det här är meddelande {}.",
        "taken_too_long": "Någon tog det för en stund sedan; titta gärna igen.",
        "handed_over": "Du har jouren nu, och ingen har tagit det.",
        "date_near": "Ett datum närmar sig: {}.",
        "paused_long": "Det väntar fortfarande: {}.",
        "incident_opened": "Öppnad av {}.",
        "incident_reopened": "Det gick ner igen; öppnad på nytt av {}.",
        "incident_raised": "Värre än vi trodde, enligt {}.",
        "incident_drafted": "Ett utkast till kunder väntar; ”/desk incident send {}” skickar det.",
        "incident_sent": "Kunderna har fått besked (ärenden: {}).",
        "incident_noted": (
            "Utkastet står som intern anteckning (ärenden: {}); den som ville skicka får inte "
            "skriva till kunder."
        ),
        "incident_unsent": "Inget öppet ärende har en kund att skriva till; utkastet ligger kvar.",
        "incident_told": "Kunderna har fått besked: {}.",
        "incident_restored": "Det fungerar igen, enligt {}; det bevakas tills det avslutas.",
        "incident_closed": "Avslutad av {}.",
        "incident_joined": "Från och med nu en och samma störning som {}.",
        "incident_due": "Kunderna bör få veta hur det går.",
        "incident_missed": "Kunderna har inte fått besked i tid (missat: {}).",
    },
    mail="e-post",
    next_steps={
        "take_by": "Tar du det, skriv ”{}”.",
        "take_there": "Tar du det, tilldela dig det i ärendesystemet.",
        "spam_check": "Se ”deskmate case held”; ”deskmate case take KEY” gör ett fall av mejlet.",
        "mailbox_check": "Läs brevlådan för hand så länge, se sedan över DESKMATE_MAILBOX_URL.",
        "mailbox": "Arbeta från {} så länge.",
        "check_online": (
            "Kör ”deskmate check --online” och förnya sedan OAuth-klienten eller token."
        ),
        "look_or_clear": (
            "Kör ”deskmate check --online”. Fungerar ärendesystemet: ”deskmate outage clear”."
        ),
        "look_elsewhere": (
            "Öppna ärendesystemet någon annanstans. Svarar det inte där heller: ”deskmate outage "
            "declare”. Annars, laga den här maskinens nät eller brandvägg (”deskmate check "
            "--online”)."
        ),
        "incident_tell": "Ge kunderna besked: /desk incident update {} text",
        "incident_watch": "Om det håller: /desk incident close {}",
        "incident_report": "Utkast till rapport: deskmate incident report {}",
    },
    chat_replies={
        "home_queue": "Öppna, det som brådskar först",
        "home_risk": "I farozonen",
        "home_duty": "I tjänst",
        "nothing_open": "Inget ärende är öppet.",
        "nothing_at_risk": "Inget öppet ärende är i farozonen.",
        "unknown_ticket": "Det finns inget ärende {} här.",
        "no_rosters": "Den här policyn har ingen jourlista.",
        "nobody_next": "Ingen annan får veta det.",
        "not_allowed": "Det får du inte. De som får: {}.",
        "how_to_outage": "Skriv: /desk outage declare 2h skäl eller /desk outage clear skäl",
        "outage_declared": (
            "Avbrott utlyst: alla får veta det nu. ”/desk outage clear skäl” avslutar det."
        ),
        "outage_cleared": "Faran över: alla får veta det nu.",
        "outage_blind": "Blind sedan {}: härifrån syns inte vad ärendesystemet gör.",
        "nothing_to_clear": "Inget avbrott är utlyst.",
        "no_cases": "Det finns inget öppet fall.",
        "unknown_case": "Det finns inget fall {} här.",
        "how_to_answer": "Skriv svaret efter: /desk answer {} Hej ...",
        "answer_taken": "Ditt svar på {} är nedskrivet och går till kunden nu.",
        "how_to_incident": (
            "Skriv: /desk incident open TJÄNST ALLVARSGRAD text eller update, send, told, "
            "restored, close, merge, add, remove med P1 och text"
        ),
        "no_incidents": "Ingen störning är öppen.",
        "unknown_incident": "Det finns ingen störning {} här.",
        "incident_taken": "Nedskrivet: {}.",
        "incident_services": "Det är ingen tjänst. De som finns: {}.",
        "incident_severities": "Det är ingen allvarsgrad. De som finns: {}.",
        "incident_closed": "{} är avslutad. Öppna den igen med ”open”.",
        "incident_joined": "Redan en del av en annan störning: {}.",
        "incident_no_draft": "{} har inget utkast. Skriv ett med ”update”.",
        "incident_is_restored": "{} är redan åtgärdad. Avsluta den med ”close”.",
        "incident_language": "Det är inget språk: {}. Skriv dess kod, till exempel sv.",
        "incident_words": "Det får kunder inte höra: {}. Säg det med andra ord.",
    },
    case_mail={
        "subject": "Ditt meddelande har kommit fram",
        "received": "Vi tog emot ditt meddelande {when}. Ditt referensnummer är {reference}.",
        "working": (
            "Vårt ärendesystem är ur funktion, så just nu arbetar och svarar vi från den här "
            "brevlådan. Ditt meddelande har kommit fram; du behöver inte skicka det igen."
        ),
        "from_here": (
            "Just nu arbetar och svarar vi från den här brevlådan. "
            "Ditt meddelande har kommit fram; du behöver inte skicka det igen."
        ),
        "add": "Vill du lägga till något är det bara att svara på det här mejlet.",
    },
    silences=SILENCES,
    take={
        "title": "Jag tar det",
        "question": "Tar du det?",
        "who": "Vem är du?",
        "button": "Jag tar det",
        "it": "Det",
        "thanks": "är ditt. Alla som fick veta det får höra det.",
        "taken": "är redan taget, av",
        "closed": "är klart, det finns inget kvar att ta.",
        "expired": "Länken är för gammal. Ta ärendet i ärendesystemet eller i chatten.",
        "forged": (
            "Länken är inte vår eller så är den avklippt. Öppna den från "
            "meddelandet igen."
        ),
        "failed": "Klicket kunde inte sparas. Tryck igen, eller ta ärendet i ärendesystemet.",
    },
    continuity=CONTINUITY,
    not_written_down=(
        "Ditt klick kunde inte sparas, så ingen vet om det än. Tryck igen, eller ta ärendet i "
        "ärendesystemet."
    ),
    help=(
        "Deskmate bevakar det vi lovat kunderna och säger till här innan ett löfte bryts.\n"
        "Tryck på ”Jag tar det” under ett meddelande för att ta det; då ser alla att du har det.\n"
        "”/desk cases” listar fallen i ett avbrott, ”/desk case "
        "REFERENS” visar ett, ”/desk answer REFERENS text” svarar kunden.\n"
        "”/desk queue”, ”risk”, ”ticket 123”, ”oncall”, ”next 123”, ”outage”, ”incident” visar "
        "läget; ”/desk silence NAMN 2h varför” håller tillbaka meddelanden."
    ),
)  # fmt: skip
