# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator sets outside the policy: addresses, credentials, files; from the environment.

Each setting is read from `NAME`, or from the file that `NAME_FILE` points to (as containers hand
over secrets). `.env.example` lists them all; a test keeps the two together.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "DESKMATE_"
TEAMS_PREFIX = "DESKMATE_TEAMS_"
LEAST_SECRET = 16
MAILBOX_SCHEMES = ("imaps", "imap+starttls", "imap")


class Secret:
    """A text that is never shown: not in a log, not in a traceback, not by `print`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep `text`; `reveal()` gives it back where it is used."""
        self._text = text

    def reveal(self) -> str:
        """The text itself; call this only at the place that sends it."""
        return self._text

    def __bool__(self) -> bool:
        """True when there is something to hide."""
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Equal when the hidden texts are."""
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        """Hash of the hidden text."""
        return hash(self._text)

    def __repr__(self) -> str:
        """Stars, whatever is hidden."""
        return "Secret('***')" if self._text else "Secret('')"

    __str__ = __repr__


NO_SECRET = Secret("")


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """A setting that cannot be used: its name, what is wrong and what to do."""

    name: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.name}: {self.what}" + (f"; {self.advice}" if self.advice else "")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one daemon; empty means that the part is not used."""

    store: str = "sqlite:///deskmate.sqlite3"
    backup_folder: Path = Path("backups")
    listen_host: str = "127.0.0.1"
    listen_port: int = 8080
    pages_host: str = "127.0.0.1"
    pages_port: int = 8081
    public_url: str = ""
    zendesk_url: str = ""
    zendesk_client_id: str = ""
    zendesk_client_secret: Secret = NO_SECRET
    zendesk_email: str = ""
    zendesk_api_token: Secret = NO_SECRET
    zendesk_status_url: str = ""
    zendesk_webhook_secret: Secret = NO_SECRET
    zendesk_trigger_secret: Secret = NO_SECRET
    events_secret: Secret = NO_SECRET
    slack_bot_token: Secret = NO_SECRET
    slack_app_token: Secret = NO_SECRET
    slack_signing_secret: Secret = NO_SECRET
    slack_url: str = "https://slack.com/api/"
    msteams_secret: Secret = NO_SECRET
    teams: Mapping[str, Secret] = field(default_factory=dict)
    smtp_url: Secret = NO_SECRET
    sms_url: Secret = NO_SECRET
    link_secret: Secret = NO_SECRET
    mail_from: str = ""
    mailbox_url: Secret = NO_SECRET
    mailbox_trust: tuple[str, ...] = ()
    case_secret: Secret = NO_SECRET
    mail_spool: Path = Path("mails")
    banner_file: Path | None = None
    log_format: str = "text"
    log_level: str = "info"
    log_addresses: str = "shown"
    export_delay: int = 60


def read_settings(environment: Mapping[str, str]) -> Settings | list[SettingsProblem]:
    """Read every setting from `environment`; all problems at once if there are any."""
    reader = _Reader(environment)
    host, port = reader.listen("LISTEN", "127.0.0.1:8080")
    pages_host, pages_port = reader.listen("PAGES_LISTEN", "127.0.0.1:8081")
    settings = Settings(
        store=reader.text("STORE") or "sqlite:///deskmate.sqlite3",
        backup_folder=Path(reader.text("BACKUP_FOLDER") or "backups"),
        listen_host=host,
        listen_port=port,
        pages_host=pages_host,
        pages_port=pages_port,
        public_url=reader.url("PUBLIC_URL"),
        zendesk_url=reader.url("ZENDESK_URL"),
        zendesk_client_id=reader.text("ZENDESK_CLIENT_ID"),
        zendesk_client_secret=reader.secret("ZENDESK_CLIENT_SECRET"),
        zendesk_email=reader.text("ZENDESK_EMAIL"),
        zendesk_api_token=reader.secret("ZENDESK_API_TOKEN"),
        zendesk_status_url=reader.url("ZENDESK_STATUS_URL"),
        zendesk_webhook_secret=reader.secret("ZENDESK_WEBHOOK_SECRET"),
        zendesk_trigger_secret=reader.secret("ZENDESK_TRIGGER_SECRET"),
        events_secret=reader.secret("EVENTS_SECRET"),
        slack_bot_token=reader.secret("SLACK_BOT_TOKEN"),
        slack_app_token=reader.secret("SLACK_APP_TOKEN"),
        slack_signing_secret=reader.secret("SLACK_SIGNING_SECRET"),
        slack_url=reader.url("SLACK_URL") or "https://slack.com/api/",
        msteams_secret=reader.secret("MSTEAMS_SECRET"),
        teams=reader.teams(),
        smtp_url=reader.secret("SMTP_URL"),
        sms_url=reader.secret("SMS_URL"),
        link_secret=reader.secret("LINK_SECRET"),
        mail_from=reader.text("MAIL_FROM"),
        mailbox_url=reader.mailbox(),
        mailbox_trust=tuple(reader.text("MAILBOX_TRUST").replace(",", " ").split()),
        case_secret=reader.secret("CASE_SECRET"),
        mail_spool=Path(reader.text("MAIL_SPOOL") or "mails"),
        banner_file=Path(banner) if (banner := reader.text("BANNER")) else None,
        log_format=reader.one_of("LOG_FORMAT", ("text", "json")),
        log_level=reader.one_of("LOG_LEVEL", ("info", "debug", "warning", "error")),
        log_addresses=reader.one_of("LOG_ADDRESSES", ("shown", "hidden")),
        export_delay=reader.whole_number("EXPORT_DELAY", default=60),
    )
    reader.mailbox_needs_secret(settings)
    reader.links_need_secret(settings)
    reader.no_strangers()
    return reader.problems or settings


