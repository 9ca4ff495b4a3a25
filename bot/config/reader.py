# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads single values out of nodes and collects every mistake; the grammar of a policy's values.

A reader never raises: what is wrong becomes a `Problem`, and a harmless value takes its place, so
that the rest of the file is looked at too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.config.problems import Problem, did_you_mean
from bot.config.yaml_nodes import Entry, Node
from bot.rules.policy import Place

T = TypeVar("T")
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+)s)?")
_SHARE = re.compile(r"(\d{1,3})\s?%")


class Reader:
    """Collects problems while values are read; one for a whole policy."""

    def __init__(self) -> None:
        """Without a problem yet."""
        self.problems: list[Problem] = []

    def problem(self, place: Place, what: str, advice: str = "") -> None:
        """Note one mistake."""
        self.problems.append(Problem(place, what, advice))

    def warn(self, place: Place, what: str, advice: str = "") -> None:
        """Note something that is allowed and probably not meant."""
        self.problems.append(Problem(place, what, advice, is_warning=True))

    def mapping(
        self, node: Node, what: str, known: Iterable[str] | None = None
    ) -> Mapping[str, Entry]:
        """The entries of a mapping; with `known` every other key is a mistake."""
        if not isinstance(node.value, Mapping):
            self.problem(node.place, f"{what}: expected keys and values, got {node.kind}")
            return {}
        if known is not None:
            names = list(known)
            for name, entry in node.value.items():
                if name not in names:
                    advice = did_you_mean(name, names)
                    self.problem(entry.key_place, f"{what}: unknown key {name!r}", advice)
        return node.value

    def text(self, node: Node, what: str) -> str:
        """A text; numbers and truths are taken as they were written."""
        match node.value:
            case str():
                return node.value
            case bool():
                return str(node.value).lower()
            case int():
                return str(node.value)
            case _:
                self.problem(node.place, f"{what}: expected a text, got {node.kind}")
                return ""

    def texts(self, node: Node, what: str) -> tuple[str, ...]:
        """One text or a list of them."""
        if isinstance(node.value, tuple):
            return tuple(self.text(each, what) for each in node.value)
        return (self.text(node, what),)

    def statements(self, node: Node) -> tuple[str, ...]:
        """The ids behind `because`: a list, or one text with spaces or commas."""
        return tuple(
            part
            for text in self.texts(node, "because")
            for part in re.split(r"[\s,]+", text)
            if part
        )

    def number(self, node: Node, what: str, *, least: int = 0) -> int:
        """A whole number of at least `least`."""
        if isinstance(node.value, bool) or not isinstance(node.value, int):
            self.problem(node.place, f"{what}: expected a whole number, got {node.kind}")
            return least
        if node.value < least:
            self.problem(node.place, f"{what}: {node.value} is too small", f"at least {least}")
            return least
        return node.value

    def truth(self, node: Node, what: str) -> bool:
        """true or false."""
        if isinstance(node.value, bool):
            return node.value
        self.problem(node.place, f"{what}: expected true or false, got {node.kind}")
        return False

    def duration(self, node: Node, what: str) -> timedelta:
        """A duration such as `90s`, `15m`, `1h30m` or `2d` (a day has 24 hours)."""
        return self.read_duration(node, what) or timedelta(minutes=1)

    def read_duration(self, node: Node, what: str) -> timedelta | None:
        """The same; None where it cannot be read, so that no bound of its own is looked at."""
        text = str(node.value).replace(" ", "") if isinstance(node.value, str) else ""
        match = _DURATION.fullmatch(text) if text else None
        if match is None or not any(match.groups()):
            advice = "write a number and a unit, such as 90s, 15m, 1h30m or 2d"
            self.problem(node.place, f"{what}: expected a duration, got {node.kind}", advice)
            return None
        days, hours, minutes, seconds = (int(each or 0) for each in match.groups())
        try:
            found = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        except OverflowError:
            found = timedelta()
        if not found or found > timedelta(days=3660):
            self.problem(node.place, f"{what}: {text} is no time anybody can wait")
            return None
        return found

    def share(self, text: str) -> float | None:
        """`75%` as 0.75; None where it is no share."""
        match = _SHARE.fullmatch(text.strip())
        return int(match.group(1)) / 100 if match and 0 < int(match.group(1)) < 100 else None

    def day(self, node: Node, what: str) -> date | None:
        """A date, `2026-12-24`."""
        text = self.text(node, what)
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.problem(node.place, f"{what}: {text!r} is no date", "write it as 2026-12-24")
            return None

    def instant(self, node: Node, what: str, zone: str) -> datetime | None:
        """A date and a time in `zone`, `2026-12-24 22:00`, as an instant."""
        text = self.text(node, what)
        try:
            at = datetime.strptime(text.replace("T", " "), "%Y-%m-%d %H:%M")
            return at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            advice = "write it as 2026-12-24 22:00"
            self.problem(node.place, f"{what}: {text!r} is no date and time", advice)
            return None

    def one_of(self, node: Node, what: str, choices: Mapping[str, T]) -> T | None:
        """One of a few words."""
        text = self.text(node, what)
        if text in choices:
            return choices[text]
        self.problem(node.place, f"{what}: {text!r} is not known", did_you_mean(text, choices))
        return None

    def named(self, node: Node, what: str, read: Callable[[str, Entry], T | None]) -> dict[str, T]:
        """A mapping of own names to things, each read by `read`."""
        found: dict[str, T] = {}
        for name, entry in self.mapping(node, what).items():
            thing = read(name, entry)
            if thing is not None:
                found[name] = thing
        return found
