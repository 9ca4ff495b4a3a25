# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the table of docs/architecture.md: who may import whom, and where each library lives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = frozenset(
    "app app_web app_channels app_chat app_mailbox app_pages app_upkeep app_watches channels cli "
    "clock commands config daemon handlers helpdesks inbox outbox outbox_lanes outbox_rescue "
    "outbox_tickets pages ports rules sandbox settings sources store telemetry texts "
    "timekeeper".split()
)
ADAPTER = frozenset("ports rules texts clock telemetry".split())

MAY_IMPORT = {
    "rules": frozenset(),
    "clock": frozenset(),
    "settings": frozenset(),
    "telemetry": frozenset(),
    "ports": frozenset({"rules"}),
    "config": frozenset({"rules", "texts"}),
    "store": frozenset({"rules", "clock"}),
    "texts": frozenset({"rules"}),
    "channels": ADAPTER,
    "helpdesks": ADAPTER,
    "sources": ADAPTER | {"store"},
    "handlers": frozenset("ports rules store texts clock telemetry".split()),
    "inbox": frozenset("ports rules store texts clock telemetry handlers".split()),
    "timekeeper": frozenset("ports rules store texts clock telemetry handlers".split()),
    "outbox": frozenset(
        "ports rules store texts clock telemetry outbox_lanes outbox_rescue outbox_tickets".split()
    ),
    "outbox_lanes": frozenset("rules store".split()),
    "outbox_tickets": frozenset("ports rules store clock".split()),
    "outbox_rescue": frozenset("rules store texts".split()),
    "pages": frozenset("store rules texts clock telemetry".split()),
    "app_web": frozenset(
        "channels clock helpdesks pages rules settings sources store telemetry".split()
    ),
    "app_channels": frozenset("channels ports rules settings".split()),
    "app_chat": frozenset("channels clock rules settings sources store".split()),
    "app_pages": frozenset("clock pages rules settings sources store telemetry".split()),
    "app_mailbox": frozenset("clock rules settings sources store telemetry".split()),
    "app_watches": frozenset("clock helpdesks settings sources store".split()),
    "app_upkeep": frozenset("clock rules sources store telemetry".split()),
    "app": EVERYTHING - {"app", "daemon", "cli", "commands", "sandbox"},
    "daemon": frozenset("app clock settings telemetry".split()),
    "cli": EVERYTHING,
    "__main__": frozenset({"cli"}),
    "commands": EVERYTHING - {"cli"},
    "sandbox": frozenset("app config store ports rules clock pages settings".split()),
}

LIBRARY_HOMES = {
    "zenpy": ("bot/helpdesks/",),
    "requests": ("bot/helpdesks/", "bot/channels/"),
    "slack_bolt": ("bot/sources/chat", "bot/channels/slack"),
    "slack_sdk": ("bot/sources/chat", "bot/channels/slack"),
    "apscheduler": ("bot/daemon.py",),
    "yaml": ("bot/config/",),
    "pydantic": ("bot/config/",),
    "structlog": ("bot/telemetry.py",),
    "sqlalchemy": ("bot/store/",),
    "alembic": ("bot/store/",),
    "psycopg": ("bot/store/",),
    "sqlite3": ("bot/store/",),
    "starlette": ("bot/sources/web", "bot/pages/"),
    "uvicorn": ("bot/sources/web",),
    "jinja2": ("bot/texts/", "bot/pages/"),
    "ahocorasick": ("bot/rules/text",),
    "re2": ("bot/rules/text",),
    "holidays": ("bot/config/",),
    "icalendar": ("bot/config/",),
    "recurring_ical_events": ("bot/config/",),
    "zoneinfo": ("bot/rules/business_time.py", "bot/rules/calendar_", "bot/texts/", "bot/config/"),
    "aiosmtpd": ("bot/sandbox/",),
    "websockets": ("bot/sandbox/",),
    "pymap": ("bot/sandbox/imap.py",),
    "proxyprotocol": ("bot/sandbox/imap.py",),
    "imapclient": ("bot/sources/mailbox",),
    "smtplib": ("bot/channels/mail",),
    "prometheus_client": ("bot/telemetry.py",),
    "typer": ("bot/cli.py", "bot/commands/"),
    "rich": ("bot/cli.py", "bot/commands/"),
    "apprise": ("bot/channels/sms.py",),
    "snowballstemmer": ("bot/rules/knowledge_words.py",),
}
OURS = frozenset((".py", ".yaml", ".j2", ".css", ".js"))
NOT_IN_RULES = frozenset("time random os socket logging structlog threading subprocess".split())
READS_THE_TIME = frozenset({"now", "utcnow", "today", "time", "monotonic", "time_ns"})


