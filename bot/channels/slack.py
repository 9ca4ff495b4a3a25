# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends notices by Slack: one thread per ticket or outage, read back after a lost reply.

A message carries its outbox key as metadata, so that whether it arrived is never guessed. A
reference is `CHANNEL:TS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.channels.links import NO_LINKS, Links
from bot.channels.slack_answers import CALL_FAILURES, Trouble, advice, error_of, judge, trouble_of
from bot.channels.slack_blocks import Json, key_of, payload, plain_payload
from bot.channels.slack_rooms import Rooms, name_of
from bot.ports import Delivered, Finding, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing, Urgency
from bot.texts.own import NO_TEXTS, OwnTexts

Threads = Callable[[str, str], str | None]
"""(destination, thread) -> the reference of the first message delivered there about it."""

LOOK_BACK = timedelta(minutes=2)
"""Slack's clock and ours may differ; messages are looked for from this long before the attempt."""
PAGE = 200
GREATEST_PAGES = 10
NEEDED_SCOPES = frozenset({"chat:write", "channels:history", "channels:read"})

EDITS = frozenset({NoticeKind.ACKNOWLEDGED, NoticeKind.STORM})
"""Kinds that take the place of the first message of their thread."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message went before: a channel's id and the message's ts."""

    channel: str
    ts: str


class SlackChannel:
    """The way by Slack; see `ports.Channel`."""

    def __init__(
        self,
        client: WebClient,
        *,
        threads: Threads,
        names: Mapping[str, str] = NOTHING,
        texts: OwnTexts = NO_TEXTS,
        people: Mapping[str, str] = NOTHING,
        links: Links = NO_LINKS,
    ) -> None:
        """`client` comes from `slack_client`; `threads` looks into the outbox.

        `names` are display names of own codes, `people` the Slack ids of those a notice calls.
        """
        self._client = client
        self._rooms = Rooms(client)
        self._threads = threads
        self._names = names
        self._texts = texts
        self._people = people
        self._links = links

    def use(self, *, names: Mapping[str, str], texts: OwnTexts) -> None:
        """Speak in the words of a policy that was read again."""
        self._names, self._texts = names, texts

    def payload(self, outgoing: Outgoing, *, now: datetime) -> Json:
        """What Slack would be sent for one row, channel and thread apart."""
        linked = self._links.added(outgoing, now)
        return payload(linked, now=now, names=self._names, people=self._people, texts=self._texts)

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Edit the first message when it is about an acknowledgement, else post in its thread.

        What Slack finds too long or malformed is sent once more, plain and short.
        """
        content = self.payload(outgoing, now=now)
        try:
            return self._send(outgoing, content)
        except CALL_FAILURES as failure:
            if trouble_of(failure) is not Trouble.CONTENT:
                return judge(failure)
        try:
            plain = plain_payload(outgoing, now=now, names=self._names, texts=self._texts)
            return self._send(outgoing, plain)
        except CALL_FAILURES as failure:
            return judge(failure)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """Look for the key among the messages since just before the attempt at `since`."""
        thread = self._first_message(outgoing)
        if outgoing.is_edit or (thread and _is_edit(outgoing)):
            return Refused("an edit may simply be made again")
        try:
            channel = thread.channel if thread else self._rooms.id_of(outgoing.destination)
            if channel is None:
                return Unknown(f"Slack shows no channel {name_of(outgoing.destination)}")
            return self._look(outgoing.key, channel, thread, oldest=since - LOOK_BACK)
        except CALL_FAILURES as failure:
            outcome = judge(failure)
            return outcome if isinstance(outcome, TryLater) else Unknown(error_of(failure))

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Check the token, its scopes and every channel; nothing is posted."""
        try:
            answer = self._client.auth_test()
        except CALL_FAILURES as failure:
            return (Finding("Slack", False, error_of(failure), advice(failure)),)
        mine = [each for each in destinations if each.startswith("slack:")]
        return (
            Finding("Slack", True, f"{answer.get('user')} in {answer.get('team')}"),
            _scopes(answer),
            *(self._examine_channel(each) for each in mine),
        )

    def _send(self, outgoing: Outgoing, content: Json) -> Outcome:
        first = self._first_message(outgoing)
        try:
            if first and _is_edit(outgoing):
                return self._edit(first, content)
            if not outgoing.is_edit:
                return self._post(outgoing, content, thread=first)
        except CALL_FAILURES as failure:
            if first is None or trouble_of(failure) is not Trouble.GONE:
                raise
        if outgoing.is_edit:
            return Refused("there is no message to bring up to date")
        return self._post(outgoing, content, thread=None)

    def _post(self, outgoing: Outgoing, content: Json, *, thread: _Place | None) -> Outcome:
        where: Json = {"channel": self._rooms.address(outgoing.destination)}
        if thread:
            # A page must not hide in a thread that nobody has open.
            where = {
                "channel": thread.channel,
                "thread_ts": thread.ts,
                "reply_broadcast": outgoing.urgency is Urgency.CRITICAL,
            }
        answer = self._client.api_call("chat.postMessage", json={**content, **where})
        return self._delivered(outgoing, answer)

    def _edit(self, first: _Place, content: Json) -> Outcome:
        """Show the new state in the first message; its metadata stays, it is still its key."""
        changed = {name: content[name] for name in ("text", "blocks") if name in content}
        self._client.api_call(
            "chat.update", json={"channel": first.channel, "ts": first.ts, "blocks": [], **changed}
        )
        return Delivered(f"{first.channel}:{first.ts}")

    def _delivered(self, outgoing: Outgoing, answer: SlackResponse) -> Outcome:
        channel, ts = answer.get("channel"), answer.get("ts")
        if not channel or not ts:
            return Unknown("Slack's answer names no message")
        self._rooms.learn(outgoing.destination, str(channel))
        return Delivered(f"{channel}:{ts}")

    def _first_message(self, outgoing: Outgoing) -> _Place | None:
        notice = outgoing.message
        assert isinstance(notice, Notice), "only notices are sent by Slack"
        reference = self._threads(outgoing.destination, notice.thread) or ""
        channel, _, ts = reference.partition(":")
        return _Place(channel, ts) if channel and ts else None

    def _look(self, key: str, channel: str, thread: _Place | None, *, oldest: datetime) -> Outcome:
        """Replies are not part of the channel's history, so a thread is looked through too."""
        since = f"{oldest.timestamp():.6f}"
        calls: list[tuple[str, Json]] = [("conversations.history", {"channel": channel})]
        if thread:
            replies: Json = {"channel": thread.channel, "ts": thread.ts}
            calls.insert(0, ("conversations.replies", replies))
        for method, where in calls:
            found = self._page_through(method, key, {**where, "oldest": since})
            if not isinstance(found, Refused):
                return found
        return Refused("it is not among the messages since then")

    def _page_through(self, method: str, key: str, where: Json) -> Outcome:
        cursor = ""
        for _ in range(GREATEST_PAGES):
            page = self._client.api_call(
                method,
                params={
                    **where, "cursor": cursor, "limit": PAGE, "inclusive": True,
                    "include_all_metadata": True,
                },
            )  # fmt: skip
            for message in page.get("messages") or ():
                if key_of(message) == key:
                    return Delivered(f"{where['channel']}:{message['ts']}")
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return Refused("not there")
        return Unknown("too many messages since then to look through")

    def _examine_channel(self, destination: str) -> Finding:
        what = f"Slack channel {name_of(destination)}"
        try:
            channel_id = self._rooms.id_of(destination)
            if channel_id is None:
                missing = "write its id, or invite the app if it is private: /invite @Deskmate"
                return Finding(what, False, "not found", missing)
            channel = self._client.conversations_info(channel=channel_id).get("channel") or {}
        except CALL_FAILURES as failure:
            return Finding(what, False, error_of(failure), advice(failure))
        if channel.get("is_archived"):
            return Finding(what, False, "is archived", "unarchive it, or name another one")
        is_room = channel.get("is_channel") or channel.get("is_group")
        if is_room and not channel.get("is_member"):
            return Finding(what, False, "the app is not a member", "/invite @Deskmate")
        return Finding(what, True, channel_id)


def _is_edit(outgoing: Outgoing) -> bool:
    notice = outgoing.message
    return outgoing.is_edit or (isinstance(notice, Notice) and notice.kind in EDITS)


def _scopes(answer: SlackResponse) -> Finding:
    """What the token may do; Slack names it in a header of every answer."""
    headers = {name.casefold(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in str(headers.get("x-oauth-scopes", "")).split(",")}
    missing = sorted(NEEDED_SCOPES - granted)
    if missing:
        add = "add them under OAuth & Permissions, then install the app again"
        return Finding("Slack scopes", False, f"missing: {', '.join(missing)}", add)
    return Finding("Slack scopes", True, ", ".join(sorted(granted)))
