# SPDX-License-Identifier: GPL-3.0-or-later
"""How the Zendesk door misbehaves: which answer, or none, each thrown switch gives a call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from bot.clock import Clock
from bot.sandbox.faults import Fault, Faults, Switch
from bot.sandbox.http import Call, Reply, html_reply, json_reply
from bot.sandbox.zendesk_answers import error
from bot.sandbox.zendesk_auth import refused_client, refused_token
from bot.sandbox.zendesk_limits import Stand, account_headers, bucket_header, throttled

_FULL = Stand(700, 699, 60)
_EMPTY = Stand(700, 0, 30)
_PAGE_TYPE = "text/html; charset=utf-8"
_EXPIRED = Call("GET", "", headers={"authorization": "Bearer expired"})


def before_answer(faults: Faults, clock: Clock, key: str) -> Reply | Literal[True] | None:
    """What stands in the way of a call: another answer, True for a broken line, None for nothing.

    Waits first if it is to be slow, and hangs if it is to hang.
    """
    slow = faults.strike(Fault.SLOW, key)
    if slow is not None:
        clock.wait(threading.Event(), slow.seconds)
    if faults.hang(Fault.HANGS, key) or faults.strike(Fault.RESET, key):
        return True
    if key == "POST oauth/tokens":
        return refused_client() if faults.strike(Fault.TOKEN_REFUSED, key) else _edge(faults, key)
    return _edge(faults, key) or _inner(faults, key)


def is_answer_lost(faults: Faults, key: str) -> bool:
    """Whether the line breaks after the call was carried out."""
    return faults.strike(Fault.ANSWER_LOST, key) is not None


def _edge(faults: Faults, key: str) -> Reply | None:
    """Answers that never reached the helpdesk itself."""
    for fault, answer in _EDGE.items():
        switch = faults.strike(fault, key)
        if switch is not None:
            return answer(switch)
    return None


def _inner(faults: Faults, key: str) -> Reply | None:
    """Answers of the helpdesk itself."""
    for fault, answer in _INNER.items():
        if fault is Fault.CONFLICT and key.startswith("GET "):
            continue
        switch = faults.strike(fault, key)
        if switch is not None:
            return answer(switch)
    return None


def _throttled(switch: Switch) -> Reply:
    return _with(throttled(switch.retry_after), account_headers(_EMPTY))


def _bucket_throttled(switch: Switch) -> Reply:
    spent = bucket_header(Stand(100, 0, switch.retry_after))
    headers = {**account_headers(_FULL), "zendesk-ratelimit-tickets-update": spent}
    return _with(throttled(switch.retry_after), headers)


def _unavailable(switch: Switch) -> Reply:
    body = {"error": "Unavailable", "description": "The service is temporarily unavailable"}
    return json_reply(503, body, Retry_After=str(switch.retry_after))


def _with(reply: Reply, headers: dict[str, str]) -> Reply:
    return Reply(reply.status, reply.body, reply.content_type, {**headers, **reply.headers})


_EDGE: dict[Fault, Callable[[Switch], Reply]] = {
    Fault.UNAVAILABLE: _unavailable,
    Fault.UNAVAILABLE_PAGE: lambda _: html_reply(503, "Service Unavailable"),
    Fault.BAD_GATEWAY_PAGE: lambda _: html_reply(502, "502 Bad Gateway"),
    Fault.EDGE_PAGE: lambda _: html_reply(520, "520: Web server is returning an unknown error"),
    Fault.PAGE_INSTEAD: lambda _: html_reply(200, "We are down for maintenance"),
    Fault.EMPTY_ANSWER: lambda _: Reply(200),
    Fault.LOGIN_REDIRECT: lambda _: Reply(302, b"", _PAGE_TYPE, {"Location": "/login"}),
}
_INNER: dict[Fault, Callable[[Switch], Reply]] = {
    Fault.EXPIRED_TOKEN: lambda _: refused_token(_EXPIRED),
    Fault.FORBIDDEN: lambda _: error(403, "Forbidden", "You do not have access to this page."),
    Fault.THROTTLED: _throttled,
    Fault.THROTTLED_SILENTLY: lambda _: _with(throttled(None), account_headers(_EMPTY)),
    Fault.BUCKET_THROTTLED: _bucket_throttled,
    Fault.CONFLICT: lambda _: error(409, "UpdateConflict", "The ticket was updated meanwhile."),
}
