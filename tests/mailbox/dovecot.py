# SPDX-License-Identifier: GPL-3.0-or-later
"""A Dovecot of its own for a test: started on free loopback ports in a folder, thrown away.

The folder's path is short (a socket's path may have 107 characters) and open to the mail user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

USER, PASSWORD = "esc@example.test", "secret"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u allow_all_users=yes
}}
mail_location = maildir:~/Maildir
first_valid_uid = 1
mailbox_idle_check_interval = 1 secs
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
{more}
"""
POOR = "protocol imap {\n  imap_capability = IMAP4rev1 LITERAL+ UIDPLUS\n}\n"
"""A server that can neither tell of new mails nor move them."""
OF_ANOTHER = "default_internal_user = {user}\ndefault_login_user = {user}\n" + "".join(
    f"service {name} {{\n  chroot =\n}}\n" for name in ("anvil", "imap-login", "stats")
)
"""What is needed where we are not root."""


class Dovecot:
    """A running server with one mailbox."""

    def __init__(self, folder: Path, more: str = "") -> None:
        """Nothing runs before `start`."""
        found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        assert found, "dovecot is missing: apt-get install dovecot-imapd"
        self._program = found
        self._folder = folder
        self._numbers = 0
        self.port = _free_port()
        is_root = os.geteuid() == 0
        who = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
        self._owner = (who.pw_uid, who.pw_gid)
        for name in ("run", "mail"):
            (folder / name).mkdir()
        os.chown(folder / "mail", *self._owner)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        more += "" if is_root else OF_ANOTHER.format(user=who.pw_name)
        config = CONFIG.format(
            folder=folder, user=who.pw_uid, group=who.pw_gid, port=self.port, more=more
        )
        (folder / "dovecot.conf").write_text(config)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The mailbox's address as a setting."""
        return f"imap://{USER.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"

    def start(self) -> None:
        """Start, and wait until it greets."""
        command = [self._program, "-F", "-c", str(self._folder / "dovecot.conf")]
        self._process = subprocess.Popen(command, start_new_session=True)
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    if line.recv(4) == b"* OK":
                        break
            except OSError:
                self._pause()
        else:
            log = (self._folder / "dovecot.log").read_text(errors="replace")
            raise AssertionError(f"dovecot does not greet: {log[-1000:]}")
        with self.client() as client:
            client.select_folder("INBOX")

    def kill(self) -> None:
        """As a power cut: everything at once."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def freeze(self) -> None:
        """The processes that talk to clients stand still."""
        for pid in self._talking():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """They go on."""
        for pid in self._talking():
            os.kill(pid, signal.SIGCONT)

    def deliver(self, raw: bytes, *, days_ago: int = 0) -> None:
        """A mail comes in, its bytes untouched; a file's time is when it came."""
        self._numbers += 1
        maildir = self._folder / "mail" / USER / "Maildir"
        name = f"{1_700_000_000 + self._numbers}.M{self._numbers}P1.test"
        path = maildir / "tmp" / name
        path.write_bytes(raw)
        os.chown(path, *self._owner)
        came = path.stat().st_mtime - 86400 * days_ago
        os.utime(path, (came, came))
        path.rename(maildir / "new" / name)

    def lay(self, folder: str, raw: bytes, *, came: datetime | None = None) -> None:
        """A mail lies in another folder, which is made; `came` is the server's instant of it."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=came)

    def lock(self, folder: str) -> None:
        """The server may not read this folder any more."""
        (self._folder / "mail" / USER / "Maildir" / f".{folder}").chmod(0)

    def renumber(self) -> None:
        """The server's index is lost: other numbers, another UIDVALIDITY."""
        self.kill()
        for path in (self._folder / "mail" / USER / "Maildir").glob("dovecot*"):
            path.unlink()
        self.start()
        with self.client() as client:
            old = client.select_folder("INBOX")[b"UIDVALIDITY"]
        self.doveadm("mailbox", "update", "-u", USER, "--uid-validity", str(old + 1000), "INBOX")

    def doveadm(self, *arguments: str) -> None:
        """The administrator's tool."""
        program = shutil.which("doveadm") or "/usr/bin/doveadm"
        command = [program, "-c", str(self._folder / "dovecot.conf"), *arguments]
        subprocess.run(command, check=True, capture_output=True)

    def client(self) -> IMAPClient:
        """Another client of the same mailbox; a context that logs out."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login(USER, PASSWORD)
        return client

    def count(self, folder: str = "INBOX") -> int:
        """How many mails lie in a folder; none where there is no such folder."""
        with self.client() as client:
            if not client.folder_exists(folder):
                return 0
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def _talking(self) -> list[int]:
        assert self._process is not None, "the server was started"
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                name = (entry / "comm").read_text().strip()
                group = os.getpgid(int(entry.name))
            except (OSError, ValueError):
                continue
            if name == "imap" and group == self._process.pid:
                found.append(int(entry.name))
        return found

    def _pause(self) -> None:
        """Until the kernel has something to say of the process, at most 50 ms."""
        try:
            assert self._process is not None
            self._process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            return
        log = (self._folder / "dovecot.log").read_text(errors="replace")
        raise AssertionError(f"dovecot ended: {log[-1000:]}")


@contextmanager
def dovecot(more: str = "") -> Iterator[Dovecot]:
    """A running server; it is killed and its folder removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
    folder.chmod(0o755)
    server = Dovecot(folder, more)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
