# SPDX-License-Identifier: GPL-3.0-or-later
"""`/desk outage link`: a person's own link to the continuity page, for their eyes only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from datetime import datetime

from bot.rules.desk_links import RIGHT, USUAL, DeskLink, link_of
from bot.rules.engine import CompiledPolicy
from bot.rules.rights import may, person_of
from bot.store.problems import StoreProblem
from bot.store.store import Store
from bot.store.views import link_made
from bot.telemetry import logger
from bot.texts.instants import time_with_zone
from bot.texts.replies import chat_reply, not_written_down
from bot.texts.words import language

COMMIT_WITHIN = 1.5
"""Seconds: Slack waits three, and the person's name was read before."""

log = logger("chat")

PageAddress = Callable[[DeskLink], str]
"""Where a link leads; empty where no links are set up."""


class LinkGiver:
    """Gives a link to whoever may declare an outage; what a whole channel reads gets none."""

    def __init__(
        self,
        store: Store,
        compiled: Callable[[], CompiledPolicy],
        address: PageAddress | None,
        source: str,
    ) -> None:
        """`address` is None where others read the answer."""
        self._store = store
        self._compiled = compiled
        self._address = address
        self._source = source

    def answer(self, name: str, now: datetime, user_id: str = "") -> str:
        """The link, or why there is none; who got one is on disk before it is said."""
        policy = self._compiled().policy
        words = language(policy.language).words.continuity
        if self._address is None:
            return words["no_link_here"]
        if not may(policy, RIGHT, name, user_id):
            allowed = ", ".join(policy.rights.get(RIGHT, ())) or "-"
            return chat_reply("not_allowed", policy.language, allowed)
        person = person_of(policy, name, user_id)
        if person is None or not may(policy, RIGHT, person.name):
            return words["not_known"]
        link = link_of(person.name, now, USUAL)
        address = self._address(link)
        if not address:
            return words["no_link_set"]
        if not self._is_written_down(link):
            return not_written_down(policy.language)
        zone = person.zone or policy.zone
        until = time_with_zone(
            link.expires_at, now=now, zone=zone, words=language(policy.language).words
        )
        return words["link"].format(until=until, url=address)

    def _is_written_down(self, link: DeskLink) -> bool:
        try:
            written = self._store.submit(lambda tx: link_made(link, self._source, tx))
            written.result(COMMIT_WITHIN)
        except (TimeoutError, CancelledError, StoreProblem) as error:
            log.error("command_not_written_down", key="outage/link", reason=repr(error)[:200])
            return False
        return True
