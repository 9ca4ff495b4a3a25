# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendor's status host of the sandbox: incidents and maintenance, without credentials."""

from __future__ import annotations

from bot.sandbox.http import Call, LoopbackServer, Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_shelf import VendorIncident
from bot.sandbox.zendesk_answers import error
from bot.sandbox.zendesk_limits import Buckets, throttled
from bot.sandbox.zendesk_render import Json, instant

CALLS_PER_MINUTE = 10


class StatusDoor:
    """Serves `/api/incidents/active`, `/api/incidents/maintenance` and `/api/incidents/{id}`."""

    def __init__(self, world: World, *, port: int = 0) -> None:
        """Bind to `port` of 127.0.0.1 (0 takes a free one); nothing is served before `start`."""
        self._world = world
        self._buckets = Buckets(world.clock)
        self._server = LoopbackServer(self.answer, port=port)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return self._server.url

    def start(self) -> StatusDoor:
        """Serve in a thread until `stop`."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop()

    def answer(self, call: Call) -> Reply:
        """Answer one call; empty `data` means that nothing is known."""
        stand = self._buckets.take("status", CALLS_PER_MINUTE)
        if stand.is_over:
            return throttled(stand.resets)
        known = self._world.shelf.vendor_incidents()
        match call.path.strip("/").split("/"):
            case ["api", "incidents", "active"]:
                return _shown([each for each in known if not each.is_maintenance])
            case ["api", "incidents", "maintenance"]:
                return _shown([each for each in known if each.is_maintenance])
            case ["api", "incidents", incident_id]:
                found = [each for each in known if each.incident_id == incident_id]
                return _shown(found) if found else error(404, "RecordNotFound", "Not found")
            case _:
                return error(404, "InvalidEndpoint", "Not found")


def _shown(incidents: list[VendorIncident]) -> Reply:
    rows = [_incident(each) for each in incidents]
    included = [row for each in incidents for row in _included(each)]
    return json_reply(200, {"data": rows, "included": included})


def _incident(incident: VendorIncident) -> Json:
    update = {"data": [{"id": f"{incident.incident_id}-u", "type": "incident_update"}]}
    service = {"data": [{"id": f"{incident.incident_id}-s", "type": "incident_service"}]}
    return {
        "id": incident.incident_id, "type": "incident",
        "attributes": {
            "title": incident.title, "impact": "major" if incident.is_outage else "minor",
            "status": "scheduled" if incident.is_maintenance else "investigating",
            "started_at": instant(incident.started_at),
            "resolved_at": instant(incident.resolved_at) if incident.resolved_at else None,
            "outage": incident.is_outage,
            "degradation": not (incident.is_outage or incident.is_maintenance),
        },
        "relationships": {"incident_updates": update, "incident_services": service},
    }  # fmt: skip


def _included(incident: VendorIncident) -> list[Json]:
    at = instant(incident.started_at)
    return [
        {
            "id": f"{incident.incident_id}-u", "type": "incident_update",
            "attributes": {"description": incident.text, "created_at": at},
        },
        {
            "id": f"{incident.incident_id}-s", "type": "incident_service",
            "attributes": {
                "service_id": "1", "outage": incident.is_outage,
                "degradation": not incident.is_outage,
            },
        },
        {"id": "1", "type": "service", "attributes": {"name": "Support", "slug": "support"}},
    ]  # fmt: skip
