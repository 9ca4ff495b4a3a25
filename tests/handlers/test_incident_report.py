# SPDX-License-Identifier: GPL-3.0-or-later
"""An outage is told afterwards from the store alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest
from desk import Desk, compiled_policy

from bot.commands.incident_record import IncidentRecord, read_record, staff_were_told_at
from bot.commands.incident_text import markdown, report_text
from bot.pages.render import page_text
from bot.rules.actions import NoticeKind
from bot.rules.events import Event
from bot.rules.incident_values import Step as ProductStep
from bot.rules.mail import Fate, MailReceived
from bot.rules.outage_state import Step
from bot.rules.probes import ProbeRound, Verdict
from bot.rules.ticket import Person, Status
from bot.store.queues import OutboxState
from bot.texts.report_words import REPORTS, report_words
from bot.texts.words import LANGUAGES

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ODD = "<script>alert(1)</script> | [x](http://evil.example)"


def _probe(desk: Desk, span: timedelta, verdict: Verdict, every: timedelta = 30 * SECOND) -> None:
    """Rounds for a while; what fails shows somebody else's text."""
    end = desk.clock.now() + span
    while desk.clock.now() < end:
        now = desk.clock.now()
        seen = ODD if verdict is Verdict.DOWN else ""
        probes = ProbeRound(verdict, verdict, verdict, detail=seen)
        desk.store.receive(
            [Event(f"outage/round@{now.isoformat()}", "outage", now, "probe", probes)]
        )
        desk.run(every, look_every=every)


def _mail(desk: Desk, name: str) -> None:
    now = desk.clock.now()
    sender = Person(name=name, email=f"{name}@contoso.example")
    mail = MailReceived(name, name, 9, now, f"<{name}@contoso.example>", sender=sender,
                        subject="Down", text="It is down.")  # fmt: skip
    event = Event(f"mail/{name}", f"mail/{name}", now, "mailbox", mail)
    desk.store.receive([event])
    desk.run(SECOND)


def _record(desk: Desk) -> IncidentRecord:
    with desk.store.read() as reader:
        record = read_record(1, reader, desk.clock.now(), promised=99.9)
    assert record is not None
    return record


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> IncidentRecord:
    """Away for 33 minutes, with two mails and one promise that breaks, and all clear."""
    desk = Desk(compiled_policy(tmp_path_factory.mktemp("desk")))
    desk.write("Portal is down")
    desk.run(31 * MINUTE, look_every=5 * MINUTE)
    _probe(desk, 3 * MINUTE, Verdict.DOWN)
    _probe(desk, 30 * MINUTE, Verdict.DOWN, 2 * MINUTE)
    _mail(desk, "nora")
    _mail(desk, "ivar")
    _probe(desk, 3 * MINUTE, Verdict.OK)
    _probe(desk, 14 * MINUTE, Verdict.OK, 2 * MINUTE)
    found = _record(desk)
    desk.close()
    return found


def test_report_knows_how_long_it_was_away(record: IncidentRecord) -> None:
    """From the first failing round to the first good one, against 43 min 12 s in 30 days."""
    assert record.is_over
    assert abs(record.away_for - 33 * MINUTE) < 30 * SECOND
    assert record.availability.is_kept
    assert 99.92 < record.availability.per_cent < 99.93


def test_report_says_who_was_told_when_by_which_way(record: IncidentRecord) -> None:
    """Staff by each way, the reminder, the return, and the banner's coming and going."""
    arrived = Counter(each.because for each in record.told if each.arrived_at)
    told = staff_were_told_at(record)
    assert told is not None and told - record.began <= 2 * MINUTE
    assert {"still_down": 3, "answering_again": 3, "recovered": 3}.items() <= arrived.items()
    assert (arrived["banner_shown"], arrived["banner_withdrawn"]) == (1, 1)
    assert arrived[NoticeKind.HELPDESK_DOWN] == 3


def test_every_mail_stands_in_it_with_its_fate(record: IncidentRecord) -> None:
    """Two customers wrote: two cases with their references, and the sum is right."""
    assert dict(record.fates) == {Fate.CASE: 2}
    assert sorted(each.sender[:4] for each in record.mails) == ["ivar", "nora"]
    assert all(each.case.startswith("ACM-") for each in record.mails)
    assert record.undecided == 0


def test_promises_broken_meanwhile_are_named(record: IncidentRecord) -> None:
    """The urgent ticket's hour ran out while nobody could answer it in the helpdesk."""
    [breach] = record.breaches
    assert (breach.clock, breach.ticket) == ("first_response", "#2")
    assert record.began <= breach.told_at <= record.ended


@pytest.mark.parametrize("language", REPORTS)
def test_report_shows_what_others_wrote_as_text(record: IncidentRecord, language: str) -> None:
    """Neither in Markdown nor on the page can a server's or a customer's text become markup."""
    text = report_text(record, "Europe/Stockholm", report_words(language))

    page = page_text("incident.html.j2", {"report": text})
    assert "<script>" not in page and "&lt;script&gt;" in page
    assert "\\<script\\>" in markdown(text) and "\\[x\\]" in markdown(text)
    assert "http://" not in markdown(text)
    assert all(line.count(" | ") == 2 for line in markdown(text).splitlines() if "alert(" in line)
    assert f'<html lang="{language}">' in page


def test_report_is_told_in_the_language_that_was_asked_for(record: IncidentRecord) -> None:
    """Headings, steps, fates, promises and numbers; what was seen stays as it was."""
    text = markdown(report_text(record, "Europe/Stockholm", report_words("de")))

    assert text.startswith("# Ausfall 1 des Ticketsystems")
    assert "Für ausgefallen erklärt" in text and "erste Antwort" in text
    assert "Fall: 2" in text and "99,9 % erlauben 43 Min. 12 Sek." in text
    assert "It failed" not in text and "first response" not in text


def test_reports_say_the_same_in_every_language() -> None:
    """Each has all words, the same gaps in them, and a name for every step, state and fate."""

    def gaps(say: Mapping[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"{[^}]*}", sentence)) for key, sentence in say.items()}

    unsaid = {Step.RENEW_BANNER}
    named = {
        *(f"step_{each}" for each in Step if each not in unsaid),
        *(f"product_{each}" for each in ProductStep),
        *(f"state_{each}" for each in OutboxState),
        *(f"fate_{each}" for each in Fate),
    }
    assert {code: gaps(say) for code, say in REPORTS.items()} == dict.fromkeys(
        REPORTS, gaps(REPORTS["en"])
    )
    assert named <= set(REPORTS["en"])


@pytest.mark.parametrize("status", Status)
def test_status_is_called_as_on_the_page(status: Status) -> None:
    """Who reads of a ticket in the report knows it again on the continuity page."""
    page = {code: words.continuity[f"status_{status}"] for code, words in LANGUAGES.items()}

    assert {code: report_words(code).status(status) for code in LANGUAGES} == page


def test_there_is_no_report_of_no_outage(desk: Desk) -> None:
    """Quiet days have none."""
    _probe(desk, 5 * MINUTE, Verdict.OK)

    with desk.store.read() as reader:
        assert read_record(1, reader, desk.clock.now(), promised=99.9) is None
