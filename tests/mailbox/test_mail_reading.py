# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading mails that were made to be unreadable, and mails that simply are odd."""

from __future__ import annotations

import json

import pytest
from mail_samples import corpus, raw_mail

from bot.sources.mail_reading import LONGEST_TEXT, read_mail
from bot.sources.mail_words import charset_text, header_text


def test_every_real_mail_can_be_read_and_stored() -> None:
    """543 odd mails: none raises, and every text survives a database."""
    read = [read_mail(raw) for _, raw in corpus()]

    texts = [(each.subject, each.text, each.sender, each.sender_name) for each in read]
    assert len(read) == 543
    assert "\\u0000" not in json.dumps(texts)
    json.dumps(texts, ensure_ascii=False).encode("utf-8")


def test_reading_is_the_same_every_time() -> None:
    """What is read of a mail does not depend on anything but the mail."""
    for _, raw in corpus():
        assert read_mail(raw) == read_mail(raw)


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", b"caf\xe9 \x96 ok", "café – ok"),
        ("koi8-r", "Не работает".encode("koi8-r"), "Не работает"),
        ("gb2312", "系统".encode("gb18030"), "系统"),
        ("x-unknown", "Grüße".encode(), "Grüße"),
        ("no-such-charset", b"caf\xe9", "café"),
        ("us-ascii", "déjà".encode(), "déjà"),
        ("utf-8", b"a\0b", "ab"),
    ],
)
def test_bytes_become_text_by_their_charset_or_another(charset: str, raw: bytes, text: str) -> None:
    """The declared charset, else what reads it; never an error."""
    assert charset_text(raw, charset) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?B=C3=B6rsen_down?=", "Börsen down"),
        ("=?utf-8?B?0J3QtSA=?= =?utf-8?B?0YDQsNCx?=", "Не раб"),
        ("=?utf-8?B?0A==?= =?utf-8?B?nQ==?=", "Н"),
        ("plain =?x-none?q?a=E9?= text", "plain aé text"),
        ("=?utf-8?q?broken", "=?utf-8?q?broken"),
    ],
)
def test_encoded_words_are_read(value: str, text: str) -> None:
    """Also where a letter is split between two words."""
    assert header_text(value) == text


@pytest.mark.parametrize(
    ("value", "sender", "name", "is_one"),
    [
        ("Nora Wind <nora@b.example>", "nora@b.example", "Nora Wind", True),
        ("nora@b.example (Nora Wind)", "nora@b.example", "Nora Wind", True),
        ("nora@b.example <nora@b.example>", "nora@b.example", None, True),
        ('"nora@b.example" <c@d.example>', "c@d.example", "nora@b.example", True),
        ("=?utf-8?q?nora@b.example?= <c@d.example>", "c@d.example", None, True),
        ("Nora(\\) (x) <a@b.example>) <c(d)@d.example>", "c@d.example", None, True),
        ("nora@b.example <c@d.example>", "c@d.example", None, False),
        ("<nora@b.example> <c@d.example>", "c@d.example", None, False),
        ("nora@b.example, c@d.example", "nora@b.example", None, False),
    ],
)
def test_sender_stands_in_angle_brackets(
    value: str, sender: str, name: str | None, is_one: bool
) -> None:
    """As mail servers read it; a name that looks like an address is a name."""
    read = read_mail(raw_mail(sender=value))

    assert (read.sender, read.is_one_sender) == (sender, is_one)
    assert name is None or read.sender_name == name


def test_html_alone_is_read_as_text() -> None:
    """A mail that has no plain text is read as its reader sees it."""
    raw = b"From: a@b.example\nContent-Type: text/html\n\n<p>All <b>down</b></p><p>Help</p>"

    assert read_mail(raw).text.split() == ["All", "down", "Help"]


def test_two_thousand_parts_within_each_other_are_cut() -> None:
    """A mail nested without end is read at its beginning, and says so."""
    raw = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b0\n\n"
    for depth in range(2000):
        raw += b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (depth, depth + 1)

    read = read_mail(raw)

    assert read.sender == "a@b.example"
    assert read.why_partial


def test_headers_without_end_are_cut() -> None:
    """Above 256 KiB of headers the beginning counts, and the body is still there."""
    raw = b"From: a@b.example\n" + b"X-Filler: y\n" * 40_000 + b"\nStill here."

    read = read_mail(raw)

    assert (read.sender, read.text) == ("a@b.example", "Still here.")
    assert "256 KiB" in read.why_partial


def test_text_is_bounded() -> None:
    """However long a mail is, what decisions see of it is not."""
    assert len(read_mail(raw_mail(body="x" * 1_000_000)).text) == LONGEST_TEXT


def test_folded_message_id_is_whole() -> None:
    """A Message-ID broken over two lines is the same as in one."""
    raw = b"From: a@b.example\nMessage-ID:\n <one@two.\n example>\n\nx"

    assert read_mail(raw).message_id == "<one@two.example>"


def test_address_that_would_break_a_header_is_none() -> None:
    """A sender that could add headers or recipients to our mail is no address."""
    raw = b'From: "x" <a@b.example\\r\\nBcc: c@d.example>\n\nx'

    assert "\r" not in read_mail(raw).sender
    assert "\n" not in read_mail(raw).sender
