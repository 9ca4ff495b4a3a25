# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate case`: an outage's cases, readable without the helpdesk; answers, calls, held mails.

What is written goes into the inbox, where the running daemon takes it up within a second; without
one it waits there.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import Clock, SystemClock
from bot.commands.case_view import CaseView, ListedCase, list_cases, view_case
from bot.commands.status import safe, said_of_cases, until
from bot.commands.stored import load_compiled, stored, writable
from bot.commands.unusable import Unusable
from bot.rules.calendar_days import local_time
from bot.rules.events import AnswerGiven, CaseEntered, Event, MailTaken
from bot.rules.mail import Fate
from bot.rules.ticket import Person
from bot.sources.chat_commands import find_ticket

SOURCE = "command"
LONGEST_CALL_AGO_DAYS = 30


@dataclass(frozen=True, slots=True)
class Call:
    """A telephone call as it was typed: when, whose, what about, by whom it was taken."""

    summary: str
    at: str = "now"
    caller: str | None = None
    name: str | None = None
    organisation: str | None = None
    text: str = ""
    by: str | None = None


def show_list(*, everything: bool, as_json: bool, clock: Clock | None = None) -> int:
    """Print the open cases and tickets, who waits longest first; 2 where the store is unusable."""
    clock, console = clock or SystemClock(), _console()
    try:
        with stored(clock) as reader:
            shown = list_cases(reader, everything=everything)
    except Unusable as unusable:
        unusable.show(console)
        return 2
    if as_json:
        print(json.dumps(asdict(shown), ensure_ascii=False))  # noqa: T201
        return 0
    now = clock.now()
    helpdesk = _ago(shown.tickets_as_of, now)
    console.print(f"helpdesk's tickets as of {helpdesk}; contacts as of "
                  f"{_ago(shown.contacts_as_of, now)}")  # fmt: skip
    if any(shown.progress.values()):
        console.print(said_of_cases(shown.progress))
    if shown.held:
        console.print(f"[bold red]{shown.held}[/] mails are held: deskmate case held")
    _table(console, shown.cases, now)
    return 0


def show_case(named: str, *, as_json: bool, clock: Clock | None = None) -> int:
    """Print a case word by word; 1 where there is none of that name."""
    clock, console = clock or SystemClock(), _console()
    try:
        with stored(clock) as reader:
            ticket = find_ticket(named, reader)
            found = view_case(ticket, reader) if ticket is not None else None
    except Unusable as unusable:
        unusable.show(console)
        return 2
    if found is None:
        console.print(f"deskmate: no case {safe(named)}; `deskmate case list` names them")
        return 1
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False))  # noqa: T201
    else:
        _show(console, found, clock.now())
    return 0


def show_held(*, as_json: bool, clock: Clock | None = None) -> int:
    """Print the mails that wait for a person, and why; 2 where the store is unusable."""
    clock, console = clock or SystemClock(), _console()
    try:
        with stored(clock) as reader:
            rows = [*reader.mails.with_fate(Fate.HELD), *reader.mails.with_fate(Fate.PARKED)]
    except Unusable as unusable:
        unusable.show(console)
        return 2
    if as_json:
        found = [
            {"key": row.key, "fate": row.fate, "sender": row.sender, "subject": row.subject,
             "reason": row.reason, "received_at": row.received_at.isoformat(), "raw": row.raw}
            for row in rows
        ]  # fmt: skip
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201
        return 0
    for row in rows:
        console.print(
            f"{row.key[:12]}  {row.received_at:%Y-%m-%d %H:%M} UTC  {row.fate}  "
            f"{safe(row.sender or '-')}  {safe(row.subject[:60])}  ({safe(row.reason)})"
        )
    if rows:
        console.print("\n`deskmate case take KEY` opens a case of one.")
    return 0


def answer(named: str, text: str | None, *, by: str | None, clock: Clock | None = None) -> int:
    """Write an answer down for a case's customer; 1 for an unknown case or no words."""
    clock, console = clock or SystemClock(), _console()
    words = (sys.stdin.read() if text in (None, "-") else text or "").strip()
    if not words:
        console.print("deskmate: no words; write them after --text, or on standard input")
        return 1
    try:
        with writable(clock) as store:
            with store.read() as reader:
                ticket = find_ticket(named, reader)
            if ticket is None:
                console.print(f"deskmate: no case {safe(named)}; `deskmate case list` names them")
                return 1
            now, person = clock.now(), by or getpass.getuser()
            digest = hashlib.sha256(f"{person}\n{words}".encode()).hexdigest()[:24]
            given = AnswerGiven(f"ticket:{ticket.ticket_id}", words, person, SOURCE)
            key = f"answer/{ticket.ticket_id}/{digest}/{now:%Y%m%dT%H%M}"
            is_new = store.receive(
                [Event(key, f"case/{ticket.ticket_id}", now, SOURCE, given)]
            ).result()
    except Unusable as unusable:
        unusable.show(console)
        return 2
    console.print("written down; the daemon sends it" if is_new else "known already: sent once")
    return 0


