# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends 600 alerts in a minute to one Slack channel that takes one message a second.

    python tests/faults/storm.py --alerts 600 --seconds 60

The daemon is a process of its own beside the sandbox, over real sockets; whoever posts sooner is
answered 429 and `Retry-After`. Every alert must be told or counted in the storm's message, no
request may come before its Retry-After is over, and Slack may show 60 messages at the most: it
exits 1 otherwise. How soon pages come is printed: it depends on the machine. The tickets that the
alerts open in the helpdesk are no part of it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.rules.actions import Notice, NoticeKind, Urgency
from bot.sandbox.audit import slack_keys
from bot.sandbox.slack_pace import EDIT, POST, Pace
from bot.sandbox.stage import Stage
from bot.sandbox.zendesk_limits import Limits
from bot.store.queues import OutboxRow, OutboxState
from bot.store.store import Store

POLICY = """
desk: storm
helpdesk: {category: Category, canary: 1}
categories: [incident, other]
people: {team: {slack: support}}
rules:
  page:
    event: alert
    if: {alert.state: firing, alert.severity: critical}
    then: {category: incident, tell: team, urgency: critical}
  alarm:
    event: alert
    if: {alert.state: firing}
    unless: {alert.severity: critical}
    then: {category: incident, tell: team}
"""
LIMITS = Limits(
    account=100_000, tickets_update=100_000, per_ticket=1000, incremental=6000, jobs=300
)
SLACK = "slack:support"
CRITICAL_EVERY = 25
MOST_POSTS = 60
SETTLE_WITHIN = 300.0


@dataclass(frozen=True, slots=True)
class Storm:
    """What came of it: rows about alerts, the storm's last count, what Slack saw."""

    alerts: int
    rows: Sequence[OutboxRow]
    counted: int
    waits: Sequence[float]
    sending: Sequence[float]
    pace: Pace
    shown: Counter[str]

    @property
    def lost(self) -> int:
        """Alerts that were neither shown nor counted in a storm's message that was shown."""
        held = [row for row in self.rows if (row.reason or "").startswith("counted in storm")]
        told = [row for row in self.rows if self.shown[row.outgoing.key]]
        are_counted = self.counted == self.alerts
        return self.alerts - len(told) - len(held) * are_counted

    @property
    def twice(self) -> int:
        """Messages that Slack shows more than once."""
        return sum(count > 1 for count in self.shown.values())

    @property
    def holds(self) -> bool:
        """Whether the promise was kept."""
        is_short = self.pace.taken[POST] <= MOST_POSTS
        return is_short and not (self.lost or self.twice or self.pace.early)

    def figures(self) -> dict[str, object]:
        """The figures as printed; times in seconds."""
        return {
            "alerts": self.alerts,
            "lost": self.lost,
            "twice": self.twice,
            "posts": self.pace.taken[POST],
            "edits": self.pace.taken[EDIT],
            "429s": sum(self.pace.refused.values()),
            "before_retry_after": len(self.pace.early),
            "storm_counted": self.counted,
            "pages": len(self.waits),
            "page_p50": _percentile(self.waits, 0.5),
            "page_p99": _percentile(self.waits, 0.99),
            "page_p99_from_decision": _percentile(self.sending, 0.99),
        }


def run(alerts: int, seconds: float, patience: int) -> Storm:
    """Send the alerts, let the daemon finish, and look at what Slack shows."""
    with tempfile.TemporaryDirectory(prefix="deskmate-storm-") as name:
        folder = Path(name)
        (folder / "policy").mkdir()
        (folder / "policy" / "rules.yaml").write_text(POLICY, encoding="utf-8")
        stage = Stage(SystemClock(), folder, export_delay=1, limits=LIMITS).open()
        pace = stage.slack.pace = Pace(patience=patience)
        daemon = DaemonProcess(stage.environment(), folder / "policy", stage.places.log)
        try:
            daemon.start()
            _wait_for_start(stage, daemon)
            sent = _send(stage, alerts, seconds)
            _settle(stage, daemon, alerts)
            daemon.stop()
            return _looked_at(stage, pace, sent)
        finally:
            daemon.kill()
            stage.close()


