# SPDX-License-Identifier: GPL-3.0-or-later
"""What `/desk silence` and `maintenance` understand: `NAME 2h service=portal why`, and `end NAME`.

Alone they list what is silenced; `preview organisation=Acme` says what a silence would have hidden.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.rules.actions import Notice
from bot.rules.engine import CompiledPolicy
from bot.rules.events import Event, SilenceOrdered
from bot.rules.rights import may
from bot.rules.silences import ONLY, Silence, from_state
from bot.rules.windows import end_of
from bot.sources.chat_incidents import Answer
from bot.sources.chat_threads import as_typed
from bot.store.silences import STATE, hidden_by, preview, silences_of
from bot.store.store import Store
from bot.store.transaction import Reader
from bot.texts.cleaning import one_line
from bot.texts.instants import time_of
from bot.texts.words import language

MAINTENANCE = "maintenance"
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
HELPDESK = frozenset({"helpdesk", "zendesk"})
LONGEST_VALUE = 80
WEEK = timedelta(days=7)
MOST = 10
MOST_SHOWN = 5
MOST_LOOKED_AT = 2_000
"""Messages that a preview judges, the newest: the answer must come within three seconds."""
_LONGEST = 150

_WANTED = re.compile(r"(\S{1,40}) (\d{1,3})(m|h|d) (.+)", re.DOTALL)
_LIMIT = re.compile(r"""([A-Za-z_]{1,20})\s?=\s?(?:["“”„«]([^"“”»\n]*)["“”»]|([^\s"“”„«]+))\s*""")
"""`name=value`, the value in the quotes of any keyboard where it holds a blank."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, taken apart."""

    name: str
    length: timedelta
    because: str
    only: Mapping[str, str] = field(default_factory=dict)
    of_helpdesk: bool = False


