# SPDX-License-Identifier: GPL-3.0-or-later
"""One IMAP connection: reads without marking, moves without ever expunging, notices a dead line.

What servers do was measured: after a line dies `idle_check` answers at once with nothing for ever,
a goodbye comes as an ordinary answer, `UID 6:*` gives 5 where 5 is the last, and a mail that
somebody removed has no body.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from imaplib import IMAP4
from typing import TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from bot.clock import Clock
from bot.rules.mail_folders import MailFolder
from bot.rules.mail_keys import message_id
from bot.sources.mailbox_address import MailboxAddress, MailboxFault, MailboxTrouble
from bot.sources.mailbox_names import name_of

CONNECT_TIMEOUT, READ_TIMEOUT = 10.0, 30.0
SEARCH_RANGE = 20_000
"""UIDs of one search: its answer must stay below imaplib's limit of a million bytes a line."""
_CODE = re.compile(r"\[([A-Z-]{2,40})\]")
_ID = b"MESSAGE-ID"
_EARLY = 0.5
"""An empty answer before this share of the time is a dead line's."""
T = TypeVar("T")
LINE_ERRORS = (OSError, IMAP4.error, EOFError)


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail as the server lists it."""

    uid: int
    size: int
    internal_at: datetime


class MailboxSession:
    """One connection; every method raises `MailboxTrouble` when the line or the server fails."""

    def __init__(
        self, address: MailboxAddress, clock: Clock, *, read_timeout: float = READ_TIMEOUT
    ) -> None:
        """Connect, log in; no folder is open yet. `read_timeout` is in seconds."""
        self._timeout = SocketTimeout(connect=CONNECT_TIMEOUT, read=read_timeout)
        self._clock = clock
        self._address = address
        self._client = self._connected(address)
        self._folder = address.folder
        self.uidvalidity = 0

    def open(self, folder: str | None = None, *, may_move: bool = False) -> int:
        """Open a folder, the mailbox's own without a name; its UIDVALIDITY.

        It is for reading only unless mails are to be moved.
        """
        self._folder = folder or self._address.folder
        try:
            shown = self._client.select_folder(self._folder, readonly=not may_move)
        except IMAP4.abort as error:
            raise self._trouble(error) from error
        except IMAP4.error as error:
            detail = f"the folder {self._folder} cannot be opened: {_said(error)}"
            raise MailboxTrouble(MailboxFault.FOLDER, detail) from error
        except OSError as error:
            raise self._trouble(error) from error
        self.uidvalidity = int(shown[b"UIDVALIDITY"])
        self._next = int(shown.get(b"UIDNEXT", 0))
        return self.uidvalidity

    def uids(self, above: int = 0) -> tuple[int, ...]:
        """The mails of the folder whose UID is greater, searched in ranges."""

        def search() -> tuple[int, ...]:
            self._client.noop()  # Or the server goes on showing the folder as it was.
            if above:
                found = self._client.search(["UID", f"{above + 1}:*"])
                return tuple(sorted(uid for uid in found if uid > above))
            status = self._client.folder_status(self._folder, ["UIDNEXT"])
            end = max(int(status[b"UIDNEXT"]), self._next)
            collected: list[int] = []
            for first in range(1, end + 1, SEARCH_RANGE):
                wanted = f"{first}:{first + SEARCH_RANGE - 1}"
                collected += self._client.search(["UID", wanted])
            return tuple(sorted(set(collected)))

        return self._tried(search)

    def uids_since(self, day: date) -> tuple[int, ...]:
        """The mails of the folder that came on this day of the server's calendar, or later."""
        return tuple(sorted(self._tried(lambda: self._client.search(["SINCE", day]))))

    def message_ids(self, uids: Sequence[int]) -> dict[int, str]:
        """The Message-IDs of mails, unmarked; those that have none are left out."""
        if not uids:
            return {}
        rows = self._tried(
            lambda: self._client.fetch(uids, [b"BODY.PEEK[HEADER.FIELDS (%s)]" % _ID])
        )
        found = {uid: message_id(_header_of(row)) for uid, row in rows.items()}
        return {uid: named for uid, named in found.items() if named is not None}

    def folders(self) -> tuple[MailFolder, ...]:
        """Every folder of the mailbox itself; those of other people and shared ones are not.

        One whose name is not written as IMAP asks hides no other; `open` says that it cannot be.
        """
        self._client.folder_encode = False  # One odd name would end the whole list.
        try:
            listed = self._tried(self._client.list_folders)
            has_spaces = self._client.has_capability("NAMESPACE")
            spaces = self._tried(self._client.namespace) if has_spaces else ((), (), ())
        finally:
            self._client.folder_encode = True
        others = (*(spaces[1] or ()), *(spaces[2] or ()))
        foreign = tuple(name_of(prefix) for prefix, _ in others if prefix)
        return tuple(
            MailFolder(named, _flags(flags), (separator or b"").decode("ascii", "replace") or "/")
            for flags, separator, name in listed
            if (named := name_of(name)) and not named.startswith(foreign)
        )

    def listed(self, uids: Sequence[int]) -> tuple[Listed, ...]:
        """Size and instant of mails; those that vanished meanwhile are left out."""
        if not uids:
            return ()
        rows = self._tried(lambda: self._client.fetch(uids, [b"RFC822.SIZE", b"INTERNALDATE"]))
        return tuple(
            Listed(uid, int(row[b"RFC822.SIZE"]), row[b"INTERNALDATE"].astimezone(UTC))
            for uid, row in sorted(rows.items())
            if b"RFC822.SIZE" in row and b"INTERNALDATE" in row
        )

    def whole(self, uid: int) -> bytes | None:
        """A raw mail, unmarked; None when it has vanished."""
        return self._section(uid, b"BODY.PEEK[]", b"BODY[]")

    def beginning(self, uid: int, length: int) -> bytes | None:
        """The first bytes of a mail, for one that is too large."""
        return self._section(uid, b"BODY.PEEK[]<0.%d>" % length, b"BODY[]<0>")

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move mails to a folder, which is made if it is missing; nothing is ever expunged.

        A server that cannot move leaves them where they are, which only a person sees.
        """
        if not uids or not self.can_move():
            return
        self._tried(lambda: self._make(folder))
        self._tried(lambda: self._client.move(uids, folder))

    def can_move(self) -> bool:
        """Whether the server moves mails in one stroke."""
        return bool(self._client.has_capability("MOVE"))

    def can_wait(self) -> bool:
        """Whether the server tells of new mails by itself."""
        return bool(self._client.has_capability("IDLE"))

    def begin_waiting(self) -> None:
        """Let the server tell of new mails (IDLE)."""
        self._tried(self._client.idle)

    def heard(self, seconds: float) -> bool:
        """Whether the server told of a change within so many seconds."""
        start = self._clock.monotonic()
        answers = self._tried(lambda: self._client.idle_check(timeout=seconds))
        if any(answer and answer[0] == b"BYE" for answer in answers):
            raise MailboxTrouble(MailboxFault.LINE, "the mail server said goodbye")
        if not answers and self._clock.monotonic() - start < seconds * _EARLY:
            raise MailboxTrouble(MailboxFault.LINE, "the line to the mail server is dead")
        return any(len(answer) > 1 and answer[1] in (b"EXISTS", b"RECENT") for answer in answers)

    def end_waiting(self) -> None:
        """Stop listening, and see whether the server is still there."""
        self._tried(self._client.idle_done)
        self._tried(self._client.noop)

    def close(self) -> None:
        """Let the connection go, politely if that is quick."""
        try:
            self._client.shutdown()
        except LINE_ERRORS:
            pass

    def _connected(self, address: MailboxAddress) -> IMAPClient:
        is_encrypted = address.is_tls or address.wants_starttls
        context = ssl.create_default_context() if is_encrypted else None
        try:
            client = IMAPClient(
                address.host,
                port=address.port,
                ssl=address.is_tls,
                ssl_context=context if address.is_tls else None,
                timeout=self._timeout,
            )
        except LINE_ERRORS as error:
            raise self._trouble(error) from error
        client.normalise_times = False
        try:
            client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if address.wants_starttls:
                client.starttls(context)
            client.login(address.user, address.reveal_password())
        except LoginError as error:
            client.shutdown()
            raise _login_trouble(error) from error
        except LINE_ERRORS as error:
            client.shutdown()
            raise self._trouble(error) from error
        return client

    def _section(self, uid: int, asked: bytes, answered: bytes) -> bytes | None:
        rows = self._tried(lambda: self._client.fetch([uid], [asked]))
        body = rows.get(uid, {}).get(answered)
        return body if isinstance(body, bytes) else None

    def _make(self, folder: str) -> None:
        if self._client.folder_exists(folder):
            return
        try:
            self._client.create_folder(folder)
        except IMAP4.abort:
            raise
        except IMAP4.error:
            if not self._client.folder_exists(folder):
                raise

    def _tried(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except CapabilityError as error:
            raise MailboxTrouble(
                MailboxFault.FOLDER, f"the server cannot do it: {error}"
            ) from error
        except LINE_ERRORS as error:
            raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> MailboxTrouble:
        where = f"{self._address.host}:{self._address.port}"
        if isinstance(error, ssl.SSLCertVerificationError):
            detail = f"the certificate of {where} does not hold: {error.verify_message}"
        else:
            detail = f"{where} does not answer as it should: {_said(error)}"
        return MailboxTrouble(MailboxFault.LINE, detail)


def _flags(flags: Iterable[bytes]) -> frozenset[str]:
    return frozenset(each.decode("ascii", "replace").lstrip("\\").casefold() for each in flags)


def _header_of(row: Mapping[bytes, object]) -> str:
    """What stands behind the colon; servers write the name of the answer in their own way."""
    for name, value in row.items():
        if name.upper().startswith(b"BODY[HEADER") and isinstance(value, bytes):
            return value.decode("utf-8", "replace").partition(":")[2].strip()
    return ""


def _login_trouble(error: LoginError) -> MailboxTrouble:
    """Only one answer means a wrong password; the others mean "not now"."""
    said = _said(error)
    codes = _CODE.findall(said)
    if "UNAVAILABLE" in codes or "LIMIT" in codes or "INUSE" in codes:
        return MailboxTrouble(MailboxFault.LINE, f"the mail server takes no login now: {said}")
    return MailboxTrouble(MailboxFault.CREDENTIALS, f"the mail server refuses our login: {said}")


def _said(error: Exception) -> str:
    text = str(error)
    if text.startswith(("b'", 'b"')):
        text = text[2:-1]
    return " ".join(f"{type(error).__name__} {text}".split())[:200]


def batches(uids: Iterable[int], size: int) -> Iterable[list[int]]:
    """The UIDs, so many at a time."""
    waiting = list(uids)
    for first in range(0, len(waiting), size):
        yield waiting[first : first + size]
