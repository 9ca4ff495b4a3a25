# SPDX-License-Identifier: GPL-3.0-or-later
"""The German words of `/desk silence` and `/desk maintenance`."""

from __future__ import annotations

from collections.abc import Mapping

SILENCES: Mapping[str, str] = {
    "how_to_silence": (
        "Schreiben Sie: /desk silence NAME 2h organisation=Acme warum (ohne sie: alles), "
        "end NAME oder preview organisation=Acme"
    ),
    "how_to_maintenance": (
        "So: /desk maintenance NAME 2h service=portal Grund, NAME 2h zendesk Grund oder end NAME"
    ),
    "no_such_limit": "So lässt sich nicht einschränken. Ihres, und was es gibt: {}.",
    "silenced": "{} ist stummgeschaltet; kritische Meldungen kommen weiterhin.",
    "helpdesk_works": "{}: Fällt das Ticketsystem dabei aus, wird niemand alarmiert.",
    "no_silence": "Nichts ist stummgeschaltet.",
    "no_maintenance": "Es gibt keine Wartung.",
    "hidden_so_far": "bisher zurückgehalten: {}",
    "would_hide": "Von den Meldungen der letzten 7 Tage wären zurückgehalten worden: {}",
    "silence_ended": "{} endet jetzt; was dabei liegen blieb und noch wartet, wird gemeldet.",
    "unknown_silence": (
        "Das gibt es nicht; was in den Regeln steht, endet dort. Beenden lässt sich: {}"
    ),
}