@dataclass(frozen=True, slots=True)
class Mistyped:
    """What cannot be meant: `unknown` names a limit that does not exist, if one did."""

    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a silence is limited to, and the words after it."""

    only: Mapping[str, str]
    rest: str


def read_silence(text: str) -> Typed | Mistyped:
    """Take `NAME LENGTH [LIMIT=VALUE ...] why` apart; all limits must fit, none means everything.

    Words after the limits are the reason: a later `a=b` belongs to it.
    """
    found = _WANTED.fullmatch(text.strip())
    if found is None:
        return Mistyped()
    name, count, unit, rest = found.groups()
    limits = limits_in(rest)
    if isinstance(limits, Mistyped):
        return limits
    if not limits.rest:
        return Mistyped()
    return Typed(name, int(count) * UNITS[unit], limits.rest, limits.only)


def limits_in(text: str) -> Limits | Mistyped:
    """Take `LIMIT=VALUE ...` off the beginning of what was typed."""
    only: dict[str, str] = {}
    while limit := _LIMIT.match(text):
        key, quoted, bare = limit[1].casefold(), limit[2], limit[3]
        value = (quoted if quoted is not None else bare).strip()
        if key not in ONLY:
            return Mistyped(limit[1])
        if not value or key in only or len(value) > LONGEST_VALUE:
            return Mistyped()
        only[key], text = value, text[limit.end() :]
    return Limits(only, text.strip())


def read_maintenance(text: str) -> Typed | Mistyped:
    """The same with a limit, or the helpdesk in its place: works are on something."""
    typed = read_silence(text)
    if isinstance(typed, Mistyped) or typed.only:
        return typed
    word, _, because = typed.because.partition(" ")
    if word.casefold() not in HELPDESK or not because.strip():
        return Mistyped()
    return replace(typed, because=because.strip(), of_helpdesk=True)


class SilenceCommands:
    """Answers `/desk silence ...` and `/desk maintenance ...`; it writes nothing down itself."""

    def __init__(self, store: Store, compiled: Callable[[], CompiledPolicy], source: str) -> None:
        """`source` is the chat in which people speak."""
        self._store = store
        self._compiled = compiled
        self._source = source

    def answer(self, what: str, rest: str, person: str, now: datetime, user_id: str = "") -> Answer:
        """Take what was typed behind `what`, which is `silence` or `maintenance`."""
        policy, typed = self._compiled().policy, as_typed(rest).strip()
        if not typed:
            return Answer(self._listed(what, now))
        if not may(policy, "silence", person, user_id):
            return Answer(
                self._say("not_allowed", ", ".join(policy.rights.get("silence", ())) or "-")
            )
        verb, _, named = typed.partition(" ")
        match verb.casefold():
            case "list" if not named:
                return Answer(self._listed(what, now))
            case "end":
                return self._ended(named.strip(), person, now)
            case "preview":
                return Answer(self._previewed(named.strip(), now))
        return self._begun(what, typed, person, now)

    def _begun(self, what: str, text: str, person: str, now: datetime) -> Answer:
        """`NAME 2h [organisation=...] why`: a silence of what is not critical, or maintenance."""
        is_maintenance = what == MAINTENANCE
        typed = (read_maintenance if is_maintenance else read_silence)(text)
        if isinstance(typed, Mistyped):
            return Answer(self._taught(typed, what))
        order = SilenceOrdered(
            typed.name, now + typed.length, one_line(typed.because, _LONGEST), person, typed.only,
            is_maintenance=is_maintenance, of_helpdesk=typed.of_helpdesk,
        )  # fmt: skip
        event = Event(f"silence/{typed.name}/{now.isoformat()}", "desk", now, self._source, order)
        limits = _limits(typed.only)
        named = f"{typed.name} ({limits})" if limits else typed.name
        return Answer(
            self._say("helpdesk_works" if typed.of_helpdesk else "silenced", named), event
        )

    def _ended(self, named: str, person: str, now: datetime) -> Answer:
        """`end NAME`: one by command, as the list calls it; a written one ends in the policy."""
        with self._store.read() as reader:
            known = from_state(reader.states.load(STATE))
        names = [each.name for each in known if each.end is not None and each.end > now]
        found = [each for each in names if each == named] or [
            each for each in names if each.casefold() == named.casefold()
        ]
        if not found:
            return Answer(self._say("unknown_silence", ", ".join(names) or "-"))
        order = SilenceOrdered(found[0], now, "ended by hand", person)
        # The same word of the same person within a minute is one order: Slack asks again.
        key = f"{self._source}/silence/end/{found[0]}/{person}/{now:%Y%m%dT%H%M}"
        event = Event(key, "desk", now, self._source, order)
        return Answer(self._say("silence_ended", found[0]), event)

    def _previewed(self, text: str, now: datetime) -> str:
        """`preview [organisation=...]`: how much such a silence would have hidden, and what."""
        found = limits_in(text)
        if isinstance(found, Mistyped) or found.rest:
            return self._taught(found if isinstance(found, Mistyped) else Mistyped(), "silence")
        silence = Silence("preview", "", end=now, only=found.only)
        with self._store.read() as reader:
            seen = preview(silence, now - WEEK, reader, self._compiled(), most=MOST_LOOKED_AT)
        lines = [self._say("would_hide", f"{len(seen.hidden)}/{seen.of}")]
        for row in seen.hidden[-MOST_SHOWN:]:
            notice = row.outgoing.message
            title = notice.title if isinstance(notice, Notice) else ""
            at = self._time(row.created_at, now)
            lines.append(one_line(f"{at} - {row.outgoing.destination} - {title}", _LONGEST))
        return "\n".join(lines)

    def _listed(self, what: str, now: datetime) -> str:
        """What holds, and what is ordered for later; then how one is written."""
        compiled = self._compiled()
        with self._store.read() as reader:
            shown = [
                self._line(each, reader, now)
                for each in silences_of(reader, compiled)
                if each.is_maintenance is (what == MAINTENANCE)
                and (each.holds(now, compiled.calendars) or _is_ahead(each, now))
            ]
        lines = shown[:MOST] or [self._say(f"no_{what}")]
        more = [f"+ {len(shown) - MOST}"] if len(shown) > MOST else []
        return "\n".join([*lines, *more, self._say(f"how_to_{what}")])

    def _line(self, silence: Silence, reader: Reader, now: datetime) -> str:
        """Its name, of what, until when, by whom and why, how many messages it hid so far."""
        words = language(self._compiled().policy.language).words
        ends = end_of(silence, now, self._compiled().calendars) or silence.end
        begins = silence.start if _is_ahead(silence, now) else None
        hidden = hidden_by(silence, silence.start or now - WEEK, reader)
        parts = (
            silence.name,
            _limits(silence.only),
            f"{words.since}{words.colon}{self._time(begins, now)}" if begins else "",
            f"{words.until}{words.colon}{self._time(ends, now)}" if ends else "",
            silence.said,
            self._say("hidden_so_far", str(len(hidden))),
        )
        return one_line(" - ".join(part for part in parts if part), _LONGEST)

    def _taught(self, typed: Mistyped, what: str) -> str:
        if typed.unknown:
            return self._say("no_such_limit", f"{typed.unknown}; {', '.join(ONLY)}")
        return self._say(f"how_to_{what}")

    def _time(self, at: datetime, now: datetime) -> str:
        policy = self._compiled().policy
        words = language(policy.language).words
        return time_of(at, now=now, zone=policy.zone, words=words)

    def _say(self, what: str, detail: str = "") -> str:
        words = language(self._compiled().policy.language).words
        sentence = words.silences.get(what) or words.chat_replies[what]
        return sentence.replace("{}", one_line(detail, _LONGEST))


def _limits(only: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in only.items())


def _is_ahead(silence: Silence, now: datetime) -> bool:
    return silence.start is not None and now < silence.start
