# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a customer's mail as the sandbox helpdesk does: whatever it is, it must not fall over.

The standard library's header parsers raise several kinds of errors on broken mails, so every
header and every part is read on its own, and a part that cannot be decoded is taken as Latin-1.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

UNREADABLE = (
    ValueError, LookupError, AttributeError, TypeError, AssertionError, MessageError,
    RecursionError, NotImplementedError,
)  # fmt: skip
"""What `email` raises on hostile input, found on real bounces and fuzzed mails."""

_ENVELOPE = ("from", "subject", "received", "date", "to", "message-id", "return-path")
_TAG = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>")
_BREAK = re.compile(r"(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>")


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attachment: name, type and size in bytes."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What the helpdesk made of a mail; addresses are empty where the mail names none."""

    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    html: str | None = None
    message_id: str | None = None
    references: tuple[str, ...] = ()
    language: str | None = None
    files: tuple[MailFile, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadableMail:
    """A mail that made no ticket, and why."""

    reason: str


def read_mail(raw: bytes) -> ReadMail | UnreadableMail:
    """Read one mail; only a mail without any content is unreadable."""
    if not raw.strip(b"\0 \t\r\n"):
        return UnreadableMail("the mail is empty")
    message = message_from_bytes(raw, policy=policy.default)
    if not any(_raw_header(message, name) for name in _ENVELOPE):
        return ReadMail("", "", "", "", _decoded(raw, "utf-8"))
    name, sender = _address(message, "from")
    text, markup = _texts(message)
    files = tuple(_files(message))
    subject = " ".join(_header(message, "subject").split())
    if not (subject or text.strip() or files):
        return UnreadableMail("the mail has no subject, no text and no attachment")
    return ReadMail(
        sender=sender, sender_name=name, to=_address(message, "to")[1], subject=subject,
        text=text, html=markup, message_id=_header(message, "message-id").strip() or None,
        references=_references(message), files=files,
        language=_header(message, "content-language").split(",")[0].strip() or None,
    )  # fmt: skip


def plain_of(markup: str) -> str:
    """The readable text of an HTML part."""
    text = _BREAK.sub("\n", _HIDDEN.sub(" ", markup))
    lines = (" ".join(line.split()) for line in html.unescape(_TAG.sub(" ", text)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _header(message: EmailMessage, name: str) -> str:
    try:
        return _sound(str(message.get(name, "") or ""))
    except UNREADABLE:
        return _raw_header(message, name)


def _raw_header(message: EmailMessage, name: str) -> str:
    for key, value in message.raw_items():
        if key.lower() == name:
            return _sound(str(value))
    return ""


def _sound(text: str) -> str:
    """The text without lone surrogates and NULs, which neither JSON nor a database takes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _address(message: EmailMessage, name: str) -> tuple[str, str]:
    try:
        found: tuple[Address, ...] = getattr(message[name], "addresses", ())
        if found and "@" in found[0].addr_spec:
            first = found[0]
            return _sound(first.display_name).strip(), _sound(first.addr_spec).strip()
    except UNREADABLE:
        pass
    display, address = parseaddr(_raw_header(message, name).replace("\n", " "))
    return display.strip(), address.strip() if "@" in address else ""


def _references(message: EmailMessage) -> tuple[str, ...]:
    texts = _header(message, "in-reply-to"), _header(message, "references")
    return tuple(dict.fromkeys(re.findall(r"<[^<>\s]+>", " ".join(texts))))


def _texts(message: EmailMessage) -> tuple[str, str | None]:
    """The plain text and the HTML of a mail; without a text part, the HTML's own text."""
    plain = _body(message, "plain")
    markup = _body(message, "html")
    if plain is None and markup is not None:
        plain = plain_of(markup)
    if plain is None:
        plain = "\n\n".join(_loose_texts(message))
    return plain.strip(), markup


def _body(message: EmailMessage, kind: str) -> str | None:
    try:
        part = message.get_body(preferencelist=(kind,))
    except UNREADABLE:
        return None
    return _content(part) if isinstance(part, EmailMessage) else None


def _loose_texts(message: EmailMessage) -> Iterator[str]:
    """Texts that are nobody's body: of reports, of broken multiparts, of headers without end."""
    for part in _walked(message):
        if not part.is_multipart() and part.get_content_maintype() in ("text", "message"):
            yield _content(part)


def _content(part: EmailMessage) -> str:
    try:
        payload = part.get_payload(decode=True)
        charset = str(part.get_content_charset() or "utf-8")
    except UNREADABLE:
        payload, charset = part.get_payload(), "utf-8"
    if isinstance(payload, bytes):
        return _decoded(payload, charset)
    return _sound(payload) if isinstance(payload, str) else ""


def _decoded(raw: bytes, charset: str) -> str:
    for name in (charset, "utf-8", "latin-1"):
        try:
            return _sound(raw.decode(name))
        except UNREADABLE:
            continue
    return ""


def _files(message: EmailMessage) -> Iterator[MailFile]:
    for part in _walked(message):
        try:
            name = part.get_filename()
            payload = part.get_payload(decode=True) if name else None
        except UNREADABLE:
            continue
        if name:
            size = len(payload) if isinstance(payload, bytes) else 0
            yield MailFile(_sound(str(name)), part.get_content_type(), size)


def _walked(message: EmailMessage) -> Iterator[EmailMessage]:
    parts = message.walk()
    while True:
        try:
            part = next(parts)
        except StopIteration:
            return
        except UNREADABLE:
            return
        if isinstance(part, EmailMessage):
            yield part
