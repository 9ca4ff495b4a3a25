# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells a machine's mail from a person's: by its headers, else by sender, subject and tags.

Two verdicts, because they differ: a mail that only asks not to be answered may well be a
customer's.  Sources: RFC 3834, RFC 3464, RFC 2919, and the headers that real auto-responders set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.rules.truth import Truth

MACHINE_TAGS = frozenset(
    [
        "auto_reply",
        "autoreply",
        "auto_response",
        "out_of_office",
        "bounce",
        "machine_mail",
        "mail_loop",
        "system_email_notification_failure",
    ]
)
"""Tags that mark a ticket as a machine's; the last one is set by Zendesk for failed deliveries."""

_DAEMON = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?delivery|bounces?|double-bounce|auto-?reply|autoresponder"
    r"|auto-?responder|listserv|majordomo)(?:[+=.-].*)?@",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:no-?reply|do-?not-?reply|donotreply|noreply|ne-?pas-?repondre|nepasrepondre|nicht-?antworten"
    r"|keine-?antwort|svara-?ej|svara-?inte|notifications?|alerts?|robot)(?:[+=.-].*)?@",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"^\s*(?:\[[^\]]{0,40}\]\s*)?(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)"
    r"|out of (?:the )?office|ooo\b|vacation (?:reply|notice)|away from (?:the )?office"
    r"|undeliverable|undelivered mail|mail delivery (?:failed|failure|system)|delivery status"
    r"|delivery (?:failure|has failed)|returned mail|failure notice|read:|not read:"
    r"|automatische (?:antwort|abwesenheits)|abwesenheit|abwesend\b|abwesenheitsnotiz|nicht im büro"
    r"|unzustellbar|zustellung (?:fehlgeschlagen|nicht möglich)|gelesen:"
    r"|réponse automatique|absence du bureau|absent du bureau|message d'absence|non remis"
    r"|échec de (?:la )?remise|lu\s?:"
    r"|autosvar|automatiskt svar|frånvaro|frånvarande|ej på kontoret|kunde inte levereras|läst:"
    r"|автоответ|автоматический ответ|нет на месте|вне офиса|отсутствую|недоставленное"
    r"|не доставлено|прочитано:)",
    re.IGNORECASE,
)
_AUTO_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoresponse",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-failed-recipients",
    "x-loop",
)
_OFF = frozenset(["", "no", "none", "false", "0"])


@dataclass(frozen=True, slots=True)
class MachineVerdict:
    """Whether a machine wrote a mail, whether it may be answered, and how that was seen."""

    is_machine: Truth
    may_answer: Truth
    because: str


def machine_verdict(
    *,
    headers: Mapping[str, str] | None,
    sender: str | None = None,
    subject: str | None = None,
    tags: Iterable[str] = (),
) -> MachineVerdict:
    """Judge a mail by its headers where they are known, else by what the ticket shows.

    `headers` is None where the helpdesk gives none; names may be in any case.  Without headers a
    clean sender proves nothing, so the answer is then unknown.
    """
    if headers is not None:
        return _by_headers({name.lower(): value for name, value in headers.items()}, subject)
    address = (sender or "").strip().strip("<>")[:320]
    if _DAEMON.match(address) or _NOBODY.match(address):
        return _machine(f"sender {address}")
    if _SUBJECT.match((subject or "")[:200]):
        return _machine("the form of the subject")
    marks = sorted(MACHINE_TAGS & {tag.lower() for tag in tags})
    if marks:
        return _machine(f"tag {marks[0]}")
    return MachineVerdict(Truth.UNKNOWN, Truth.UNKNOWN, "no headers, and nothing else tells")


def is_subject_of_a_machine(subject: str) -> bool:
    """Whether a subject has the form that auto-responders and mail systems give it."""
    return _SUBJECT.match(subject[:200]) is not None


def _machine(because: str) -> MachineVerdict:
    return MachineVerdict(Truth.TRUE, Truth.FALSE, because)


def _by_headers(headers: Mapping[str, str], subject: str | None) -> MachineVerdict:
    sign = _sign_of_a_machine(headers, subject)
    if sign is not None:
        return _machine(sign)
    if headers.get("x-auto-response-suppress", "").strip().lower() not in _OFF:
        return MachineVerdict(Truth.FALSE, Truth.FALSE, "X-Auto-Response-Suppress")
    if "list-unsubscribe" in headers:
        return MachineVerdict(Truth.FALSE, Truth.FALSE, "List-Unsubscribe")
    if _NOBODY.match(_address(headers.get("from", ""))):
        return MachineVerdict(Truth.FALSE, Truth.FALSE, "a sender that reads no answers")
    return MachineVerdict(Truth.FALSE, Truth.TRUE, "headers of a person's mail")


def _sign_of_a_machine(headers: Mapping[str, str], subject: str | None) -> str | None:
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    if submitted not in _OFF:
        return f"Auto-Submitted: {submitted[:40]}"
    if headers.get("return-path", "x").strip() in ("<>", ""):
        return "an empty Return-Path"
    if headers.get("content-type", "").strip().lower().startswith("multipart/report"):
        return "a delivery report"
    precedence = headers.get("precedence", "").strip().lower()
    if precedence in ("bulk", "list", "junk", "auto_reply"):
        return f"Precedence: {precedence}"
    if "list-id" in headers or "list-post" in headers:
        return "a mailing list"
    for name in _AUTO_HEADERS:
        if headers.get(name, "").strip().lower() not in _OFF:
            return name
    if _DAEMON.match(_address(headers.get("from", ""))):
        return "a sender that is a mail system"
    if _SUBJECT.match((headers.get("subject") or subject or "")[:200]):
        return "the form of the subject"
    return None


def _address(sender: str) -> str:
    """The bare address in a From line."""
    bare = sender[:1000].rpartition("<")[2].partition(">")[0] if "<" in sender else sender[:1000]
    return bare.strip()
