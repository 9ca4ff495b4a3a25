# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads `hours:`, the desk's calendars: weeks, nights, half days, holidays, unions.

A calendar arrives in the rules with its dates; only this file knows the `holidays` package, whose
names are asked for in a stated language (without one the process's locale would interfere).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays

from bot.config.problems import did_you_mean
from bot.config.reader import Reader
from bot.config.yaml_nodes import Entry, Node
from bot.rules.calendar_days import MIDNIGHT, WHOLE_DAY, CalendarSpec, MonthlyWindow, Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
KEYS = (
    "zone", "always", "daily", "holidays", "closed", "opened", "half_days", "breaks", "union",
    "without", "because", "days", "days_from",
)  # fmt: skip
ORGANISATION = "organisation "
DEFAULT_CATEGORY = "public"
YEARS_BACK, YEARS_AHEAD = 3, 5

_WINDOW = re.compile(r"([0-2]\d):([0-5]\d)\s*-\s*([0-2]\d):([0-5]\d)")
_RANGE = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?")
_MONTHLY = re.compile(rf"({'|'.join(NTH)}) ({'|'.join(LONG_DAYS)})")


def read_calendar(
    reader: Reader, name: str, entry: Entry, *, zone: str, this_year: int
) -> CalendarSpec:
    """One calendar; `zone` is the desk's own, holidays are listed around `this_year`."""
    what = f"hours {name}"
    entries = _entries(reader, entry.node, what)
    own_zone = _zone(reader, entries["zone"].node) if "zone" in entries else zone
    closed, closed_until = _closed(reader, entries, this_year)
    shifts = {
        **dict.fromkeys(_whole_days(reader, entries), (WHOLE_DAY,)),
        **_dated(reader, entries, "opened"),
        **_dated(reader, entries, "half_days"),
    }
    return CalendarSpec(
        name=name,
        zone=own_zone,
        is_always_open="always" in entries and reader.truth(entries["always"].node, "always"),
        week=_week(reader, entries),
        monthly=_monthly(reader, entries),
        shifts=shifts,
        breaks=_dated(reader, entries, "breaks"),
        closed=closed,
        closed_until=closed_until,
        union=reader.texts(entries["union"].node, "union") if "union" in entries else (),
        without=reader.texts(entries["without"].node, "without") if "without" in entries else (),
        holidays=_stated(entries),
        days_from=reader.text(entries["days_from"].node, "days_from")
        if "days_from" in entries
        else None,
        days_by=_days_by(reader, entries),
    )


def read_zone(reader: Reader, node: Node) -> str:
    """A time zone by its place, such as Europe/Stockholm."""
    return _zone(reader, node)


def _entries(reader: Reader, node: Node, what: str) -> Mapping[str, Entry]:
    entries = reader.mapping(node, what)
    for key, entry in entries.items():
        if key not in KEYS and not _RANGE.fullmatch(key) and not _MONTHLY.fullmatch(key):
            advice = did_you_mean(key, [*KEYS, "mon-fri", *DAYS, "third saturday"])
            reader.problem(entry.key_place, f"{what}: unknown key {key!r}", advice)
    return entries


def _zone(reader: Reader, node: Node) -> str:
    text = reader.text(node, "zone")
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        advice = did_you_mean(text, available_timezones())
        reader.problem(node.place, f"zone: {text!r} is not known", advice or "write Europe/Paris")
        return "UTC"
    return text


def _week(reader: Reader, entries: Mapping[str, Entry]) -> dict[int, tuple[Window, ...]]:
    week: dict[int, tuple[Window, ...]] = {}
    for key, entry in entries.items():
        days = read_day_range(key)
        if days is None:
            continue
        found = read_windows(reader, entry.node, key)
        for day in days:
            week[day] = (*week.get(day, ()), *found)
    return week


def _monthly(reader: Reader, entries: Mapping[str, Entry]) -> tuple[MonthlyWindow, ...]:
    found = []
    for key, entry in entries.items():
        match = _MONTHLY.fullmatch(key)
        if match is not None:
            weekday, nth = LONG_DAYS.index(match.group(2)), NTH[match.group(1)]
            windows = read_windows(reader, entry.node, key)
            found += [MonthlyWindow(weekday, nth, window) for window in windows]
    return tuple(found)


def read_day_range(key: str) -> list[int] | None:
    """The weekdays of `mon`, `mon-fri` or `daily` (0 is Monday); None for any other word."""
    if key == "daily":
        return list(range(7))
    match = _RANGE.fullmatch(key)
    if match is None:
        return None
    first = DAYS.index(match.group(1))
    last = DAYS.index(match.group(2) or match.group(1))
    return [day % 7 for day in range(first, last + (7 if last < first else 0) + 1)]


def read_windows(reader: Reader, node: Node, what: str) -> tuple[Window, ...]:
    """`"08:00-17:00"`, several of them with commas or as a list, or `closed`."""
    if node.value == "closed":
        return ()
    found = []
    for text in reader.texts(node, what):
        for part in text.split(","):
            window = _window(part.strip())
            if window is None:
                advice = 'write "08:00-17:00"; a night is "22:00-06:00", a whole day "00:00-24:00"'
                reader.problem(
                    node.place, f"{what}: {part.strip()!r} is no stretch of hours", advice
                )
            else:
                found.append(window)
    return tuple(found)


def _window(text: str) -> Window | None:
    match = _WINDOW.fullmatch(text)
    if match is None:
        return None
    hours = [int(each) for each in match.groups()]
    opens, closes = hours[0] * 3600 + hours[1] * 60, hours[2] * 3600 + hours[3] * 60
    if opens >= MIDNIGHT or closes > MIDNIGHT or opens == closes:
        return None
    return Window(opens, closes)


def _dated(
    reader: Reader, entries: Mapping[str, Entry], key: str
) -> dict[date, tuple[Window, ...]]:
    if key not in entries:
        return {}
    found: dict[date, tuple[Window, ...]] = {}
    for text, entry in reader.mapping(entries[key].node, key).items():
        day = reader.day(Node(entry.key_place, text), key)
        if day is not None:
            found[day] = read_windows(reader, entry.node, f"{key} {text}")
    return found


def _whole_days(reader: Reader, entries: Mapping[str, Entry]) -> list[date]:
    """`days:`, dates that are open from midnight to midnight."""
    if "days" not in entries:
        return []
    node = entries["days"].node
    if isinstance(node.value, Mapping):
        return []
    nodes = node.value if isinstance(node.value, tuple) else (node,)
    found = (reader.day(each, "days") for each in nodes)
    return [day for day in found if day is not None]


def _days_by(reader: Reader, entries: Mapping[str, Entry]) -> dict[str, tuple[date, ...]]:
    """`days:` with a line per customer: `organisation Acme: [2026-06-12]`."""
    found: dict[str, tuple[date, ...]] = {}
    if "days" not in entries or not isinstance(entries["days"].node.value, Mapping):
        return found
    for key, entry in reader.mapping(entries["days"].node, "days").items():
        if not key.startswith(ORGANISATION):
            advice = "write `organisation NAME: [2026-06-12]`, or a list of dates for everybody"
            reader.problem(entry.key_place, f"days: {key!r} is no organisation", advice)
        nodes = entry.node.value if isinstance(entry.node.value, tuple) else (entry.node,)
        days = (reader.day(each, key) for each in nodes)
        found[key.removeprefix(ORGANISATION)] = tuple(day for day in days if day is not None)
    return found


def _closed(
    reader: Reader, entries: Mapping[str, Entry], this_year: int
) -> tuple[dict[date, str], date | None]:
    closed: dict[date, str] = {}
    until: date | None = None
    if "holidays" in entries and entries["holidays"].node.value != "none":
        closed, until = _holidays(reader, entries["holidays"].node, this_year)
    if "closed" in entries:
        node = entries["closed"].node
        if isinstance(node.value, tuple):
            days = (reader.day(each, "closed") for each in node.value)
            closed.update({day: "closed" for day in days if day is not None})
        else:
            for text, entry in reader.mapping(node, "closed").items():
                day = reader.day(Node(entry.key_place, text), "closed")
                if day is not None:
                    closed[day] = reader.text(entry.node, "closed")
    for day in _dated(reader, entries, "opened"):
        closed.pop(day, None)
    return closed, until


def _holidays(reader: Reader, node: Node, this_year: int) -> tuple[dict[date, str], date | None]:
    """`holidays: SE`, `holidays: DE-HH`, or country, subdivision, categories and language."""
    if isinstance(node.value, Mapping):
        keys = ("country", "subdivision", "categories", "language")
        entries = reader.mapping(node, "holidays", keys)
        country = reader.text(entries["country"].node, "country") if "country" in entries else ""
        part = (
            reader.text(entries["subdivision"].node, "subdivision")
            if "subdivision" in entries
            else ""
        )
        categories: Sequence[str] = (
            reader.texts(entries["categories"].node, "categories")
            if "categories" in entries
            else (DEFAULT_CATEGORY,)
        )
        language = (
            reader.text(entries["language"].node, "language") if "language" in entries else ""
        )
    else:
        country, _, part = reader.text(node, "holidays").partition("-")
        categories, language = (DEFAULT_CATEGORY,), ""
    return _public_days(reader, node, country, part, categories, language, this_year)


def _public_days(
    reader: Reader,
    node: Node,
    country: str,
    part: str,
    categories: Sequence[str],
    language: str,
    this_year: int,
) -> tuple[dict[date, str], date | None]:
    supported = holidays.list_supported_countries(include_aliases=False)
    if country not in supported:
        advice = did_you_mean(country, supported) if country else "write SE, DE-HH or none"
        reader.problem(node.place, f"holidays: no country {country!r}", advice)
        return {}, None
    if part and part not in supported[country]:
        advice = did_you_mean(part, supported[country])
        reader.problem(node.place, f"holidays: {country} has no part {part!r}", advice)
        return {}, None
    last = this_year + YEARS_AHEAD
    try:
        found = holidays.country_holidays(
            country,
            subdiv=part or None,
            years=range(this_year - YEARS_BACK, last + 1),
            categories=tuple(categories),
            language=language or _language(country),
        )
    except ValueError as error:
        reader.problem(node.place, f"holidays: {str(error)[:120]}", "check the categories")
        return {}, None
    return dict(found), date(last, 12, 31)


def _language(country: str) -> str | None:
    languages = holidays.list_localized_countries().get(country, [])
    return next((each for each in languages if not each.startswith("en")), None)


def _stated(entries: Mapping[str, Entry]) -> str:
    if "holidays" not in entries:
        return "unstated"
    value = entries["holidays"].node.value
    return value if isinstance(value, str) else "listed"


__all__ = ["WHOLE_DAY", "read_calendar", "read_windows", "read_zone"]
