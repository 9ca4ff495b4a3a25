# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an outage has every mail of it, and when its customer was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from case_mails import (
    MINUTE,
    Mail,
    arrive,
    case_of,
    come_back,
    fate_of,
    go_down,
    look,
    notice_id,
)
from desk import Desk

from bot.commands.incident_mails import MailFate
from bot.commands.incident_record import IncidentRecord, read_record
from bot.commands.incident_text import MOST_ROWS, escaped, markdown, report_text
from bot.handlers.backfill_notices import sum_in
from bot.rules.events import AnswerGiven, Event
from bot.rules.mail import Fate
from bot.rules.outcome import Refused
from bot.rules.probes import Verdict
from bot.sandbox.world_values import NewComment
from bot.texts.report_words import REPORTS, report_words


def _record(desk: Desk) -> IncidentRecord:
    with desk.store.read() as reader:
        found = read_record(1, reader, desk.clock.now(), promised=99.9)
    assert found is not None
    return found


def _answer(desk: Desk, key: str, words: str = "We are on it.") -> None:
    now = desk.clock.now()
    given = AnswerGiven(f"ticket:{case_of(desk, key).ticket_id}", words, "Ada", "slack")
    desk.store.receive([Event(f"answer/{now}", f"case/{key}", now, "slack", given)]).result()
    desk.run()


def test_case_that_came_before_the_first_failure_stands_in_it(desk: Desk) -> None:
    """The mailbox took over for mails that came before it; the summary's sum has both."""
    look(desk, 2 * MINUTE, Verdict.OK)
    desk.run(timedelta(seconds=20))
    early = arrive(desk)
    desk.run(timedelta(seconds=20))
    look(desk, 13 * MINUTE, Verdict.CREDENTIALS)
    late = arrive(desk, Mail("Printer is down", "Printer"))
    desk.run()

    record = _record(desk)
    with desk.store.read() as reader:
        summed = sum_in(reader, 1)
    cases = [case_of(desk, each).reference for each in (early, late)]
    assert summed.mails == 2 and [each.case for each in record.mails] == cases
    assert record.mails[0].received_at < record.began


def test_staff_answers_and_undecided_mails_stand_in_it(desk: Desk) -> None:
    """What belongs to no outage by its number came within it all the same."""
    look(desk, 2 * MINUTE, Verdict.OK)
    go_down(desk)
    case = case_of(desk, arrive(desk))
    desk.run(MINUTE)
    words = Mail("We are on it.", sender="team@acme.example", references=(notice_id(case),))
    answered = arrive(desk, words)
    undecided = arrive(desk)
    desk.store.write(lambda tx: tx.mails.decide(undecided, Fate.WAITING, "", desk.clock.now()))

    record = _record(desk)
    assert fate_of(desk, answered) is Fate.STAFF
    assert [each.fate for each in record.mails] == [Fate.CASE, Fate.STAFF, Fate.WAITING]
    assert record.undecided == 1


def test_it_says_when_a_customer_was_acknowledged_and_answered(desk: Desk) -> None:
    """The acknowledgement once, and for each mail the first answer after it, when it went out."""
    go_down(desk)
    first = arrive(desk)
    desk.run(5 * MINUTE)
    _answer(desk, first)
    answered = desk.clock.now()
    desk.run(5 * MINUTE)
    reference = case_of(desk, first).reference
    arrive(desk, Mail("And now?", f"Re: [{reference}]", references=("<m1@x>",)))

    mail, reply = _record(desk).mails
    assert mail.acknowledged_at is not None and mail.answered_at is not None
    assert timedelta() <= mail.acknowledged_at - mail.received_at < MINUTE
    assert abs(answered - mail.answered_at) < 5 * timedelta(seconds=1)
    assert (reply.fate, reply.acknowledgement, reply.answer) == (Fate.REPLY, "", "")


def test_answer_that_was_refused_is_none(desk: Desk) -> None:
    """Its state is said where its time would stand; the next answer counts."""
    go_down(desk)
    key = arrive(desk)
    desk.run(MINUTE)
    channel = desk.channel
    deliver = channel.deliver
    desk.channel.deliver = lambda outgoing, now: Refused("no such mailbox")  # type: ignore
    _answer(desk, key)
    [refused] = _record(desk).mails
    desk.channel.deliver = deliver  # type: ignore
    desk.run(MINUTE)
    _answer(desk, key, "Once more.")
    [mail] = _record(desk).mails

    assert (refused.answer, refused.answered_at) == ("refused", None)
    assert mail.answered_at is not None


def test_answer_in_the_helpdesk_counts_too(desk: Desk) -> None:
    """The case is a ticket again, and an agent answers there."""
    go_down(desk)
    key = arrive(desk)
    come_back(desk)
    number = case_of(desk, key).number
    assert number is not None
    desk.world.change_ticket(
        number, by=desk.furniture.agents["ada"], comment=NewComment("It works again.")
    )
    desk.run(2 * MINUTE)

    [mail] = _record(desk).mails
    assert mail.answered_at is not None and mail.answered_at > _record(desk).ended


def test_first_notice_of_refused_credentials_stands_in_it(desk: Desk) -> None:
    """It went out ten minutes before the incident had a number."""
    look(desk, 2 * MINUTE, Verdict.OK)
    look(desk, 13 * MINUTE, Verdict.CREDENTIALS)

    told = [each.because for each in _record(desk).told if each.destination == "slack:support"]
    assert told == ["credentials", "takes_in"]


def test_page_of_many_mails_says_what_it_leaves_out(desk: Desk) -> None:
    """2,500 mails stand there one by one; beyond the limit the number stands above the table."""
    go_down(desk)
    arrive(desk)
    record = _record(desk)
    [mail] = record.mails

    def shown(count: int, language: str) -> str:
        many: tuple[MailFate, ...] = (mail,) * count
        return markdown(report_text(replace(record, mails=many), "UTC", report_words(language)))

    assert shown(2_500, "en").count(mail.sender) == 2_500
    assert "3 more" not in shown(2_500, "en")
    for language, say in REPORTS.items():
        text = shown(MOST_ROWS + 3, language)
        assert text.count(mail.sender) == MOST_ROWS
        assert 0 < text.find(escaped(say["more"].format(3))) < text.index(mail.sender)
