# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets Slack fail, then Slack, Teams and the mail server together, while alerts come.

    python tests/faults/ways_down.py --down 90

The daemon is a process of its own beside the sandbox, over real sockets; times are squeezed. While
Slack fails each alert must come by Teams within `fallback_after` and ten seconds, and Slack must
show one message on its return. While all three fail nothing may be lost, and each of them must show
one summary on its return. It exits 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.clock import SystemClock
from bot.commands.demo_daemon import DaemonProcess
from bot.rules.actions import Notice, NoticeKind
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.smtp import MailFault
from bot.sandbox.stage import Stage
from bot.sandbox.teams import TeamsFault
from bot.store.queues import OutboxRow, OutboxState
from bot.store.store import Store

FALLBACK_AFTER = 10
WITHIN = FALLBACK_AFTER + 10.0
ALERTS = 6
WAYS = ("slack:support", "teams:support", "mail:team@acme.example")
ARRIVED = (OutboxState.DELIVERED, OutboxState.ACCEPTED)
POLICY = f"""
desk: ways
helpdesk: {{category: Category, canary: 1}}
categories: [incident, other]
people:
  team:
    slack: support
    teams: support
    mail: team@acme.example
    mode: first_success
    fallback_after: {FALLBACK_AFTER}s
rules:
  alarm: {{event: alert, if: {{alert.state: firing}}, then: {{category: incident, tell: team}}}}
"""


class Trial:
    """One daemon and the ways it tells people by."""

    def __init__(self, folder: Path) -> None:
        (folder / "policy").mkdir()
        (folder / "policy" / "rules.yaml").write_text(POLICY, encoding="utf-8")
        self.stage = Stage(SystemClock(), folder, export_delay=1).open()
        self.daemon = DaemonProcess(
            self.stage.environment(), folder / "policy", self.stage.places.log
        )

    def close(self) -> None:
        """End the daemon and the world."""
        self.daemon.kill()
        self.stage.close()

    def fails(self, faults: Sequence[tuple[StrEnum, str]], down: float, name: str) -> list[Told]:
        """Ways fail for `down` seconds while alerts come; what became of each alert."""
        for fault, endpoint in faults:
            self.stage.world.faults.switch_on(fault, endpoint=endpoint)
        began, sent = time.monotonic(), {}
        for number in range(ALERTS):
            title = f"{name} {number}"
            sent[title] = self.stage.world.clock.now()
            detail: dict[str, object] = {
                "state": "firing", "name": title, "source": "sandbox", "host": f"{name}{number}"
            }  # fmt: skip
            while self.stage.outside.send("alert", detail, event_id=title).status != 200:
                time.sleep(0.2)
            time.sleep(down / ALERTS / 2)
        time.sleep(max(0.0, began + down - time.monotonic()))
        self.stage.world.faults.clear()
        self.settle()
        rows = self.rows()
        return [Told(title, at, rows) for title, at in sent.items()]

    def settle(self, within: float = 180.0) -> None:
        """Until nothing waits for a person."""
        end, quiet = time.monotonic() + within, 0
        while time.monotonic() < end and quiet < 5:
            self.daemon.check()
            quiet = 0 if any(row.state.is_open for row in self.rows()) else quiet + 1
            time.sleep(1.0)

    def rows(self) -> list[OutboxRow]:
        """What was decided for people."""
        url = f"sqlite:///{self.stage.places.store}"
        with Store.open(url, clock=SystemClock()) as store, store.read() as reader:
            return [row for row in reader.outbox.all() if row.outgoing.destination in WAYS]

    def seen(self) -> dict[str, int]:
        """How many messages people see by now, by each way; edits are none."""
        world = self.stage.world
        return {
            WAYS[0]: sum(each.author == "deskmate" for each in world.chat.messages("support")),
            WAYS[1]: len(world.chat.cards("support")),
            WAYS[2]: len(world.mail.sent()),
        }


class Told:
    """What became of one alert: seconds until the first way that took it, None for a summary."""

    def __init__(self, title: str, sent_at: datetime, rows: Sequence[OutboxRow]) -> None:
        about = [
            row
            for row in rows
            if isinstance(row.outgoing.message, Notice)
            and title in (row.outgoing.message.title or "")
            and not row.outgoing.is_edit
        ]
        took = [row for row in about if row.state in ARRIVED and row.settled_at]
        self.seconds = min(
            ((row.settled_at - sent_at).total_seconds() for row in took if row.settled_at),
            default=None,
        )
        summed = {row.outgoing.destination for row in about if row.state is OutboxState.SUPERSEDED}
        self.is_lost = self.seconds is None and not summed & summaries(rows).keys()


def summaries(rows: Sequence[OutboxRow]) -> dict[str, int]:
    """By each way how many the catch-ups that arrived there stand for."""
    found: dict[str, int] = {}
    for row in rows:
        notice = row.outgoing.message
        is_one = isinstance(notice, Notice) and notice.kind is NoticeKind.CATCH_UP
        if is_one and row.state in ARRIVED and isinstance(notice, Notice):
            where = row.outgoing.destination
            found[where] = found.get(where, 0) + notice.soon
    return found


def run(down: float) -> tuple[dict[str, object], bool]:
    """Both trials; the figures and whether the promises were kept."""
    slack = (SlackFault.UNAVAILABLE, "chat.*")
    others = ((TeamsFault.UNAVAILABLE, "*"), (MailFault.TRY_LATER, "*"))
    with tempfile.TemporaryDirectory(prefix="deskmate-ways-") as name:
        trial = Trial(Path(name))
        try:
            trial.daemon.start()
            while not trial.stage.is_daemon_idle():
                trial.daemon.check()
                time.sleep(0.2)
            alone = trial.fails([slack], down, "alone")
            after_first, counted = trial.seen(), summaries(trial.rows())
            together = trial.fails([slack, *others], down, "together")
            after_second, rows = trial.seen(), trial.rows()
            trial.daemon.stop()
        finally:
            trial.close()
    slowest = max((each.seconds or float("inf") for each in alone), default=0.0)
    on_return = {way: after_second[way] - after_first[way] for way in WAYS}
    stood_for = {way: n - counted.get(way, 0) for way, n in summaries(rows).items()}
    figures: dict[str, object] = {
        "slack_down": {
            "alerts": len(alone),
            "slowest_next_way": round(slowest, 1),
            "seen": after_first,
            "counted_on_return": counted,
        },
        "all_down": {
            "alerts": len(together),
            "lost": sum(each.is_lost for each in together),
            "seen_on_return": on_return,
            "counted_on_return": stood_for,
        },
    }
    is_kept = (
        slowest <= WITHIN
        and after_first == {WAYS[0]: 1, WAYS[1]: ALERTS, WAYS[2]: 0}
        and counted == {WAYS[0]: ALERTS}
        and not any(each.is_lost for each in together)
        and on_return == dict.fromkeys(WAYS, 1)
    )
    return figures, is_kept


def main() -> int:
    """Run, print the figures, exit 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--down", type=float, default=90.0, help="seconds that each failure lasts")
    figures, is_kept = run(parser.parse_args().down)
    print(json.dumps(figures, indent=1))
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
