# SPDX-License-Identifier: GPL-3.0-or-later
"""The German words."""

from __future__ import annotations

from bot.texts.continuity_de import CONTINUITY
from bot.texts.degraded_de import DEGRADED
from bot.texts.silences_de import SILENCES
from bot.texts.words_type import Words

GERMAN = Words(
    ticket="Ticket",
    customer="Kunde",
    priority="Priorität",
    due="Fällig",
    until="Bis",
    since="Seit",
    owner="Zuständig",
    detail="Beobachtet",
    nobody="noch niemand",
    open_link="Öffnen",
    open_ticket="{} öffnen",
    colon=": ",
    open_quote="„",
    close_quote="“",
    days="{} Tg.",
    hours="{} Std.",
    minutes="{} Min.",
    under_a_minute="weniger als 1 Min.",
    left="noch {}",
    ago="vor {}",
    late="Verspätet zugestellt: Stand {}.",
    weekdays=("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."),
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
        "Oktober", "November", "Dezember",
    ),
    zones={"CET": "MEZ", "CEST": "MESZ"},
    near_day="{weekday} {time}",
    far_day="{weekday}, {day}. {month}, {time}",
    first_day="1",
    clocks={
        "first_response": "erste Antwort",
        "first_reply": "erste Antwort",
        "next_reply": "nächste Antwort",
        "resolution": "Lösung",
        "customer_update": "Nachricht an Kunden",
    },
    buttons={
        "acknowledge": "Ich übernehme",
        "take": "Mir zuweisen",
        "snooze": "In 15 Minuten wieder",
        "raise": "Nächste Stufe",
    },
    reasons={
        "mail_held": "Eine Mail sollte jemand ansehen: {}.",
        "mail_spam": "Weitere Mails aus dem Spam warten auf eine Durchsicht: {}.",
        "mail_parked": "Eine Mail ließ sich nicht lesen; sie ist aufbewahrt: {}.",
        "mail_bounce": "Eine Mail von uns kam nicht an: {}.",
        "late_copy": (
            "Das Ticketsystem hat aus einem Fall ein zweites Ticket gemacht; bitte "
            "zusammenführen: {}."
        ),
        "case_refused": "Das Ticketsystem lehnt einen Fall ab; er bleibt hier: {}.",
        "case_stuck": "Das Ticketsystem nimmt einen Fall nicht an und lehnt ihn nicht ab; wir "
        "versuchen es weiter, und jemand muss nachsehen, warum: {}.",
        "case_unread": "Das Ticketsystem gibt zu einem Fall keine Auskunft; wir fragen "
        "erneut nach, die anderen Fälle laufen weiter: {}.",
        "note_refused": (
            "Das Ticketsystem nimmt diesen Text zu einem Ticket nicht an; bitte darum kümmern: {}."
        ),
        "backfilled": "Alle Fälle sind im Ticketsystem: {}.",
        "backfill_off": "Die Fälle sind im Ticketsystem, aber die Summe stimmt nicht: {}.",
        "mailbox_dead": "Das Eskalationspostfach lässt sich nicht lesen.",
        "mailbox_back": "Das Eskalationspostfach lässt sich wieder lesen.",
        "relapsed": "Es lief kurz wieder und ist erneut ausgefallen.",
        "reopened": "Es ist kurz nach der Entwarnung erneut ausgefallen.",
        "still_down": "Der Ausfall dauert an.",
        "answering_again": (
            "Wir beobachten es weiter; zurückgehaltene Änderungen folgen in Kürze."
        ),
        "declared_by_hand": "Von Hand für ausgefallen erklärt: {}.",
        "cleared_by_hand": "Von Hand entwarnt: {}.",
        "asks_to_clear": (
            "Es antwortet auf unsere Prüfabfragen; {} hat den Ausfall erklärt. Ist er vorbei: "
            "„deskmate outage clear“."
        ),
        "declaration_over": (
            "Die Erklärung von Hand ist abgelaufen; es gilt wieder, was unsere Prüfabfragen sehen."
        ),
        "still_failing": (
            "Es antwortet weiter nicht; die Entwarnung von Hand gilt eine Viertelstunde."
        ),
        "recovered": "Entwarnung. Die zurückgehaltenen Änderungen sind freigegeben.",
        "credentials": (
            "Das Ticketsystem weist unsere Zugangsdaten ab. Es gilt nicht als ausgefallen."
        ),
        **DEGRADED,
        "vendor_says": (
            "Der Anbieter des Ticketsystems meldet einen Ausfall; unsere Prüfabfragen "
            "sehen keinen, es ändert sich nichts."
        ),
        "disk_low": (
            "Eine Platte ist fast voll; ist sie voll, lässt sich nichts mehr speichern. "
            "Bitte dort Platz schaffen."
        ),
        "drill": (
            "ÜBUNG von {}: Das prüft nur Ihre Meldewege. Nichts ist ausgefallen, nichts ist zu tun."
        ),
        "disk_over": "Auf der Platte ist wieder Platz.",
        "intake_late": (
            "Mails an die Support-Adresse werden nicht rechtzeitig zu Tickets; das "
            "Ticketsystem legt sie vielleicht später an."
        ),
        "intake_back": "Mails an die Support-Adresse werden wieder rechtzeitig zu Tickets.",
        "seen_certificate": (
            "Sein Zertifikat gilt nicht: Es kann auch an einem Proxy bei uns liegen."
        ),
        "seen_wrong_content": (
            "Es antwortet mit einer Seite statt mit Daten: Wartung dort oder eine Anmeldeseite in "
            "unserem Netz."
        ),
        "seen_name": "Sein Name lässt sich nicht auflösen.",
        "refused_elsewhere": "Auf diesem Weg, weil ein anderer versagt hat: {}.",
        "slow_elsewhere": "Auch auf diesem Weg, weil ein anderer es nicht angenommen hat: {}.",
        "undelivered": (
            "Nachrichten haben niemanden erreicht: {} (siehe „deskmate outbox list --dead“)."
        ),
        "storm_on": "Einzelne Meldungen werden zurückgehalten, kritische kommen weiterhin.",
        "storm_over": "Es ist vorbei: Meldungen kommen wieder einzeln.",
        "silence_on": "Meldungen dazu werden zurückgehalten: {}.",
        "silence_ends": "Sie endet bald: {}.",
        "silence_over": "Sie ist vorbei: {}.",
        "silence_was": "In der Zwischenzeit stummgeschaltet: {}.",
        "maintenance_planned": "Geplant ab {}.",
        "maintenance_on": "Meldungen dazu werden zurückgehalten: {}.",
        "maintenance_marked": "Meldungen dazu tragen einen Hinweis: {}.",
        "maintenance_helpdesk": "Fällt das Ticketsystem dabei aus, wird niemand alarmiert: {}.",
        "maintenance_ends": "Sie endet bald: {}.",
        "maintenance_over": "Sie ist vorbei: {}.",
        "maintenance_was": "In der Zwischenzeit war Wartung: {}.",
        "in_maintenance": "Während einer Wartung: {}.",
        "helpdesk_away": (
            "Das Ticketsystem ist wie angekündigt nicht erreichbar: {}. Änderungen warten "
            "bis dahin."
        ),
        "helpdesk_back": "Das Ticketsystem ist zurück, wartende Änderungen werden geschrieben: {}.",
        "overrun": "Die angekündigte Wartung sollte vorbei sein: {}. Ab jetzt ist es ein Ausfall.",
        "raised": "Die nächste Stufe wurde gerufen: Das ist Stufe {}.",
        "kept_back": "Für diese Zusammenfassung aufgehoben: {}.",
        "put_off": "{} hat es um 15 Minuten verschoben.",
        "snooze_over": "{} hat es um 15 Minuten verschoben; niemand hat übernommen.",
        "not_allowed": "Das dürfen Sie hier nicht. Wer darf: {}.",
        "next_level": "Niemand hat übernommen: Das ist Stufe {}.",
        "skipped_levels": (
            "Niemand hat übernommen: Stufe {}; die Stufen in Klammern konnten nicht rechtzeitig "
            "verständigt werden."
        ),
        "told_again": "Noch hat niemand übernommen: Das ist Nachricht {}.",
        "taken_too_long": "Jemand hat vor einer Weile übernommen; bitte noch einmal nachsehen.",
        "handed_over": "Sie haben jetzt Dienst, und noch niemand hat übernommen.",
        "date_near": "Ein Termin rückt näher: {}.",
        "paused_long": "Es wartet noch immer: {}.",
        "incident_opened": "Eröffnet von {}.",
        "incident_reopened": "Erneut ausgefallen; wieder eröffnet von {}.",
        "incident_raised": "Schwerer als angenommen, meldet {}.",
        "incident_drafted": "Ein Entwurf für Kunden wartet; „/desk incident send {}“ sendet ihn.",
        "incident_sent": "Kunden wurden angeschrieben (Tickets: {}).",
        "incident_noted": (
            "Der Entwurf steht als interne Notiz da (Tickets: {}); wer ihn senden wollte, darf "
            "Kunden nicht schreiben."
        ),
        "incident_unsent": (
            "Kein offenes Ticket dazu hat einen Kunden, der anzuschreiben wäre; der Entwurf bleibt."
        ),
        "incident_told": "Kunden wurden informiert: {}.",
        "incident_restored": (
            "Es funktioniert wieder, meldet {}; es wird bis zum Abschluss beobachtet."
        ),
        "incident_closed": "Abgeschlossen von {}.",
        "incident_joined": "Ab jetzt eine gemeinsame Störung mit {}.",
        "incident_due": "Kunden sollten erfahren, wie es steht.",
        "incident_missed": "Kunden haben es nicht rechtzeitig erfahren (versäumt: {}).",
    },
    mail="Mail",
    next_steps={
        "take_by": "Wer übernimmt, schreibt „{}“.",
        "take_there": "Wer übernimmt, trägt sich im Ticketsystem als zuständig ein.",
        "spam_check": "Siehe „deskmate case held“; „deskmate case take KEY“ macht den Fall auf.",
        "mailbox_check": "Bis dahin von Hand ins Postfach sehen; dann DESKMATE_MAILBOX_URL prüfen.",
        "mailbox": "Bitte so lange aus {} arbeiten.",
        "check_online": (
            "Bitte „deskmate check --online“ ausführen, dann OAuth-Client oder Token erneuern."
        ),
        "look_or_clear": (
            "Bitte „deskmate check --online“ ausführen. Läuft das Ticketsystem: „deskmate outage "
            "clear“."
        ),
        "look_elsewhere": (
            "Bitte das Ticketsystem anderswo öffnen. Antwortet es auch dort nicht: „deskmate "
            "outage declare“. Sonst Netz oder Firewall dieses Rechners richten („deskmate check "
            "--online“)."
        ),
        "incident_tell": "Kunden informieren: /desk incident update {} Text",
        "incident_watch": "Wenn es so bleibt: /desk incident close {}",
        "incident_report": "Entwurf des Berichts: deskmate incident report {}",
    },
    chat_replies={
        "home_queue": "Offen, die nächste Frist zuerst",
        "home_risk": "Gefährdet",
        "home_duty": "Im Dienst",
        "nothing_open": "Kein Ticket ist offen.",
        "nothing_at_risk": "Kein offenes Ticket ist gefährdet.",
        "unknown_ticket": "Ein Ticket {} gibt es hier nicht.",
        "no_rosters": "Diese Regeln haben keinen Dienstplan.",
        "nobody_next": "Niemand sonst erfährt davon.",
        "not_allowed": "Das dürfen Sie nicht. Wer darf: {}.",
        "how_to_outage": "So: /desk outage declare 2h Grund oder /desk outage clear Grund",
        "outage_declared": (
            "Für ausgefallen erklärt: Alle erfahren es jetzt. „/desk outage clear Grund“ "
            "beendet es."
        ),
        "outage_cleared": "Entwarnung: Alle erfahren es jetzt.",
        "outage_blind": "Blind seit {}: Was das Ticketsystem tut, ist von hier nicht zu sehen.",
        "nothing_to_clear": "Das Ticketsystem gilt nicht als ausgefallen.",
        "no_cases": "Es gibt keinen offenen Fall.",
        "unknown_case": "Einen Fall {} gibt es hier nicht.",
        "how_to_answer": "Die Antwort dahinter schreiben: /desk answer {} Guten Tag ...",
        "answer_taken": "Ihre Antwort auf {} ist festgehalten und geht jetzt an den Kunden.",
        "how_to_incident": (
            "Schreiben Sie: /desk incident open DIENST SCHWEREGRAD Text oder update, send, "
            "told, restored, close, merge, add, remove mit P1 und Text"
        ),
        "no_incidents": "Keine Störung ist offen.",
        "unknown_incident": "Eine Störung {} gibt es hier nicht.",
        "incident_taken": "Notiert: {}.",
        "incident_services": "Das ist kein Dienst. Es gibt: {}.",
        "incident_severities": "Das ist kein Schweregrad. Es gibt: {}.",
        "incident_closed": "{} ist abgeschlossen. Mit „open“ wird sie wieder eröffnet.",
        "incident_joined": "Schon Teil einer anderen Störung: {}.",
        "incident_no_draft": "{} hat keinen Entwurf. Schreiben Sie einen mit „update“.",
        "incident_is_restored": "{} ist schon behoben. Beenden Sie sie mit „close“.",
        "incident_language": "Das ist keine Sprache: {}. Schreiben Sie ihren Code, etwa sv.",
        "incident_words": "Das darf Kunden nicht gesagt werden: {}. Sagen Sie es anders.",
    },
    case_mail={
        "subject": "Ihre Nachricht ist eingegangen",
        "received": (
            "Ihre Nachricht ist am {when} bei uns eingegangen. Ihre Referenz: {reference}."
        ),
        "working": (
            "Unser Ticketsystem steht gerade nicht zur Verfügung, deshalb arbeiten und antworten "
            "wir aus diesem Postfach. Ihre Nachricht liegt uns vor, Sie brauchen sie nicht noch "
            "einmal zu schicken."
        ),
        "from_here": (
            "Zurzeit arbeiten und antworten wir aus diesem Postfach. "
            "Ihre Nachricht liegt uns vor, Sie brauchen sie nicht noch einmal zu schicken."
        ),
        "add": "Möchten Sie etwas ergänzen, antworten Sie einfach auf diese Mail.",
    },
    silences=SILENCES,
    take={
        "title": "Ich übernehme",
        "question": "Übernehmen Sie?",
        "who": "Wer sind Sie?",
        "button": "Ich übernehme",
        "it": "Die Meldung",
        "thanks": "gehört Ihnen. Alle, die benachrichtigt wurden, erfahren es.",
        "taken": "ist schon übernommen, von",
        "closed": "ist erledigt, es gibt nichts mehr zu übernehmen.",
        "expired": "Dieser Link ist zu alt. Übernehmen Sie im Ticketsystem oder im Chat.",
        "forged": (
            "Dieser Link ist nicht von uns oder abgeschnitten. Öffnen Sie ihn "
            "noch einmal aus der Nachricht."
        ),
        "failed": (
            "Ihr Klick konnte nicht gespeichert werden. Bitte noch einmal drücken "
            "oder im Ticketsystem übernehmen."
        ),
    },
    continuity=CONTINUITY,
    not_written_down=(
        "Ihr Klick konnte nicht gespeichert werden, es weiß also noch niemand davon. Bitte noch "
        "einmal drücken oder das Ticket im Ticketsystem übernehmen."
    ),
    help=(
        "Deskmate achtet auf die Zusagen an Kunden und meldet sich hier, bevor eine platzt.\n"
        "Mit „Ich übernehme“ unter einer Nachricht übernehmen Sie; alle sehen es dann.\n"
        "„/desk cases“ zeigt die Fälle eines Ausfalls, „/desk case "
        "REFERENZ“ zeigt einen, „/desk answer REFERENZ Text“ antwortet dem Kunden.\n"
        "„/desk queue“, „risk“, „ticket 123“, „oncall“, „next 123“, „outage“, „incident“ zeigen "
        "den Stand; „/desk silence NAME 2h warum“ hält Meldungen zurück."
    ),
)  # fmt: skip
