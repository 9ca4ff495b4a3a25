# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets a stage: the world, every door to it, and the settings of a daemon that lives beside it."""

from __future__ import annotations

import base64
import json
import secrets
import socket
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.sandbox.faults import Fault
from bot.sandbox.slack import SlackDoor
from bot.sandbox.slack_faults import SlackFault
from bot.sandbox.slack_presses import Pressed
from bot.sandbox.smtp import SmtpDoor
from bot.sandbox.teams import TeamsDoor
from bot.sandbox.teams_mentions import TeamsMentions
from bot.sandbox.world import World
from bot.sandbox.world_chat import ChatMessage
from bot.sandbox.world_outside import Outside
from bot.sandbox.world_seed import Furniture, furnish
from bot.sandbox.zendesk import ZendeskDoor
from bot.sandbox.zendesk_auth import OAuthClient
from bot.sandbox.zendesk_limits import Limits

HELPDESK_FAILS = Fault.UNAVAILABLE_PAGE
_WAITING = ("deskmate_inbox_waiting ", "deskmate_outbox_waiting ")
SLACK_REFUSES = SlackFault.THROTTLED
SLACK_ASKS_FOR = 5
"""Seconds of patience that a Slack which refuses asks for."""


@dataclass(frozen=True, slots=True)
class Places:
    """Files of one stage: the daemon's store, its log, the banner that the portal reads."""

    folder: Path

    @property
    def store(self) -> Path:
        """The daemon's SQLite file."""
        return self.folder / "deskmate.sqlite3"

    @property
    def log(self) -> Path:
        """What the daemon logs."""
        return self.folder / "daemon.log"

    @property
    def banner(self) -> Path:
        """The portal's banner."""
        return self.folder / "banner.json"


