# SPDX-License-Identifier: GPL-3.0-or-later
"""The banner as a portal reads it: the JSON with its end, and the script that shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.rules.actions import Banner
from bot.rules.incident_values import Incident, Phase
from bot.rules.outage_state import OutageState
from bot.rules.policy import Policy
from bot.rules.portal_notices import Beside
from bot.texts.banner import banner_texts, incident_texts

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


def portal_banner(state: OutageState, beside: Beside, policy: Policy, now: datetime) -> Banner:
    """All that the portal has to say: the helpdesk's outage, each incident, each rule's notice."""
    outage = banner_of(state, policy, now)
    incidents = [(each, each.banner_renewed_at) for each in beside.incidents]
    shown = [(each, renewed) for each, renewed in incidents if renewed is not None]
    notices = [each for each in beside.notices if not each.is_over(now)]
    if not shown and not notices:
        return outage
    said = [_texts_of(each, policy, now) for each, _ in shown]
    ends = [renewed + policy.incidents.banner_valid for _, renewed in shown]
    ends += [each.valid_until(policy.outage.banner_valid) for each in notices]
    since = min([each.began_at for each, _ in shown] + [each.since for each in notices])
    if outage.is_shown:
        said, ends, since = [outage.texts, *said], [outage.valid_until, *ends], outage.since
    codes = dict.fromkeys(code for texts in (*said, *(n.texts for n in notices)) for code in texts)
    parts = {
        code: [*(texts.get(code) or texts["en"] for texts in said),
               *(each.text_for(code) for each in notices)]
        for code in codes
    }  # fmt: skip
    return Banner(
        is_shown=True,
        texts={code: " ".join(dict.fromkeys(each)) for code, each in parts.items()},
        since=since,
        valid_until=max(ends),
    )


def _texts_of(incident: Incident, policy: Policy, now: datetime) -> Mapping[str, str]:
    settings, is_restored = policy.incidents, incident.phase is Phase.MONITORING
    return incident_texts(
        service=", ".join(policy.labels.get(each, each) for each in incident.services),
        since=incident.began_at,
        now=now,
        zone=policy.zone,
        is_restored=is_restored,
        own=settings.restored_texts if is_restored else settings.banner_texts,
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
