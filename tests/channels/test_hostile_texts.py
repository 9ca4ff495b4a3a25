# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand hostile texts: no card, mail or SMS does anything that a customer wrote."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hostile_texts import HOSTILE, LANGUAGES, MARK, NOW, hostile_row
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.channels.mail import payload as mail_payload
from bot.channels.sms import GREATEST_TEXT, SmsChannel
from bot.channels.teams_card import BUDGET, size
from bot.channels.teams_card import payload as card_payload
from bot.rules.actions import NoticeKind

MARKDOWN = MarkdownIt()
PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "text_special"}
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Deskmate", "MIME-Version", "Content-Type",
}  # fmt: skip
TAGS = {
    "html", "head", "meta", "body", "h1", "table", "tr", "td", "p", "strong", "a",
}  # fmt: skip
OUR_LINKS = {"https://acme.example/42", "https://desk.example/take/abc"}
CASES = {
    "text": HOSTILE, "kind": st.sampled_from(NoticeKind), "language": st.sampled_from(LANGUAGES)
}  # fmt: skip


class _Elements(HTMLParser):
    """The elements of a page, and every address and handler in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}


def _shown(node: Any) -> Iterator[str]:
    """Every text of a card that a client reads as Markdown."""
    if isinstance(node, dict):
        yield from (node[key] for key in ("text", "title", "value") if key in node)
        node = [value for key, value in node.items() if key != "msteams"]
    if isinstance(node, list):
        for each in node:
            yield from _shown(each)


def _marks(text: str) -> set[str]:
    tokens = MARKDOWN.parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    return {token.type for token in [*tokens, *inner]} - PLAIN


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(**CASES)
def test_card_shows_hostile_text_as_text(text: str, kind: NoticeKind, language: str) -> None:
    """No mark of theirs is Markdown, nobody is mentioned but by us, only our links open."""
    row = hostile_row(text, kind, language, "teams:support")

    card = card_payload(row, now=NOW, names={})

    content = json.loads(json.dumps(card))["attachments"][0]["content"]
    shown = [each for each in _shown(content["body"]) if each != "<at>bo</at>"]
    assert size(card) <= BUDGET
    assert not any("<at>" in each or "evil.example" in each for each in shown)
    assert set().union(*map(_marks, shown)) == set()
    assert {each["url"] for each in content["actions"]} <= OUR_LINKS


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(**CASES)
def test_mail_shows_hostile_text_as_text(text: str, kind: NoticeKind, language: str) -> None:
    """Read back, it has our headers once each, our elements, our links and no handler."""
    row = hostile_row(text, kind, language, "mail:team@acme.example")

    raw = mail_payload(row, sender="deskmate@acme.example", now=NOW).as_bytes()

    mail = email.message_from_bytes(raw, policy=email.policy.default)
    plain, html = mail.iter_parts()
    page = _Elements(html.get_content())
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert (page.tags <= TAGS, page.links) == (True, OUR_LINKS)
    assert not any(name.startswith("on") for name in page.attributes)
    assert "\x00" not in plain.get_content() and "\x1b" not in plain.get_content()
    assert max(map(len, raw.splitlines())) <= 998


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(**CASES)
def test_sms_holds_no_hostile_text(text: str, kind: NoticeKind, language: str) -> None:
    """A text of one line, short, with our link whole, and without a customer's word."""
    row = hostile_row(text, kind, language, "sms:+46700000001")

    said = SmsChannel(lambda: "").payload(row, now=NOW)

    assert len(said) <= GREATEST_TEXT and said.splitlines() == [said]
    # Of alerts and of ourselves it names what failed; no customer wrote that.
    assert MARK not in said.casefold() or kind in (NoticeKind.ALERT, NoticeKind.ADMIN)
