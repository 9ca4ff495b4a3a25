# SPDX-License-Identifier: GPL-3.0-or-later
"""iCalendar files read as duty: who is named, when, and what is refused before it is expanded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import rosters_ics
from bot.config.rosters_ics import Feed, read_feed
from bot.rules.policy import Recipient
from bot.rules.roster_values import Stretch

PARIS = ZoneInfo("Europe/Paris")
PEOPLE = {
    "anna": Recipient("anna", mail="Anna.Karlsson@acme.example"),
    "bo": Recipient("bo", slack="bo"),
}
WEEKLY = """DTSTART;TZID=Europe/Paris:20260105T090000
DTEND;TZID=Europe/Paris:20260112T090000
RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260430T000000Z
SUMMARY:Anna"""


def read(folder: Path, *events: str) -> Feed | str:
    """A file of these events, read for Paris in 2026."""
    bodies = [
        f"BEGIN:VEVENT\nUID:{number}@acme.example\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT"
        for number, event in enumerate(events)
    ]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//acme//EN", *bodies, "END:VCALENDAR", ""]
    file = folder / "duty.ics"
    file.write_bytes("\n".join(lines).replace("\n", "\r\n").encode())
    return read_feed(file, PEOPLE, zone="Europe/Paris", this_year=2026)


def stretches(feed: Feed | str) -> tuple[Stretch, ...]:
    """What was read, or the reason why not as a failure."""
    assert isinstance(feed, Feed), feed
    return feed.stretches


def paris(*parts: int) -> datetime:
    """A local time of Paris as an instant."""
    return datetime(*parts, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]


def test_repeated_event_keeps_its_local_time(tmp_path: Path) -> None:
    """A turn every two weeks begins at 09:00 in Paris before and after the clocks change."""
    found = stretches(read(tmp_path, WEEKLY))

    assert len(found) == 9
    assert Stretch("anna", paris(2026, 3, 16, 9), paris(2026, 3, 23, 9)) in found
    assert Stretch("anna", paris(2026, 3, 30, 9), paris(2026, 4, 6, 9)) in found


def test_exception_and_moved_turn_are_followed(tmp_path: Path) -> None:
    """A turn taken out of the series is gone, one moved by hand stands where it was put."""
    series = WEEKLY + "\nUID:series\nEXDATE;TZID=Europe/Paris:20260119T090000"
    moved = """UID:series
RECURRENCE-ID;TZID=Europe/Paris:20260202T090000
DTSTART;TZID=Europe/Paris:20260203T100000
DTEND;TZID=Europe/Paris:20260203T120000
SUMMARY:Bo"""
    file = tmp_path / "duty.ics"
    read(tmp_path, series, moved)
    text = file.read_text().replace("UID:0@acme.example\n", "").replace("UID:1@acme.example\n", "")
    file.write_text(text)

    found = stretches(read_feed(file, PEOPLE, zone="Europe/Paris", this_year=2026))

    starts = {(each.who, each.start) for each in found}
    assert ("anna", paris(2026, 1, 19, 9)) not in starts
    assert ("anna", paris(2026, 2, 2, 9)) not in starts
    assert ("bo", paris(2026, 2, 3, 10)) in starts


def test_whole_day_is_the_rosters_own(tmp_path: Path) -> None:
    """A date without a time runs from the roster's midnight to midnight, 23 hours in March."""
    day = "DTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260330\nSUMMARY:bo"

    found = stretches(read(tmp_path, day))

    assert found == (Stretch("bo", paris(2026, 3, 29), paris(2026, 3, 30)),)


@pytest.mark.parametrize(
    ("naming", "who"),
    [
        ("SUMMARY:Anna", ("anna",)),
        ("SUMMARY:On call: Bo", ("bo",)),
        ("SUMMARY:Duty - anna - europe", ("anna",)),
        ("SUMMARY:anna\\, bo", ("anna", "bo")),
        ("SUMMARY:Duty\nATTENDEE:mailto:anna.karlsson@ACME.example", ("anna",)),
        ("SUMMARY:Bo\nATTENDEE;CN=Anna:mailto:other@acme.example", ("anna",)),
        ("SUMMARY:x\nATTENDEE;CN=bo:mailto:b@acme.example\nATTENDEE;CN=anna:mailto:a@b.example",
         ("anna", "bo")),
        ("SUMMARY:Bo\nATTENDEE;PARTSTAT=DECLINED;CN=anna:mailto:a@acme.example", ("bo",)),
        ("SUMMARY:Anna\nSTATUS:CANCELLED", ()),
    ],
)  # fmt: skip
def test_event_names_people(tmp_path: Path, naming: str, who: tuple[str, ...]) -> None:
    """Attendees name people by address or name, else the summary or a part of it does."""
    found = stretches(read(tmp_path, f"DTSTART:20260601T080000Z\nDTEND:20260601T160000Z\n{naming}"))

    assert tuple(each.who for each in found) == who


def test_event_that_names_nobody_is_told(tmp_path: Path) -> None:
    """A team lunch among the turns is nobody's duty, and is named so that people can look."""
    feed = read(tmp_path, "DTSTART:20260601T110000Z\nDURATION:PT1H\nSUMMARY:Team lunch")

    assert feed == Feed((), ("Team lunch",))


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "once a day"),
        ("FREQ=HOURLY;COUNT=5", "once a day"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "once a day"),
        ("FREQ=DAILY;BYMINUTE=1", "once a day"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "once a day"),
    ],
)
def test_endless_rule_is_refused(tmp_path: Path, rule: str, why: str) -> None:
    """A rule that would be expanded for minutes is told and never tried."""
    feed = read(tmp_path, f"DTSTART:20260601T110000Z\nDURATION:PT1H\nRRULE:{rule}\nSUMMARY:bo")

    assert isinstance(feed, str)
    assert why in feed


@pytest.mark.long
def test_too_many_turns_are_refused(tmp_path: Path) -> None:
    """A file that would fill the memory with turns says so."""
    daily = "DTSTART:20200101T000000Z\nDURATION:PT24H\nRRULE:FREQ=DAILY\nSUMMARY:bo"

    assert "turns of duty" in str(read(tmp_path, *[daily] * 70))
    assert "that repeat" in str(read(tmp_path, *[daily] * (rosters_ics.MOST_REPEATING + 1)))
    assert "since 1980" in str(read(tmp_path, daily.replace("2020", "1980")))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"hello", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
     b"BEGIN:VEVENT\r\nSUMMARY:bo\r\nEND:VEVENT\r\n",
     b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:bo\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
     b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:tomorrow\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"],
)  # fmt: skip
def test_broken_file_is_told(tmp_path: Path, content: bytes) -> None:
    """Whatever is no iCalendar file is refused by name, never with a crash."""
    file = tmp_path / "broken.ics"
    file.write_bytes(content)

    feed = read_feed(file, PEOPLE, zone="UTC", this_year=2026)

    assert isinstance(feed, str)
    assert feed.startswith("broken.ics")


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A feed that is not there is named."""
    feed = read_feed(tmp_path / "none.ics", PEOPLE, zone="UTC", this_year=2026)

    assert feed == "none.ics cannot be read: No such file or directory"
