# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts and maintenance that the sandbox sends to the daemon's signed door."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.clock import VirtualClock
from bot.sandbox.http import Call, LoopbackServer, Reply
from bot.sandbox.world import World
from bot.sandbox.world_courier import signature
from bot.sandbox.world_outside import Outside


def test_outside_events_are_signed(world: World, clock: VirtualClock) -> None:
    """Each is one signed POST with its own id, its kind, its instant and its detail."""
    calls: list[Call] = []

    def take(call: Call) -> Reply:
        calls.append(call)
        return Reply(202)

    server = LoopbackServer(take)
    server.start()
    outside = Outside(world, f"{server.url}/events", "s3cret")

    outside.alert_fires("disk full", integration="nagios", host="db1", severity="critical")
    outside.alert_resolves("disk full", integration="nagios", host="db1")
    outside.maintenance_announced("Upgrade", starts_at=clock.now() + timedelta(hours=2))
    server.stop()

    bodies = [json.loads(each.body) for each in calls]
    assert [each["type"] for each in bodies] == ["alert", "alert", "maintenance_announced"]
    assert [each["detail"].get("state") for each in bodies] == ["firing", "resolved", None]
    assert bodies[2]["detail"]["starts_at"] == "2026-03-02T11:00:00+00:00"
    assert len({each["id"] for each in bodies}) == 3
    for call in calls:
        stamp = call.headers["x-deskmate-timestamp"]
        assert call.headers["x-deskmate-signature"] == signature("s3cret", stamp, call.body)


def test_an_event_may_be_sent_twice(world: World) -> None:
    """With its id given, the second one is a duplicate; a dead daemon is told as refused."""
    server = LoopbackServer(lambda _: Reply(200))
    outside = Outside(world, f"{server.url}/events", "s3cret")
    refused = outside.send("alert", {}, event_id="one")
    server.start()
    taken = [outside.send("alert", {}, event_id="one").is_taken for _ in range(2)]
    server.stop()

    assert refused.trouble == "refused"
    assert taken == [True, True]