@dataclass(frozen=True)
class Import:
    """One import statement's target and where it stands."""

    module: str
    where: str
    path: str


def _python_files(folder: str = "bot") -> Iterator[Path]:
    return (path for path in sorted((ROOT / folder).rglob("*.py")))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports() -> Iterator[Import]:
    for path in _python_files():
        relative = path.relative_to(ROOT).as_posix()
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Import(names=names):
                    modules = [alias.name for alias in names]
                case ast.ImportFrom(module=module, level=0) if module:
                    modules = [module]
                    if module == "bot":
                        modules = [f"bot.{alias.name}" for alias in node.names]
                case _:
                    continue
            for module in modules:
                yield Import(module, f"{relative}:{node.lineno}", relative)


def _part(path: str) -> str:
    return path.removeprefix("bot/").split("/")[0].removesuffix(".py")


def test_every_part_imports_only_its_neighbours() -> None:
    """Each part of the house imports only what the table allows."""
    breaches = []
    for found in _imports():
        if not found.module.startswith("bot."):
            continue
        part, wanted = _part(found.path), found.module.split(".")[1]
        if part in ("__init__", wanted):
            continue
        if wanted not in MAY_IMPORT[part]:
            allowed = ", ".join(sorted(MAY_IMPORT[part])) or "nothing of ours"
            breaches.append(f"{found.where}: {part} imports {wanted}; it may import {allowed}")

    assert breaches == [], "\n".join(breaches)


def test_every_library_has_one_home() -> None:
    """A library is used where the table says and nowhere else, so it can be replaced there."""
    breaches = [
        f"{found.where}: {library} lives in {', '.join(homes)}"
        for found in _imports()
        for library, homes in LIBRARY_HOMES.items()
        if found.module.split(".")[0] == library and not found.path.startswith(homes)
    ]

    assert breaches == [], "\n".join(breaches)


def test_rules_run_without_a_world() -> None:
    """The rules import nothing that could reach the machine they run on."""
    breaches = [
        f"{found.where}: rules import {found.module}"
        for found in _imports()
        if _part(found.path) == "rules" and found.module.split(".")[0] in NOT_IN_RULES
    ]

    assert breaches == [], "\n".join(breaches)


def test_only_the_clock_reads_the_time() -> None:
    """No other file asks the machine what time it is."""
    breaches = []
    for path in _python_files():
        relative = path.relative_to(ROOT).as_posix()
        if relative == "bot/clock.py":
            continue
        for node in ast.walk(_tree(path)):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)) if owner in (
                    "time",
                    "datetime",
                    "date",
                ) and name in READS_THE_TIME | {"sleep"}:
                    breaches.append(f"{relative}:{node.lineno}: {owner}.{name}() outside the clock")

    assert breaches == [], "\n".join(breaches)


@pytest.mark.parametrize("folder", ["bot", "tests", "bench", "desks"])
def test_every_file_names_its_licence(folder: str) -> None:
    """Each file of ours begins with its SPDX line, whatever its language."""
    bare = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in OURS
        if "SPDX-License-Identifier: GPL-3.0-or-later" not in path.read_text("utf-8")[:200]
    ]

    assert bare == []


def test_packages_hold_no_code_of_their_own() -> None:
    """Nothing happens at import: every `__init__.py` is empty but for its licence line."""
    full = [
        path.relative_to(ROOT).as_posix()
        for path in _python_files()
        if path.name == "__init__.py" and _tree(path).body
    ]

    assert full == []


def test_no_drawer_for_odds_and_ends() -> None:
    """No file is called utils, common, managers or helpers."""
    drawers = {"utils", "common", "managers", "helpers", "misc"}

    assert [path.name for path in _python_files() if path.stem in drawers] == []


def test_files_stay_readable() -> None:
    """No file of the product grows past 320 lines."""
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in _python_files()
        if (lines := len(path.read_text("utf-8").splitlines())) > 320
    }

    assert long == {}
