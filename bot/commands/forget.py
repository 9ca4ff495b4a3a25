# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate forget`: takes one person out of the store, the spool and the journal."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass

import typer
from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.forgetter import Forgetter, Found
from bot.commands.stored import look_for
from bot.commands.unusable import Unusable
from bot.rules.forgetting import pseudonym_of
from bot.settings import Settings, read_settings
from bot.sources.mail_spool import Spool
from bot.store.problems import StoreProblem
from bot.store.rewriting import rewrite
from bot.store.store import Store
from bot.store.traces import Open

NOT_REACHED = (
    "the helpdesk: delete them there first, or the next change of a ticket brings them back",
    "the mailbox that is read, and mails and chat messages that were sent",
    "backups of this store, and archives, replicas and logs of a database server",
    "logs of the daemon and of the machine",
)
"""Where nothing of ours reaches; said each time."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How it is to be done: only looked at, without a question, whatever is under way."""

    is_dry: bool = False
    is_sure: bool = False
    even_open: bool = False
    as_json: bool = False


def forget_person(address: str, wanted: Wanted) -> int:
    """Forget who has this address; 0 done or nobody, 1 not now, 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        settings = _settings(address, wanted)
        look_for(settings.store)
        with Store.open(settings.store, clock=clock) as store:
            status = _forgotten(address.strip(), wanted, settings, store, clock, console)
    except StoreProblem as problem:
        console.print(f"deskmate: {problem}", markup=False)
        return 1
    except Unusable as unusable:
        unusable.show(console)
        return 2
    return status


def _forgotten(
    address: str, wanted: Wanted, settings: Settings, store: Store, clock: Clock, console: Console
) -> int:
    secret = settings.case_secret.reveal() or settings.link_secret.reveal()
    pseudonym = pseudonym_of(address, secret or secrets.token_hex())
    forgetter = Forgetter(address, pseudonym, store, Spool(settings.mail_spool), clock)
    found = forgetter.look()
    is_blocked = (bool(found.under_way) and not wanted.even_open) or found.under_way.doubtful > 0
    if not (found and wanted.is_sure) or wanted.is_dry or is_blocked:
        _tell(console, found, wanted, pseudonym, is_done=False)
    if wanted.is_dry or is_blocked:
        return 1 if is_blocked else 0
    if found and not wanted.is_sure and not typer.confirm("Forget them? Nothing brings it back."):
        return 1
    if found:
        if not forgetter.forget(even_open=wanted.even_open):
            _tell(console, forgetter.look(), wanted, pseudonym, is_done=False)
            return 1
        _tell(console, found, wanted, pseudonym, is_done=True)
    elif not wanted.is_sure:
        return 0
    # Also for nobody: an earlier call may have been kept from it.
    return _rewritten(settings.store)


def _rewritten(url: str) -> int:
    try:
        rewrite(url)
    except StoreProblem as problem:
        console = Console(highlight=False, soft_wrap=True, stderr=True)
        console.print(f"deskmate: {problem}", markup=False)
        console.print("bytes of what was forgotten may still lie in the database's files")
        return 1
    return 0


def _settings(address: str, wanted: Wanted) -> Settings:
    name, at, domain = address.strip().rpartition("@")
    if not (name and at and domain) or len(address.split()) != 1:
        raise Unusable(f"deskmate: {address!r} is no mail address; write nora@example.com")
    if wanted.as_json and not (wanted.is_sure or wanted.is_dry):
        raise Unusable("deskmate: --json asks nothing; add --dry-run or --yes")
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        raise Unusable(*(str(problem) for problem in settings))
    return settings


def _tell(console: Console, found: Found, wanted: Wanted, pseudonym: str, *, is_done: bool) -> None:
    waits_for = said_of_open(found.under_way)
    if wanted.as_json:
        row = {
            "is_known": bool(found),
            "is_done": is_done,
            "pseudonym": pseudonym if is_done else None,
            "counts": asdict(found.counts),
            "waits_for": list(waits_for),
            "not_reached": list(NOT_REACHED),
        }
        print(json.dumps(row, ensure_ascii=False))  # noqa: T201
        return
    say: Callable[[str], None] = lambda line: console.print(line, markup=False)  # noqa: E731
    if not found:
        say("nobody is known by this address here")
    elif is_done:
        say(f"forgotten; {pseudonym} stands in their place")
    for name, count in asdict(found.counts).items():
        if count:
            say(f"{count:>6}  {name.replace('_', ' ')}")
    for line in waits_for:
        say(f"under way: {line}")
    if found.under_way.doubtful:
        say("not now: call it again once the helpdesk has said whether it has the ticket")
    elif waits_for and not wanted.even_open:
        say("not now: let it end, or give it up with --even-open")
    if found:
        say("not reached:")
        for line in NOT_REACHED:
            say(f"  {line}")


def said_of_open(under_way: Open) -> tuple[str, ...]:
    """What is still under way, a line each."""
    lines = (
        (under_way.cases, "cases that the helpdesk does not have yet"),
        (under_way.doubtful, "of them that the helpdesk may just have made a ticket of"),
        (under_way.tickets, "tickets that are not done"),
        (under_way.messages, "messages that are not sent"),
        (under_way.events, "events that are not handled"),
    )
    return tuple(f"{count} {what}" for count, what in lines if count)
