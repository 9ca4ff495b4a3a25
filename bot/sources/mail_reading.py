# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a raw mail, whatever it is: cheap access to headers, own decoders, limits on everything.

The standard parser is used with its oldest policy, which never raises on a header; every value is
decoded here, with fallbacks, because one real mail in twenty raises in ordinary use. Beyond the
limits only the headers and the beginning of the text are read, and the mail says so.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32
from email.utils import getaddresses

from bot.rules.mail import MailFile
from bot.rules.mail_keys import Envelope, message_id
from bot.rules.mail_trust import TRACED, TraceLine
from bot.rules.mail_verdict import KEPT_HEADERS
from bot.rules.text_html import html_to_text
from bot.sources.mail_senders import ADDRESS, sender_of
from bot.sources.mail_words import as_text, charset_text, header_text

GREATEST_HEADERS = 256 * 1024
MOST_PARTS = 100
GREATEST_DEPTH = 20
LONGEST_TEXT = 200_000
_LONGEST_HEADER = 2_000
_LONGEST_SUBJECT = 500
_MOST_REFERENCES = 100
_MOST_FILES = 100
_MOST_TRACE = 100
_OWN_READ = 2 * 1024 * 1024
NO_ENVELOPE = Envelope()
UNREADABLE = (
    ValueError, LookupError, AttributeError, TypeError, AssertionError, MessageError,
    RecursionError, NotImplementedError, binascii.Error, OverflowError, MemoryError,
)  # fmt: skip
"""What the standard parser raises on real mails."""
_ID = re.compile(r"<[^<>]{1,400}>")
_OWN_ID = re.compile(
    rb"<[0-9a-f]{32}\.[0-9A-Za-z-]{1,40}(?:\.[0-9A-Z]{16})?\.(?:case|staff)@[^<>\s]{1,255}>"
)


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What could be read of a mail; `why_partial` is empty when all of it was.

    `is_one_sender` is False where its `From` names several addresses.
    """

    message_id: str | None = None
    sender: str = ""
    sender_name: str = ""
    is_one_sender: bool = True
    recipients: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    own_ids: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    language: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    trace: tuple[TraceLine, ...] = ()
    envelope: Envelope = NO_ENVELOPE
    files: tuple[MailFile, ...] = ()
    why_partial: str = ""


def read_mail(raw: bytes) -> ReadMail:
    """Read one mail; never raises for what is in it."""
    head = raw[: GREATEST_HEADERS + 4].replace(b"\r\n", b"\n").partition(b"\n\n")
    if not head[1] and len(raw) > GREATEST_HEADERS:
        return _beginning(raw, "its headers are larger than 256 KiB")
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
        parts = list(_parts(message))
    except UNREADABLE as error:
        return _beginning(raw, f"its parts could not be read ({type(error).__name__})")
    if len(parts) > MOST_PARTS:
        return _beginning(raw, f"it has more than {MOST_PARTS} parts, or more than 20 deep")
    return _whole(message, parts, raw)


def named_parts(raw: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name, type and bytes of each file in a mail that `read_mail` reads as a whole."""
    head = raw[: GREATEST_HEADERS + 4].replace(b"\r\n", b"\n").partition(b"\n\n")
    if not head[1] and len(raw) > GREATEST_HEADERS:
        return
    try:
        parts = list(_parts(BytesParser(policy=compat32).parsebytes(raw)))
    except UNREADABLE:
        return
    if len(parts) > MOST_PARTS:
        return
    for part in parts:
        name = _name(part)
        content = _bytes(part) if name else b""
        if content:
            yield name, _type(part)[:100], content


def _whole(message: Message, parts: list[Message], raw: bytes, why: str = "") -> ReadMail:
    values = _values(message)
    sender = sender_of(values.get("from", []))
    subject = " ".join(header_text(_first(values, "subject")).split())[:_LONGEST_SUBJECT]
    ids = [*_ID.findall(_first(values, "in-reply-to")), *_ID.findall(_first(values, "references"))]
    named = _first(values, "message-id")
    return ReadMail(
        message_id=message_id(named) if named.strip() else None,
        sender=sender.address,
        sender_name=sender.name,
        is_one_sender=sender.is_one,
        recipients=_recipients(values),
        references=tuple(dict.fromkeys("".join(each.split()) for each in ids))[:_MOST_REFERENCES],
        own_ids=tuple(dict.fromkeys(each.decode() for each in _OWN_ID.findall(raw[:_OWN_READ]))),
        subject=subject,
        text=_text(parts)[:LONGEST_TEXT],
        language=_first(values, "content-language").split(",")[0].strip()[:20] or None,
        headers={
            key: header_text(_first(values, key))[:_LONGEST_HEADER]
            for key in sorted(KEPT_HEADERS & values.keys())
        },
        trace=_trace(message),
        envelope=Envelope(
            _first(values, "from"), _first(values, "date"), _first(values, "subject"),
            _first(values, "received"),
        ),
        files=tuple(_files(parts)),
        why_partial=why,
    )  # fmt: skip


