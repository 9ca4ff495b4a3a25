# SPDX-License-Identifier: GPL-3.0-or-later
"""The letters of the night in Swedish."""

from __future__ import annotations

from bot.sandbox.night.cast import Customer

SWEDISH = (
    Customer(
        "sv", "Åsa Bergqvist", "asa.bergqvist@fjallvik.example",
        "Portalen ligger nere, hemtjänsten påverkas",
        "Hej,\n\nportalen ligger nere sedan 22.10 och nattpatrullen ser inte vilka besök som ska "
        "göras. Finns det\nnågot sätt att få listan?\n\nÅsa Bergqvist\nFjällviks kommun",
        answer="Hej Åsa, listan för natten finns kvar i mobilen under Sparade besök, också utan "
        "uppkoppling. Vi hör av oss när portalen är tillbaka. Ada",
    ),
    Customer(
        "sv", "Per-Olof Lund", "po.lund@fjallvik.example",
        "Larm från sjön når inte fram",
        "God kväll,\n\nvattennivån i Storsjön ska läsas varje timme men det kommer inga värden. "
        "Är det hos er eller\nhos oss felet ligger?\n\nMvh\nPer-Olof Lund",
        again="Jag har kontrollerat givaren på plats: den fungerar, så felet är inte hos oss.\n\n"
        "P-O",
        to_both=True,
    ),
    Customer(
        "sv", "Linnéa Forsman", "linnea@norrskog.example",
        "Felmeddelande när jag sparar",
        "Hej,\n\njag får ett felmeddelande när jag ska spara dagens leveranser. Har något sparats "
        "eller måste jag\ngöra om allt i morgon?\n\nLinnéa",
    ),
    Customer(
        "sv", "Göran Ek", "goran@norrskog.example",
        "Faktura med fel adress",
        "Hej,\n\nfakturan för februari har vår gamla adress. Kan ni skicka en ny? Det är ingen "
        "brådska.\n\nHälsningar\nGöran Ek",
    ),
    Customer(
        "sv", "Malin Öberg", "malin.oberg@obergsbuss.example",
        "Hur gör jag utan biljettsystemet?",
        "Hej,\n\nhur gör jag för att sälja biljetter på nattbussen när systemet inte svarar? "
        "Förarna frågar.\n\nMalin Öberg",
        again="Det gäller linje 14 och 19, de går varje halvtimme till klockan tre.\n\nMalin",
    ),
    Customer(
        "sv", "Henrik Sjöström", "henrik.sjostrom@sjostromel.example",
        "Driftstopp?",
        "Hej,\n\nhar ni driftstopp? Vi kommer inte in på någon sida.\n\nHenrik",
    ),
    Customer(
        "sv", "Camilla Nyman", "camilla.nyman@kulturhuset.example",
        "Önskemål om fler språk",
        "Hej,\n\nett önskemål: kan ni lägga till finska? Många av våra besökare skulle uppskatta "
        "det.\n\nVänliga hälsningar\nCamilla Nyman",
    ),
    Customer(
        "sv", "Rasmus Hallberg", "rasmus@hallbergbygg.example",
        "Personalliggaren",
        "Hej,\n\nSkatteverket kommer i morgon och vi når inte personalliggaren. Vad gör vi om den "
        "inte är\ntillbaka klockan sju?\n\nRasmus Hallberg",
        later="Nu gick det att logga in en minut och sedan inte. Hann tyvärr inte skriva ut.\n\n"
        "Rasmus",
    ),
)  # fmt: skip
