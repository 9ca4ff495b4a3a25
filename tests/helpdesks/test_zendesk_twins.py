# SPDX-License-Identifier: GPL-3.0-or-later
"""What the adapter finds of a case among the tickets of somebody who has many."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.ports import Sought, Trouble, TroubleKind
from bot.rules.policy import HelpdeskMap
from bot.sandbox.http import Call, LoopbackServer, Reply, json_reply

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