def enter(call: Call, folder: Path, *, clock: Clock | None = None) -> int:
    """Write a telephone call down as a case; 1 for a time that cannot be."""
    clock, console = clock or SystemClock(), _console()
    try:
        at = call_time(call.at, load_compiled(folder, clock).policy.zone, clock.now())
        with writable(clock) as store:
            fact = CaseEntered(
                called_at=at,
                caller=Person(name=call.name, email=call.caller),
                summary=call.summary,
                text=call.text,
                person=call.by or getpass.getuser(),
                organisation=call.organisation,
            )
            digest = hashlib.sha256(repr(fact).encode()).hexdigest()[:32]
            event = Event(f"call/{digest}", "mail/calls", at, SOURCE, fact)
            is_new = store.receive([event]).result()
    except Unusable as unusable:
        unusable.show(console)
        return 2
    except ValueError as error:
        console.print(f"deskmate: {error}", markup=False)
        return 1
    console.print(
        "written down as a case; its clocks began with the call"
        if is_new
        else "known already: this very call was entered before"
    )
    return 0


def take(key: str, *, by: str | None, clock: Clock | None = None) -> int:
    """Open a case of a held mail; 1 where no held mail's key begins so."""
    clock, console = clock or SystemClock(), _console()
    try:
        with writable(clock) as store:
            with store.read() as reader:
                rows = [*reader.mails.with_fate(Fate.HELD), *reader.mails.with_fate(Fate.PARKED)]
                found = [row for row in rows if key and row.key.startswith(key)]
            if len(found) != 1:
                problem = "several mails begin" if found else "no held mail begins"
                console.print(f"deskmate: {problem} with {safe(key)}; see `deskmate case held`")
                return 1
            now, person = clock.now(), by or getpass.getuser()
            row = found[0]
            event = Event(f"mail/{row.key}/taken", f"mail/{row.sender}", now, SOURCE,
                          MailTaken(row.key, person))  # fmt: skip
            store.receive([event]).result()
    except Unusable as unusable:
        unusable.show(console)
        return 2
    console.print("written down; the daemon opens the case")
    return 0


def call_time(text: str, zone: str, now: datetime) -> datetime:
    """When a call was, as people type it: `now`, `14:05`, or a date and a time.

    Raises `ValueError` with what to write.
    """
    if text == "now":
        return now
    typed = text.strip().replace(" ", "T", 1)
    if len(typed) <= 5:
        typed = f"{local_time(zone, now):%Y-%m-%d}T{typed.rjust(5, '0')}"
    try:
        at = local_time(zone, datetime.fromisoformat(typed)).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        raise ValueError(f"--at {text!r} is no time; write 14:05 or 2026-03-02T14:05") from None
    if at > now:
        raise ValueError(f"--at {text} has not come yet; name the day: 2026-03-02T14:05")
    if (now - at).days > LONGEST_CALL_AGO_DAYS:
        raise ValueError(f"--at {text} is more than {LONGEST_CALL_AGO_DAYS} days ago")
    return at


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _table(console: Console, cases: tuple[ListedCase, ...], now: datetime) -> None:
    if not cases:
        console.print("no open case, no open ticket")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("name", "waits", "due", "priority", "whose", "subject", "who"):
        table.add_column(heading, overflow="ellipsis", no_wrap=heading != "subject")
    for each in cases:
        table.add_row(
            each.name,
            until(now, datetime.fromisoformat(each.waits_since)) if each.waits_since else "-",
            until(datetime.fromisoformat(each.due_at), now) if each.due_at else "-",
            each.priority or "-",
            safe(each.customer or "-"),
            safe(each.subject[:60]),
            safe(each.owner or "-"),
        )
    console.print(table)


def _show(console: Console, case: CaseView, now: datetime) -> None:
    head = case.listed
    console.print(f"{head.name}  {safe(head.subject)}")
    console.print(f"{safe(head.customer or '-')}  {safe(case.email or '-')}  {head.status}")
    if not head.is_case:
        console.print(f"as of {_ago(case.tickets_as_of, now)}, when the helpdesk was read last")
    for word in case.words:
        kind = "" if word.is_public else " (internal)"
        console.print(f"\n[dim]{word.at}  {safe(word.who)}{kind}[/]")
        for line in word.text.splitlines():
            console.print(f"  {safe(line)}")


def _ago(at: str | None, now: datetime) -> str:
    if at is None:
        return "never"
    known = datetime.fromisoformat(at)
    return f"{known:%H:%M} UTC ({until(now, known)} ago)"
