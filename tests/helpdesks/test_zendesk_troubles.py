# SPDX-License-Identifier: GPL-3.0-or-later
"""How the adapter names what is wrong with Zendesk, and how it proves who we are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from expired_server import expired_server

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.helpdesks.zendesk_failures import retry_after_of
from bot.helpdesks.zendesk_limits import CallBudget
from bot.helpdesks.zendesk_token import ZendeskAccess
from bot.ports import Page, Trouble, TroubleKind
from bot.rules.outcome import LONGEST_PAUSE
from bot.rules.policy import HelpdeskMap
from bot.rules.probes import Flag, Verdict
from bot.sandbox.faults import Fault
from bot.sandbox.zendesk import ZendeskDoor

ME = "GET users/me"
OAUTH = "oauth/tokens"


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("-5", 0.0),
        ("999999999", LONGEST_PAUSE),
        ("inf", LONGEST_PAUSE),
        ("9" * 400, LONGEST_PAUSE),
        ("Mon, 02 Mar 2026 09:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2099 09:01:00 GMT", LONGEST_PAUSE),
        ("soon", None),
    ],
)
def test_odd_waiting_time_keeps_nobody_waiting(said: str, wait: float | None) -> None:
    """What a server asks for is believed up to an hour; no odd number stops the reading."""
    response = requests.Response()
    response.headers["Retry-After"] = said

    assert retry_after_of(response, datetime(2026, 3, 2, 9, tzinfo=UTC)) == wait


def tokens(door: ZendeskDoor) -> int:
    return door.calls[f"POST {OAUTH}"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.REFUSED, TroubleKind.DOWN),
        (Fault.RESET, TroubleKind.DOWN),
        (Fault.HANGS, TroubleKind.SLOW),
        (Fault.UNAVAILABLE, TroubleKind.DOWN),
        (Fault.UNAVAILABLE_PAGE, TroubleKind.DOWN),
        (Fault.BAD_GATEWAY_PAGE, TroubleKind.DOWN),
        (Fault.EDGE_PAGE, TroubleKind.DOWN),
        (Fault.PAGE_INSTEAD, TroubleKind.WRONG_CONTENT),
        (Fault.EMPTY_ANSWER, TroubleKind.WRONG_CONTENT),
        (Fault.LOGIN_REDIRECT, TroubleKind.WRONG_CONTENT),
        (Fault.THROTTLED, TroubleKind.THROTTLED),
        (Fault.BUCKET_THROTTLED, TroubleKind.THROTTLED),
        (Fault.EXPIRED_TOKEN, TroubleKind.CREDENTIALS),
        (Fault.FORBIDDEN, TroubleKind.CREDENTIALS),
    ],
)
def test_every_failure_has_its_name(
    zendesk: Zendesk, door: ZendeskDoor, start: datetime, fault: Fault, kind: TroubleKind
) -> None:
    """A read that fails says why, whatever tree its exception grew on."""
    assert isinstance(zendesk.tickets_since(None, start), Page)
    door.faults.switch_on(fault)

    read = zendesk.tickets_since(None, start)

    assert isinstance(read, Trouble)
    assert (kind, True) == (read.kind, bool(read.reason))


@pytest.mark.parametrize(
    ("fault", "edge", "read"),
    [
        (None, Verdict.OK, Verdict.OK),
        (Fault.REFUSED, Verdict.DOWN, Verdict.DOWN),
        (Fault.HANGS, Verdict.DOWN, Verdict.DOWN),
        (Fault.UNAVAILABLE, Verdict.DOWN, Verdict.DOWN),
        (Fault.EDGE_PAGE, Verdict.DOWN, Verdict.DOWN),
        (Fault.PAGE_INSTEAD, Verdict.DOWN, Verdict.DOWN),
        (Fault.LOGIN_REDIRECT, Verdict.DOWN, Verdict.DOWN),
        (Fault.EXPIRED_TOKEN, Verdict.OK, Verdict.CREDENTIALS),
        (Fault.FORBIDDEN, Verdict.OK, Verdict.CREDENTIALS),
        (Fault.THROTTLED, Verdict.THROTTLED, Verdict.THROTTLED),
    ],
)
def test_probes_judge_by_the_table(
    zendesk: Zendesk, door: ZendeskDoor, fault: Fault | None, edge: Verdict, read: Verdict
) -> None:
    """Each answer means what docs/outages.md says; bad credentials are no outage."""
    if fault is not None:
        door.faults.switch_on(fault, endpoint="*" if fault is Fault.REFUSED else ME)

    assert (edge, read) == (zendesk.probe_edge().verdict, zendesk.probe_read().verdict)


def test_share_of_our_own_calls_tells_whose_doing_a_429_is(
    zendesk: Zendesk, door: ZendeskDoor, clock: VirtualClock
) -> None:
    """Our calls of the last minute against the limit that the answers name."""
    budget = CallBudget(clock)
    for _ in range(6):
        budget.count_call({"X-Rate-Limit": "10", "X-Rate-Limit-Remaining": "4"})
    busy = budget.own_share()
    clock.advance(timedelta(seconds=61))
    door.faults.switch_on(Fault.THROTTLED, endpoint=ME)
    probe = zendesk.probe_read()

    assert (busy, budget.own_share()) == (0.6, 0.0)
    assert probe.own_share is not None and 0 < probe.own_share < 0.1


@pytest.mark.parametrize(
    ("fault", "flag"), [(Fault.PAGE_INSTEAD, Flag.WRONG_CONTENT), (Fault.UNAVAILABLE, None)]
)
def test_pages_instead_of_data_are_flagged(
    zendesk: Zendesk, door: ZendeskDoor, fault: Fault, flag: Flag | None
) -> None:
    """Works of theirs, or a login page on our own line: a person should know."""
    door.faults.switch_on(fault, endpoint=ME)

    assert zendesk.probe_read().flag is flag


def test_name_that_does_not_resolve_is_down_and_flagged(
    names: HelpdeskMap, clock: VirtualClock
) -> None:
    """No server may know a name below .invalid (RFC 6761)."""
    access = ZendeskAccess("https://acme.zendesk.invalid", email="a@b.example", api_token="t")
    lost = Zendesk(access, names, clock)

    probe = lost.probe_edge()

    lost.close()
    assert (probe.verdict, probe.flag) == (Verdict.DOWN, Flag.NAME)


@pytest.mark.real
def test_expired_certificate_is_down_and_flagged(
    tmp_path: Path, names: HelpdeskMap, clock: VirtualClock
) -> None:
    """It may be a proxy of ours: whoever reads the notice is told what it was."""
    with expired_server(tmp_path) as port:
        access = ZendeskAccess(f"https://127.0.0.1:{port}", email="a@b.example", api_token="t")
        expired = Zendesk(access, names, clock)
        probe = expired.probe_read()
        expired.close()

    assert (probe.verdict, probe.flag) == (Verdict.DOWN, Flag.CERTIFICATE)
    assert "certificate" in probe.detail


def test_refused_secret_is_credentials(zendesk: Zendesk, door: ZendeskDoor) -> None:
    """A client secret that was changed is no outage either."""
    door.faults.switch_on(Fault.TOKEN_REFUSED)

    assert zendesk.probe_read().verdict == Verdict.CREDENTIALS
    assert zendesk.probe_edge().verdict == Verdict.OK


def test_write_probe_reads_its_counter_back(zendesk: Zendesk, door: ZendeskDoor) -> None:
    """A write counts when the canary shows it."""
    assert zendesk.probe_write(41).verdict == Verdict.OK
    assert {key: count for key, count in door.calls.items() if "tickets" in key} == {
        "PUT tickets/{id}": 1,
        "GET tickets/{id}": 1,
    }


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault.CONFLICT, Verdict.MISCONFIGURED),
        (Fault.UNAVAILABLE_PAGE, Verdict.DOWN),
        (Fault.ANSWER_LOST, Verdict.DOWN),
        (Fault.EMPTY_ANSWER, Verdict.DOWN),
    ],
)
def test_write_probe_fails_by_the_table(
    zendesk: Zendesk, door: ZendeskDoor, fault: Fault, verdict: Verdict
) -> None:
    """Writing may fail while reading works, and a race on the canary is no outage."""
    door.faults.switch_on(fault, endpoint="PUT *")

    assert verdict == zendesk.probe_write(1).verdict


def test_missing_canary_is_our_mistake(zendesk: Zendesk, door: ZendeskDoor) -> None:
    """A canary that was deleted is a matter of configuration."""
    canary = next(iter(door.world.tickets()))
    door.world.delete_ticket(canary.number)

    assert zendesk.probe_write(1).verdict == Verdict.MISCONFIGURED


def test_token_is_renewed_ahead_of_its_end(
    zendesk: Zendesk, door: ZendeskDoor, clock: VirtualClock
) -> None:
    """A token is used while it is young, and exchanged before it dies."""
    zendesk.probe_read()
    clock.advance(timedelta(minutes=20))
    zendesk.probe_read()
    assert tokens(door) == 1
    clock.advance(timedelta(minutes=5))

    assert zendesk.probe_read().verdict == Verdict.OK
    assert tokens(door) == 2
    assert [each for each in door.served() if each.status == 401] == []


def test_revoked_token_is_renewed_once(zendesk: Zendesk, door: ZendeskDoor) -> None:
    """401 in the middle of a run costs one new token and no error."""
    zendesk.probe_read()
    door.tokens.revoke_all()

    assert zendesk.probe_read().verdict == Verdict.OK
    assert tokens(door) == 2


def test_failing_renewal_keeps_the_old_token(
    zendesk: Zendesk, door: ZendeskDoor, clock: VirtualClock
) -> None:
    """While the old token holds, an office that gives no new one stops nothing."""
    zendesk.probe_read()
    clock.advance(timedelta(minutes=25))
    door.faults.switch_on(Fault.UNAVAILABLE, endpoint=f"POST {OAUTH}")

    assert zendesk.probe_read().verdict == Verdict.OK


def test_address_must_be_a_helpdesks(names: HelpdeskMap, clock: VirtualClock) -> None:
    """An address that cannot be one is refused at the start, with what to write."""
    with pytest.raises(ValueError, match=r"https://NAME\.zendesk\.com"):
        Zendesk(ZendeskAccess("http://localhost"), names, clock)


def test_secrets_are_not_shown() -> None:
    """Credentials do not appear when they are printed."""
    access = ZendeskAccess("https://a.example", "id", "hush", "a@b.example", "hush-too")

    assert "hush" not in repr(access)
