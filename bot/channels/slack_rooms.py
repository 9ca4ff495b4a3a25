# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the id of a Slack channel: people write names, half of Slack's methods want ids."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

from slack_sdk import WebClient

PAGE = 200
GREATEST_PAGES = 50

_ID = re.compile(r"[CGD][A-Z0-9]{8,}")
_PERSON = re.compile(r"[UW][A-Z0-9]{8,}")


class Rooms:
    """Names, and what Slack calls them; learns from every answer. Safe to share by threads."""

    def __init__(self, client: WebClient) -> None:
        """Know nothing yet."""
        self._client = client
        self._ids: dict[str, str] = {}
        self._lock = threading.Lock()

    def address(self, destination: str) -> str:
        """What `chat.postMessage` takes for `slack:NAME`: an id if we know it, else `#name`."""
        name = name_of(destination)
        with self._lock:
            known = self._ids.get(name)
        if known or _ID.fullmatch(name) or _PERSON.fullmatch(name):
            return known or name
        return f"#{name}"

    def learn(self, destination: str, channel_id: str) -> None:
        """Keep what an answer told us."""
        with self._lock:
            self._ids[name_of(destination)] = channel_id

    def id_of(self, destination: str) -> str | None:
        """The channel's id, asked for if need be; None if Slack knows none we may see."""
        name = name_of(destination)
        if _ID.fullmatch(name):
            return name
        with self._lock:
            known = self._ids.get(name)
        if known:
            return known
        found = self._person(name) if _PERSON.fullmatch(name) else self._search(name)
        if found:
            self.learn(destination, found)
        return found

    def _person(self, user_id: str) -> str | None:
        answer = self._client.conversations_open(users=user_id)
        channel: Mapping[str, str] = answer.get("channel") or {}
        return channel.get("id")

    def _search(self, name: str) -> str | None:
        cursor = ""
        for _ in range(GREATEST_PAGES):
            page = self._client.conversations_list(
                cursor=cursor, limit=PAGE, types="public_channel,private_channel"
            )
            for channel in page.get("channels") or ():
                if channel.get("name") == name:
                    return str(channel["id"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None


def name_of(destination: str) -> str:
    """`slack:#support` -> `support`."""
    return destination.removeprefix("slack:").removeprefix("#")