class Stage:
    """The world with open doors; `environment` is what its daemon is started with.

    `export_delay` is what the helpdesk's export holds back, in seconds: the real one holds back
    60, a demo less, and says so.
    """

    def __init__(
        self,
        clock: Clock,
        folder: Path,
        *,
        categories: tuple[str, ...] = (),
        export_delay: int = 60,
        limits: Limits | None = None,
    ) -> None:
        """Bind every door; nothing is served before `open`."""
        self.places = Places(folder)
        self.world = World(clock)
        self.furniture: Furniture = furnish(self.world, categories=categories)
        self._secret = secrets.token_urlsafe(24)
        self._client = OAuthClient("deskmate", self._secret)
        self._export_delay = export_delay
        self.zendesk = ZendeskDoor(
            self.world, client=self._client, withhold=export_delay, limits=limits
        )
        self.slack = SlackDoor(self.world, clock)
        self.teams = TeamsDoor(self.world, self.world.faults)
        self.smtp = SmtpDoor(self.world, self.world.faults)
        self.daemon_port = free_port()
        base = f"http://127.0.0.1:{self.daemon_port}"
        self.outside = Outside(self.world, f"{base}/events", self._secret)
        self._teams_token = base64.b64encode(secrets.token_bytes(32)).decode()
        self.mentions = TeamsMentions(self.world, f"{base}/teams/commands", self._teams_token)
        self.zendesk.emitter.connect(f"{base}/webhooks/zendesk", secret=self._secret)
        self.check_daemon: Callable[[], None] = lambda: None
        self.operate: Callable[..., None] = lambda *_words: None
        """Runs a `deskmate` command beside the daemon, as an operator would."""

    def open(self) -> Stage:
        """Open every door."""
        self.zendesk.start()
        self.zendesk.emitter.start()
        self.slack.start()
        self.teams.start()
        self.smtp.start()
        return self

    def close(self) -> None:
        """Close every door."""
        self.zendesk.emitter.stop()
        self.zendesk.stop()
        self.slack.stop()
        self.teams.stop()
        self.smtp.stop()

    def environment(self) -> dict[str, str]:
        """The settings of the daemon that serves this world, and zenpy's way to loopback."""
        return {
            "DESKMATE_STORE": f"sqlite:///{self.places.store}",
            "DESKMATE_BACKUP_FOLDER": str(self.places.folder / "backups"),
            "DESKMATE_LISTEN": f"127.0.0.1:{self.daemon_port}",
            "DESKMATE_PAGES_LISTEN": "127.0.0.1:0",
            "DESKMATE_PUBLIC_URL": f"http://127.0.0.1:{self.daemon_port}",
            "DESKMATE_ZENDESK_URL": self.zendesk.url,
            "DESKMATE_ZENDESK_CLIENT_ID": self._client.client_id,
            "DESKMATE_ZENDESK_CLIENT_SECRET": self._secret,
            "DESKMATE_ZENDESK_WEBHOOK_SECRET": self._secret,
            "DESKMATE_EVENTS_SECRET": self._secret,
            "DESKMATE_LINK_SECRET": self._secret,
            "DESKMATE_EXPORT_DELAY": str(self._export_delay),
            "DESKMATE_SLACK_BOT_TOKEN": "xoxb-sandbox",
            "DESKMATE_SLACK_APP_TOKEN": "xapp-sandbox",
            "DESKMATE_SLACK_URL": self.slack.base_url,
            "DESKMATE_TEAMS_SUPPORT": self.teams.url("support"),
            "DESKMATE_MSTEAMS_SECRET": self._teams_token,
            "DESKMATE_SMTP_URL": self.smtp.url,
            "DESKMATE_MAIL_FROM": "deskmate@acme.example",
            "DESKMATE_BANNER": str(self.places.banner),
            "DESKMATE_LOG_LEVEL": "info",
        }

    def helpdesk_fails(self) -> None:
        """From now on the helpdesk answers every call with an error page."""
        self.world.faults.switch_on(HELPDESK_FAILS)

    def helpdesk_works(self) -> None:
        """The helpdesk answers again."""
        self.world.faults.clear(HELPDESK_FAILS)

    def slack_refuses(self) -> None:
        """From now on Slack takes no message, and asks for patience."""
        self.world.faults.switch_on(SLACK_REFUSES, endpoint="chat.*", retry_after=SLACK_ASKS_FOR)

    def slack_works(self) -> None:
        """Slack takes messages again."""
        self.world.faults.clear(SLACK_REFUSES)

    def category_of(self, number: int) -> str:
        """The category that a ticket has in the helpdesk; empty while it has none."""
        ticket = self.world.ticket(number)
        return str(ticket.fields.get(self.furniture.category.field_id) or "") if ticket else ""

    def is_daemon_up(self) -> bool:
        """Whether the daemon answers."""
        return bool(self._waiting())

    def is_daemon_idle(self) -> bool:
        """Whether the daemon's own metrics say that nothing waits."""
        found = self._waiting()
        return len(found) == len(_WAITING) and not any(found)

    def _waiting(self) -> list[float]:
        try:
            url = f"http://127.0.0.1:{self.daemon_port}/metrics"
            with urllib.request.urlopen(url, timeout=2) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return []
        return [float(line.split()[1]) for line in lines if line.startswith(_WAITING)]

    def follow_banner(self) -> None:
        """Let the world's portal show what the file says, for the page."""
        banner, shown = self.banner(), self.world.portal.banner()
        if banner is not None and (shown is None or shown.texts != banner["texts"]):
            until = datetime.fromisoformat(banner["valid_until"])
            self.world.portal.show(banner["texts"], valid_until=until)
        elif banner is None and shown is not None:
            self.world.portal.withdraw()

    def press(self, message: ChatMessage, *, person: str, action: str = "acknowledge") -> Pressed:
        """Somebody presses a button of a message in Slack; `person` is the name of an agent."""
        name = self.furniture.agents[person].name
        return self.slack.press(message.channel, message.ts, action, name)

    def banner(self) -> dict[str, Any] | None:
        """What the portal shows now, read from the file as the portal would; None for nothing."""
        try:
            banner: dict[str, Any] = json.loads(self.places.banner.read_bytes())
        except (OSError, ValueError):
            return None
        valid_until = datetime.fromisoformat(banner["valid_until"])
        return banner if banner["shown"] and valid_until > self.world.clock.now() else None


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
