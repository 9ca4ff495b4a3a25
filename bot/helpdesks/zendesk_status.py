# SPDX-License-Identifier: GPL-3.0-or-later
"""What Zendesk says of itself: the active incidents of its status API, asked without credentials.

Colour, never proof: of 17 outages with a written account half stood there only after 71 minutes,
and one not at all. The attributes are documented in outline only (Status API), so whatever has
another shape is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlencode, urlsplit

import requests

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure, of_status, translated, trouble_of
from bot.helpdesks.zendesk_tickets import instant
from bot.ports import Trouble
from bot.rules.probes import VendorIncident

STATUS_HOST = "https://status.zendesk.com"
OWN_DOMAIN = ".zendesk.com"
TIMEOUT = (5.0, 10.0)
DEADLINE = 15.0
"""Seconds for the whole answer."""
GREATEST = 256 * 1024
MOST = 5
GREATEST_TITLE = 200


def status_url(helpdesk: str, setting: str) -> str | None:
    """Where to ask, with our subdomain; None for a helpdesk that is not Zendesk's own, unless set.

    `helpdesk` is the helpdesk's address, `setting` the operator's for another status host.
    """
    host = urlsplit(helpdesk).hostname or ""
    base = setting or (STATUS_HOST if host.endswith(OWN_DOMAIN) else "")
    if not base:
        return None
    query = urlencode({"subdomain": host.partition(".")[0]})
    return f"{base.rstrip('/')}/api/incidents/active?{query}"


class VendorStatus:
    """Asks the status API; never raises for what it answers."""

    def __init__(self, url: str, clock: Clock) -> None:
        """`url` is what `status_url` gave."""
        self._url = url
        self._clock = clock

    def incidents(self) -> tuple[VendorIncident, ...] | Trouble:
        """The active incidents that concern us, as far as they can be read, five at most."""
        try:
            with translated():
                answer = json.loads(self._body())
        except Failure as failure:
            return trouble_of(failure)
        rows = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            return trouble_of(Failure(Cause.WRONG_CONTENT, "wrong content: no incidents"))
        return tuple(_read(rows))[:MOST]

    def _body(self) -> bytes:
        end = self._clock.monotonic() + DEADLINE
        body = b""
        with requests.Session() as session:
            session.trust_env = False
            with session.get(
                self._url, timeout=TIMEOUT, stream=True, allow_redirects=False
            ) as response:
                if response.status_code != 200:
                    raise of_status(response)
                for piece in response.iter_content(16 * 1024):
                    body += piece
                    if len(body) > GREATEST or self._clock.monotonic() > end:
                        raise Failure(Cause.WRONG_CONTENT, "wrong content: too much, or too slow")
        return body


def _read(rows: list[object]) -> Iterator[VendorIncident]:
    for row in rows:
        shown = row.get("attributes") if isinstance(row, Mapping) else None
        if not isinstance(row, Mapping) or not isinstance(shown, Mapping):
            continue
        title = shown.get("title")
        if not isinstance(title, str) or not title.strip() or shown.get("resolved_at"):
            continue
        yield VendorIncident(
            incident_id=str(row.get("id") or "")[:100],
            title=" ".join(title.split())[:GREATEST_TITLE],
            is_outage=shown.get("outage") is True,
            started_at=_instant(shown.get("started_at")),
        )


def _instant(text: object) -> datetime | None:
    try:
        return instant(text) if isinstance(text, str) else None
    except ValueError:
        return None
