# SPDX-License-Identifier: GPL-3.0-or-later
"""The banner as a portal reads it: the JSON with its end, and the script that shows it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.rules.actions import Banner
from bot.rules.outage_state import OutageState
from bot.rules.policy import Policy
from bot.texts.banner import banner_texts

SCRIPT = Path(__file__).resolve().parent / "static" / "banner.js"


def banner_of(state: OutageState, policy: Policy, now: datetime) -> Banner:
    """The banner as it is at `now`: the desk's own texts, ours in the languages it has none for."""
    since, updated_at = state.first_failure_at or now, state.banner_renewed_at or now
    outage = policy.outage
    ours = banner_texts(mailbox=outage.mailbox or "", since=since, now=now, zone=policy.zone)
    return Banner(
        is_shown=state.is_banner_shown and bool(outage.banner),
        texts={**ours, **outage.banner_texts},
        since=since,
        valid_until=updated_at + outage.banner_valid,
        updated_at=updated_at,
    )


def banner_json(banner: Banner) -> bytes:
    """The file's content: UTF-8 JSON, instants in UTC."""
    content = {
        "shown": banner.is_shown,
        "texts": dict(banner.texts) if banner.is_shown else {},
        "since": banner.since.astimezone(UTC).isoformat(),
        "updated_at": (banner.updated_at or banner.since).astimezone(UTC).isoformat(),
        "valid_until": banner.valid_until.astimezone(UTC).isoformat(),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


@cache
def banner_script() -> bytes:
    """The script for the customers' pages; it names no host, and shows text, never markup."""
    return SCRIPT.read_bytes()
