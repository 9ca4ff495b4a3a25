# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes outside text harmless for each kind of markup: it shows as it is and does nothing.

Whatever a customer wrote can call nobody, forge no link and break no layout. The text still reads
the same; where markup cannot be escaped, an invisible joiner stands in the way.
"""

from __future__ import annotations

import re

JOINER = "\u2060"
"""WORD JOINER: invisible, breaks no line, and no client treats what it splits as one token."""

ENCODED_WORD = "=?"
_MENTION = re.compile(r"@(?=\w)")
_SCHEME = re.compile(r"(?i)(?=://)|(?<=[a-z])(?=:[^\s:])")
_HOST = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,})")
_MRKDWN_LOOKALIKES = str.maketrans({"*": "∗", "`": "ˋ", "~": "∼"})
"""Slack's mrkdwn has no escape for its own marks; these look like them and mean nothing."""
_MARKDOWN_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~])")


def plain(text: str) -> str:
    """For plain text that a client may still look through: no mentions, nothing to click."""
    text = _MENTION.sub(f"@{JOINER}", text)
    text = _SCHEME.sub(JOINER, text)
    return _HOST.sub(f"{JOINER}.", text)


def entities(text: str) -> str:
    """The three characters that Slack reads as control characters, as it wants them written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mrkdwn(text: str) -> str:
    """For Slack's mrkdwn: no mention, no link, no bold, no code."""
    return entities(plain(text).translate(_MRKDWN_LOOKALIKES))


def markdown(text: str) -> str:
    """For Markdown, Teams' Adaptive Cards among others: every mark with its backslash."""
    return _MARKDOWN_MARKS.sub(r"\\\1", plain(text))


def header(text: str) -> str:
    """For a mail's header: one line, in which nothing is an encoded word.

    Python before 3.11.10 decodes `=?utf-8?q?=0d=0aBcc:...?=` in a value that is set and writes the
    line break out again (CVE-2024-6923), which would make a header of a customer's subject.
    """
    return " ".join(text.split()).replace(ENCODED_WORD, f"={JOINER}?")


def link(url: str, label: str) -> str:
    """A link of ours in mrkdwn, or the label alone if the address is none that we would make."""
    if not re.fullmatch(r"https?://[^\s<>|\"]{1,2000}", url):
        return mrkdwn(label)
    return f"<{url.replace('&', '&amp;')}|{mrkdwn(label)}>"
