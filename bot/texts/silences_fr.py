# SPDX-License-Identifier: GPL-3.0-or-later
"""The French words of `/desk silence` and `/desk maintenance`."""

from __future__ import annotations

from collections.abc import Mapping

SILENCES: Mapping[str, str] = {
    "how_to_silence": (
        "Écrivez\u00a0: /desk silence NOM 2h organisation=Acme raison "
        "(sans limite\u00a0: tout), end NOM, ou preview organisation=Acme"
    ),
    "how_to_maintenance": (
        "Écrivez\u00a0: /desk maintenance NOM 2h service=portal raison, "
        "NOM 2h zendesk raison, ou end NOM"
    ),
    "no_such_limit": "Cette limite n'existe pas. La vôtre, puis celles qui existent\u00a0: {}.",
    "silenced": "{} est en silence\u00a0; les messages critiques passent.",
    "helpdesk_works": "{}\u00a0: si l'outil de tickets s'arrête, personne n'est alerté.",
    "no_silence": "Rien n'est en silence.",
    "no_maintenance": "Il n'y a pas de maintenance.",
    "hidden_so_far": "retenus jusqu'ici\u00a0: {}",
    "would_hide": "Auraient été retenus, des messages des 7 derniers jours\u00a0: {}",
    "silence_ended": "{} prend fin\u00a0; ce qui a été retenu et attend est annoncé.",
    "unknown_silence": (
        "Aucun silence de ce nom\u00a0; ceux de la politique s'y modifient. À arrêter\u00a0: {}"
    ),
}
