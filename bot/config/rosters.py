# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `rosters:`, who is on duty when: rotations, shifts, regions, absences, overrides, feeds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config.calendars import LONG_DAYS, read_day_range, read_windows, read_zone
from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.rosters_ics import read_feed
from bot.config.yaml_nodes import Entry, Node
from bot.rules.calendar_days import Window
from bot.rules.policy import Recipient
from bot.rules.roster_values import Region, RosterSpec, Rotation, Shift, Stretch

KEYS = (
    "zone", "hours", "rotation", "shifts", "ics", "regions", "absences", "overrides",
    "never_empty_while_any_open", "because",
)  # fmt: skip
ROTATION_KEYS = ("people", "every", "hand_over", "since")
STRETCH_KEYS = ("who", "from", "until")
REGION_KEYS = ("roster", "hours")
YEARS = range(1970, 2201)
"""Those in which somebody may be on duty."""
MOST_TOLD = 5
"""How many events that name nobody are told of each file."""
_EVERY = re.compile(r"(\d{1,3})([dw])")
_HAND_OVER = re.compile(r"(?:([a-z]{3,}) )?([0-2]\d):([0-5]\d)")


class RosterReader:
    """Reads rosters; `zone` is the desk's, feeds lie beside its files."""

    def __init__(
        self, reader: Reader, people: Mapping[str, Recipient], *, zone: str, this_year: int
    ) -> None:
        """Feeds are read around `this_year`; their events name `people`."""
        self._reader = reader
        self._people = people
        self._zone = zone
        self._this_year = this_year

    def read(self, name: str, entry: Entry) -> RosterSpec:
        """One roster."""
        reader, what = self._reader, f"rosters {name}"
        entries = reader.mapping(entry.node, what, KEYS)
        zone = read_zone(reader, entries["zone"].node) if "zone" in entries else self._zone
        sources = ("rotation", "shifts", "ics", "regions", "overrides")
        if not any(key in entries for key in sources):
            advice = "write rotation, shifts, ics or regions"
            reader.problem(entry.key_place, f"{what}: nobody is ever on duty", advice)
        return RosterSpec(
            name=name,
            zone=zone,
            hours=reader.text(entries["hours"].node, "hours") if "hours" in entries else None,
            rotation=self._rotation(entries, what),
            shifts=tuple(self._shift(node) for node in self._listed(entries, "shifts")),
            fixed=self._feed(entries, zone),
            regions=tuple(self._region(node) for node in self._listed(entries, "regions")),
            absences=self._stretches(entries, "absences", zone),
            overrides=self._stretches(entries, "overrides", zone),
            must_cover=reader.texts(entries["never_empty_while_any_open"].node, "hours")
            if "never_empty_while_any_open" in entries
            else (),
            because=reader.statements(entries["because"].node) if "because" in entries else (),
            place=entry.key_place,
        )

    def _listed(self, entries: Mapping[str, Entry], key: str) -> tuple[Node, ...]:
        if key not in entries:
            return ()
        node = entries[key].node
        if not isinstance(node.value, tuple):
            self._reader.problem(node.place, f"{key}: expected a list, got {node.kind}")
            return ()
        return node.value

    def _rotation(self, entries: Mapping[str, Entry], what: str) -> Rotation | None:
        if "rotation" not in entries:
            return None
        reader, node = self._reader, entries["rotation"].node
        inner = reader.mapping(node, "rotation", ROTATION_KEYS)
        for key, advice in (("people", "list them"), ("since", "write the date of the first turn")):
            if key not in inner:
                reader.problem(node.place, f"{what}: rotation: {key} is missing", advice)
        people = reader.texts(inner["people"].node, "people") if "people" in inner else ()
        if "people" in inner and not people:
            reader.problem(inner["people"].node.place, f"{what}: a rotation of nobody", "name some")
        since = self._day(inner["since"].node, "since") if "since" in inner else None
        days = self._every(inner)
        weekday, second = self._hand_over(inner, days)
        if not people or since is None:
            return None
        if weekday is not None:
            since += timedelta(days=(weekday - since.weekday()) % 7)
        return Rotation(people, days, since, second, node.place)

    def _day(self, node: Node, what: str) -> date | None:
        day = self._reader.day(node, what)
        if day is not None and day.year not in YEARS:
            self._reader.problem(node.place, f"{what}: {day} is too far away")
            return None
        return day

    def _every(self, inner: Mapping[str, Entry]) -> int:
        if "every" not in inner:
            return 7
        node = inner["every"].node
        match = _EVERY.fullmatch(str(node.value))
        if match is None or int(match.group(1)) == 0:
            self._reader.problem(node.place, f"every: {node.kind}", "write whole days: 1w or 3d")
            return 7
        return int(match.group(1)) * (7 if match.group(2) == "w" else 1)

    def _hand_over(self, inner: Mapping[str, Entry], days: int) -> tuple[int | None, int]:
        """`mon 09:00`, or `09:00` where a rotation is of days; weekday and second of the day."""
        if "hand_over" not in inner:
            return None, 0
        node = inner["hand_over"].node
        match = _HAND_OVER.fullmatch(self._reader.text(node, "hand_over").lower())
        word = match.group(1) if match else None
        names = [day for day in LONG_DAYS if word and day.startswith(word)]
        if match is None or int(match.group(2)) > 23 or (word and not names):
            self._reader.problem(node.place, f"hand_over: {node.kind}", "write `mon 09:00`")
            return None, 0
        if names and days % 7:
            advice = "write the time alone, or whole weeks"
            what = f"hand_over: turns of {days} days do not end on one weekday"
            self._reader.problem(node.place, what, advice)
        second = int(match.group(2)) * 3600 + int(match.group(3)) * 60
        return (LONG_DAYS.index(names[0]) if names else None), second

    def _shift(self, node: Node) -> Shift:
        entries = self._reader.mapping(node, "a shift")
        if "who" not in entries:
            self._reader.problem(node.place, "a shift: who?", "write `who: anna`")
        week: dict[int, tuple[Window, ...]] = {}
        for key, entry in entries.items():
            if key == "who":
                continue
            days = read_day_range(key)
            if days is None:
                advice = did_you_mean(key, ["who", "daily", "mon-fri", "sat-sun"])
                self._reader.problem(entry.key_place, f"a shift: no day {key!r}", advice)
                continue
            windows = read_windows(self._reader, entry.node, key)
            for day in days:
                week[day] = (*week.get(day, ()), *windows)
        if len(entries) == int("who" in entries):
            self._reader.problem(node.place, "a shift: when?", 'write `mon-fri: "08:00-16:00"`')
        who = self._reader.text(entries["who"].node, "who") if "who" in entries else ""
        return Shift(who, week, node.place)

    def _region(self, node: Node) -> Region:
        entries = self._reader.mapping(node, "a region", REGION_KEYS)
        for key in REGION_KEYS:
            if key not in entries:
                self._reader.problem(node.place, f"a region: {key} is missing", f"write `{key}:`")
        roster, hours = (
            self._reader.text(entries[key].node, key) if key in entries else ""
            for key in REGION_KEYS
        )
        return Region(roster, hours, node.place)

    def _stretches(self, entries: Mapping[str, Entry], key: str, zone: str) -> tuple[Stretch, ...]:
        found = (self._stretch(node, key, zone) for node in self._listed(entries, key))
        return tuple(each for each in found if each is not None)

    def _stretch(self, node: Node, what: str, zone: str) -> Stretch | None:
        entries = self._reader.mapping(node, what, STRETCH_KEYS)
        for key in STRETCH_KEYS:
            if key not in entries:
                self._reader.problem(node.place, f"{what}: {key} is missing", f"write `{key}:`")
        if not entries.keys() >= set(STRETCH_KEYS):
            return None
        start = self._instant(entries["from"].node, zone, is_end=False)
        end = self._instant(entries["until"].node, zone, is_end=True)
        if start is None or end is None:
            return None
        if end <= start:
            self._reader.problem(node.place, f"{what}: ends before it begins")
            return None
        return Stretch(self._reader.text(entries["who"].node, "who"), start, end, node.place)

    def _instant(self, node: Node, zone: str, *, is_end: bool) -> datetime | None:
        """A whole local date (the last one included), or a date and a time."""
        text = self._reader.text(node, "until" if is_end else "from")
        try:
            if len(text) == len("2026-07-01"):
                wall = datetime.combine(date.fromisoformat(text), time())
            else:
                wall = datetime.strptime(text, "%Y-%m-%d %H:%M")
                is_end = False
        except ValueError:
            advice = "write 2026-07-01 or 2026-07-01 09:00"
            self._reader.problem(node.place, f"{text!r} is no date", advice)
            return None
        if wall.year not in YEARS:
            self._reader.problem(node.place, f"{text!r} is too far away")
            return None
        wall += timedelta(days=int(is_end))
        return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def _feed(self, entries: Mapping[str, Entry], zone: str) -> tuple[Stretch, ...]:
        if "ics" not in entries:
            return ()
        node = entries["ics"].node
        name = self._reader.text(node, "ics")
        if Path(name).name != name:
            advice = "name an .ics file beside this one, without a folder"
            self._reader.problem(node.place, f"ics: {name!r} lies elsewhere", advice)
            return ()
        file = Path(node.place.file).parent / name
        found = read_feed(
            file, self._people, zone=zone, this_year=self._this_year, place=node.place
        )
        if isinstance(found, str):
            self._reader.problem(node.place, f"ics: {found}", "name an .ics file beside this one")
            return ()
        for summary in found.strangers[:MOST_TOLD]:
            advice = "call the event, or an attendee, as somebody of `people:`"
            self._reader.warn(node.place, f"ics: {name}: {summary!r} names nobody", advice)
        return found.stretches
