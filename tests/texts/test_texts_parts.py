# SPDX-License-Identifier: GPL-3.0-or-later
"""Instants, durations, cleaning, and what customers read on the portal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from jinja2.exceptions import SecurityError

from bot.texts.banner import banner_texts
from bot.texts.cleaning import cut, one_line
from bot.texts.instants import duration, time_of, time_with_zone
from bot.texts.replies import desk_help, not_written_down
from bot.texts.report_words import REPORTS
from bot.texts.templates import _environment
from bot.texts.words import LANGUAGES, said

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PROMISES = re.compile(
    r"resolved within|guarantee|soon as possible|garantier|behoben|innerhalb|garantie|sous \d|"
    r"inom \d|garanti|гарант|в течение|утечк",
    re.IGNORECASE,
)


@pytest.mark.parametrize(
    ("language", "minutes", "expected"),
    [
        ("en", 30, "10:30"),
        ("en", 60 * 24, "Wed 10:00"),
        ("de", 60 * 24 * 3, "Fr. 10:00"),
        ("fr", 60 * 24 * 3, "ven. 10:00"),
        ("sv", 60 * 24 * 2, "tors 10:00"),
        ("ru", -60 * 24, "пн 10:00"),
        ("en", 60 * 24 * 20, "Mon 14 Dec 10:00"),
        ("de", 60 * 24 * 20, "Mo., 14. Dezember, 10:00"),
        ("fr", 60 * 24 * 20, "lun. 14 décembre à 10:00"),
        ("fr", 60 * 24 * 7, "mar. 1er décembre à 10:00"),
        ("sv", 60 * 24 * 7, "tis 1 december kl. 10:00"),
        ("ru", 60 * 24 * 20, "пн, 14 декабря, 10:00"),
    ],
)
def test_day_is_named_unless_today(language: str, minutes: int, expected: str) -> None:
    """A time of today stands alone; another day is named, the further away the more exactly."""
    instant = NOW + timedelta(minutes=minutes)

    assert time_of(instant, now=NOW, zone="Europe/Berlin", words=LANGUAGES[language]) == expected


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Europe/Berlin", "en", "10:00 CET"),
        ("Europe/Berlin", "de", "10:00 MEZ"),
        ("Europe/Moscow", "ru", "12:00 МСК"),
        ("America/Chicago", "en", "03:00 CST"),
        ("America/Sao_Paulo", "en", "06:00 UTC-03"),
        ("Nowhere/Atall", "en", "09:00 UTC"),
        ("", "en", "09:00 UTC"),
    ],
)
def test_zone_is_the_readers(zone: str, language: str, expected: str) -> None:
    """Times are of the reader's zone and say which; an unknown zone is UTC."""
    assert time_with_zone(NOW, now=NOW, zone=zone, words=LANGUAGES[language]) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "under a minute"),
        (60, "1 min"),
        (1_859, "30 min"),
        (3_600, "1 h"),
        (12_000, "3 h 20 min"),
        (86_400, "1 d"),
        (230_400, "2 d 16 h"),
        (86_460, "1 d"),
        (-1_800, "30 min"),
    ],
)
def test_durations_are_rounded_down(seconds: int, expected: str) -> None:
    """Whole minutes, rounded down, in the two largest units."""
    assert duration(timedelta(seconds=seconds), LANGUAGES["en"]) == expected


def test_lines_are_cleaned() -> None:
    """No control characters, no line breaks, no turned reading direction."""
    assert one_line("a\r\nb\tc\x00\u202ed\u2028e\u200b", 80) == "a b cd e"
    assert one_line("👩‍👩‍👧 ok", 80) == "👩‍👩‍👧 ok"


def test_cuts_end_with_a_mark() -> None:
    """A text that is too long ends with a whole word and a mark, never above the limit."""
    assert cut("The report shows wrong sums", 20) == "The report shows…"
    assert cut("x" * 50, 20) == "x" * 19 + "…"
    assert cut("short", 20) == "short"


def test_codes_take_their_detail() -> None:
    """A code's sentence takes what stands behind the colon; any other text stays."""
    assert said("mailbox: a@b.example", {"mailbox": "Use {}."}) == "Use a@b.example."
    assert said("See: the manual", {"mailbox": "Use {}."}) == "See: the manual"


def _gaps(text: str) -> Counter[str]:
    return Counter(re.findall(r"\{[^}]*\}", text))


def test_every_language_has_every_word() -> None:
    """Each code of one language is one of every other, with the same gaps in its words."""
    english = LANGUAGES["en"]
    for words in LANGUAGES.values():
        for field in fields(words):
            own, wanted = getattr(words, field.name), getattr(english, field.name)
            if isinstance(wanted, Mapping) and field.name != "zones":
                assert {code: _gaps(own[code]) for code in own} == {
                    code: _gaps(wanted[code]) for code in wanted
                }
        assert (len(words.weekdays), len(words.months)) == (7, 12)
        assert all(len(label) <= 75 for label in words.buttons.values())


def test_every_report_has_every_word() -> None:
    """A report in another language leaves nothing out."""
    wanted = {code: _gaps(text) for code, text in REPORTS["en"].items()}

    for report in REPORTS.values():
        assert {code: _gaps(text) for code, text in report.items()} == wanted


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_banner_promises_nothing(language: str) -> None:
    """Three sentences: how to reach us, that nothing is lost, what it is about; no end time."""
    texts = banner_texts(
        mailbox="help@acme.example", since=NOW - timedelta(minutes=5), now=NOW,
        zone="Europe/Berlin", product="Acme Cloud",
    )  # fmt: skip

    text = texts[language]
    assert "help@acme.example" in text and "09:55" in text and "Acme Cloud" in text
    assert 100 < len(text) <= 320
    assert not PROMISES.search(text)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_banner_without_mailbox_names_none(language: str) -> None:
    """A desk without an escalation mailbox has a banner that sends nobody anywhere."""
    text = banner_texts(mailbox="", since=NOW, now=NOW, zone="UTC")[language]

    assert "@" not in text and "  " not in text and len(text) > 80


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_replies_are_there(language: str) -> None:
    """The answers to a press and to `/desk` are in every language."""
    assert len(not_written_down(language)) > 40 and len(desk_help(language)) > 40


def test_templates_run_in_a_sandbox() -> None:
    """A template, such as a desk may bring later, cannot reach the machine."""
    template = _environment().from_string("{{ ''.__class__.__mro__[1].__subclasses__() }}")

    with pytest.raises(SecurityError):
        template.render()
