# SPDX-License-Identifier: GPL-3.0-or-later
"""An IMAP server that says what a test wrote down, for what a real one cannot be made to say."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

BREAK = "<break>"
"""The line ends here, in the middle of whatever was said."""
USUAL = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n",
    "LOGIN": "{tag} OK done\r\n",
    "EXAMINE": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 2] ok\r\n{tag} OK done\r\n",
    "NOOP": "{tag} OK done\r\n",
    "STATUS": '* STATUS "INBOX" (UIDNEXT 2)\r\n{tag} OK done\r\n',
    "UID SEARCH": "* SEARCH 1\r\n{tag} OK done\r\n",
    "LOGOUT": "* BYE\r\n{tag} OK done\r\n",
}
GREETING = "* OK hello\r\n"


@contextmanager
def scripted_imap(said: Mapping[str, str], greeting: str = GREETING) -> Iterator[str]:
    """A server on loopback; its address as a setting."""
    answers = {**said, **USUAL, **said}  # In this order: `EXAMINE "X"` before `EXAMINE`.

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if not self._say(greeting):
                return
            while line := self.rfile.readline().decode():
                tag, _, command = line.strip().partition(" ")
                name = next((each for each in answers if command.upper().startswith(each)), None)
                answer = answers[name] if name else "{tag} BAD unknown\r\n"
                if not self._say(answer.replace("{tag}", tag)):
                    return

        def _say(self, text: str) -> bool:
            self.wfile.write(text.partition(BREAK)[0].encode())
            return BREAK not in text

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"imap://esc:secret@127.0.0.1:{server.server_address[1]}/INBOX"
        finally:
            server.shutdown()
            thread.join()
