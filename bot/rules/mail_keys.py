# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a mail the same mail, and the names that are derived from it.

Everything here is derived, nothing is random: after the loss of the ledger the same mailbox gives
the same keys and the same references, so nothing is opened twice.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that reads as a digit."""
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_REFERENCE = re.compile(r"(?<![0-9A-Za-z])([A-Z]{2,5})-([0-9A-Z]{8})-([0-9A-Z])(?![0-9A-Za-z])")
_WEIGHTS = (1, 3, 5, 7, 9, 11, 13, 15)
"""Odd, so that one wrong character always changes the sum modulo 32."""
_LONGEST_ID = 300
SHARED_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.fr "
    "ymail.com icloud.com me.com aol.com gmx.de gmx.net gmx.at web.de t-online.de freenet.de "
    "orange.fr wanadoo.fr free.fr laposte.net sfr.fr mail.ru bk.ru list.ru inbox.ru yandex.ru "
    "ya.ru rambler.ru telia.com proton.me protonmail.com".split()
)
"""Domains whose people have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class OwnNames:
    """By what our own mails and references are known.

    `secret` derives references and tokens; who changes it makes older references strange. `prefix`
    begins a reference, `address` is the mailbox, `others` are further addresses we send from.
    """

    secret: str = field(repr=False)
    prefix: str = "DSK"
    address: str = ""
    others: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The right-hand side of our Message-IDs."""
        return self.address.rpartition("@")[2] or "deskmate.invalid"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What of a mail without a Message-ID makes it the same: headers as they came."""

    sender: str = ""
    date: str = ""
    subject: str = ""
    received: str = ""


def body_hash(raw: bytes) -> str:
    """The hash of what stands below the headers; the same however often it was delivered.

    Received and Delivered-To differ from delivery to delivery, line ends from server to server.
    """
    normal = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    body = normal.partition(b"\n\n")[2]
    return hashlib.sha256(body.rstrip(b"\n")).hexdigest()


def message_id(text: str) -> str | None:
    """A Message-ID without the blanks of a folded line; None where there is none."""
    found = re.search(r"<([^<>]{1,2000})>", text[:4000])
    bare = "".join((found[1] if found else text[:_LONGEST_ID]).split())
    return f"<{bare[:_LONGEST_ID]}>" if bare else None


def mail_key(named: str | None, body: str, envelope: Envelope) -> str:
    """The key of a mail: its Message-ID, its sender and its body, or whatever else it has.

    The same Message-ID with another body is another mail.
    """
    if named is not None:
        parts: tuple[str, ...] = ("id", named, envelope.sender.strip().casefold(), body)
    else:
        parts = ("no id", envelope.sender, envelope.date, envelope.subject, envelope.received, body)
    joined = "\n".join(" ".join(part.split()) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "backslashreplace")).hexdigest()


def reference_of(own: OwnNames, key: str, turn: int = 0) -> str:
    """The reference that the case of this mail is known by: `INR-4F7KQ2XN-M`.

    `turn` counts up in the unlikely case that another case has it already.
    """
    letters = _letters(own, f"reference/{turn}/{key}", 8)
    return f"{own.prefix}-{letters}-{_check(letters)}"


def references_in(text: str, own: OwnNames) -> tuple[str, ...]:
    """Every reference of ours in a text, each once; a mistyped one is none."""
    found: dict[str, None] = {}
    for prefix, letters, check in _REFERENCE.findall(text[:20_000].upper()):
        letters, check = letters.translate(_READ_AS), check.translate(_READ_AS)
        if prefix == own.prefix and set(letters) <= set(_ALPHABET) and check == _check(letters):
            found[f"{prefix}-{letters}-{check}"] = None
    return tuple(found)


def customer_mail_id(own: OwnNames, reference: str, key: str) -> str:
    """The Message-ID of a mail of ours to a customer: it names the case by itself."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}.{reference}.case@{own.domain}>"


def staff_mail_id(own: OwnNames, ticket_id: str, recipient: str, key: str) -> str:
    """The Message-ID of a notice to staff: who answers it speaks for the desk on this ticket."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    token = staff_token(own, ticket_id, recipient)
    return f"<{digest}.{ticket_id}.{token}.staff@{own.domain}>"


def staff_token(own: OwnNames, ticket_id: str, recipient: str) -> str:
    """Signs that a notice about this ticket went to this address, or to its list; 80 bits.

    Who reads a list answers as themselves, so a company's domain is what is signed.
    """
    domain = recipient.casefold().rpartition("@")[2]
    scope = recipient.casefold() if domain in SHARED_DOMAINS else domain
    return _letters(own, f"staff/{ticket_id}/{scope}", 16)


def is_token(own: OwnNames, token: str, ticket_id: str, sender: str) -> bool:
    """Whether a token was signed by us for this ticket and for where the sender is."""
    return hmac.compare_digest(staff_token(own, ticket_id, sender), token.upper())


def _letters(own: OwnNames, text: str, count: int) -> str:
    digest = hmac.new(own.secret.encode(), text.encode(), hashlib.sha256).digest()
    value = int.from_bytes(digest[: count * 5 // 8 + 1], "big")
    return "".join(_ALPHABET[value >> (5 * place) & 31] for place in range(count))


def _check(letters: str) -> str:
    total = sum(
        weight * _ALPHABET.index(each) for weight, each in zip(_WEIGHTS, letters, strict=True)
    )
    return _ALPHABET[total % 32]
