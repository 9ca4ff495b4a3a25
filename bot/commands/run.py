# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate run`: the daemon, from the command line to its end."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from bot.app import build_app_of
from bot.clock import SystemClock
from bot.daemon import Daemon
from bot.settings import Settings, SettingsProblem, read_settings
from bot.store.migrate import migrate
from bot.store.problems import StoreProblem
from bot.telemetry import configure_logs

NEEDED = (
    ("zendesk_url", "DESKMATE_ZENDESK_URL", "write https://YOUR-NAME.zendesk.com"),
    ("mail_from", "DESKMATE_MAIL_FROM", "write the address that notices come from"),
)


def run_daemon(folder: Path, *, is_watch_only: bool) -> int:
    """Run until told to stop; 0 after a graceful stop, 1 for a lost lease, 2 for a bad start."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    settings = read_settings(os.environ)
    problems = settings if isinstance(settings, list) else _missing(settings)
    if isinstance(settings, list) or problems:
        _complain(errors, problems, "these settings cannot be used (.env.example lists them all)")
        return 2
    configure_logs(settings.log_format, settings.log_level, addresses=settings.log_addresses)
    clock = SystemClock()
    try:
        migrate(settings.store, backup_dir=settings.backup_folder, now=clock.now())
        app = build_app_of(settings, folder, clock, is_watch_only=is_watch_only)
    except StoreProblem as problem:
        _complain(errors, [problem], "the store cannot be used")
        return 2
    except OSError as problem:
        where = f"{settings.listen_host}:{settings.listen_port}"
        _complain(errors, [f"{where}: {problem.strerror}"], "cannot listen (DESKMATE_LISTEN)")
        return 2
    except ValueError as problem:
        _complain(errors, [problem], "a setting cannot be used")
        return 2
    if isinstance(app, list):
        _complain(errors, app, "the policy has mistakes")
        return 2
    return Daemon(app, clock).run_until_signalled()


def _missing(settings: Settings) -> list[SettingsProblem]:
    found = []
    if not settings.zendesk_url:
        found.append(SettingsProblem(*_needed("zendesk_url")))
    has_oauth = settings.zendesk_client_id and settings.zendesk_client_secret
    has_token = settings.zendesk_email and settings.zendesk_api_token
    if not has_oauth and not has_token:
        advice = "make an OAuth client in the helpdesk's admin centre and set its id and secret"
        found.append(SettingsProblem("DESKMATE_ZENDESK_CLIENT_ID", "no credentials", advice))
    if settings.smtp_url and not settings.mail_from:
        found.append(SettingsProblem(*_needed("mail_from")))
    return found


def _needed(field: str) -> tuple[str, str, str]:
    name, advice = next((name, advice) for key, name, advice in NEEDED if key == field)
    return name, "not set", advice


def _complain(errors: Console, problems: object, what: str) -> None:
    errors.print(f"deskmate: {what}:", style="bold", markup=False)
    for problem in problems if isinstance(problems, list) else [problems]:
        errors.print(f"  {problem}", markup=False)
