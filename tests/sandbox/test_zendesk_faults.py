# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault switch of the sandbox's Zendesk does what its name says, and no more."""

from __future__ import annotations

import inspect
import threading

import pytest
import requests
from sandbox_callers import Caller, bearer_session
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket

from bot.clock import VirtualClock
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.world_seed import Furniture
from bot.sandbox.zendesk import ZendeskDoor

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"


@pytest.fixture
def number(world: World, desk: Furniture) -> int:
    return world.create_ticket("Slow", "So slow", requester=desk.customers["contoso"]).number


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.EXPIRED_TOKEN, 401, JSON),
        (Fault.FORBIDDEN, 403, JSON),
        (Fault.THROTTLED, 429, JSON),
        (Fault.THROTTLED_SILENTLY, 429, JSON),
        (Fault.BUCKET_THROTTLED, 429, JSON),
        (Fault.UNAVAILABLE, 503, JSON),
        (Fault.UNAVAILABLE_PAGE, 503, HTML),
        (Fault.BAD_GATEWAY_PAGE, 502, HTML),
        (Fault.EDGE_PAGE, 520, HTML),
        (Fault.PAGE_INSTEAD, 200, HTML),
        (Fault.EMPTY_ANSWER, 200, JSON),
        (Fault.LOGIN_REDIRECT, 302, HTML),
        (Fault.CONFLICT, 409, JSON),
    ],
)
def test_a_counted_switch_strikes_and_is_gone(
    caller: Caller, world: World, number: int, fault: Fault, status: int, kind: str
) -> None:
    """The write is answered with the fault, is not carried out, and the next one passes."""
    world.faults.switch_on(fault, times=1)
    change = {"ticket": {"comment": {"body": "x", "public": False}}}

    struck = caller.put(f"tickets/{number}", change)
    after = len(world.comments(number))
    passed = caller.put(f"tickets/{number}", change)

    assert (struck.status_code, struck.headers["content-type"]) == (status, kind)
    assert (after, passed.status_code, len(world.comments(number))) == (1, 200, 2)


def test_retry_after_comes_where_it_is_promised(caller: Caller, world: World) -> None:
    """429 with and without `Retry-After`, 503 with it; a bucket leaves the account rich."""
    seen = {}
    for fault in (Fault.THROTTLED, Fault.THROTTLED_SILENTLY, Fault.BUCKET_THROTTLED,
                  Fault.UNAVAILABLE):  # fmt: skip
        world.faults.switch_on(fault, times=1, retry_after=7)
        headers = caller.get("users/me").headers
        seen[fault] = (headers.get("Retry-After"), headers["x-rate-limit-remaining"])

    assert seen[Fault.THROTTLED] == ("7", "0")
    assert seen[Fault.THROTTLED_SILENTLY] == (None, "0")
    assert seen[Fault.BUCKET_THROTTLED] == ("7", "699")
    assert seen[Fault.UNAVAILABLE][0] == "7"


def test_a_switch_may_hold_for_one_endpoint(caller: Caller, world: World, number: int) -> None:
    """Writes fail while reads pass, until the switch is cleared."""
    world.faults.switch_on(Fault.BAD_GATEWAY_PAGE, endpoint="PUT *")
    change = {"ticket": {"priority": "low"}}

    down = [caller.put(f"tickets/{number}", change).status_code for _ in range(2)]
    read = caller.get(f"tickets/{number}").status_code
    world.faults.clear(Fault.BAD_GATEWAY_PAGE)

    assert (down, read) == ([502, 502], 200)
    assert caller.put(f"tickets/{number}", change).status_code == 200


def test_a_lost_answer_was_carried_out(zenpy: Zenpy, world: World, number: int) -> None:
    """The client sees a broken line, yet the comment is there: sending again would double it."""
    world.faults.switch_on(Fault.ANSWER_LOST, endpoint="PUT tickets/{id}", times=1)

    with pytest.raises(requests.ConnectionError):
        zenpy.tickets.update(Ticket(id=number, comment=Comment(body="once", public=False)))

    assert [each.body for each in world.comments(number)] == ["So slow", "once"]


