# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that a customer might write to break a card, a mail or an SMS, and rows that hold them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from bot.rules.actions import Notice, NoticeKind, Outgoing, TicketLine

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LANGUAGES = ("en", "fr", "de", "sv", "ru")
MARK = "zqxj"
"""Stands in every text, and in no word of ours: where it shows, a customer's words show."""
NASTY = (
    "<at>Everyone</at>", "[Open #42](https://evil.example)", "![x](https://evil.example/p.png)",
    "https://evil.example/login", "evil.example", "javascript:alert(1)", "**bold**", "_it_",
    "~~gone~~", "`code`", "```\ncode\n```", "# head", "- one\n- two", "1. one", "> said", "---",
    "| a | b |\n|---|---|", "{{DATE(2026-03-02, SHORT)}}", "{{ 7*7 }}", "{% x %}", "${x}",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onclick="x', "</td></table>",
    "<!--", "&lt;b&gt;", "&#60;b&#62;", "\r\nBcc: all@evil.example", "\nSubject: other",
    "=?utf-8?q?=0d=0aBcc:_a@evil.example?=", "\r\n.\r\n", "\x00", "\x1b[2J", "\u2028", "\u202e",
    "\\", "\\\\", "\\[", "@channel", '"', "'", "<", "&", "\U0001f600", "ß" * 90, "x" * 4000,
    "a\u0301" * 60,
)  # fmt: skip
HOSTILE = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=30)), min_size=1, max_size=6
).map(lambda parts: MARK + "".join(parts))


def hostile_row(text: str, kind: NoticeKind, language: str, destination: str) -> Outgoing:
    """A row in which everything that a customer can write is `text`."""
    notice = Notice(
        kind=kind, thread="ticket:1", at=NOW, title=text, ticket_id="1", number=42,
        customer=text, organisation=text, quote=text, clock="first_response", due_at=NOW,
        lines=(TicketLine(text, 43, NOW, None),), language=language, buttons=("acknowledge",),
        link="https://acme.example/42", take_link="https://desk.example/take/abc",
        mention=("bo@acme.example",),
    )  # fmt: skip
    return Outgoing(f"k/{kind}", destination, "o", notice)
