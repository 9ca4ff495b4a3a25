# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the escalation mailbox together as the settings say; a part of `app.py`."""

from __future__ import annotations

from email.utils import parseaddr

from bot.clock import Clock
from bot.rules.mail_keys import OwnNames
from bot.rules.mail_trust import TrustedServers
from bot.rules.policy import Policy
from bot.settings import Settings
from bot.sources.mail_enclosures import MailFiles
from bot.sources.mail_spool import Spool
from bot.sources.mail_worker import MailWorker
from bot.sources.mailbox import Mailbox
from bot.sources.mailbox_address import read_mailbox_address
from bot.store.store import Store
from bot.telemetry import Figures

PREFIX = "DSK"
_LONGEST_PREFIX = 3


def mailbox_of(settings: Settings, store: Store, clock: Clock, figures: Figures) -> Mailbox | None:
    """The mailbox, None where none is set."""
    if not settings.mailbox_url:
        return None
    return Mailbox(
        read_mailbox_address(settings.mailbox_url.reveal()),
        store,
        Spool(settings.mail_spool),
        MailWorker(clock),
        clock,
        servers=trusted_servers(settings),
        figures=figures,
    )


def trusted_servers(settings: Settings) -> TrustedServers:
    """Whose word on senders counts, and which domains are our own, in the mailbox that is set."""
    user = read_mailbox_address(settings.mailbox_url.reveal()).user
    ours = (user, parseaddr(settings.mail_from)[1])
    domains = tuple(each.rpartition("@")[2] for each in ours if "@" in each)
    return TrustedServers(settings.mailbox_trust, domains)


def enclosures_of(settings: Settings, clock: Clock) -> MailFiles:
    """The files of the mails in the spool, read in a process that starts when one is wanted."""
    return MailFiles(Spool(settings.mail_spool), MailWorker(clock))


def own_names(settings: Settings, policy: Policy) -> OwnNames:
    """By what our mails and references are known; the desk's name begins a reference."""
    letters = "".join(each for each in policy.desk.upper() if "A" <= each <= "Z")
    prefix = letters[:_LONGEST_PREFIX] if len(letters) >= _LONGEST_PREFIX else PREFIX
    return OwnNames(
        secret=settings.case_secret.reveal(),
        prefix=policy.outage.reference_prefix or prefix,
        address=policy.outage.mailbox or "",
        others=tuple(filter(None, (parseaddr(settings.mail_from)[1],))),
    )
