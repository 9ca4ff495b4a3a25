# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks whether the mailbox can be read and what its server can do, for `check --online`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.clock import Clock
from bot.ports import Finding
from bot.rules.mail_folders import INBOX, swept_folders
from bot.sources.mailbox_address import MailboxAddress, MailboxFault, MailboxTrouble
from bot.sources.mailbox_session import MailboxSession

SPAM = " (spam: held for a person)"
SHOWN = 6


def examine(address: MailboxAddress, clock: Clock) -> tuple[Finding, ...]:
    """Log in and open the folder for reading; what the server can and cannot do."""
    what = f"mailbox {address.account}"
    try:
        session = MailboxSession(address, clock)
    except MailboxTrouble as trouble:
        return (Finding(what, False, trouble.detail, "check DESKMATE_MAILBOX_URL"),)
    try:
        session.open()
        found = [Finding(what, True, f"{len(session.uids())} mails in {address.folder}")]
        moves = session.can_move()
        found.append(
            Finding(
                f"{what}: MOVE", moves, "" if moves else "the server cannot move mails",
                "" if moves else "decided mails stay in the inbox; nothing is lost",
            )
        )  # fmt: skip
        if not session.can_wait():
            found.append(Finding(f"{what}: IDLE", True, "not offered: looked at once a minute"))
        if address.folder.upper() == INBOX:
            found += _others(session, what)
    except MailboxTrouble as trouble:
        found = [Finding(what, False, trouble.detail, "check the folder in DESKMATE_MAILBOX_URL")]
    finally:
        session.close()
    return tuple(found)


def _others(session: MailboxSession, what: str) -> Iterator[Finding]:
    """The folders that an outage has looked through, and those of them that cannot be read."""
    folders = swept_folders(session.folders())
    if folders:
        shown = ", ".join(each.name + SPAM * each.is_spam for each in folders[:SHOWN])
        more = f" and {len(folders) - SHOWN} more" if len(folders) > SHOWN else ""
        yield Finding(f"{what}: other folders", True, f"read in an outage: {shown}{more}")
    for each in folders:
        try:
            session.open(each.name)
        except MailboxTrouble as trouble:
            if trouble.fault is not MailboxFault.FOLDER:
                raise
            advice = "let the account read it, or rename it; what a filter puts there is not seen"
            yield Finding(f"{what}: {each.name}", False, trouble.detail, advice)
