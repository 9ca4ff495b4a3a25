# SPDX-License-Identifier: GPL-3.0-or-later
"""Posts cards to Teams by Workflows webhooks, whose answer proves only that a flow took them.

The webhook's address is its credential: it stands in no log, no reason and no repr.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

import requests

from bot.channels.links import NO_LINKS, Links
from bot.channels.teams_card import Json, payload
from bot.ports import Accepted, Finding, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Outgoing
from bot.texts.own import NO_TEXTS, OwnTexts

TIMEOUT = (3.05, 10.0)
RETIRED_HOST = ".webhook.office.com"
DEFAULT_RETRY_AFTER = 5.0
SET_IT = "make a Workflows webhook in Teams and set DESKMATE_TEAMS_{}"
COMMAND = "@Deskmate ack"
"""What takes a ticket when it is written in a room (`sources/web_teams.py`)."""
NOTHING: Mapping[str, str] = MappingProxyType({})


class TeamsChannel:
    """The way by Teams; see `ports.Channel`."""

    def __init__(
        self,
        webhooks: Mapping[str, Callable[[], str]],
        *,
        names: Mapping[str, str] = NOTHING,
        texts: OwnTexts = NO_TEXTS,
        links: Links = NO_LINKS,
    ) -> None:
        """`webhooks` reveal their addresses when asked; `names` are display names of own codes.

        `texts` are the desk's own words.
        """
        self._webhooks = dict(webhooks)
        self._names = names
        self._texts = texts
        self._links = links
        self._session = requests.Session()
        self._session.trust_env = False

    def use(self, *, names: Mapping[str, str], texts: OwnTexts) -> None:
        """Speak in the words of a policy that was read again."""
        self._names, self._texts = names, texts

    def payload(self, outgoing: Outgoing, *, now: datetime) -> Json:
        """What Teams would be sent for one row."""
        linked = self._links.added(outgoing, now)
        command = COMMAND if self._links.hears_teams else ""
        return payload(linked, now=now, names=self._names, texts=self._texts, command=command)

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Post the card; a 202 is accepted, not delivered."""
        name = _name(outgoing.destination)
        reveal = self._webhooks.get(name)
        if reveal is None:
            return Refused(f"no Teams webhook {name!r} is set", SET_IT.format(_setting(name)))
        try:
            answer = self._session.post(
                reveal(), json=self.payload(outgoing, now=now), timeout=TIMEOUT,
                allow_redirects=False,
            )  # fmt: skip
        except requests.ConnectTimeout:
            return TryLater("Teams does not answer the door")
        except requests.ReadTimeout:
            return Unknown("Teams took the card and did not answer")
        except requests.ConnectionError as error:
            return _judge_line(error)
        except requests.RequestException as error:
            return Refused(f"the webhook's address cannot be used: {type(error).__name__}",
                           SET_IT.format(_setting(name)))  # fmt: skip
        return _judge(answer, name)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """A webhook cannot be read back."""
        return Unknown("Teams cannot be read back")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Whether each webhook is set and none is of the retired kind; nothing is posted."""
        return tuple(self._examine(_name(each)) for each in destinations)

    def _examine(self, name: str) -> Finding:
        what, advice = f"Teams webhook {name}", SET_IT.format(_setting(name))
        reveal = self._webhooks.get(name)
        if reveal is None:
            return Finding(what, False, "not set", advice)
        host = urlsplit(reveal()).hostname or ""
        if host.endswith(RETIRED_HOST):
            return Finding(what, False, "a connector, which Teams has retired", advice)
        return Finding(what, bool(host), f"set, at {host}" if host else "no web address", advice)


def _judge(answer: requests.Response, name: str) -> Outcome:
    status = answer.status_code
    if 200 <= status < 300:
        # Connectors used to answer 200 with an error in the body: the body is always read.
        text = answer.text[:200].lower()
        if status == 200 and ("error" in text or "failed" in text):
            return Refused("Teams answers 200 with an error", SET_IT.format(_setting(name)))
        return Accepted(str(status))
    if status == 429:
        return TryLater("Teams asks us to slow down", _retry_after(answer))
    if status >= 500 or status in (408, 412):
        return TryLater(f"Teams answers {status}", _retry_after(answer) if status == 503 else None)
    if status in (404, 410):
        advice = "the flow was deleted or its owner left: make it again, with a co-owner"
        return Refused(f"Teams has no such flow any more ({status})", advice)
    if status in (401, 403):
        advice = "the webhook's signature no longer holds: copy its address again"
        return Refused(f"Teams refuses the webhook ({status})", advice)
    return Refused(f"Teams refuses the card ({status})", "look at the flow's run history")


def _judge_line(error: requests.ConnectionError) -> Outcome:
    """Before the card was sent nothing is lost; afterwards nobody knows."""
    cause = type(getattr(error.args[0], "reason", error.args[0]) if error.args else error).__name__
    if cause in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "SSLError"):
        return TryLater(f"Teams cannot be reached: {cause}")
    return Unknown(f"the line to Teams broke: {cause}")


def _retry_after(answer: requests.Response) -> float:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else DEFAULT_RETRY_AFTER


def _name(destination: str) -> str:
    return destination.removeprefix("teams:")


def _setting(name: str) -> str:
    return name.upper().replace("-", "_")
