# SPDX-License-Identifier: GPL-3.0-or-later
"""A move whose answer is lost, over a real Dovecot behind a line that breaks just then."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dovecot import Dovecot, dovecot
from mail_samples import raw_mail
from reading_desk import ReadingDesk, reading_desk

from bot.rules.mail import FOLDERS, Fate
from bot.sources.mailbox_address import read_mailbox_address

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("dovecot")]


class Line(socketserver.ThreadingTCPServer):
    """Between a client and the server; loses the answer to the first command that it waits for."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, command: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Through)
        self.there = ("127.0.0.1", port)
        self.command: bytes | None = command
        self.lost = b""


class Through(socketserver.BaseRequestHandler):
    """One connection."""

    server: Line

    def handle(self) -> None:
        with socket.create_connection(self.server.there) as there:
            back = threading.Thread(target=self._back, args=(there,), daemon=True)
            back.start()
            while said := self.request.recv(65536):
                if self.server.command and self.server.command in said:
                    self.server.command, self._is_waited_for = None, True
                there.sendall(said)
            there.shutdown(socket.SHUT_WR)
            back.join()

    _is_waited_for = False

    def _back(self, there: socket.socket) -> None:
        while answer := there.recv(65536):
            if self._is_waited_for:
                self.server.lost += answer
                if b" OK " in answer:
                    self.request.shutdown(socket.SHUT_RDWR)
                    return
            else:
                self.request.sendall(answer)


@contextmanager
def line_that_loses(port: int, command: bytes) -> Iterator[Line]:
    """The line, and what was lost on it."""
    with Line(port, command) as line:
        thread = threading.Thread(target=line.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.shutdown()
            thread.join()


def _to_move(desk: ReadingDesk, server: Dovecot, url: str) -> int:
    """How many mails are still to be moved, as far as the ledger knows."""
    address = read_mailbox_address(url)
    with server.client() as client:
        validity = client.select_folder("INBOX", readonly=True)[b"UIDVALIDITY"]
    with desk.store.read() as reader:
        waiting = reader.mails.to_move(
            address.account, address.folder, validity, frozenset(FOLDERS), limit=9
        )
    return len(waiting)


def test_move_whose_answer_was_lost_is_done_once(tmp_path: Path) -> None:
    """The mails lie in their folder, each once; nothing is read or decided again."""
    with dovecot() as server, line_that_loses(server.port, b"UID MOVE") as line:
        url = server.url.replace(f":{server.port}/", f":{line.server_address[1]}/")
        with reading_desk(url, tmp_path) as desk:
            desk.helpdesk_is_down()
            for number in range(3):
                named = f"<m{number}@northwind.example>"
                server.deliver(raw_mail(body=f"Mail {number}", message_id=named))

            desk.run(lambda: bool(line.lost) and not _to_move(desk, server, url))
            desk.restart()
            desk.mailbox.step()

            assert b"COPYUID" in line.lost
            assert (server.count(), server.count("Outage/Processed")) == (0, 3)
            assert desk.fates() == {Fate.CASE: 3}
