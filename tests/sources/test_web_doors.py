# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP doors: whom they believe, what they write down, and what they answer."""

from __future__ import annotations

import http.client
import json
import socket
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sources_doors import NOW, SECRETS, alert, post, signed, stamp

from bot.clock import VirtualClock
from bot.rules.events import AlertReceived, Event, MaintenanceAnnounced, Unreadable
from bot.rules.ticket import Origin, Status, Ticket
from bot.sandbox.world_courier import carry
from bot.sources.web import GREATEST_BODY, WebhookReaders, build_app
from bot.sources.web_server import WebServer
from bot.sources.web_signatures import TEST_SECRET, DoorSecrets
from bot.store.store import Store
from bot.telemetry import Figures

HOOK, TRIGGER, EVENTS = SECRETS
CHANGE = b'{"ticket": 7, "priority": "p1"}'


def written(store: Store) -> list[Event]:
    return [each.event for each in store.write(lambda tx: tx.inbox.claim(
        now=NOW, lease_seconds=60, limit=100))]  # fmt: skip


def count(store: Store) -> int:
    with store.read() as reader:
        return reader.inbox.waiting()


def test_delivery_is_on_disk_when_answered(url: str, store: Store) -> None:
    """A verified delivery is an event in the inbox before the helpdesk hears 200."""
    answer = post(url, HOOK, CHANGE)

    assert (answer.status, count(store)) == (200, 1)


def test_delivery_twice_is_one_event(url: str, store: Store, figures: Figures) -> None:
    """The helpdesk may deliver the same thing again: it is answered the same and kept once."""
    answers = [post(url, HOOK, CHANGE) for _ in range(3)]

    assert [each.status for each in answers] == [200, 200, 200]
    assert count(store) == 1
    assert b'deskmate_events_total{source="webhook"} 1.0' in figures.exposition()


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (lambda path, body: {}, b"unsigned"),
        (lambda path, body: signed(path, body, secret="other"), b"wrong_signature"),
        (lambda path, body: signed(path, body + b" "), b"wrong_signature"),
        (lambda path, body: signed(path, body, secret=TEST_SECRET), b"wrong_signature"),
        (lambda path, body: signed(path, body, at=NOW - timedelta(seconds=301)), b"stale"),
        (lambda path, body: signed(path, body, at=NOW + timedelta(seconds=301)), b"stale"),
        (lambda path, body: dict.fromkeys(signed(path, body), "é"), b"wrong_signature"),
    ],
)
def test_unproven_sender_is_turned_away(
    url: str, store: Store, figures: Figures, headers: object, why: bytes
) -> None:
    """Without the right signature over the right body at the right time, nothing is kept."""
    assert callable(headers)
    answers = [post(url, path, CHANGE, headers(path, CHANGE)) for path in SECRETS]

    assert [(401, why)] * 3 == [(each.status, each.body.strip()) for each in answers]
    assert count(store) == 0
    assert b'why="' + why + b'"} 3.0' in figures.exposition()


@pytest.mark.parametrize("age", [-300, 0, 300])
def test_stamp_may_be_five_minutes_off(url: str, age: int) -> None:
    """Clocks differ and lines are slow: five minutes either way are taken."""
    headers = signed(HOOK, CHANGE, at=NOW + timedelta(seconds=age))

    assert post(url, HOOK, CHANGE, headers).status == 200


def test_two_mebibytes_are_too_much(url: str, store: Store) -> None:
    """A body of 2 MiB is refused, and the door goes on working."""
    body = b'{"ticket": 7, "priority": "' + b"x" * (2 * 1024 * 1024) + b'"}'

    answer = post(url, HOOK, body)

    assert (answer.status, count(store)) == (413, 0)
    assert post(url, HOOK, CHANGE).status == 200


