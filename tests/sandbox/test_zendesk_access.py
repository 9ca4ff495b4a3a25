# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the sandbox's Zendesk and how often; the vendor's status host beside it."""

from __future__ import annotations

import pytest
import requests
from sandbox_callers import Caller, bearer_session, later

from bot.clock import VirtualClock
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk import ZendeskDoor
from bot.sandbox.zendesk_limits import Limits
from bot.sandbox.zendesk_status import StatusDoor

CREDENTIALS = {
    "grant_type": "client_credentials", "client_id": "deskmate",
    "client_secret": "sandbox-secret", "scope": "read write",
}  # fmt: skip


def _token(door: ZendeskDoor, **changed: object) -> requests.Response:
    return requests.post(f"{door.url}/oauth/tokens", json={**CREDENTIALS, **changed}, timeout=5)


def test_a_token_holds_until_it_ends(door: ZendeskDoor, clock: VirtualClock) -> None:
    """Client credentials bring a bearer token for half an hour, by the world's clock."""
    given = _token(door).json()
    session = bearer_session(door, given["access_token"])
    me = f"{door.url}/api/v2/users/me.json"

    early = session.get(me, timeout=5)
    later(clock, 1801)
    late = session.get(me, timeout=5)

    assert (given["token_type"], given["expires_in"]) == ("bearer", 1800)
    assert (early.status_code, late.status_code) == (200, 401)
    assert late.json()["error"] == "invalid_token"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "nobody"}, 401),
        ({"grant_type": "password"}, 400),
        ({"expires_in": 300}, 400),
        ({"expires_in": 172_800}, 400),
        ({"expires_in": 301}, 200),
    ],
)
def test_credentials_are_checked(
    door: ZendeskDoor, changed: dict[str, object], status: int
) -> None:
    """Wrong credentials, another grant and a life out of bounds are refused."""
    assert _token(door, **changed).status_code == status


def test_without_credentials_only_articles_are_open(door: ZendeskDoor) -> None:
    """Every other page answers 401 in JSON."""
    root = f"{door.url}/api/v2/"

    statuses = [
        requests.get(root + path, timeout=5).status_code
        for path in ("users/me", "tickets/1", "help_center/articles/search?query=log")
    ]

    assert statuses == [401, 401, 200]


def test_every_answer_tells_the_accounts_limit(caller: Caller, door: ZendeskDoor) -> None:
    """Both spellings count down, and start again with the next minute."""
    first, second = caller.get("users/me").headers, caller.get("users/me").headers

    assert first["ratelimit-limit"] == first["x-rate-limit"] == "700"
    assert int(first["ratelimit-remaining"]) - int(second["x-rate-limit-remaining"]) == 1
    assert 0 < int(second["ratelimit-reset"]) <= 60


def test_an_empty_account_answers_429(
    caller: Caller, door: ZendeskDoor, clock: VirtualClock
) -> None:
    """Too many calls in a minute bring `Retry-After`; the next minute is free again."""
    door.limiter.limits = Limits(account=3)

    answers = [caller.get("users/me") for _ in range(4)]
    later(clock, int(answers[-1].headers["Retry-After"]))

    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert caller.get("users/me").status_code == 200


def test_endpoints_have_buckets_of_their_own(
    caller: Caller, door: ZendeskDoor, world: World, desk: Furniture
) -> None:
    """Exports, single updates and updates of one ticket run dry while the account is rich."""
    door.limiter.limits = Limits(tickets_update=4, per_ticket=3, incremental=2)
    two = world.create_ticket("x", "y", requester="z@z.example").number
    change = {"ticket": {"priority": "low"}}

    one = [caller.put(f"tickets/{desk.canary}", change) for _ in range(4)]
    others = [caller.put(f"tickets/{two}", change) for _ in range(2)]
    exports = [caller.get("incremental/tickets/cursor", start_time=1) for _ in range(3)]

    assert [each.status_code for each in one] == [200, 200, 200, 429]
    assert [each.status_code for each in others] == [200, 429]
    assert [each.status_code for each in exports] == [200, 200, 429]
    spent = exports[-1].headers
    assert spent["zendesk-ratelimit-incremental-exports"].startswith(
        "total=2; remaining=0; resets="
    )
    assert int(spent["x-rate-limit-remaining"]) > 600


def test_calls_are_counted_by_endpoint(caller: Caller, door: ZendeskDoor) -> None:
    """The door counts by template, whatever the ids, the suffix and the outcome."""
    for path in ("tickets/1", "tickets/999.json", "tickets/show_many?ids=1", "nothing"):
        caller.get(path)

    assert dict(door.calls) == {
        "GET tickets/{id}": 2, "GET tickets/show_many": 1, "GET (unknown)": 1,
    }  # fmt: skip
    assert [each.status for each in door.served()] == [200, 404, 200, 404]


def test_the_status_host_tells_incidents_and_maintenance(world: World) -> None:
    """Active incidents and upcoming maintenance, no credentials, ten calls a minute."""
    status = StatusDoor(world).start()
    quiet = requests.get(f"{status.url}/api/incidents/active", timeout=5).json()
    world.shelf.add_vendor_incident("Pod 17 is down", is_outage=True, text="We are on it")
    world.shelf.add_vendor_incident("Upgrade", is_maintenance=True)

    pages = [
        requests.get(f"{status.url}/api/incidents/{name}", timeout=5).json()["data"]
        for name in ("active?subdomain=acme", "maintenance")
    ]
    last = [requests.get(f"{status.url}/api/incidents/active", timeout=5) for _ in range(8)][-1]
    status.stop()

    assert quiet["data"] == []
    titles = [[row["attributes"]["title"] for row in page] for page in pages]
    assert titles == [["Pod 17 is down"], ["Upgrade"]]
    assert pages[0][0]["attributes"]["outage"] is True
    assert last.status_code == 429
