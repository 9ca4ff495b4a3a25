# SPDX-License-Identifier: GPL-3.0-or-later
"""Only our own mail server says whether a sender is who the mail says."""

from __future__ import annotations

import pytest
from mail_samples import raw_mail

from bot.app_mailbox import trusted_servers
from bot.rules.mail import Trust
from bot.rules.mail_trust import TraceLine, TrustedServers, own_received, trust_of
from bot.settings import Settings, read_settings
from bot.sources.mail_reading import read_mail

SENDER = "nora@northwind.example"
OURS = TrustedServers(("mx.acme.example", "imap.acme.example"))
TAKEN = "from out.northwind.example by mx.acme.example; Mon, 2 Mar 2026 12:00:00 +0000"
STORED = "from mx.acme.example by imap.acme.example with LMTP; Mon, 2 Mar 2026 12:00:01 +0000"
SENT = "from laptop by out.northwind.example; Mon, 2 Mar 2026 11:59:59 +0000"
PASS = "mx.acme.example; dmarc=pass header.from=northwind.example"
FAIL = "mx.acme.example; spf=fail; dmarc=fail (p=reject) header.from=northwind.example"


def _trace(*lines: str) -> list[TraceLine]:
    """`by` lines are Received, the others results."""
    return [
        TraceLine("received" if " by " in line else "authentication-results", line)
        for line in lines
    ]


def _trust(trace: list[TraceLine], servers: TrustedServers = OURS, sender: str = SENDER) -> Trust:
    return trust_of(trace, sender, servers, is_one_sender=True)


@pytest.mark.parametrize(
    ("lines", "trust"),
    [
        ((PASS, TAKEN, SENT), Trust.PASSED),
        ((STORED, PASS, TAKEN, SENT), Trust.PASSED),
        ((FAIL, TAKEN, SENT), Trust.FAILED),
        ((TAKEN, PASS, SENT), Trust.NOTHING),
        ((TAKEN, SENT, PASS), Trust.NOTHING),
        (("mx.evil.example; dmarc=pass", TAKEN, SENT), Trust.NOTHING),
        ((PASS,), Trust.NOTHING),
        ((FAIL, PASS, TAKEN), Trust.FAILED),
        ((TAKEN, SENT), Trust.NOTHING),
    ],
)
def test_only_our_own_line_counts(lines: tuple[str, ...], trust: Trust) -> None:
    """Above the line by which our border server took the mail in, with our name, the topmost."""
    assert _trust(_trace(*lines)) is trust


@pytest.mark.parametrize(
    ("signed_by", "trust"),
    [
        ("northwind.example", Trust.PASSED),
        ("mail.northwind.example", Trust.NOTHING),
        ("evil.example", Trust.NOTHING),
        ("example", Trust.NOTHING),
    ],
)
def test_signature_must_be_of_the_senders_domain(signed_by: str, trust: Trust) -> None:
    """Anybody can sign with a domain of their own."""
    line = f"mx.acme.example; dkim=pass header.d={signed_by}; spf=pass"

    assert _trust(_trace(line, TAKEN)) is trust


@pytest.mark.parametrize(
    ("result", "sender", "trust"),
    [
        ("dmarc=pass header.from=northwind.example", SENDER, Trust.PASSED),
        ("dmarc=pass header.from=northwind.example", "nora@de.northwind.example", Trust.PASSED),
        ("dmarc=pass header.from=xn--nrd-sna.example", "nora@nörd.example", Trust.PASSED),
        ("dmarc=pass header.from=de.northwind.example", SENDER, Trust.FAILED),
        ("dmarc=pass header.from=evil.example", SENDER, Trust.FAILED),
        ("dmarc=none header.from=evil.example; dkim=pass header.d=northwind.example", SENDER,
         Trust.FAILED),
        ("dmarc=pass header.from=northwind.example.evil.example", SENDER, Trust.FAILED),
        ("dmarc=pass", SENDER, Trust.NOTHING),
        ('dmarc=pass header.from="northwind.example"', SENDER, Trust.PASSED),
        ('spf=pass smtp.mailfrom="; dmarc=pass header.from=northwind.example; "@evil.example',
         SENDER, Trust.NOTHING),
        ('spf=pass (domain of "x)\\"; dkim=pass header.d=northwind.example; "@evil.example)',
         SENDER, Trust.NOTHING),
    ],
)  # fmt: skip
def test_what_was_checked_must_be_whom_we_read(result: str, sender: str, trust: Trust) -> None:
    """A pass of another domain is a forger's, who has shown our server another address."""
    assert _trust(_trace(f"mx.acme.example; {result}", TAKEN), sender=sender) is trust


@pytest.mark.parametrize(
    "sender",
    [
        f"{SENDER} <mallory@evil.example>",
        f"{SENDER}, mallory@evil.example",
        f"team: {SENDER}; <mallory@evil.example>",
        f"<{SENDER}>:<mallory@evil.example>",
        f"mallory@evil.example\r\nFrom: {SENDER}",
        f"{SENDER} {'x' * 3_000} <mallory@evil.example>",
    ],
)
def test_several_senders_are_no_sender(sender: str) -> None:
    """Whichever of them our server checked, nobody vouched for the one that we read."""
    for checked in ("northwind.example", "evil.example"):
        line = f"mx.acme.example; dmarc=pass header.from={checked}"
        read = read_mail(raw_mail(f"Received: {TAKEN}", sender=sender))

        trust = trust_of(_trace(line, TAKEN), read.sender, OURS, is_one_sender=read.is_one_sender)

        assert trust is Trust.FAILED


