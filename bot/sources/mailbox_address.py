# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the escalation mailbox is, and how it can be out of reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

TLS_PORT, PLAIN_PORT = 993, 143


class MailboxFault(StrEnum):
    """Why the mailbox cannot be read."""

    LINE = "line"
    CREDENTIALS = "credentials"
    FOLDER = "folder"


class MailboxTrouble(Exception):  # noqa: N818 - it says what is, not that a bug was met
    """The mailbox cannot be used now."""

    def __init__(self, fault: MailboxFault, detail: str) -> None:
        """`detail` is for people and holds no secret."""
        super().__init__(detail)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """Where the mailbox is; `repr` hides the password."""

    host: str
    port: int
    is_tls: bool
    wants_starttls: bool
    user: str
    reveal_password: Callable[[], str]
    folder: str = "INBOX"

    @property
    def account(self) -> str:
        """The mailbox in the ledger: whose it is and where."""
        return f"{self.user}@{self.host}"

    def __repr__(self) -> str:
        """User and host alone."""
        return f"MailboxAddress({self.account}:{self.port})"


def read_mailbox_address(url: str) -> MailboxAddress:
    """Understand `imaps://user:password@host:993`, `imap+starttls://...` or `imap://...`.

    A path names another folder than INBOX. Raises `ValueError` with what to write.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("imaps", "imap+starttls", "imap") or not parts.hostname:
        raise ValueError("a mailbox is written imaps://user:password@host:993")
    password = unquote(parts.password or "")
    return MailboxAddress(
        host=parts.hostname,
        port=parts.port or (TLS_PORT if parts.scheme == "imaps" else PLAIN_PORT),
        is_tls=parts.scheme == "imaps",
        wants_starttls=parts.scheme == "imap+starttls",
        user=unquote(parts.username or ""),
        reveal_password=lambda: password,
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