def test_endless_body_is_cut_off(url: str) -> None:
    """A body that does not say how long it is gets an answer before it ends."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as line:
        line.sendall(
            b"POST /webhooks/zendesk HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        for _ in range(GREATEST_BODY // 0x10000 + 1):
            line.sendall(chunk)

        assert line.recv(64).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("body", [b"", b"no json", b"{}", b'{"bug": 1}', b"\xff\xfe", b"[1,"])
def test_verified_nonsense_is_kept_for_a_person(url: str, store: Store, body: bytes) -> None:
    """The helpdesk throws away what is answered with an error, so nonsense is kept and taken."""
    answers = [post(url, path, body) for path in (HOOK, EVENTS)]

    assert [each.status for each in answers] == [200, 200]
    assert count(store) == 2
    (event,) = written(store)
    assert isinstance(event.fact, Unreadable)
    assert event.fact.reason
    assert ("desk", body.decode("utf-8", "replace")) == (event.stream, event.fact.body)


def test_trigger_tells_only_news(url: str, store: Store) -> None:
    """A trigger names present values: only one that we did not know is an event, with the old."""
    ticket = Ticket(
        "T1", Origin.HELPDESK, NOW, NOW, Status.OPEN, "Help", "x", number=7, priority="p3"
    )
    store.write(lambda tx: tx.tickets.save(ticket))

    for value in ("p3", "p1"):
        post(url, TRIGGER, json.dumps({"ticket": 7, "priority": value}).encode())
    post(url, TRIGGER, b'{"ticket": 8, "priority": "p1"}')

    (event,) = written(store)
    assert (event.fact.old, event.fact.new) == ("p3", "p1")  # type: ignore[union-attr]


def test_alert_becomes_an_event(url: str, store: Store) -> None:
    """Firing and resolving one alert stand in one stream, in order."""
    fires = alert("a-1", host="db1", severity="critical")
    post(url, EVENTS, fires)
    post(url, EVENTS, fires)
    post(url, EVENTS, alert("a-2", "resolved", host="db1"))

    first = written(store)
    assert count(store) == 2
    (event,) = first
    assert isinstance(event.fact, AlertReceived)
    assert (
        event.fact.name, event.fact.host, event.fact.severity,
    ) == ("Disk full", "db1", "critical")  # fmt: skip
    assert event.stream.startswith("alert/")


def test_maintenance_becomes_an_event(url: str, store: Store) -> None:
    """Announced works are written down with their times."""
    detail = {"starts_at": "2026-03-03T20:00:00+01:00", "ends_at": None, "text": "Database"}
    sent = {"id": "m-1", "type": "maintenance_announced", "at": stamp(), "detail": detail}

    answer = post(url, EVENTS, json.dumps(sent).encode())

    (event,) = written(store)
    assert answer.status == 200
    assert isinstance(event.fact, MaintenanceAnnounced)
    assert (
        event.fact.starts_at.isoformat(), event.fact.ends_at,
    ) == ("2026-03-03T19:00:00+00:00", None)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "party"}, "type 'party'"),
        ({"id": ""}, "id must"),
        ({"at": "yesterday"}, "at is no instant"),
        ({"at": "2026-03-02T09:00:00"}, "no zone"),
        ({"detail": []}, "detail must"),
        ({"detail": {"state": "burning", "name": "x", "source": "y"}}, "firing or resolved"),
    ],
)
def test_unknown_event_says_why(
    url: str, store: Store, change: dict[str, object], reason: str
) -> None:
    """An event that is understood in part is kept with what is wrong with it."""
    body = json.dumps({**json.loads(alert()), **change}).encode()

    post(url, EVENTS, body)

    (event,) = written(store)
    assert isinstance(event.fact, Unreadable)
    assert reason in event.fact.reason


def test_closed_store_asks_for_a_retry(url: str, store: Store) -> None:
    """While nothing can be written the helpdesk hears 409, the one answer it comes back after."""
    store.close()

    answers = [post(url, HOOK, CHANGE), post(url, TRIGGER, b"?"), post(url, EVENTS, alert())]

    assert [each.status for each in answers] == [409, 409, 503]
    assert answers[2].headers["retry-after"] == "5"


@pytest.mark.parametrize(("is_sandbox", "status"), [(False, 401), (True, 200)])
def test_public_test_secret_opens_only_a_sandbox(
    store: Store, clock: VirtualClock, figures: Figures, is_sandbox: bool, status: int
) -> None:
    """The secret printed in the helpdesk's documentation is no secret, even when configured."""
    secrets = DoorSecrets(webhook=TEST_SECRET, accepts_test_secret=is_sandbox)
    readers = WebhookReaders(events=lambda b, n: (), triggers=lambda b, n: ())
    server = WebServer(
        build_app(store, secrets, clock, readers=readers, figures=figures), "127.0.0.1", 0
    )
    server.start()
    try:
        headers = signed(HOOK, CHANGE, secret=TEST_SECRET)
        url = f"http://127.0.0.1:{server.port}{HOOK}"
        assert status == carry(url, CHANGE, headers, timeout=5).status
    finally:
        server.stop()


def test_health_and_figures_answer(url: str) -> None:
    """Those who watch the daemon find its state and its figures."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    found = {}
    for path in ("/healthz", "/readyz", "/metrics", "/nothing"):
        line.request("GET", path)
        answer = line.getresponse()
        found[path] = answer.status
        answer.read()
    line.close()

    assert found == {"/healthz": 200, "/readyz": 200, "/metrics": 200, "/nothing": 404}


def test_ill_daemon_says_so(store: Store, clock: VirtualClock, figures: Figures) -> None:
    """What is wrong stands in the answer, with 503."""
    readers = WebhookReaders(events=lambda b, n: (), triggers=lambda b, n: ())
    app = build_app(
        store, DoorSecrets(), clock, readers=readers, figures=figures,
        not_ready=lambda: "the store is read-only",
    )  # fmt: skip
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    try:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        line.request("GET", "/readyz")
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (503, b"the store is read-only\n")
        line.close()
    finally:
        server.stop()


def test_taken_port_is_told_at_once(store: Store, clock: VirtualClock, figures: Figures) -> None:
    """A port in use is an error where the server is made, not in its thread."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError):
        WebServer(lambda scope, receive, send: None, "127.0.0.1", taken.getsockname()[1])  # type: ignore[arg-type, return-value]
