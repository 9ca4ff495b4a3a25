# SPDX-License-Identifier: GPL-3.0-or-later
"""Outside events for the daemon's signed door: alerts and announcements of maintenance."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from bot.sandbox.world import World
from bot.sandbox.world_courier import Carried, carry, signature


class Outside:
    """Monitoring and the status desk: each event is one signed POST, made at once."""

    def __init__(self, world: World, url: str, secret: str, *, timeout: float = 5.0) -> None:
        """`url` is the daemon's `/events`; `timeout` is in seconds."""
        self._world = world
        self._url = url
        self._secret = secret
        self._timeout = timeout

    def alert_fires(
        self,
        name: str,
        *,
        source: str = "monitoring",
        integration: str | None = None,
        host: str | None = None,
        service: str | None = None,
        line: str | None = None,
        severity: str | None = None,
    ) -> Carried:
        """Monitoring fires an alert."""
        return self.send("alert", {
            "state": "firing", "name": name, "source": source, "integration": integration,
            "host": host, "service": service, "line": line, "severity": severity,
        })  # fmt: skip

    def alert_resolves(
        self,
        name: str,
        *,
        source: str = "monitoring",
        integration: str | None = None,
        host: str | None = None,
        service: str | None = None,
    ) -> Carried:
        """Monitoring says that an alert is over."""
        return self.send("alert", {
            "state": "resolved", "name": name, "source": source, "integration": integration,
            "host": host, "service": service, "line": None, "severity": None,
        })  # fmt: skip

    def maintenance_announced(
        self, text: str, *, starts_at: datetime, ends_at: datetime | None = None
    ) -> Carried:
        """Somebody announces works on the service."""
        return self.send("maintenance_announced", {
            "announced_at": self._world.clock.now().isoformat(timespec="seconds"),
            "starts_at": starts_at.isoformat(timespec="seconds"),
            "ends_at": ends_at.isoformat(timespec="seconds") if ends_at else None,
            "text": text,
        })  # fmt: skip

    def send(self, kind: str, detail: dict[str, object], *, event_id: str = "") -> Carried:
        """One event of any kind; sending it again with its `event_id` is a duplicate."""
        now = self._world.clock.now()
        sent = {
            "id": event_id or str(uuid.uuid4()), "type": kind,
            "at": now.isoformat(timespec="seconds"), "detail": detail,
        }  # fmt: skip
        body, stamp = json.dumps(sent).encode(), now.strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {
            "Content-Type": "application/json", "X-Deskmate-Timestamp": stamp,
            "X-Deskmate-Signature": signature(self._secret, stamp, body),
        }  # fmt: skip
        carried = carry(self._url, body, headers, timeout=self._timeout)
        self._world.journal.add("outside_event_sent", kind=kind, status=carried.status)
        return carried
