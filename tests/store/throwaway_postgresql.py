# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL server of its own for a test run: started on a socket in a folder, thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"


def program(name: str) -> str:
    """Where one of PostgreSQL's programs is; AssertionError where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    path = shutil.which(name) or (str(found[0]) if found else None)
    assert path, f"{name} is missing: install PostgreSQL's server (Debian: apt install postgresql)"
    return path


@contextmanager
def running() -> Iterator[str]:
    """A running server; its folder is the host to connect to, its user is `postgres`."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        # Sorted by a language, as most servers are: it passes over the punctuation in our keys.
        sorting = ("--no-locale", "--locale-provider=icu", "--icu-locale=en-US")
        _run("initdb", folder, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", *sorting)
        options = f"{SETTINGS} -k {folder}"
        _run("pg_ctl", folder, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield str(folder)
        finally:
            _run("pg_ctl", folder, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(name: str, folder: Path, *arguments: str) -> None:
    # initdb and the server refuse to run as root.
    done = subprocess.run(
        [program(name), "-D", str(folder / "data"), *arguments],
        user="nobody" if os.geteuid() == 0 else None,
        group="nogroup" if os.geteuid() == 0 else None,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=(folder / "started").open("ab") if name == "pg_ctl" else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, f"{name} failed: {done.stdout!r}, see {folder}/log"
