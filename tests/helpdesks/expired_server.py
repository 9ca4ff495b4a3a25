# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on loopback whose certificate ended years ago, made by `openssl`."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CA = """
[ca]
default_ca = own
[own]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
[any]
commonName = supplied
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@contextmanager
def expired_server(folder: Path) -> Iterator[int]:
    """The port of a server that answers every handshake with it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_expired(folder))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                with suppress(OSError), line:
                    context.wrap_socket(line, server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def _expired(folder: Path) -> tuple[Path, Path]:
    """A certificate of the year 2020, signed by itself, and its key."""
    (folder / "ca").write_text(CA.format(folder=folder))
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    key, wanted, made = folder / "key.pem", folder / "wanted.pem", folder / "made.pem"
    _openssl("req", *KEY, "-keyout", key, "-out", wanted, "-subj", "/CN=127.0.0.1")
    _openssl(
        "ca", "-batch", "-selfsign", "-notext", "-config", folder / "ca", "-keyfile", key,
        "-in", wanted, "-out", made, "-startdate", "20200101000000Z", "-enddate", "20200201000000Z",
    )  # fmt: skip
    return made, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=20)
