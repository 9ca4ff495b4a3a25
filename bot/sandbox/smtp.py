# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's mail server: real SMTP on loopback that puts what it takes into the world."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from enum import StrEnum

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.sandbox.faults import Faults
from bot.sandbox.world import World

Deliver = Callable[[bytes, str], object]
"""(raw mail, the envelope's sender) -> puts it into a mailbox."""


class MailFault(StrEnum):
    """What the mail server can do wrong; `endpoint` of a switch is the recipient's address."""

    TRY_LATER = "smtp_451"
    """451 to the recipient."""
    REFUSED = "smtp_550"
    """550 to the recipient."""
    NO_SPACE = "smtp_452"
    """452 after DATA."""
    DROPPED = "smtp_dropped"
    """The mail is taken and the line breaks before the answer."""
    SILENT = "smtp_silent"
    """The recipient is never answered; the line stays."""
    SILENT_AFTERWARDS = "smtp_silent_afterwards"
    """The mail is taken and never answered; the line stays."""


class SmtpDoor:
    """Listens on 127.0.0.1; `url` is what DESKMATE_SMTP_URL is set to."""

    def __init__(self, world: World, faults: Faults, port: int = 0) -> None:
        """`port` 0 takes a free one."""
        self._taker = _Taker(world, faults)
        self._controller = _Controller(self._taker, hostname="127.0.0.1", port=port)

    def forward(self, address: str, deliver: Deliver) -> None:
        """What is sent to this address lies in a mailbox of the sandbox too."""
        self._taker.mailboxes[address] = deliver

    def start(self) -> SmtpDoor:
        """Begin to listen."""
        self._controller.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    @property
    def url(self) -> str:
        """The address of the server, without encryption or log-in."""
        server = self._controller.server
        assert isinstance(server, asyncio.base_events.Server), "the door has not been opened"
        return f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """Connect once, as the base class does, but to the port that was really taken."""
        server = self.server
        assert isinstance(server, asyncio.base_events.Server), "called once the server listens"
        with socket.create_connection(server.sockets[0].getsockname(), timeout=1.0) as probe:
            probe.recv(1024)


class _Taker:
    """aiosmtpd's handler: one method a verb."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self.mailboxes: dict[str, Deliver] = {}

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._faults.strike(MailFault.SILENT, address):
            await asyncio.Event().wait()
        if self._faults.strike(MailFault.TRY_LATER, address):
            return "451 4.3.0 try again later"
        if self._faults.strike(MailFault.REFUSED, address):
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        recipients = tuple(envelope.rcpt_tos)
        if self._faults.strike(MailFault.NO_SPACE, recipients[0]):
            return "452 4.2.2 mailbox full"
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        sender = str(envelope.mail_from or "")
        self._world.mail.send(sender, recipients, raw)
        for each in recipients:
            if each in self.mailboxes:
                self.mailboxes[each](raw, sender)
        if self._faults.strike(MailFault.SILENT_AFTERWARDS, recipients[0]):
            await asyncio.Event().wait()
        if self._faults.strike(MailFault.DROPPED, recipients[0]):
            assert server.transport is not None, "a mail just came over it"
            server.transport.close()
        return "250 2.0.0 taken"