def test_a_reset_line_carried_nothing_out(caller: Caller, world: World, number: int) -> None:
    """The line breaks before the call is looked at."""
    world.faults.switch_on(Fault.RESET, times=1)

    with pytest.raises(requests.ConnectionError):
        caller.put(f"tickets/{number}", {"ticket": {"comment": {"body": "no"}}})

    assert len(world.comments(number)) == 1


def test_nobody_listens_while_connections_are_refused(
    caller: Caller, door: ZendeskDoor, world: World
) -> None:
    """New and kept-alive connections fail alike; afterwards the same address answers again."""
    before = caller.get("users/me").status_code
    world.faults.switch_on(Fault.REFUSED)
    with pytest.raises(requests.ConnectionError):
        caller.get("users/me")
    with pytest.raises(requests.ConnectionError, match="refused"):
        bearer_session(door).get(f"{door.url}/api/v2/users/me", timeout=5)

    world.faults.clear()

    assert (before, caller.get("users/me").status_code) == (200, 200)


def test_a_call_hangs_until_it_is_let_go(door: ZendeskDoor, world: World) -> None:
    """Nothing is answered until the switch is cleared; then the line breaks."""
    world.faults.switch_on(Fault.HANGS, times=1)
    outcomes: list[object] = []

    def ask() -> None:
        try:
            outcomes.append(bearer_session(door).get(f"{door.url}/api/v2/users/me", timeout=30))
        except requests.ConnectionError as error:
            outcomes.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    hung = world.faults.wait_until_hanging(5)
    before = list(outcomes)
    world.faults.clear()
    thread.join(5)

    assert (hung, before) == (True, [])
    assert [type(each) for each in outcomes] == [requests.ConnectionError]


def test_a_client_gives_up_on_a_call_that_hangs(caller: Caller, world: World) -> None:
    """The client's own time limit ends it, and the next call is answered."""
    world.faults.switch_on(Fault.HANGS, times=1)

    with pytest.raises(requests.ReadTimeout):
        caller("GET", "users/me", timeout=(5, 0.05))

    assert caller.get("users/me").status_code == 200


def test_a_slow_answer_takes_the_worlds_time(
    caller: Caller, world: World, clock: VirtualClock
) -> None:
    """The answer comes after its seconds, by the clock of the world."""
    before = clock.now()
    world.faults.switch_on(Fault.SLOW, times=1, seconds=12)

    answer = caller.get("users/me")

    assert answer.status_code == 200
    assert (clock.now() - before).total_seconds() == 12


def test_the_login_page_calls_itself_success(caller: Caller, world: World) -> None:
    """Following the redirect ends on a page in HTML with status 200."""
    world.faults.switch_on(Fault.LOGIN_REDIRECT, times=1)

    answer = caller("GET", "users/me", allow_redirects=True)

    assert (answer.status_code, answer.headers["content-type"]) == (200, HTML)
    assert [each.status_code for each in answer.history] == [302]


def test_a_refused_client_gets_no_token(door: ZendeskDoor, world: World) -> None:
    """The OAuth office answers 401 while the client's secret is wrong."""
    world.faults.switch_on(Fault.TOKEN_REFUSED, times=1)
    body = {
        "grant_type": "client_credentials", "client_id": "deskmate",
        "client_secret": "sandbox-secret",
    }  # fmt: skip

    answers = [requests.post(f"{door.url}/oauth/tokens", json=body, timeout=5) for _ in range(2)]

    assert [each.status_code for each in answers] == [401, 200]


def test_refusal_takes_neither_count_nor_endpoint(world: World) -> None:
    """Nobody sees a refused connection, so it can be neither counted nor told apart."""
    with pytest.raises(ValueError, match="no count"):
        world.faults.switch_on(Fault.REFUSED, times=3)


def test_every_switch_says_what_it_does() -> None:
    """Each member of the list is documented in the file that lists it."""
    source = inspect.getsource(Fault).splitlines()

    places = [n for n, line in enumerate(source) if ' = "' in line]

    assert len(places) == len(Fault)
    assert all(source[place + 1].strip().startswith('"""') for place in places)
