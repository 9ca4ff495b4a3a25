# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends notices by SMTP: threaded, marked as automatic, the same Message-ID at every try.

A reply lost after the mail's last line leaves it open whether the mail was taken; it is sent
again under the same Message-ID, by which receivers can drop the second one.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from bot.channels.escaping import header
from bot.channels.links import NO_LINKS, Links, instead_of_taking, offers
from bot.channels.mail_body import html_body, text_body
from bot.channels.mail_customer import customer_payload
from bot.channels.mail_folding import SMTP_WHOLE
from bot.ports import Delivered, Finding, Outcome, Refused, TryLater, Unknown
from bot.rules.actions import Notice, NoticeKind, Outgoing
from bot.rules.mail_keys import OwnNames, staff_mail_id
from bot.texts.own import NO_TEXTS, OwnTexts
from bot.texts.render import render

TIMEOUT = 10.0
STARTTLS_PORT, TLS_PORT, PLAIN_PORT = 587, 465, 25
GREATEST_SUBJECT = 150
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; `repr` hides the password."""

    host: str
    port: int
    is_tls: bool
    wants_starttls: bool
    user: str
    reveal_password: Callable[[], str]

    def __repr__(self) -> str:
        """Host and port alone."""
        return f"MailServer({self.host}:{self.port})"


def read_server(url: str) -> MailServer:
    """Understand `smtp+starttls://user:password@host:587`, `smtps://...` or `smtp://...`."""
    parts = urlsplit(url)
    ports = {"smtp+starttls": STARTTLS_PORT, "smtps": TLS_PORT, "smtp": PLAIN_PORT}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError("a mail server is written smtp+starttls://user:password@host:587")
    password = unquote(parts.password or "")
    return MailServer(
        host=parts.hostname,
        port=parts.port or ports[parts.scheme],
        is_tls=parts.scheme == "smtps",
        wants_starttls=parts.scheme == "smtp+starttls",
        user=unquote(parts.username or ""),
        reveal_password=lambda: password,
    )


class MailChannel:
    """The way by mail; one connection a message, so that a dead one holds nobody up."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        *,
        names: Mapping[str, str] = NOTHING,
        texts: OwnTexts = NO_TEXTS,
        own: OwnNames | None = None,
        links: Links = NO_LINKS,
        timeout: float = TIMEOUT,
    ) -> None:
        """`sender` is the address all notices come from; never one of the helpdesk's own.

        `names` are display names of own codes. `own` is by what the escalation mailbox knows our
        mails; without it no customer is written to. A server that says nothing for `timeout`
        seconds is left.
        """
        self._own = own
        self._links = links
        self._server = server
        self._sender = sender
        self._timeout = timeout
        self._names = names
        self._texts = texts

    def use(self, *, names: Mapping[str, str], texts: OwnTexts) -> None:
        """Speak in the words of a policy that was read again."""
        self._names, self._texts = names, texts

    def deliver(self, outgoing: Outgoing, *, now: datetime) -> Outcome:
        """Hand the mail in; 4xx is later, 5xx is never, a line lost after DATA is unknown."""
        mail = self._mail_of(outgoing, now)
        if isinstance(mail, Refused):
            return mail
        has_sent = False
        taken: Outcome | None = None
        try:
            with self._connect() as smtp:
                smtp.mail(_bare(str(mail["From"])))
                answer = _judged(smtp.rcpt(_address(outgoing)), "the recipient")
                if answer is not None:
                    return answer
                has_sent = True
                refused = _judged(smtp.data(mail.as_bytes(policy=SMTP_WHOLE)), "the mail")
                taken = refused or Delivered(str(mail["Message-ID"]))
            return taken  # noqa: RET504 - the farewell at the end of `with` may fail
        except smtplib.SMTPAuthenticationError:
            return Refused(
                "the mail server refuses our password", "renew DESKMATE_SMTP_URL", is_for_all=True
            )
        except smtplib.SMTPDataError as error:
            return _judged((error.smtp_code, error.smtp_error), "the mail") or Unknown("odd answer")
        except smtplib.SMTPResponseException as error:
            answer = _judged((error.smtp_code, error.smtp_error), "the session")
            return answer or TryLater("odd answer")
        except ssl.SSLCertVerificationError as error:
            return Refused(
                f"the mail server's certificate does not hold: {error.verify_message}",
                "check the host's name in DESKMATE_SMTP_URL and its certificate",
            )
        except (smtplib.SMTPException, OSError) as error:
            if taken is not None:
                return taken  # Only the farewell failed.
            reason = f"{type(error).__name__} at {self._server.host}:{self._server.port}"
            return Unknown(f"{reason} after sending") if has_sent else TryLater(reason)

    def find(self, outgoing: Outgoing, *, since: datetime) -> Outcome:
        """A mail cannot be looked up."""
        return Unknown("mail cannot be read back")

    def examine(self, destinations: Sequence[str]) -> Sequence[Finding]:
        """Connect and log in, send nothing."""
        what = f"mail server {self._server.host}:{self._server.port}"
        try:
            with self._connect() as smtp:
                smtp.noop()
        except smtplib.SMTPAuthenticationError:
            return (Finding(what, False, "refuses our password", "renew DESKMATE_SMTP_URL"),)
        except (smtplib.SMTPException, OSError) as error:
            advice = "check host, port and encryption in DESKMATE_SMTP_URL"
            return (Finding(what, False, type(error).__name__, advice),)
        return (Finding(what, True, f"takes mail from {self._sender}"),)

    def _mail_of(self, outgoing: Outgoing, now: datetime) -> EmailMessage | Refused:
        if isinstance(outgoing.message, Notice):
            return payload(
                outgoing, sender=self._sender, now=now, names=self._names, texts=self._texts,
                own=self._own,
            )  # fmt: skip
        if self._own is None or not self._own.address:
            advice = "set helpdesk_down.mailbox and DESKMATE_CASE_SECRET"
            return Refused("no mailbox is set to write to customers from", advice)
        try:
            return customer_payload(outgoing, self._own, now=now)
        except (ValueError, IndexError) as error:
            return Refused(f"the mail cannot be written: {error}", "look at the customer's address")

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.is_tls:
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.wants_starttls:
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.reveal_password())
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp


def payload(
    outgoing: Outgoing,
    *,
    sender: str,
    now: datetime,
    names: Mapping[str, str] = NOTHING,
    texts: OwnTexts = NO_TEXTS,
    own: OwnNames | None = None,
) -> EmailMessage:
    """The mail of one row: plain text first, HTML beside it, in the thread of its ticket.

    `Auto-Submitted` is RFC 3834's mark for mail that no person wrote; `X-Auto-Response-Suppress`
    is what Exchange listens to. The thread's root is an id that was never sent, which clients
    thread by all the same.
    """
    notice = outgoing.message
    assert isinstance(notice, Notice), "only notices are sent by mail"
    instead = instead_of_taking(notice)
    rendered = render(notice, now=now, names=names, texts=texts, instead=instead)
    domain = sender.rpartition("@")[2].strip(">")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=_address(outgoing))
    mail["Subject"] = header(rendered.headline)[:GREATEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = _message_id(outgoing.key, domain)
    if own is not None and notice.kind is NoticeKind.CASE and notice.ticket_id:
        # Who answers this mail answers the customer: the id says which, and that we asked.
        address = _address(outgoing)
        del mail["Message-ID"]
        mail["Message-ID"] = staff_mail_id(own, notice.ticket_id, address, outgoing.key)
        mail["Reply-To"] = own.address
    mail["References"] = mail["In-Reply-To"] = _message_id(f"thread/{notice.thread}", domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Deskmate"] = "notice"
    offered = offers(notice, rendered)
    mail.set_content(text_body(rendered, offered))
    html = html_body(rendered, offered, language=notice.language)
    mail.add_alternative(html, subtype="html")
    return mail


def _message_id(name: str, domain: str) -> str:
    return f"<{hashlib.sha256(name.encode()).hexdigest()[:32]}.deskmate@{domain}>"


def _bare(sender: str) -> str:
    """The address of a From line, for the envelope."""
    return parseaddr(sender)[1] or sender


def _address(outgoing: Outgoing) -> str:
    return outgoing.destination.removeprefix("mail:")


def _judged(answer: tuple[int, bytes | str], what: str) -> Outcome | None:
    """None for success; a 4xx is for later, a 5xx for good."""
    code, text = answer
    if 200 <= code < 300:
        return None
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    said = f"{code} {words[:200]}"
    if 400 <= code < 500:
        return TryLater(f"the mail server puts {what} off: {said}")
    return Refused(f"the mail server refuses {what}: {said}", "check the address in `people:`")
