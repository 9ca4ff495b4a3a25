# SPDX-License-Identifier: GPL-3.0-or-later
"""`deskmate outage`: shows how the helpdesk stands, and takes a person's word through the inbox."""

from __future__ import annotations

import getpass
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console

from bot.clock import Clock, SystemClock
from bot.commands.status import safe, until
from bot.commands.stored import stored, writable
from bot.commands.time import length_of
from bot.commands.unusable import Unusable
from bot.handlers.degraded import load_parts
from bot.handlers.outage import load_state
from bot.handlers.vendor import vendor_words
from bot.rules.degraded import Degraded, Part
from bot.rules.events import Event, OutageOrdered
from bot.rules.outage_orders import CLEAR_HOLDS, LONGEST
from bot.rules.outage_state import Blind, OutageState, Phase

GREATEST_REASON = 200


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the store says of the helpdesk: the machine, what is held, the vendor, the parts."""

    state: OutageState
    held: dict[str, str]
    vendor: str
    parts: Degraded


def show(*, as_json: bool) -> int:
    """Print how the helpdesk stands; 0 while it is there, 1 while not, 2 for no store."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        with stored(clock) as reader:
            shown = _Shown(
                load_state(reader), reader.outbox.held(), vendor_words(reader), load_parts(reader)
            )
    except Unusable as problem:
        problem.show(console)
        return 2
    if as_json:
        print(json.dumps(_row(shown), ensure_ascii=False))  # noqa: T201
    else:
        for line in _lines(shown, clock.now()):
            console.print(line)
    return 1 if shown.state.phase.word == "down" else 0


def declare_down(because: str, how_long: str, by: str | None) -> int:
    """Write down that a person declares the helpdesk down; 0, or 2 for what is unusable."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        length = _length(how_long)
        end = clock.now() + length
        _order(OutageOrdered(True, _said(because), by or getpass.getuser(), end), clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    console.print(
        f"declared down until {end:%Y-%m-%d %H:%M} UTC at most; a running daemon takes it up at "
        "once, `deskmate outage clear --because ..` ends it",
        markup=False,
    )
    return 0


def give_all_clear(because: str, by: str | None) -> int:
    """Write down that a person gives the all-clear; 0, or 2 where nothing is declared."""
    console, clock = Console(highlight=False, soft_wrap=True), SystemClock()
    try:
        said = _said(because)
        with stored(clock) as reader:
            phase = load_state(reader).phase
            is_untaken = reader.inbox.waiting() > 0
        if phase not in (Phase.DOWN, Phase.RECOVERING) and not is_untaken:
            raise Unusable(
                f"deskmate: nothing to clear, the helpdesk is {phase}; "
                "`deskmate outage status` shows what is seen"
            )
        _order(OutageOrdered(False, said, by or getpass.getuser()), clock)
    except Unusable as problem:
        problem.show(console)
        return 2
    minutes = CLEAR_HOLDS // timedelta(minutes=1)
    console.print(f"all clear; if it goes on failing, it is declared again after {minutes} minutes")
    return 0


def _said(because: str) -> str:
    said = " ".join(because.split())[:GREATEST_REASON]
    if not said:
        raise Unusable("deskmate: say why: --because 'agents cannot log in'")
    return said


def _length(text: str) -> timedelta:
    try:
        length = timedelta(seconds=length_of(text))
    except Unusable:
        raise Unusable(f"deskmate: {text!r} is no length; write 30m or 4h") from None
    if not timedelta() < length <= LONGEST:
        raise Unusable(f"deskmate: {text} is not between a minute and 24h; renew it if it lasts")
    return length


def _order(order: OutageOrdered, clock: Clock) -> None:
    now = clock.now()
    event = Event(f"outage/order@{now.isoformat()}", "outage", now, "command", order)
    with writable(clock) as store:
        store.receive([event]).result()


def _row(shown: _Shown) -> dict[str, object]:
    state = shown.state
    return {
        "phase": state.phase.value,
        "standing": state.standing,
        "works_until": _iso(state.works_told) if state.standing != state.phase else None,
        "since": _iso(state.since),
        "incident": state.incident or None,
        "first_failure_at": _iso(state.first_failure_at),
        "last_round_at": _iso(state.last_round_at),
        "failing_in_a_row": state.failing_in_a_row,
        "good_in_a_row": state.good_in_a_row,
        "blind": state.blind.value,
        "blind_since": _iso(state.blind_since),
        "is_banner_shown": state.is_banner_shown,
        "declared_by": state.declared_by or None,
        "declared_until": _iso(state.declared_until),
        "cleared_until": _iso(state.cleared_until),
        "takes_in_since": _iso(state.takes_in_since),
        "turned_away_at": _iso(state.turned_away_at),
        "vendor": shown.vendor or None,
        "failing_parts": {part.value: _iso(since) for part, since in _failing(shown.parts)},
        "held": shown.held,
    }


def _lines(shown: _Shown, now: datetime) -> list[str]:
    state = shown.state
    is_well = state.phase is Phase.HEALTHY and state.blind is Blind.NO
    tone = "green" if is_well else "bold red"
    since = f" since {state.since:%Y-%m-%d %H:%M} UTC" if state.since else ""
    asked = until(state.last_round_at, now)
    lines = [
        f"helpdesk   [{tone}]{state.standing}[/]{since}",
        f"asked      {asked}; {state.failing_in_a_row} failing or {state.good_in_a_row} good now",
    ]
    if state.phase is not Phase.HEALTHY and state.incident:
        lines.append(f"incident   {state.incident}")
    if state.standing != state.phase and state.works_told:
        lines.append(f"announced  {safe(state.works_said)}, until {state.works_told:%H:%M} UTC")
    if state.blind is not Blind.NO:
        since = f" since {state.blind_since:%Y-%m-%d %H:%M} UTC" if state.blind_since else ""
        lines.append(
            f"[bold red]blind[/] ({state.blind}){since}: whether the helpdesk is there is not seen"
        )
    if state.takes_in_since:
        since = f"{state.takes_in_since:%Y-%m-%d %H:%M} UTC"
        lines.append(f"mailbox    takes cases in: credentials refused since {since}")
    if state.turned_away_at:
        lines.append(f"turned away since {state.turned_away_at:%Y-%m-%d %H:%M} UTC (429)")
    lines += [
        f"failing    {part}, since {since:%Y-%m-%d %H:%M} UTC"
        for part, since in _failing(shown.parts)
    ]
    if shown.vendor:
        lines.append(f"vendor     {safe(shown.vendor)}")
    if state.declared_until:
        by = safe(state.declared_by)
        lines.append(f"declared   by {by}, until {state.declared_until:%Y-%m-%d %H:%M} UTC")
    if state.cleared_until and state.cleared_until > now:
        lines.append(f"all clear  by hand, holds until {state.cleared_until:%H:%M} UTC")
    if state.is_banner_shown:
        lines.append("banner     customers read it")
    lines += [f"held       {safe(where)}: {safe(why)}" for where, why in shown.held.items()]
    return lines


def _failing(parts: Degraded) -> list[tuple[Part, datetime]]:
    """The parts that fail while the helpdesk is there, and since when."""
    watched = ((part, parts.of(part).since) for part in Part)
    return [(part, since) for part, since in watched if since is not None]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
