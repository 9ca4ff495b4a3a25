# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds what a message offers to open when it goes out: the ticket, "I have it", who waits.

They are made when a message is sent, so that no signed address lies in the store.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.rules.actions import Notice, Outgoing
from bot.rules.desk_links import USUAL, address_of, is_opened_at, link_of
from bot.rules.take_links import LIVES, TakeLink, sign
from bot.texts.render import Rendered
from bot.texts.words import language

TAKES = "acknowledge"
SHARED = frozenset({"slack", "teams"})
"""Ways that many read: who takes it there says who they are."""
TAKE_PATH = "/take/"


@dataclass(frozen=True, slots=True)
class Links:
    """Where the helpdesk shows tickets, and where we are reached ourselves; empty for nowhere."""

    ticket_url: str = ""
    public_url: str = ""
    reveal_secret: Callable[[], str] = lambda: ""
    hears_teams: bool = False
    """Whether people in Teams can write to us (docs/delivery.md)."""

    def __repr__(self) -> str:
        """Addresses alone."""
        return f"Links({self.ticket_url!r}, {self.public_url!r})"

    def added(self, outgoing: Outgoing, now: datetime) -> Outgoing:
        """The message with its addresses; without a public address only the ticket's."""
        notice = outgoing.message
        if not isinstance(notice, Notice):
            return outgoing
        linked = notice
        if self.ticket_url and notice.number is not None and not notice.link:
            linked = replace(linked, link=f"{self.ticket_url}{notice.number}")
        secret = self.reveal_secret()
        if self.public_url and secret and TAKES in notice.buttons:
            linked = replace(linked, take_link=self._take(outgoing, notice, secret, now))
        if secret and notice.page_for == outgoing.destination and is_opened_at(self.public_url):
            page = address_of(link_of(notice.recipient, now, USUAL), self.public_url, secret)
            linked = replace(linked, page_link=page)
        return replace(outgoing, message=linked)

    def _take(self, outgoing: Outgoing, notice: Notice, secret: str, now: datetime) -> str:
        is_shared = outgoing.destination.partition(":")[0] in SHARED
        link = TakeLink(notice.thread, "" if is_shared else notice.recipient, now + LIVES)
        return f"{self.public_url.rstrip('/')}{TAKE_PATH}{sign(link, secret)}"


NO_LINKS = Links()


def instead_of_taking(notice: Notice, command: str = "") -> str | None:
    """What can be done where "I have it" leads nowhere, as a code of next steps; None where it can.

    `command` is what people may write to us there, before the ticket's name.
    """
    if notice.take_link or TAKES not in notice.buttons:
        return None
    named = str(notice.number) if notice.number is not None else notice.reference
    if command and named:
        return f"take_by:{command} {named}"
    return "take_there" if notice.number is not None else ""


def offers(notice: Notice, rendered: Rendered) -> tuple[tuple[str, str], ...]:
    """(label, address) of what can be opened: "I have it" first, then the ticket, the page last."""
    take = dict(rendered.buttons).get(TAKES, "")
    waits = language(notice.language).words.continuity["open_page"]
    offered = (
        (take, notice.take_link),
        (rendered.open_label, notice.link or ""),
        (waits, notice.page_link),
    )
    return tuple(
        (label, url) for label, url in offered if label and url.startswith(("https://", "http://"))
    )
