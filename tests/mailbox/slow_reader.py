# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader of mails that misbehaves: it hangs, dies, or says something else, as the path says."""

from __future__ import annotations

import json
import os
import select
import sys
from pathlib import Path


def say(line: str) -> None:
    """One line of answer."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


say("ready")
for line in sys.stdin:
    match Path(json.loads(line)).stem:
        case "hang":
            select.select([], [], [])
        case "die":
            os._exit(9)
        case "babble":
            say("no JSON")
        case _:
            say('{"trouble": "ValueError"}')
