# SPDX-License-Identifier: GPL-3.0-or-later
"""Knows what people in Slack are called; asks once, never holds anybody up for long."""

from __future__ import annotations

import threading
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


class ChatPeople:
    """User ids and names, learnt from `users.info`. Safe to share by threads."""

    def __init__(self, client: WebClient) -> None:
        """`client` must give up within a second: a press waits for it."""
        self._client = client
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    def name_of(self, user_id: str, *, otherwise: str) -> str:
        """The person's full name; `otherwise` while Slack does not tell."""
        with self._lock:
            known = self._names.get(user_id)
        if known or not user_id:
            return known or otherwise
        found = self._ask(user_id)
        if found:
            with self._lock:
                self._names[user_id] = found
        return found or otherwise

    def _ask(self, user_id: str) -> str:
        try:
            user = self._client.users_info(user=user_id).get("user") or {}
        except (SlackApiError, OSError, HTTPException):
            return ""
        profile = user.get("profile") or {}
        return str(user.get("real_name") or profile.get("real_name") or "")