def _wait_for_start(stage: Stage, daemon: DaemonProcess) -> None:
    end = time.monotonic() + SETTLE_WITHIN
    while not stage.is_daemon_idle() and time.monotonic() < end:
        daemon.check()
        time.sleep(0.2)


def _send(stage: Stage, alerts: int, seconds: float) -> dict[str, datetime]:
    """Evenly over `seconds`, whatever the daemon does; the name of each and when it was sent."""
    began, sent = time.monotonic(), {}

    def fire(number: int) -> None:
        name = f"Fault {number}"
        severity = "critical" if number % CRITICAL_EVERY == 0 else "warning"
        detail: dict[str, object] = {
            "state": "firing", "name": name, "source": "sandbox", "host": f"db{number}",
            "severity": severity,
        }  # fmt: skip
        sent[name] = stage.world.clock.now()
        while stage.outside.send("alert", detail, event_id=f"alert-{number}").status != 200:
            time.sleep(0.1)

    with ThreadPoolExecutor(16) as pool:
        for number in range(alerts):
            time.sleep(max(0.0, began + number * seconds / alerts - time.monotonic()))
            pool.submit(fire, number)
    return sent


def _settle(stage: Stage, daemon: DaemonProcess, alerts: int) -> None:
    """Until nothing waits and the storm's message counts all."""
    end = time.monotonic() + SETTLE_WITHIN
    while time.monotonic() < end:
        daemon.check()
        rows = _rows(stage)
        if _counted(rows) == alerts and not any(row.state.is_open for row in rows):
            return
        time.sleep(1.0)


def _rows(stage: Stage) -> Sequence[OutboxRow]:
    with (
        Store.open(f"sqlite:///{stage.places.store}", clock=SystemClock()) as store,
        store.read() as reader,
    ):
        return [row for row in reader.outbox.all() if row.outgoing.destination == SLACK]


def _counted(rows: Sequence[OutboxRow]) -> int:
    """What the storm's message says in Slack now."""
    shown = [
        row.outgoing.message.soon
        for row in rows
        if row.state is OutboxState.DELIVERED
        and isinstance(row.outgoing.message, Notice)
        and row.outgoing.message.kind is NoticeKind.STORM
    ]
    return max(shown, default=0)


def _looked_at(stage: Stage, pace: Pace, sent: dict[str, datetime]) -> Storm:
    rows = _rows(stage)
    shown_at = {each.key: each.at for each in stage.world.chat.messages() if each.key}
    about = [row for row in rows if row.outgoing.key.startswith("rule/")]
    pages = [
        (row.created_at, sent[_name(row, sent)], shown_at[row.outgoing.key])
        for row in about
        if row.outgoing.urgency is Urgency.CRITICAL and row.outgoing.key in shown_at
    ]
    return Storm(
        alerts=len(sent),
        rows=about,
        counted=_counted(rows),
        waits=[(shown - fired).total_seconds() for _, fired, shown in pages],
        sending=[(shown - decided).total_seconds() for decided, _, shown in pages],
        pace=pace,
        shown=slack_keys(stage.world),
    )


def _name(row: OutboxRow, sent: dict[str, datetime]) -> str:
    notice = row.outgoing.message
    assert isinstance(notice, Notice), "only notices go to Slack"
    return max((name for name in sent if name in (notice.title or "")), key=len)


def _percentile(values: Sequence[float], share: float) -> float | None:
    if not values:
        return None
    return round(sorted(values)[math.ceil(len(values) * share) - 1], 2)


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--alerts", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=60.0, help="in which they come")
    parser.add_argument("--patience", type=int, default=2, help="Retry-After, in seconds")
    asked = parser.parse_args()
    result = run(asked.alerts, asked.seconds, asked.patience)
    print(json.dumps(result.figures(), indent=1))
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
