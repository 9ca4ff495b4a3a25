# SPDX-License-Identifier: GPL-3.0-or-later
"""The webhook deliveries of the ingest benchmark: 3.3 KB each, signed, no two alike."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

SECRET = "bench-signing-secret"
PATH = "/webhooks/zendesk"
BODY_BYTES = 3300
_PADDING = "The line to the second floor has been down since eight. "


def signature(secret: str, stamp: bytes, body: bytes) -> str:
    """The signature of a delivery as Zendesk makes it: base64 HMAC-SHA256 of stamp and body."""
    return base64.b64encode(hmac.digest(secret.encode(), stamp + body, "sha256")).decode()


@dataclass(frozen=True, slots=True)
class _Halves:
    head: bytes
    tail: bytes


def _template() -> _Halves:
    event_id = str(uuid.uuid4())
    shown = {
        "type": "zen:event-type:ticket.comment_added",
        "account_id": 22129848,
        "id": event_id,
        "time": "2026-03-02T12:00:00.123456789Z",
        "zendesk_event_version": "2022-11-06",
        "subject": "zen:ticket:5158",
        "detail": {
            "actor_id": "8447388090494",
            "assignee_id": "8447388090494",
            "brand_id": "8447346621310",
            "created_at": "2026-03-02T11:00:00Z",
            "custom_status": "8447320465790",
            "description": "",
            "external_id": None,
            "form_id": "8646151517822",
            "group_id": "8447320466430",
            "id": "5158",
            "is_public": True,
            "organization_id": "8447346622462",
            "priority": "HIGH",
            "requester_id": "8447388090494",
            "status": "OPEN",
            "subject": "Line down",
            "submitter_id": "8447388090494",
            "tags": ["vip", "line"],
            "type": "INCIDENT",
            "updated_at": "2026-03-02T12:00:00Z",
            "via": {"channel": "web_service"},
        },
        "event": {
            "comment": {
                "author": {"id": "8447388090494", "is_staff": False, "name": "Ann"},
                "body": "Any news?",
                "is_public": True,
                "id": "COMMENT",
            }
        },
    }
    missing = BODY_BYTES - len(json.dumps(shown, indent=3))
    shown["event"]["comment"]["body"] += (_PADDING * BODY_BYTES)[:missing]  # type: ignore[index]
    head, _, tail = json.dumps(shown, indent=3).replace(event_id, "EVENT").partition("COMMENT")
    return _Halves(head.encode(), tail.encode())


class Deliveries:
    """Makes one signed HTTP request after the other, cheaply enough not to be what is measured."""

    def __init__(self, host: str, secret: str = SECRET) -> None:
        """Sign everything for the present second, which receivers accept for minutes."""
        self._stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        halves = _template()
        self._before, _, self._between = halves.head.partition(b"EVENT")
        self._after = halves.tail
        self._begun = hmac.new(secret.encode(), self._stamp + self._before, hashlib.sha256)
        length = len(self._body(b"0" * 12))
        self._head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\nX-Zendesk-Account-Id: 22129848\r\n"
            f"X-Zendesk-Webhook-Id: 01HBENCH\r\n"
            f"X-Zendesk-Webhook-Signature-Timestamp: {self._stamp.decode()}\r\n"
        ).encode()
        self._number = 0

    def next(self) -> bytes:
        """The next request, head and body, with a comment that nobody saw before."""
        self._number += 1
        name = f"{self._number:012d}".encode()
        sealed = self._begun.copy()
        sealed.update(name + self._between + name + self._after)
        return b"".join(
            (
                self._head,
                b"X-Zendesk-Webhook-Invocation-Id: 01H",
                name,
                b"\r\nX-Zendesk-Webhook-Signature: ",
                base64.b64encode(sealed.digest()),
                b"\r\n\r\n",
                self._body(name),
            )
        )

    def _body(self, name: bytes) -> bytes:
        return b"".join((self._before, name, self._between, name, self._after))
