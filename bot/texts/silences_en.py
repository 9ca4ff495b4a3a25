# SPDX-License-Identifier: GPL-3.0-or-later
"""The English words of `/desk silence` and `/desk maintenance`."""

from __future__ import annotations

from collections.abc import Mapping

SILENCES: Mapping[str, str] = {
    "how_to_silence": (
        "Write: /desk silence NAME 2h organisation=Acme why (all of it without a limit), "
        "end NAME, or preview organisation=Acme"
    ),
    "how_to_maintenance": (
        "Write: /desk maintenance NAME 2h service=portal why, NAME 2h zendesk why, or end NAME"
    ),
    "no_such_limit": "There is no limit of that name. Yours, and those there are: {}.",
    "silenced": "{} is silent; critical messages still come.",
    "helpdesk_works": "{}: if the helpdesk goes away meanwhile, nobody is paged.",
    "no_silence": "Nothing is silenced.",
    "no_maintenance": "There is no maintenance.",
    "hidden_so_far": "hidden so far: {}",
    "would_hide": "Would have been hidden, of the messages of the last 7 days: {}",
    "silence_ended": "{} ends now; what it hid and still waits is told.",
    "unknown_silence": "There is none of that name; one of the policy ends there. To end: {}",
}