def test_google_writes_below_its_own_received() -> None:
    """Google removes forged lines of its name, so its form is believed where it stands."""
    trace = _trace(
        "by 2002:a05:6402:: with SMTP id x; Mon, 2 Mar 2026 04:00:02 -0800",
        "from out.example (out.example) by mx.google.com with ESMTPS; Mon, 2 Mar 2026",
        "mx.google.com; dkim=pass header.i=@northwind.example; dmarc=pass (p=NONE) "
        "header.from=northwind.example",
        SENT,
    )
    trace[0] = TraceLine("received", trace[0].value)

    assert _trust(trace, TrustedServers(("google",))) is Trust.PASSED


def test_microsoft_writes_no_name() -> None:
    """The line of Microsoft 365 has no server's name and is topmost."""
    trace = _trace(
        "from A.prod.outlook.com by B.prod.outlook.com; Mon, 2 Mar 2026 12:00:00 +0000",
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=northwind.example; dmarc=pass action=none "
        "header.from=northwind.example",
        SENT,
    )

    assert _trust(trace, TrustedServers(("microsoft",))) is Trust.PASSED


TENANT = TrustedServers(("microsoft",), ("acme.example",))
INSIDE = "Received: from A.prod.outlook.com by B.prod.outlook.com with HTTPS; Mon, 2 Mar 2026"
NOT_SIGNED = (
    "Authentication-Results: dkim=none (message not signed) header.d=none;"
    "dmarc=none action=none header.from=acme.example;"
)
INTERNAL = "X-MS-Exchange-Organization-AuthAs: Internal"
ANONYMOUS = "X-MS-Exchange-Organization-AuthAs: Anonymous"
FOREIGN = "Received: from laptop by mail.acme.example with ESMTP; Mon, 2 Mar 2026"
REFUSED = "Authentication-Results: dmarc=fail action=none header.from=acme.example"


@pytest.mark.parametrize(
    ("headers", "sender", "servers", "trust"),
    [
        ((INSIDE, NOT_SIGNED, INTERNAL), "ada@acme.example", TENANT, Trust.PASSED),
        ((INSIDE, INTERNAL), "ada@acme.example", TENANT, Trust.PASSED),
        ((INSIDE, NOT_SIGNED), "ada@acme.example", TENANT, Trust.NOTHING),
        ((INSIDE, NOT_SIGNED, ANONYMOUS), "ada@acme.example", TENANT, Trust.NOTHING),
        ((INSIDE, ANONYMOUS, INTERNAL), "ada@acme.example", TENANT, Trust.NOTHING),
        ((INSIDE, INTERNAL, INTERNAL), "ada@acme.example", TENANT, Trust.NOTHING),
        ((INSIDE, NOT_SIGNED, FOREIGN, INTERNAL), "ada@acme.example", TENANT, Trust.NOTHING),
        ((NOT_SIGNED, INTERNAL), "ada@acme.example", TENANT, Trust.NOTHING),
        ((INSIDE, REFUSED, INTERNAL), "ada@acme.example", TENANT, Trust.FAILED),
        ((INSIDE, INTERNAL), SENDER, TENANT, Trust.NOTHING),
        ((INSIDE, INTERNAL), "ada@evil.acme.example", TENANT, Trust.NOTHING),
        ((INTERNAL, *[INSIDE] * 99, FOREIGN), "ada@acme.example", TENANT, Trust.NOTHING),
        ((FOREIGN, INTERNAL), "ada@acme.example", OURS, Trust.NOTHING),
    ],
)
def test_colleague_of_the_same_tenant_is_believed(
    headers: tuple[str, ...], sender: str, servers: TrustedServers, trust: Trust
) -> None:
    """Exchange took it in from a mailbox of our domain, and no other server had it."""
    read = read_mail(raw_mail(*headers, sender=sender))

    assert trust_of(read.trace, read.sender, servers, is_one_sender=True) is trust


def test_our_domains_are_those_of_login_and_sender() -> None:
    """No other setting names them, and a login without a domain names none."""
    given = {
        "DESKMATE_MAILBOX_URL": "imaps://desk%40acme.example:secret@outlook.office365.com/INBOX",
        "DESKMATE_MAIL_FROM": "Desk <desk@acme.example.se>",
        "DESKMATE_MAILBOX_TRUST": "microsoft",
        "DESKMATE_CASE_SECRET": "0123456789abcdef",
    }
    settings = read_settings(given)
    assert isinstance(settings, Settings), settings

    assert trusted_servers(settings) == TrustedServers(
        ("microsoft",), ("acme.example", "acme.example.se")
    )


def test_without_a_setting_nothing_is_checked() -> None:
    """Nobody said whom to believe, and that is not the same as a failed check."""
    assert _trust(_trace(FAIL, TAKEN), TrustedServers()) is Trust.UNCHECKED


def test_our_border_servers_line_says_when_it_came() -> None:
    """Not the one of the mailbox, which may have had it much later, nor a sender's."""
    assert own_received(_trace(STORED, TAKEN, SENT), OURS) == TAKEN
    assert own_received(_trace(STORED, TAKEN, SENT), TrustedServers()) == STORED
