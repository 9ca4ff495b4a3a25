# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads mails in a process of its own, so that no mail can hang, kill or bloat the daemon.

One line in (the path of a raw mail), one line out (what could be read of it, or its files). The
daemon kills a worker that takes too long and starts another for the next mail.
"""

from __future__ import annotations

import json
import os
import resource
import select
import subprocess
import sys
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.rules.mail_keys import body_hash
from bot.sources.mail_files import MailContent, contents
from bot.sources.mail_reading import ReadMail, read_mail
from bot.store.codec import codec

GREATEST_MEMORY = 1536 * 1024 * 1024
TIME_LIMIT = 10.0
START_LIMIT = 20.0
_CHUNK = 1 << 16
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the worker read of a mail; `mail` is None where it could not, and `trouble` says why."""

    mail: ReadMail | None
    body_hash: str = ""
    trouble: str = ""


class MailWorker:
    """A worker process that is started when it is needed; not to be shared between threads."""

    def __init__(
        self, clock: Clock, *, time_limit: float = TIME_LIMIT, module: str = __name__
    ) -> None:
        """`module` is what the process runs; tests give one that misbehaves."""
        self._clock = clock
        self._time_limit = time_limit
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: Path) -> Reading:
        """Read one mail; a mail that takes too long, or kills the worker, is trouble."""
        try:
            process = self._running()
            answer = self._asked(process, str(path))
        except TimeoutError:
            self.close()
            return Reading(None, trouble=f"it took more than {self._time_limit:.0f} s to read")
        except (OSError, EOFError) as error:
            self.close()
            return Reading(None, trouble=f"the reader died of it ({type(error).__name__})")
        return _reading(answer)

    def files(self, path: Path) -> tuple[MailContent, ...]:
        """The files of one mail with their bytes, within limits; none of a mail that is trouble."""
        try:
            said = json.loads(self._asked(self._running(), {"files": str(path)}))
        except (TimeoutError, OSError, EOFError, ValueError):
            self.close()
            return ()
        return tuple(
            MailContent(name, kind, b64decode(content))
            for name, kind, content in said.get("files", ())
        )

    @property
    def pid(self) -> int | None:
        """The process that reads, None while there is none."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        """Kill the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        known = os.environ.get("PYTHONPATH", "")
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={"PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), known)))},
            start_new_session=True,
        )
        # Starting is not the mail's fault and has a limit of its own.
        if self._line(self._process, START_LIMIT) != b"ready":
            raise EOFError
        return self._process

    def _asked(self, process: subprocess.Popen[bytes], question: str | dict[str, str]) -> bytes:
        assert process.stdin is not None, "the pipe was asked for"
        process.stdin.write(json.dumps(question).encode() + b"\n")
        return self._line(process, self._time_limit)

    def _line(self, process: subprocess.Popen[bytes], limit: float) -> bytes:
        assert process.stdout is not None, "the pipe was asked for"
        end = self._clock.monotonic() + limit
        pieces: list[bytes] = []
        while True:
            left = end - self._clock.monotonic()
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, left))
            if not ready:
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), _CHUNK)
            if not piece:
                raise EOFError
            pieces.append(piece)
            if piece.endswith(b"\n"):
                return b"".join(pieces).rstrip(b"\n")


def answer(path: Path) -> dict[str, Any]:
    """What the process says of one mail."""
    raw = path.read_bytes()
    return {"mail": codec(ReadMail).write(read_mail(raw)), "body_hash": body_hash(raw)}


def _files(path: Path) -> dict[str, Any]:
    found = contents(path.read_bytes())
    rows = [(each.name, each.content_type, b64encode(each.content).decode()) for each in found]
    return {"files": rows}


def main() -> None:
    """Answer line by line until the daemon is gone."""
    _limit_memory()
    out = sys.stdout.buffer
    out.write(b"ready\n")
    out.flush()
    for line in sys.stdin.buffer:
        try:
            asked = json.loads(line)
            said = answer(Path(asked)) if isinstance(asked, str) else _files(Path(asked["files"]))
        except Exception as error:
            # The boundary of the worker: whatever a mail raises is that mail's trouble.
            said = {"trouble": f"{type(error).__name__}"}
        out.write(json.dumps(said).encode() + b"\n")
        out.flush()


def _limit_memory() -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = GREATEST_MEMORY if hard == resource.RLIM_INFINITY else min(GREATEST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _reading(said: bytes) -> Reading:
    try:
        row = json.loads(said)
    except ValueError:
        return Reading(None, trouble="the reader said something else")
    if "trouble" in row:
        return Reading(None, trouble=f"it could not be read ({row['trouble']})")
    return Reading(codec(ReadMail).read(row["mail"]), row["body_hash"])


if __name__ == "__main__":
    main()
