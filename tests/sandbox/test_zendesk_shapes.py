# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Zendesk answers with the properties and types that were recorded."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from sandbox_callers import NOW, Caller, later, unix
from zendesk_shapes import ANSWERS, mismatches

from bot.clock import VirtualClock
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk import ZendeskDoor

NEW_TICKET = {
    "ticket": {
        "subject": "a", "comment": {"body": "b"}, "requester": {"email": "nora@northwind.example"}
    }
}  # fmt: skip
NOBODY = 999_999_999
NEVER_TAKEN = {
    "zendesk-rate-limit-tickets-index": "spelling of 2023; ours is that of 2024",
    "zendesk-rate-limit-tickets-update": "spelling of 2023; ours is that of 2024",
    "x-zendesk-api-warn": "only for keys the API does not know; recorded because zenpy sends them",
    "zendesk-ratelimit-ticket-request-create-by-user-and-ip": "a limit we do not model",
}


def _blank(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def _name(answer: dict[str, Any]) -> str:
    path = answer["path"].removeprefix("/api/v2/")
    return f"{answer['method']} {path} {answer['status']}"


def _served() -> list[dict[str, Any]]:
    door = ZendeskDoor(World(VirtualClock(NOW)))
    door.stop()
    keys = {_blank(each) for each in door.endpoints}
    return [each for each in ANSWERS if _blank(_name(each).rpartition(" ")[0]) in keys]


class Visitor:
    """Calls an endpoint so that it answers with the recorded status."""

    def __init__(self, caller: Caller, world: World, desk: Furniture) -> None:
        self.caller = caller
        agent, group = desk.agents["ada"], desk.groups["First line"]
        self.ticket = world.create_ticket(
            "Printer", "It burns", requester=desk.customers["contoso"],
            values={"tags": ("fire",), "group_id": group.group_id, "priority": "high",
                    "assignee_id": agent.user_id, "type": "incident"},
        ).number  # fmt: skip
        world.add_comment(self.ticket, "On our way", by=agent)
        world.change_ticket(self.ticket, by=agent, values={"status": "pending"})
        self.agent, self.customer = world.daemon.user_id, desk.customers["contoso"].user_id
        self.organisation = desk.organisations["contoso"].organisation_id
        self.group = group.group_id

    def visit(self, name: str, webhook: str, invocation: str) -> requests.Response:
        """Make the call that `name` (method, path, status) stands for."""
        call, ticket, put = self.caller, f"tickets/{self.ticket}", {"ticket": {"priority": "low"}}
        start = {"start_time": unix(NOW) - 3600}
        match name.split(" "):
            case ["GET", "incremental/tickets" | "incremental/tickets/cursor" as path, _]:
                return call.get(path, **start)
            case ["GET", "incremental/users" | "incremental/users/cursor" as path, _]:
                return call.get(path, **start)
            case ["GET", "job_statuses/{job}", _]:
                job = call.put("tickets/update_many?ids=1", put).json()["job_status"]["id"]
                return call.get(f"job_statuses/{job}")
            case ["GET", "tickets/show_many", _]:
                return call.get("tickets/show_many", ids=self.ticket)
            case ["GET", "users/show_many", _]:
                return call.get("users/show_many", ids=self.customer)
            case ["GET", "organizations/show_many", _]:
                return call.get("organizations/show_many", ids=self.organisation)
            case ["GET", "search/export", _]:
                return call.get("search/export", query="type:user role:admin")
            case ["GET", "ticket_audits" | "tickets/{id}/comments" as path, _]:
                at = path.replace("{id}", str(self.ticket))
                return call.get(at, **{"page[size]": 50})
            case ["POST", "tickets", _]:
                return call.post("tickets", NEW_TICKET)
            case ["PUT", "tickets/update_many", _]:
                return call.put("tickets/update_many?ids=1", put)
            case ["POST", "uploads", _]:
                return call("POST", "uploads.json?filename=a.txt", data=b"abc")
            case ["DELETE", "uploads/{token}", _]:
                made = call("POST", "uploads.json?filename=a.txt", data=b"abc").json()
                return call("DELETE", f"uploads/{made['upload']['token']}")
            case ["POST", "users", _]:
                return call.post("users", {"user": {"name": "N", "email": "n@new.example"}})
            case ["POST", "webhooks", _]:
                return call.post("webhooks", _new_webhook("http://127.0.0.1:1/"))
            case ["POST", "webhooks/test", _]:
                request = {"endpoint": f"{call.root}users/me", "payload": "{}"}
                return call.post("webhooks/test", {"request": request})
            case [method, "tickets/{id}", "404"]:
                return call(method, f"tickets/{NOBODY}", json=put)
            case [method, "tickets/{id}", _]:
                return call(method, ticket, json=put)
            case [method, "users/{id}", "404"]:
                return call(method, f"users/{NOBODY}", json={"user": {"name": "M"}})
            case ["GET", "users/{id}", _]:
                return call.get(f"users/{self.agent}")
            case ["PUT", "users/{id}", _]:
                return call.put(f"users/{self.customer}", {"user": {"name": "M"}})
            case ["GET", "users", _]:
                return call.get("users", per_page=1)
            case ["GET", "organizations/{id}", _]:
                return call.get(f"organizations/{self.organisation}")
            case [method, path, _]:
                at = path.replace("{ulid}", webhook, 1).replace("{ulid}", invocation, 1)
                return call(method, at, json={"webhook": {"name": "again"}} if webhook else None)
            case _:
                raise AssertionError(name)


def _new_webhook(endpoint: str) -> dict[str, Any]:
    return {
        "webhook": {
            "name": "Deskmate", "description": "news", "endpoint": endpoint, "status": "active",
            "http_method": "POST", "request_format": "json",
            "subscriptions": ["zen:event-type:ticket.*"],
        }
    }  # fmt: skip


@pytest.mark.parametrize("answer", _served(), ids=_name)
def test_answers_look_as_recorded(
    answer: dict[str, Any], caller: Caller, world: World, desk: Furniture, door: ZendeskDoor,
    clock: VirtualClock,
) -> None:  # fmt: skip
    """Every served endpoint answers with the recorded status, properties, types and headers."""
    made = caller.post("webhooks", _new_webhook(f"{door.url}/login")).json()["webhook"]["id"]
    visitor = Visitor(caller, world, desk)
    later(clock, 120)
    door.emitter.deliver_due()
    invocation = door.emitter.attempts(made)[0].invocation_id

    reply = visitor.visit(_name(answer), made, invocation)

    assert answer["status"] == reply.status_code
    if reply.content:
        assert mismatches(answer["body"], reply.json()) == []
    else:
        assert answer["body"] in ("empty", {"object": {}})
    always = {name for name, count in answer["headers"].items() if count == answer["recorded"]}
    always -= {"content-type"} if reply.status_code == 204 else set()
    assert set() == {each for each in always if each not in reply.headers} - set(NEVER_TAKEN)


def test_most_of_the_recorded_endpoints_are_served() -> None:
    """The walk above is no walk through an empty house."""
    assert len(_served()) > 35


def test_shapes_find_a_missing_and_a_wrong_property() -> None:
    """The comparison can fail: it names what is missing, wrong or unheard of."""
    shape = {"object": {"id": "integer", "at": "string:instant", "maybe?": "string"}}

    found = mismatches(shape, {"id": "7", "more": 1})

    assert (sorted(found)) == [
        "$.at: missing",
        "$.id: ['string'], recorded ['integer']",
        "$.more: never recorded",
    ]
