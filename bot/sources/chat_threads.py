# SPDX-License-Identifier: GPL-3.0-or-later
"""Hears what is said in the thread of a case: words behind `answer:` go to its customer.

Everything else that people say to each other there is theirs, and is not even read twice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PREFIXES = ("answer:", "reply:", "antwort:", "réponse:", "reponse:", "svar:", "ответ:")
_MENTION = re.compile(r"<[@#!][^<>|]*\|([^<>]*)>")
_LINK = re.compile(r"<((?:https?|mailto|tel):[^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True, slots=True)
class ThreadWord:
    """Something said in a thread: where, under which message, when, and by whom."""

    channel: str
    thread: str
    ts: str
    text: str
    user_id: str

    @property
    def reference(self) -> str:
        """The message that opened the thread, as the outbox knows it."""
        return f"{self.channel}:{self.thread}"


Hear = Callable[[ThreadWord, str], str | None]
"""(what was said, by whom) -> what that person is told; None where it was none of our business."""


def answer_in(event: Mapping[str, object]) -> ThreadWord | None:
    """The words behind `answer:` in a person's message in a thread; None for any other message."""
    text, thread, ts = (str(event.get(name) or "") for name in ("text", "thread_ts", "ts"))
    if not thread or thread == ts or event.get("subtype") or event.get("bot_id"):
        return None
    first = text.lstrip()[:12].casefold()
    prefix = next((each for each in PREFIXES if first.startswith(each)), None)
    if prefix is None:
        return None
    words = as_typed(text.lstrip()[len(prefix) :]).strip()
    return ThreadWord(
        str(event.get("channel") or ""), thread, ts, words, str(event.get("user") or "")
    )


def as_typed(text: str) -> str:
    """Slack's escaped text as the person typed it: names, links, and the three entities."""
    text = _MENTION.sub(r"\1", text)
    text = _LINK.sub(lambda found: _link(found[1], found[2]), text)
    return html.unescape(text)


def _link(target: str, label: str | None) -> str:
    bare = target.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (bare, target, target.partition("://")[2]):
        return label or bare
    return f"{label} ({bare})"