NAMES = frozenset(
    PREFIX + name
    for name in (
        "STORE BACKUP_FOLDER LISTEN PAGES_LISTEN PUBLIC_URL ZENDESK_URL ZENDESK_CLIENT_ID "
        "ZENDESK_CLIENT_SECRET ZENDESK_EMAIL ZENDESK_API_TOKEN ZENDESK_STATUS_URL "
        "ZENDESK_WEBHOOK_SECRET ZENDESK_TRIGGER_SECRET EVENTS_SECRET "
        "SLACK_BOT_TOKEN SLACK_APP_TOKEN SLACK_SIGNING_SECRET "
        "SLACK_URL MSTEAMS_SECRET SMTP_URL SMS_URL LINK_SECRET "
        "MAIL_FROM MAILBOX_URL MAILBOX_TRUST CASE_SECRET MAIL_SPOOL BANNER "
        "LOG_FORMAT LOG_LEVEL LOG_ADDRESSES EXPORT_DELAY"
    ).split()
)
"""Every fixed setting; Teams webhooks are DESKMATE_TEAMS_ and a name of the operator's."""


class _Reader:
    """Reads single settings and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[SettingsProblem] = []

    def text(self, name: str) -> str:
        return self._read(PREFIX + name)

    def secret(self, name: str) -> Secret:
        return Secret(self._read(PREFIX + name))

    def url(self, name: str) -> str:
        value = self.text(name)
        if value and (
            urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc
        ):
            self._problem(name, f"{value!r} is no web address", "write https://host")
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        value = self.text(name).lower() or choices[0]
        if value not in choices:
            self._problem(name, f"{value!r} is not known", f"write one of {', '.join(choices)}")
        return value

    def whole_number(self, name: str, *, default: int) -> int:
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal():
            self._problem(name, f"{value!r} is no whole number", f"write {default}, for example")
            return default
        return int(value)

    def listen(self, name: str, usual: str) -> tuple[str, int]:
        value = self.text(name) or usual
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            self._problem(name, f"{value!r} is no host:port", f"write {usual}")
            return "127.0.0.1", 0
        return host.strip("[]"), int(port)

    def teams(self) -> dict[str, Secret]:
        names = {
            name.removesuffix("_FILE")
            for name in self._environment
            if name.startswith(TEAMS_PREFIX)
        }
        urls = {name: Secret(self._read(name)) for name in sorted(names)}
        return {
            name.removeprefix(TEAMS_PREFIX).lower().replace("_", "-"): url
            for name, url in urls.items()
            if url
        }

    def mailbox(self) -> Secret:
        """An address that cannot be a mailbox is told at once, without showing its password."""
        url = self.secret("MAILBOX_URL")
        parts = urlsplit(url.reveal())
        if url and (parts.scheme not in MAILBOX_SCHEMES or not parts.hostname):
            advice = "write imaps://user:password@host:993/INBOX"
            self._problem("MAILBOX_URL", "this is no mailbox", advice)
        return url

    def mailbox_needs_secret(self, settings: Settings) -> None:
        """References are derived from the secret: without one anybody could make them."""
        if settings.mailbox_url and len(settings.case_secret.reveal()) < LEAST_SECRET:
            advice = f"write {LEAST_SECRET} random characters or more, and keep them"
            self._problem("CASE_SECRET", "the mailbox needs a secret of its own", advice)

    def links_need_secret(self, settings: Settings) -> None:
        """A short secret can be guessed, and whoever knows it can take anything."""
        length = len(settings.link_secret.reveal())
        if 0 < length < LEAST_SECRET:
            advice = f"write {LEAST_SECRET} random characters or more"
            self._problem("LINK_SECRET", "is too short", advice)

    def no_strangers(self) -> None:
        """A misspelt setting is worse than none: the daemon would run without what it says."""
        for name in sorted(self._environment):
            plain = name.removesuffix("_FILE")
            if name.startswith(PREFIX) and plain not in NAMES and not name.startswith(TEAMS_PREFIX):
                near = difflib.get_close_matches(plain, NAMES, n=1)
                self.problems.append(
                    SettingsProblem(
                        name,
                        "no such setting",
                        f"did you mean {near[0]}?" if near else ".env.example lists them all",
                    )
                )

    def _read(self, name: str) -> str:
        path = self._environment.get(f"{name}_FILE", "")
        if not path:
            return self._environment.get(name, "").strip()
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            self.problems.append(
                SettingsProblem(f"{name}_FILE", f"cannot read {path}: {reason}", "check the path")
            )
            return ""

    def _problem(self, name: str, what: str, advice: str) -> None:
        self.problems.append(SettingsProblem(PREFIX + name, what, advice))
