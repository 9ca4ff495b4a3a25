# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps connections busy with webhook deliveries and prints what came back, as one JSON object.

python bench/ingest_load.py PORT CONNECTIONS SECONDS
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import cast

import uvloop
from ingest_bodies import Deliveries

WARM_UP_SECONDS = 0.5
HOST = "127.0.0.1"


@dataclass(slots=True)
class Tally:
    """Latencies in seconds of what was answered in the measured time; all that was answered."""

    begins: float
    ends: float
    answered: int = 0
    latencies: list[float] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)

    def add(self, sent: float, now: float, head: bytes) -> None:
        """Count one answer."""
        status = head[9:12].decode()
        if status[0] != "2":
            self.wrong[status] = self.wrong.get(status, 0) + 1
            return
        self.answered += 1
        if self.begins <= now < self.ends:
            self.latencies.append(now - sent)


class Connection(asyncio.Protocol):
    """One kept-alive connection: a delivery, its answer, the next delivery."""

    def __init__(self, deliveries: Deliveries, tally: Tally, done: asyncio.Future[None]) -> None:
        """Deliver until the tally's time is over, then settle `done`."""
        self._deliveries, self._tally, self._done = deliveries, tally, done
        self._buffer, self._sent = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, count it, go on."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        now, self._buffer = time.perf_counter(), b""
        self._tally.add(self._sent, now, head)
        if now >= self._tally.ends:
            self._transport.close()
            return
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """End, in order or not."""
        if not self._done.done():
            self._done.set_result(None)

    def _send(self) -> None:
        request = self._deliveries.next()
        self._sent = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def run(port: int, connections: int, seconds: float) -> Tally:
    """Keep `connections` busy for `seconds` after a warm-up."""
    loop = asyncio.get_running_loop()
    deliveries = Deliveries(f"{HOST}:{port}")
    begins = time.perf_counter() + WARM_UP_SECONDS
    tally = Tally(begins, begins + seconds)
    ends = [loop.create_future() for _ in range(connections)]
    for done in ends:
        await loop.create_connection(
            lambda done=done: Connection(deliveries, tally, done), HOST, port
        )
    await asyncio.wait_for(asyncio.gather(*ends), seconds + 15)
    return tally


def main(port: int, connections: int, seconds: float) -> None:
    """Run and print."""
    tally = uvloop.run(run(port, connections, seconds))
    ordered = sorted(tally.latencies) or [float("inf")]
    figures = {
        "answered": tally.answered,
        "per_second": len(tally.latencies) / seconds,
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000,
        "worst_ms": ordered[-1] * 1000,
        "wrong": tally.wrong,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
