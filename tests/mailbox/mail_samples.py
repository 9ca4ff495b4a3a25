# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails for tests: short ones made here, and the corpus of odd real ones."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.rules.mail import MailReceived, Trust
from bot.rules.mail_keys import OwnNames, body_hash, mail_key
from bot.rules.ticket import Person
from bot.sources.mail_reading import read_mail

CORPUS = Path(__file__).parents[1] / "data" / "mails.zip"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OWN = OwnNames("a long secret of this desk", "ACM", "escalations@acme.example")


def raw_mail(
    *headers: str,
    body: str = "The feed is gone.",
    sender: str = "Nora Wind <nora@northwind.example>",
    subject: str = "Feed is gone",
    message_id: str | None = "<m1@northwind.example>",
) -> bytes:
    """A mail as it lies on a server."""
    lines = [*headers, f"From: {sender}", "To: escalations@acme.example", f"Subject: {subject}"]
    lines += [f"Message-ID: {message_id}"] if message_id else []
    lines += ["Content-Type: text/plain; charset=utf-8", "", body, ""]
    return "\r\n".join(lines).encode()


def received(raw: bytes, *, at: datetime = NOON, trust: Trust = Trust.UNCHECKED) -> MailReceived:
    """The mail as decisions see it."""
    read = read_mail(raw)
    body = body_hash(raw)
    return MailReceived(
        key=mail_key(read.message_id, body, read.envelope),
        raw="",
        size=len(raw),
        received_at=at,
        message_id=read.message_id,
        body_hash=body,
        sender=Person(name=read.sender_name or None, email=read.sender or None),
        recipients=read.recipients,
        references=read.references,
        own_ids=read.own_ids,
        subject=read.subject,
        text=read.text,
        headers=read.headers,
        trust=trust,
        language=read.language,
        files=read.files,
    )


def corpus() -> Iterator[tuple[str, bytes]]:
    """Every odd mail: its name and its bytes."""
    with zipfile.ZipFile(CORPUS) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)
