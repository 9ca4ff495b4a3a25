# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks whether the mailbox can be read and what its server can do, for `check --online`."""

from __future__ import annotations

from bot.clock import Clock
from bot.ports import Finding
from bot.sources.mailbox_address import MailboxAddress, MailboxTrouble
from bot.sources.mailbox_session import MailboxSession


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
    except MailboxTrouble as trouble:
        found = [Finding(what, False, trouble.detail, "check the folder in DESKMATE_MAILBOX_URL")]
    finally:
        session.close()
    return tuple(found)
