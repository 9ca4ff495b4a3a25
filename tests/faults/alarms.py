# SPDX-License-Identifier: GPL-3.0-or-later
"""Fires storms of alerts at a daemon that is killed, while the helpdesk loses its answers.

    python tests/faults/alarms.py --faults 100 --repeats 6 --kills 10

The daemon is a process of its own beside the sandbox, over real sockets. Each fault must be one
ticket in the helpdesk with one note, and told once at most (a storm is told as one), whatever was
killed and whatever answer was lost. `/suggest` must answer in the end, with the help centre's
articles.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.sandbox.audit import slack_keys
from bot.sandbox.faults import Fault
from bot.sandbox.stage import Stage
from bot.sandbox.zendesk_limits import Limits

POLICY = Path(__file__).resolve().parent / "alarm_policy"
LIMITS = Limits(
    account=100_000, tickets_update=100_000, per_ticket=1000, incremental=6000, jobs=300
)
CREATE = "POST tickets"
LOST_ANSWERS = 3
"""Answers to creations that are lost after each kill; what they created stays."""
BETWEEN = (2.5, 5.0)
SPREAD = 10.0
SETTLE_WITHIN = 240.0


class Monitoring:
    """Sends every alert until it is taken, as monitoring does, under one id."""

    def __init__(self, stage: Stage, faults: int, repeats: int, chance: random.Random) -> None:
        self._stage = stage
        # One fault after the other begins, while its forerunners go on firing.
        places = ((number + chance.uniform(0, SPREAD), number) for number in range(faults)
                  for _ in range(repeats))  # fmt: skip
        self._left = [number for _, number in sorted(places)]
        self._thread = threading.Thread(target=self._run, name="monitoring", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        for place, number in enumerate(self._left):
            detail: dict[str, object] = {
                "state": "firing", "name": f"Fault {number}", "source": "sandbox",
                "host": f"db{number}", "service": "database", "line": "no space left",
            }  # fmt: skip
            while self._stage.outside.send("alert", detail, event_id=f"a{place}").status != 200:
                time.sleep(0.1)
            time.sleep(0.03)


def run(faults: int, repeats: int, kills: int, seed: int) -> dict[str, object]:
    """Fire, kill, lose answers; the figures of what came of it."""
    began, chance = time.monotonic(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="deskmate-alarms-") as name:
        stage = Stage(SystemClock(), Path(name), export_delay=1, limits=LIMITS).open()
        daemon = DaemonProcess(stage.environment(), POLICY, stage.places.log)
        monitoring = Monitoring(stage, faults, repeats, chance)
        try:
            daemon.start()
            monitoring.start()
            for _ in range(kills):
                stage.world.faults.switch_on(Fault.ANSWER_LOST, endpoint=CREATE, times=LOST_ANSWERS)
                time.sleep(chance.uniform(*BETWEEN))
                daemon.check()
                daemon.kill()
                daemon.start()
            stage.world.faults.clear()
            monitoring.join()
            _settle(stage, daemon, faults)
            figures = _figures(stage, faults, repeats)
            figures["suggested"] = _asked(stage)
            daemon.stop()
        finally:
            daemon.kill()
            stage.close()
    return {"kills": kills, **figures, "seconds": round(time.monotonic() - began, 1)}


def _settle(stage: Stage, daemon: DaemonProcess, faults: int) -> None:
    end = time.monotonic() + SETTLE_WITHIN
    while time.monotonic() < end:
        daemon.check()
        if stage.is_daemon_idle() and len(_subjects(stage)) >= faults:
            time.sleep(3.0)
            if stage.is_daemon_idle():
                return
        time.sleep(0.5)


def _subjects(stage: Stage) -> Counter[str]:
    """How many tickets of ours the helpdesk has for each fault."""
    return Counter(
        ticket.subject
        for ticket in stage.world.tickets()
        if (ticket.external_id or "").startswith("deskmate:")
    )


def _figures(stage: Stage, faults: int, repeats: int) -> dict[str, object]:
    tickets, told = _subjects(stage), slack_keys(stage.world)
    noted = Counter(
        ticket.subject
        for ticket in stage.world.tickets()
        for comment in stage.world.comments(ticket.number)
        if "Look at it." in comment.body
    )
    return {
        "alerts": faults * repeats,
        "creations_sent": stage.zendesk.calls[CREATE],
        "tickets": sum(tickets.values()),
        "missing": faults - len(tickets),
        "twice": sum(count - 1 for count in tickets.values()),
        "told": len(told),
        "told_twice": sum(count - 1 for count in told.values()),
        "notes_missing_or_twice": sum(noted[subject] != 1 for subject in tickets),
    }


def _asked(stage: Stage) -> list[str]:
    """What a form would be offered by the daemon now."""
    query = urllib.parse.urlencode({"q": "I cannot log in, reset my password"})
    url = f"http://127.0.0.1:{stage.daemon_port}/suggest?{query}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return [str(each["title"]) for each in json.load(answer)["suggestions"]]


def main() -> int:
    """Run as the arguments say; 0 when every promise was kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=6)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    figures = run(asked.faults, asked.repeats, asked.kills, asked.seed)
    print(json.dumps(figures, indent=1))
    is_kept = (
        figures["tickets"] == asked.faults
        and figures["told"]
        and not figures["missing"]
        and not figures["twice"]
        and not figures["told_twice"]
        and not figures["notes_missing_or_twice"]
        and figures["suggested"] == ["I cannot log in"]
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
