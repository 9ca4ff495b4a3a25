# SPDX-License-Identifier: GPL-3.0-or-later
"""The letters of the night in German."""

from __future__ import annotations

from bot.sandbox.night.cast import Customer

GERMAN = (
    Customer(
        "de", "Jörg Petersen", "j.petersen@sw-lindenau.example",
        "Portal nicht erreichbar, Leitwarte betroffen",
        "Guten Abend,\n\ndas Portal ist seit 22:10 Uhr nicht erreichbar. Die Leitwarte sieht keine "
        "Störmeldungen mehr.\nBitte rufen Sie zurück, wenn Sie mehr wissen: Durchwahl 214.\n\n"
        "Jörg Petersen\nStadtwerke Lindenau, Nachtschicht",
        later="Jetzt ist es wieder weg. Wir bleiben bei Papier, bis Sie Entwarnung geben.\n\n"
        "Jörg Petersen",
        answer="Guten Abend Herr Petersen, Störmeldungen gehen weiter per SMS an Ihre "
        "Bereitschaft; das haben wir eben geprüft. Wir melden uns, sobald das Portal da ist. Bo",
        thanks="Danke, die Probe-SMS ist eben angekommen. Das beruhigt uns sehr.\n\nPetersen",
    ),
    Customer(
        "de", "Annegret Sommer", "a.sommer@sw-lindenau.example",
        "Zählerstände: Einlesen bricht ab",
        "Hallo,\n\ndas Einlesen der Zählerstände bricht mit einem Fehler ab (Datei vom 28., 41.200 "
        "Zeilen).\nMuss ich von vorn anfangen, oder setzt es fort?\n\nViele Grüße\nAnnegret Sommer",
        again="Nachtrag: Die Meldung lautet \"Verbindung getrennt bei Zeile 17.350\".\n\nA. Sommer",
        to_both=True,
    ),
    Customer(
        "de", "Matthias Brandt", "m.brandt@brandt-fm.example",
        "Fertigungsaufträge für die Frühschicht",
        "Guten Abend,\n\num 5:30 Uhr beginnt die Frühschicht und ohne Ihr System gibt es keine "
        "Fertigungsaufträge.\nKönnen Sie uns die Liste als Datei schicken?\n\nMatthias Brandt",
        answer="Guten Abend Herr Brandt, die Liste der Aufträge bis Freitag geht in zehn Minuten "
        "an diese Adresse. Ada",
    ),
    Customer(
        "de", "Yasemin Kaya", "y.kaya@brandt-fm.example",
        "Kennwort abgelaufen",
        "Hallo,\n\nmein Kennwort ist heute abgelaufen, und die Seite zum Ändern lädt nicht. Wie "
        "kann ich es\nsonst ändern?\n\nDanke und Gruß\nYasemin Kaya",
        comes_twice=True,
    ),
    Customer(
        "de", "Ulrich Groß", "ulrich.gross@gross-und-sohn.example",
        "Rechnung 2026-0117",
        "Sehr geehrte Damen und Herren,\n\nauf der Rechnung 2026-0117 fehlt unsere "
        "Umsatzsteuernummer. Bitte stellen Sie sie neu aus.\n\nMit freundlichen Grüßen\n"
        "Ulrich Groß",
    ),
    Customer(
        "de", "Katharina Weiß", "k.weiss@praxis-am-markt.example",
        "Termine von morgen",
        "Guten Abend,\n\nwir sehen die Termine von morgen nicht, der Dienst ist ausgefallen. Ab "
        "sieben Uhr stehen\ndie Patienten da. Was raten Sie uns?\n\nKatharina Weiß",
        again="Noch etwas: Die Termine aus der Handy-App sind da, aber nur bis Mittag.\n\nK. Weiß",
        to_both=True,
    ),
    Customer(
        "de", "Sven Albrecht", "albrecht@albrecht-it.example",
        "Wartung oder Ausfall?",
        "Moin,\n\nist das eine geplante Wartung? Auf der Statusseite steht nichts. Wir betreuen "
        "elf Kunden, die\nalle anrufen.\n\nSven Albrecht",
        again="Inzwischen sind es vierzehn Kunden. Eine kurze Auskunft würde uns sehr helfen.\n\n"
        "Sven",
    ),
    Customer(
        "de", "Ingrid Maurer", "ingrid.maurer@chorverband.example",
        "Wunsch: Noten als PDF",
        "Guten Abend,\n\nkönnten Sie ergänzen, dass man Noten als PDF herunterladen kann? Das "
        "hilft uns bei der Probe.\n\nHerzliche Grüße\nIngrid Maurer",
    ),
)  # fmt: skip
