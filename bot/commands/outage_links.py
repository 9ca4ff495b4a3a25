# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate outage link|views`: personal links to the continuity page, and who read it."""

from __future__ import annotations

import difflib
import getpass
import json
import os
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from bot.clock import SystemClock
from bot.commands.incident import check_zone
from bot.commands.incident_text import said_at
from bot.commands.status import safe
from bot.commands.stored import load_compiled, since_of, stored, writable
from bot.commands.time import length_of
from bot.commands.unusable import Unusable
from bot.rules.desk_links import LONGEST, address_of, is_opened_at, link_of, may_read
from bot.rules.policy import Policy
from bot.rules.roster_people import people_of_rosters
from bot.settings import Settings, read_settings
from bot.store.views import MOST, every_view_since, link_made, take_back


def make_link(person: str, how_long: str, by: str | None, folder: Path) -> int:
    """Print a person's link; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        settings = _settings()
        policy = load_compiled(folder, clock).policy
        _check_person(person, policy)
        link = link_of(person, clock.now(), _length(how_long))
        with writable(clock) as store:
            store.write(lambda tx: link_made(link, by or getpass.getuser(), tx))
    except Unusable as problem:
        problem.show(console)
        return 2
    secret = settings.link_secret.reveal()
    print(address_of(link, settings.public_url, secret))  # noqa: T201
    until = said_at(link.expires_at, policy.zone)
    Console(highlight=False, soft_wrap=True, stderr=True).print(
        f"for {person} alone, until {until} ({policy.zone}); whoever has it reads in that name, "
        f"`deskmate outage link {person} --revoke` takes it back",
        markup=False,
    )
    return 0


def take_links_back(person: str, by: str | None) -> int:
    """Take back every link that a person has; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with writable(clock) as store:
            now = clock.now()
            store.write(lambda tx: take_back(person, by or getpass.getuser(), now, tx))
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(f"what {person} has opens nothing any more; a new link does", markup=False)
    return 0


def show_views(since: str, zone: str, *, as_json: bool) -> int:
    """Print who read the page, the newest last; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        check_zone(zone)
        begin = since_of(since, clock.now())
        with stored(clock) as reader:
            found = every_view_since(begin, reader, MOST)[::-1]
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        rows = [
            {"at": each.at.isoformat(timespec="seconds"), "person": each.person,
             "page": each.page, "address": each.address}
            for each in found
        ]  # fmt: skip
        print(json.dumps({"views": rows}, ensure_ascii=False))  # noqa: T201
        return 0
    for each in found:
        shown = f"{said_at(each.at, zone)}  {each.person}  {each.page}  {each.address}"
        console.print(safe(shown))
    if not found:
        console.print(f"Nobody read the page within {since}.", markup=False)
    if len(found) == MOST:
        console.print(f"The newest {MOST}; a shorter --since shows all of it.")
    return 0


def _settings() -> Settings:
    """The settings; raises `Unusable` where they open no links."""
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        raise Unusable(*(str(problem) for problem in settings))
    if not settings.link_secret:
        advice = "write 16 random characters or more"
        raise Unusable(f"deskmate: DESKMATE_LINK_SECRET is not set: links need it; {advice}")
    if not is_opened_at(settings.public_url):
        what = "is no https address" if settings.public_url else "is not set"
        advice = "write https://host, where this daemon's door is reached"
        raise Unusable(f"deskmate: DESKMATE_PUBLIC_URL {what}: links would lead nowhere; {advice}")
    return settings


def _check_person(person: str, policy: Policy) -> None:
    if may_read(policy, person):
        return
    known = sorted(
        {*people_of_rosters(policy), *(each for each in policy.people if may_read(policy, each))}
    )
    near = difflib.get_close_matches(person, known, n=1)
    advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
    raise Unusable(f"deskmate: {person!r} is in no roster and has no right `outage`; {advice}")


def _length(text: str) -> timedelta:
    length = timedelta(seconds=length_of(text))
    if not timedelta() < length <= LONGEST:
        raise Unusable(f"deskmate: {text} is not between a minute and 24h; make a new link then")
    return length
