# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real daemon as a process of its own, as an operator would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

STOP_WITHIN = 30.0
COMMAND_WITHIN = 30.0
LOG_TAIL = 12


class DaemonEnded(Exception):  # noqa: N818 - it names what happened
    """The daemon ended although nobody had told it to."""


class CommandFailed(Exception):  # noqa: N818 - it names what happened
    """A command beside the daemon did not do what it was told."""


class DaemonProcess:
    """`deskmate run` in its own process; its log goes to a file."""

    def __init__(self, environment: Mapping[str, str], policy: Path, log: Path) -> None:
        """`environment` are its settings; nothing of ours leaks in beside them."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("DESKMATE_")}
        self._environment = {**inherited, **environment}
        self._policy = policy
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; several starts one after the other share the log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--policy", str(self._policy)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def check(self) -> None:
        """Raise `DaemonEnded` with the end of its log if it has ended."""
        if self._process is not None and self._process.poll() is not None:
            lines = self._log.read_text("utf-8", "replace").splitlines()[-LOG_TAIL:]
            raise DaemonEnded("the daemon ended by itself:\n" + "\n".join(lines))

    def operate(self, *words: str) -> None:
        """Run a `deskmate` command beside it, with its settings; `CommandFailed` if it refuses."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            env=self._environment, capture_output=True, text=True, check=False,
            timeout=COMMAND_WITHIN,
        )  # fmt: skip
        if done.returncode:
            said = (done.stdout + done.stderr).strip()
            raise CommandFailed(f"deskmate {' '.join(words)} ended with {done.returncode}: {said}")

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and wait; its exit status."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it at once (SIGKILL), wherever it is."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(how)
        try:
            return self._process.wait(timeout=STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
