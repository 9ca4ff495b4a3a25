# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a customer wrote, a payload stays valid and calls, links and hides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_cases import NOW, notice_row
from slack_sdk.models.blocks import Block

from bot.channels.escaping import JOINER, entities, link, markdown, mrkdwn, plain
from bot.channels.slack_blocks import Json, payload, plain_payload
from bot.rules.actions import NoticeKind
from bot.sandbox.slack_blocks import GREATEST_TOGETHER, block_problems, characters

LANGUAGES = ("en", "fr", "de", "sv", "ru")
NASTY = (
    "<!channel>", "<!here|everybody>", "<@U012AB3CD>", "<!subteam^S012AB3CD>", "@channel", "@here",
    "@everyone", "<https://evil.example|Open #48213>", "https://evil.example/login",
    "evil.example", "mailto:a@evil.example", "slack://open", "javascript:alert(1)", "&lt;!here&gt;",
    "*", "_", "~", "`", "```", "\n", "\r\n", "\x00", "\u2028", "\u202e", "{{ 7*7 }}", "{% x %}",
    "#48213", ":tada:", "> ", "|", "\\", "\ud83d\ude00", "é", "ß" * 90, "x" * 4000, "@a" * 90,
    '"', "'", "<", "&",
)  # fmt: skip
HOSTILE = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(max_size=40)), min_size=1, max_size=8
).map("".join)
OUR_LINK = "<https://acme.example/tickets/48213|"
LINK = re.compile(f"[^{JOINER}]://")
OPENS_CONTROL = re.compile(r"<(?!@U0OURS0001>|https://acme\.example/tickets/48213\|)")
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Every text object within blocks: its type and its text."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield str(value["type"]), str(value["text"])
        for each in value.values():
            yield from _texts(each)


def _sent(text: str, kind: NoticeKind, language: str, *, is_plain: bool = False) -> Json:
    row = notice_row(
        kind=kind, language=language, title=text, customer=text, organisation=text, quote=text,
        owner=text, mention=("johan",), reason="Urgent goes to the stand-by.",
    )  # fmt: skip
    if is_plain:
        return plain_payload(row, now=NOW, names={})
    return payload(row, now=NOW, names={}, people={"johan": "U0OURS0001"})


@pytest.mark.long
@settings(max_examples=1000, deadline=None)
@given(text=HOSTILE, kind=st.sampled_from(NoticeKind), language=st.sampled_from(LANGUAGES))
def test_hostile_text_escapes_nowhere(text: str, kind: NoticeKind, language: str) -> None:
    """A thousand hostile texts: valid blocks, no mention, no link and no control of theirs."""
    sent = _sent(text, kind, language)
    blocks = sent["blocks"]

    assert block_problems(blocks) == []
    assert characters(blocks) < GREATEST_TOGETHER - 3_000
    for block_type, shown in [*_texts(blocks), ("mrkdwn", str(sent["text"]))]:
        assert "@channel" not in shown and "@here" not in shown and "@everyone" not in shown
        assert not LINK.search(shown.replace(OUR_LINK, "")) and "evil.example" not in shown
        assert "\u202e" not in shown and "\x00" not in shown
        if block_type == "mrkdwn":
            assert not OPENS_CONTROL.search(shown) and not ENTITY.search(shown)


@settings(max_examples=200, deadline=None)
@given(text=HOSTILE, kind=st.sampled_from(NoticeKind))
def test_hostile_text_escapes_nowhere_when_plain(text: str, kind: NoticeKind) -> None:
    """The plain form, sent when blocks are refused, is as safe."""
    shown = str(_sent(text, kind, "en", is_plain=True)["text"])

    assert "<" not in shown and not ENTITY.search(shown) and "@channel" not in shown
    assert "evil.example" not in shown and len(shown) < 4_000


@settings(max_examples=200, deadline=None)
@given(text=HOSTILE, kind=st.sampled_from(NoticeKind), language=st.sampled_from(LANGUAGES))
def test_slacks_own_library_finds_no_fault(text: str, kind: NoticeKind, language: str) -> None:
    """The checks of Slack's own client library pass too."""
    blocks = _sent(text, kind, language)["blocks"]
    assert isinstance(blocks, list)

    for raw in blocks:
        block = Block.parse(raw)
        assert block is not None
        block.validate_json()


def test_our_own_people_are_called() -> None:
    """Whom the policy names is called by a real mention; a name without an id stays a name."""
    row = notice_row(mention=("johan", "@channel"))

    blocks = payload(row, now=NOW, names={}, people={"johan": "U0OURS0001"})["blocks"]

    texts = [text for _, text in _texts(blocks)]
    assert any(text.startswith(f"<@U0OURS0001> @{JOINER}channel ") for text in texts)


def test_address_of_ours_can_be_copied() -> None:
    """The mailbox to work from is the desk's own text and stays an address."""
    row = notice_row(
        kind=NoticeKind.HELPDESK_DOWN, thread="outage:1", next_step="mailbox:help@acme.example"
    )

    blocks = payload(row, now=NOW, names={}, people={})["blocks"]

    assert any("help@acme.example" in text for _, text in _texts(blocks))


def test_button_carries_the_thread() -> None:
    """The acknowledge button says what is acknowledged."""
    blocks = payload(notice_row(), now=NOW, names={}, people={})["blocks"]

    assert isinstance(blocks, list)
    (button,) = next(each["elements"] for each in blocks if each["type"] == "actions")
    assert (button["action_id"], button["value"]) == ("acknowledge", "ticket:T1")


def test_link_that_is_none_of_ours_stays_text() -> None:
    """Only a plain web address becomes a link."""
    assert link("https://acme.example/1", "Open #1") == "<https://acme.example/1|Open #1>"
    for address in ("javascript:alert(1)", "https://a.example/|x", "https://a.example/ <!here>"):
        assert link(address, "Open #1") == "Open #1"


def test_escaping_keeps_what_is_harmless() -> None:
    """Times, figures and ordinary sentences read as they were written."""
    for text in ("Due 10:30, 3.5 % of e.g. C++ at 5 a.m.", "Ärger? Ja: sehr!", "Счёт №5: ошибка"):
        assert plain(text) == mrkdwn(text) == text
    assert entities("a < b & c") == "a &lt; b &amp; c"
    assert markdown("*[x](y)*") == r"\*\[x\]\(y\)\*"


def _section(**values: object) -> Json:
    return {"type": "section", **values}


def _text(length: int, kind: str = "mrkdwn") -> Json:
    return {"type": kind, "text": "x" * length}


def _buttons(*ids: str) -> Json:
    elements = [{"type": "button", "action_id": i, "text": _text(3, "plain_text")} for i in ids]
    return {"type": "actions", "elements": elements}


@pytest.mark.parametrize(
    "blocks",
    [
        [_section(fields=[_text(2_001)])],
        [_section(text=_text(10))] * 51,
        [_buttons("same", "same")],
        [{"type": "carousel"}],
        [_section(text=_text(3_001))],
        [_section(text=_text(0))],
        [_section(fields=[_text(1)] * 11)],
        [{"type": "header", "text": _text(151, "plain_text")}],
        [{"type": "header", "text": _text(10)}],
        [_buttons(*map(str, range(26)))],
        [_section()],
        ["no block"],
    ],
)  # fmt: skip
def test_pretend_slack_refuses_what_slack_refuses(blocks: list[object]) -> None:
    """The sandbox knows Block Kit's limits, the four that Slack's library forgets among them."""
    assert block_problems(blocks) != []
