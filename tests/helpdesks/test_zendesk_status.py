# SPDX-License-Identifier: GPL-3.0-or-later
"""What Zendesk says of itself is read as far as it can be, and nothing depends on it."""

from __future__ import annotations

import json

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk_status import GREATEST, VendorStatus, status_url
from bot.ports import Trouble
from bot.rules.probes import VendorIncident
from bot.sandbox.http import Call, LoopbackServer, Reply, html_reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.zendesk_status import StatusDoor


def _row(**attributes: object) -> dict[str, object]:
    return {"id": "7", "type": "incident", "attributes": attributes}


def _asked(reply: Reply, clock: VirtualClock) -> tuple[VendorIncident, ...] | Trouble:
    server = LoopbackServer(lambda call: reply)
    server.start()
    try:
        return VendorStatus(f"{server.url}/api/incidents/active", clock).incidents()
    finally:
        server.stop()


def test_active_incidents_are_read_with_our_subdomain(world: World, clock: VirtualClock) -> None:
    """As the sandbox's status host shows them; announced works are no incident."""
    asked: list[Call] = []
    door = StatusDoor(world)
    server = LoopbackServer(lambda call: asked.append(call) or door.answer(call))
    server.start()
    made = world.shelf.add_vendor_incident("Pod 17 is\n down", is_outage=True)
    world.shelf.add_vendor_incident("Upgrade", is_maintenance=True)

    url = status_url("https://acme.zendesk.com", server.url)
    found = VendorStatus(url or "", clock).incidents()

    server.stop()
    shown = VendorIncident(made.incident_id, "Pod 17 is down", True, made.started_at)
    assert found == (shown,)
    assert [(call.path, dict(call.query)) for call in asked] == [
        ("/api/incidents/active", {"subdomain": "acme"})
    ]


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"data": []}, []),
        ({"data": [_row(title="Slow"), _row(title=3), _row(), {"id": "8"}, "odd"]}, ["Slow"]),
        ({"data": [_row(title="Over", resolved_at="2026-03-02T09:00:00Z")]}, []),
        ({"data": [_row(title="x" * 5000, started_at="soon")] * 50}, ["x" * 200] * 5),
    ],
)
def test_odd_incidents_are_left_out_or_cut(
    answer: object, titles: list[str], clock: VirtualClock
) -> None:
    """Its shape is known in outline only."""
    found = _asked(json_reply(200, answer), clock)

    assert not isinstance(found, Trouble)
    assert [each.title for each in found] == titles


@pytest.mark.parametrize(
    "reply",
    [
        html_reply(200, "Works"),
        json_reply(200, [1]),
        json_reply(429, {}, Retry_After="30"),
        Reply(302, b"", "text/html", {"Location": "/login"}),
        Reply(200, json.dumps({"data": [], "x": "y" * GREATEST}).encode()),
    ],
)
def test_status_page_that_fails_is_a_trouble_and_no_error(
    reply: Reply, clock: VirtualClock
) -> None:
    """A page, a list, too many requests, a redirect, an endless answer."""
    assert isinstance(_asked(reply, clock), Trouble)


@pytest.mark.parametrize(
    ("helpdesk", "setting", "host"),
    [
        ("https://acme.zendesk.com", "", "https://status.zendesk.com"),
        ("http://127.0.0.1:4000", "", None),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4001/", "http://127.0.0.1:4001"),
    ],
)
def test_nobody_elses_helpdesk_asks_zendesks_status(
    helpdesk: str, setting: str, host: str | None
) -> None:
    """A sandbox on loopback asks nothing on the internet."""
    url = status_url(helpdesk, setting)

    assert (url and url.partition("/api/")[0]) == host
