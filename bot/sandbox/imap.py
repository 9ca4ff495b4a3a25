# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's mailbox: a real IMAP server on loopback that keeps its mails in memory.

The server is pymap (IDLE, MOVE, UIDPLUS), in a thread and an event loop of its own.
"""

from __future__ import annotations

import asyncio
import threading
from argparse import Namespace
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

from bot.sandbox.world import World

INBOX = "INBOX"
START_WITHIN = 10.0
_ARGUMENTS = Namespace(
    host="127.0.0.1", port=0, debug=False, cert=None, key=None, tls=False, proxy_protocol=None,
    passlib_cfg=None, demo_data=False,
)  # fmt: skip
T = TypeVar("T")


class ImapDoor:
    """Listens on 127.0.0.1 with one account; `url` is what DESKMATE_MAILBOX_URL is set to."""

    def __init__(self, world: World, address: str, *, password: str) -> None:
        """`address` is whose mailbox it is and the name to log in with."""
        self._world = world
        self._address = address
        self._password = password
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="imap", daemon=True)
        self._is_listening = threading.Event()
        self._ends: asyncio.Event | None = None
        self._folders: MailboxSet | None = None
        self._port = 0

    def start(self) -> ImapDoor:
        """Begin to listen; RuntimeError when the server does not come up."""
        self._thread.start()
        if not self._is_listening.wait(START_WITHIN):
            raise RuntimeError("the sandbox's mailbox did not come up")
        return self

    def stop(self) -> None:
        """Stop listening and break every line."""
        if self._ends is not None:
            self._loop.call_soon_threadsafe(self._ends.set)
            self._thread.join()
            self._ends = None

    @property
    def url(self) -> str:
        """The mailbox with its log-in, without encryption."""
        return f"imap://{quote(self._address, safe='')}:{self._password}@127.0.0.1:{self._port}"

    def deliver(self, raw: bytes, *, sender: str) -> datetime:
        """Put a mail from outside into the inbox; the instant that the server gives it.

        IMAP's INTERNALDATE knows whole seconds.
        """
        posted = self._world.mail.receive(sender, (self._address,), raw)
        came_at = posted.at.replace(microsecond=0)
        self._do(self._append(AppendMessage(raw, came_at)))
        return came_at

    def count(self, folder: str = INBOX) -> int:
        """How many mails lie in a folder; none where there is no such folder."""
        return self._do(self._count(folder))

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        arguments = Namespace(
            **vars(_ARGUMENTS), demo_user=self._address, demo_password=self._password
        )
        backend, config = await DictBackend.init(arguments)
        config.apply_context()
        self._folders = MailboxSet()
        config.set_cache[self._address] = (self._folders, FilterSet())
        self._ends = asyncio.Event()
        answer = ProxyProtocolReader(config.proxy_protocol).get_callback(
            IMAPServer(backend.login, config)
        )
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._is_listening.set()
        await self._ends.wait()
        server.close()
        lines = asyncio.all_tasks() - {asyncio.current_task()}
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    async def _append(self, mail: AppendMessage) -> None:
        await (await self._folder(INBOX)).append(mail)

    async def _count(self, folder: str) -> int:
        try:
            found = await self._folder(folder)
        except KeyError:
            return 0
        return (await found.snapshot()).exists

    async def _folder(self, name: str) -> MailboxData:
        assert self._folders is not None, "the door has not been opened"
        return await self._folders.get_mailbox(name)

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_WITHIN)
