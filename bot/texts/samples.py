# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices of every kind with ordinary facts, by which a desk's own texts are measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.rules.actions import Notice, NoticeKind, TicketLine

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
_OUTAGES = frozenset({NoticeKind.HELPDESK_DOWN, NoticeKind.HELPDESK_UP})
_LISTS = frozenset({NoticeKind.DIGEST, NoticeKind.CATCH_UP, NoticeKind.GROUP})


def samples(kind: NoticeKind, language: str) -> Iterator[Notice]:
    """The kind as it comes: early and late, with somebody who has it and with nobody."""
    for due_in in (timedelta(hours=26), -timedelta(hours=3)):
        for owner in (None, "Maximiliane Wolff"):
            yield _about(kind, language, due_in, owner)


def _about(kind: NoticeKind, language: str, due_in: timedelta, owner: str | None) -> Notice:
    notice = Notice(
        kind=kind,
        thread="ticket:1",
        at=NOW,
        title="Orders are not sent to the warehouse",
        ticket_id="1",
        number=1234567,
        link="https://acme.example/agent/tickets/1234567",
        priority="urgent",
        category="incident",
        customer="Anna Lindqvist",
        organisation="Nordic Freight AB",
        owner=owner,
        clock="first_response",
        due_at=NOW + due_in,
        quote="Since this morning no order has arrived, please help us",
        language=language,
        zone="Europe/Stockholm",
        buttons=("acknowledge",),
        soon=12,
        customers=7,
    )
    if kind in _OUTAGES:
        return replace(
            notice, thread="outage:1", title="", ticket_id=None, number=None, customer=None,
            organisation=None, priority=None, category=None, due_at=NOW - abs(due_in),
        )  # fmt: skip
    if kind in _LISTS:
        line = TicketLine("Orders are not sent", 1234567, NOW + due_in, owner)
        return replace(
            notice, title="", ticket_id=None, number=None, customer=None, organisation=None,
            priority=None, category=None, quote="", lines=(line,) * 5, buttons=(),
            due_at=NOW - abs(due_in) if kind is NoticeKind.CATCH_UP else NOW + due_in,
        )  # fmt: skip
    return notice
