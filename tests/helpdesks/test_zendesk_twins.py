# SPDX-License-Identifier: GPL-3.0-or-later
"""What the adapter finds of a case among the tickets of somebody who has many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.ports import Sought, Trouble, TroubleKind
from bot.rules.policy import HelpdeskMap
from bot.sandbox.http import Call, LoopbackServer, Reply, json_reply
from bot.sandbox.world import World

NORA = "nora@northwind.example"


@pytest.mark.parametrize("users", [["x"], [None], [{"email": NORA}], {"email": NORA}])
def test_answer_without_sense_is_a_trouble(
    users: object, names: HelpdeskMap, clock: VirtualClock, start: datetime
) -> None:
    """Whatever calls itself a list of people stops no step."""

    def answer(call: Call) -> Reply:
        told: dict[str, object] = {"access_token": "t", "tickets": [], "users": users}
        return json_reply(200, told)

    server = LoopbackServer(answer)
    server.start()
    helpdesk = Zendesk(ZendeskAccess(server.url, client_id="d", client_secret="s"), names, clock)
    found = helpdesk.twins(Sought("ACM-1", NORA, start))
    helpdesk.close()
    server.stop()

    assert isinstance(found, Trouble) and found.kind is TroubleKind.WRONG_CONTENT


@pytest.mark.parametrize("status, refused", [("odd", ""), ("open", "users/show_many")])
def test_ticket_without_a_picture_is_found(
    names: HelpdeskMap, clock: VirtualClock, start: datetime, status: str, refused: str
) -> None:
    """A value that nobody knows, or people whom we may not read, keep no case waiting."""
    moment = start.isoformat()
    row = {
        "id": 7, "status": status, "subject": "Down", "external_id": "ACM-1",
        "created_at": moment, "updated_at": moment, "requester_id": 5,
    }  # fmt: skip

    def answer(call: Call) -> Reply:
        if refused and refused in call.path:
            return json_reply(403, {"error": "Forbidden"})
        told = {"access_token": "t", "tickets": [row], "users": [], "user": {"id": 1}}
        return json_reply(200, {**told, "audits": [], "ticket_fields": [], "suspended_tickets": []})

    server = LoopbackServer(answer)
    server.start()
    helpdesk = Zendesk(ZendeskAccess(server.url, client_id="d", client_secret="s"), names, clock)
    found = helpdesk.twins(Sought("ACM-1", NORA, start))
    helpdesk.close()
    server.stop()

    assert not isinstance(found, Trouble), found
    assert [(each.number, each.picture) for each in found] == [(7, None)]


def write(world: World, matters: Sequence[str]) -> None:
    """The helpdesk works off its queue: a ticket a mail, Nora's all of them."""
    for each in matters:
        world.mail_arrives(
            f"From: {NORA}\r\nTo: support@acme.example\r\nSubject: {each}\r\n"
            f"Message-ID: <{each}@northwind.example>\r\n\r\nWords of {each}\r\n".encode()
        )


@pytest.mark.parametrize("count", [12, 130])
def test_last_of_many_late_tickets_is_found(
    zendesk: Zendesk, world: World, start: datetime, count: int
) -> None:
    """With its mail's name, by its subject or its words, however many others there are."""
    matters = [f"matter{number}" for number in range(count)]
    write(world, matters)

    for sought in (
        Sought("ACM-1", NORA, start, subject=matters[-1]),
        Sought("ACM-1", NORA, start, subject="Fwd: it", words=f"Words  of {matters[-1]}"),
        Sought("ACM-1", NORA, start, subject=matters[0]),
    ):
        found = zendesk.twins(sought)
        assert not isinstance(found, Trouble), found
        named = matters[0] if sought.subject == matters[0] else matters[-1]
        assert f"<{named}@northwind.example>" in [each.message_id for each in found]


def test_many_tickets_of_one_subject_are_all_read(
    zendesk: Zendesk, world: World, start: datetime
) -> None:
    """Who writes a dozen times under one subject has a dozen cases, each with its own ticket."""
    for number in range(12):
        world.mail_arrives(
            f"From: {NORA}\r\nTo: support@acme.example\r\nSubject: Down\r\n"
            f"Message-ID: <m{number}@northwind.example>\r\n\r\nAgain {number}\r\n".encode()
        )

    found = zendesk.twins(Sought("ACM-1", NORA, start, subject="Down"))

    assert not isinstance(found, Trouble), found
    assert len(found) == 12