def _beginning(raw: bytes, why: str) -> ReadMail:
    """Headers and the beginning of the body alone, for a mail that is too much."""
    end = re.search(rb"\r?\n\r?\n", raw)
    head = raw[: end.start() if end else len(raw)][:GREATEST_HEADERS]
    body = raw[end.end() :][: 4 * LONGEST_TEXT] if end else b""
    try:
        message = BytesHeaderParser(policy=compat32).parsebytes(head + b"\n\n")
    except UNREADABLE:
        message = Message()
    plain = Message()
    plain.set_payload(charset_text(body, "utf-8"))
    return _whole(message, [plain], raw, why)


def _parts(message: Message) -> Iterator[Message]:
    """Every part, outermost first; beyond the limits one more than allowed."""
    waiting = [(message, 0)]
    count = 0
    while waiting:
        part, depth = waiting.pop()
        count += 1
        yield part
        if count > MOST_PARTS:
            return
        if depth >= GREATEST_DEPTH and part.is_multipart():
            yield from [part] * MOST_PARTS
            return
        if part.is_multipart():
            inner = [each for each in part.get_payload() if isinstance(each, Message)]
            waiting += [(each, depth + 1) for each in reversed(inner[: MOST_PARTS + 1])]


def _values(message: Message) -> dict[str, list[str]]:
    """Every header as it came, by lower-case name."""
    values: dict[str, list[str]] = {}
    for key, value in message.raw_items():
        values.setdefault(str(key).casefold(), []).append(as_text(str(value)))
    return values


def _first(values: dict[str, list[str]], name: str) -> str:
    return values.get(name, [""])[0]


def _recipients(values: dict[str, list[str]]) -> tuple[str, ...]:
    lines = [
        each[:20_000]
        for name in ("delivered-to", "x-original-to", "to", "cc")
        for each in values.get(name, [])[:5]
    ]
    found = (each for _, each in _addresses(lines) if ADDRESS.fullmatch(each))
    return tuple(dict.fromkeys(found))[:50]


def _addresses(lines: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses([" ".join(each.split()) for each in lines])
    except UNREADABLE:
        return []


def _trace(message: Message) -> tuple[TraceLine, ...]:
    lines = (
        TraceLine(str(key).casefold(), " ".join(as_text(str(value)).split())[:8_000])
        for key, value in message.raw_items()
        if str(key).casefold() in TRACED
    )
    return tuple(line for line, _ in zip(lines, range(_MOST_TRACE), strict=False))


def _text(parts: list[Message]) -> str:
    """The plain text, else the HTML's, else whatever text there is."""
    for kind in ("text/plain", "text/html", "text/"):
        for part in parts:
            if _type(part).startswith(kind) and not part.is_multipart() and not _name(part):
                text = _content(part)
                if text.strip():
                    return html_to_text(text) if kind == "text/html" else text.strip()
    return ""


def _content(part: Message) -> str:
    try:
        payload = part.get_payload(decode=True)
        charset = str(part.get_content_charset() or "")
    except UNREADABLE:
        payload, charset = part.get_payload(), ""
    if isinstance(payload, bytes):
        return charset_text(payload[: 4 * LONGEST_TEXT], charset)
    return as_text(payload) if isinstance(payload, str) else ""


def _files(parts: list[Message]) -> Iterator[MailFile]:
    for part in parts:
        name = _name(part)
        if not name:
            continue
        yield MailFile(name, _type(part)[:100], len(_bytes(part)))


def _bytes(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except UNREADABLE:
        return b""
    return payload if isinstance(payload, bytes) else b""


def _type(part: Message) -> str:
    try:
        return as_text(part.get_content_type())
    except UNREADABLE:
        return "application/octet-stream"


def _name(part: Message) -> str:
    try:
        name = part.get_filename()
    except UNREADABLE:
        return "unnamed"
    return " ".join(header_text(as_text(str(name))).split())[:200] if name else ""
