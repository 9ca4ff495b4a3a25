# SPDX-License-Identifier: GPL-3.0-or-later
"""Two verdicts on a mail, because they differ: may it become a case, and may it be answered?

A monitoring system's mail may be a case that nobody must answer; an auto-responder's is neither.
Sources: RFC 3834, RFC 3464, RFC 2919, and the headers that real programs set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.rules.mail import Fate, MailReceived, Trust
from bot.rules.mail_keys import OwnNames
from bot.rules.text_machine import is_subject_of_a_machine

OURS = ("x-deskmate",)
"""Headers that only our own mails carry."""
_DAEMON = re.compile(
    r"^(?:mailer-?daemon|post_?master|mail-?delivery|mail-?daemon|double-bounce)(?:[+=.-].*)?@",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:no-?_?reply|do-?not-?reply|ne-?pas-?repondre|nicht-?antworten|keine-?antwort|svara-?ej"
    r"|svara-?inte|bounces?|notifications?|alerts?|robot)(?:[+=.-].*)?@",
    re.IGNORECASE,
)
_OFF = frozenset(["", "no", "none", "false", "0"])
_RESPONDERS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse", "x-auto-reply-from",
    "x-mail-autoreply", "x-auto-reply",
)  # fmt: skip
AMONG_SPAM = "a spam filter put it into"
"""Begins the reason of a mail that is held for lying there; the folder follows."""
_BULK = ("bulk", "list", "junk", "auto_reply")
KEPT_HEADERS = frozenset(
    (
        *OURS, *_RESPONDERS, "return-path", "from", "content-type", "x-failed-recipients",
        "auto-submitted", "precedence", "list-id", "list-post", "list-unsubscribe", "x-loop",
        "x-auto-response-suppress", "subject", "date",
    )
)  # fmt: skip
"""What a source keeps of a mail's headers."""


@dataclass(frozen=True, slots=True)
class MailVerdict:
    """`fate` is what the mail is when it may not open a case; `because` is for people."""

    may_open: bool
    may_answer: bool
    because: str
    fate: Fate = Fate.CASE


def verdict_of(mail: MailReceived, own: OwnNames, *, is_contact: bool) -> MailVerdict:
    """Judge a mail by what it says of itself; `is_contact` says that we know its sender."""
    refused = _refused(mail, own, is_contact=is_contact)
    if refused is not None:
        return refused
    silent = _unanswerable(mail)
    if silent:
        return MailVerdict(True, False, silent)
    return MailVerdict(True, True, "a person's mail")


def is_held_as_spam(fate: Fate, reason: str) -> bool:
    """Whether a mail is held for nothing but the folder in which it lay."""
    return fate is Fate.HELD and reason.startswith(AMONG_SPAM)


def key_of_rescue(mail: str) -> str:
    """The key of the event that a mail, by its key, was moved out of the spam."""
    return f"mail/{mail}/rescued"


def is_own(mail: MailReceived, own: OwnNames) -> bool:
    """Whether one of our own mails has come back."""
    if any(name in mail.headers for name in OURS):
        return True
    if mail.message_id and mail.message_id.endswith(
        (f".case@{own.domain}>", f".staff@{own.domain}>", f".deskmate@{own.domain}>")
    ):
        return True
    address = (mail.sender.email or "").casefold()
    return bool(address) and address in {
        each.casefold() for each in (own.address, *own.others) if each
    }


def _refused(mail: MailReceived, own: OwnNames, *, is_contact: bool) -> MailVerdict | None:
    """What may not open a case, and what it is instead."""
    headers = mail.headers
    if mail.trouble:
        return _not(Fate.PARKED, mail.trouble)
    if is_own(mail, own):
        return _not(Fate.OWN, "one of our own mails")
    bounce = _sign_of_a_bounce(mail)
    if bounce:
        return _not(Fate.BOUNCE, bounce)
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().casefold()
    if submitted == "auto-replied":
        return _not(Fate.AUTOMATIC, "Auto-Submitted: auto-replied")
    responder = next((name for name in _RESPONDERS if _is_on(headers.get(name))), None)
    if responder is not None:
        return _not(Fate.AUTOMATIC, responder)
    if mail.spam_folder:
        return _not(Fate.HELD, f"{AMONG_SPAM} {mail.spam_folder}")
    precedence = headers.get("precedence", "").strip().casefold()
    if precedence in _BULK:
        return _not(Fate.HELD, f"Precedence: {precedence}")
    if "list-id" in headers or "list-post" in headers:
        return _not(Fate.HELD, "a mailing list")
    if is_subject_of_a_machine(mail.subject):
        return _not(Fate.HELD, "the form of the subject")
    if submitted not in _OFF and not is_contact:
        return _not(Fate.HELD, f"Auto-Submitted: {submitted[:40]}, of nobody we know")
    if not mail.sender.email:
        return _not(Fate.HELD, "the mail names no sender")
    if not (mail.subject.strip() or mail.text.strip() or mail.files):
        return _not(Fate.HELD, "the mail is empty")
    return None


def _sign_of_a_bounce(mail: MailReceived) -> str:
    headers = mail.headers
    if headers.get("content-type", "").strip().casefold().startswith("multipart/report"):
        return "a report of a mail system"
    if headers.get("return-path", "x").strip() == "<>":
        return "an empty Return-Path"
    if _is_on(headers.get("x-failed-recipients")):
        return "X-Failed-Recipients"
    return "a sender that is a mail system" if _DAEMON.match(mail.sender.email or "") else ""


def sign_of_a_program(mail: MailReceived) -> str:
    """By what a mail shows that a program sent it, whoever its sender is; empty if by nothing."""
    headers = mail.headers
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().casefold()
    if submitted not in _OFF:
        return f"Auto-Submitted: {submitted[:40]}"
    if _is_on(headers.get("x-auto-response-suppress")):
        return "X-Auto-Response-Suppress"
    if _is_on(headers.get("x-loop")):
        return "X-Loop"
    return "a sender that reads no answers" if _NOBODY.match(mail.sender.email or "") else ""


def _unanswerable(mail: MailReceived) -> str:
    if mail.trust is Trust.FAILED:
        return "the sender may be forged, as far as our mail server can tell"
    program = sign_of_a_program(mail)
    if program:
        return program
    if "list-unsubscribe" in mail.headers:
        return "List-Unsubscribe"
    return "" if (mail.sender.email or "").isascii() else "an address beyond ASCII"


def _not(fate: Fate, because: str) -> MailVerdict:
    return MailVerdict(False, False, because, fate)


def _is_on(value: str | None) -> bool:
    return value is not None and value.strip().casefold() not in _OFF
