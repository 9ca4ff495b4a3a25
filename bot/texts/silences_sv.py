# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swedish words of `/desk silence` and `/desk maintenance`."""

from __future__ import annotations

from collections.abc import Mapping

SILENCES: Mapping[str, str] = {
    "how_to_silence": (
        "Skriv: /desk silence NAMN 2h organisation=Acme varför (utan gräns: allt), "
        "end NAMN eller preview organisation=Acme"
    ),
    "how_to_maintenance": (
        "Skriv: /desk maintenance NAMN 2h service=portal skäl, NAMN 2h zendesk skäl eller end NAMN"
    ),
    "no_such_limit": "Den gränsen finns inte. Din, och de som finns: {}.",
    "silenced": "{} är tystad; kritiska meddelanden kommer fortfarande.",
    "helpdesk_works": "{}: går ärendesystemet ner under tiden larmas ingen.",
    "no_silence": "Ingenting är tystat.",
    "no_maintenance": "Det finns inget underhåll.",
    "hidden_so_far": "hållna tillbaka hittills: {}",
    "would_hide": "Skulle ha hållits tillbaka, av de senaste 7 dagarnas meddelanden: {}",
    "silence_ended": "{} slutar; det som hölls tillbaka och fortfarande väntar meddelas nu.",
    "unknown_silence": (
        "Det namnet finns inte; de som står i policyn avslutas där. Kan avslutas: {}"
    ),
}
