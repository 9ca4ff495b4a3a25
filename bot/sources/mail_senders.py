# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads who sent a mail: the address in angle brackets, as mail servers read it.

Programs read an odd `From` differently. A server that checks another address than we read would
vouch for a forger, so a `From` that names several addresses says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import getaddresses

from bot.sources.mail_words import header_text

ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,250}\.[^\s@<>,;:\"()\[\]\\.]{2,63}"
)
_LONGEST = 2_000
_MOST_DEPTH = 5
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_ENCODED = re.compile(r"=\?[^?\s]{1,40}\?[bq]\?[^?]*\?=", re.IGNORECASE)
_ANGLE = re.compile(r"<([^<>]*)>")
_PARSER_TROUBLES = (ValueError, LookupError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail says that it is from; `is_one` unless it names several addresses."""

    address: str = ""
    name: str = ""
    is_one: bool = True


def sender_of(lines: list[str]) -> Sender:
    """The sender by a mail's `From` headers as they came; the topmost is read."""
    texts = [" ".join(each.split()) for each in lines] or [""]
    text = texts[0][:_LONGEST]
    bare = _bare(text)
    named = ADDRESS.findall(bare) or ADDRESS.findall(header_text(text))
    in_angles = [each for inner in _ANGLE.findall(bare) for each in ADDRESS.findall(inner)]
    address = in_angles[-1] if in_angles else next(iter(named), "")
    is_one = len({each.casefold() for each in named}) <= 1 and set(texts) == {text}
    return Sender(address, _name(text, address) if address else "", is_one)


def _bare(text: str) -> str:
    """Without quoted words, comments and encoded words: none of them holds an address."""
    text = _ENCODED.sub("x", _QUOTED.sub('""', text))
    for _ in range(_MOST_DEPTH):
        text = _COMMENT.sub("", text)
    return text


def _name(text: str, address: str) -> str:
    try:
        found = getaddresses([text])
    except _PARSER_TROUBLES:
        return ""
    name = next((name for name, each in found if each == address), "")
    return " ".join(header_text(name).split())[:100]
