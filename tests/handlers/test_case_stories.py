# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of customers' mails while the helpdesk is down, and of ours to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_mails import (
    MINUTE,
    NORA,
    Mail,
    all_clear,
    arrive,
    case_of,
    come_back,
    declare_down,
    fate_of,
    go_down,
    look,
    row_of,
    written_to,
)
from desk import Desk

from bot.rules.actions import Notice, NoticeKind
from bot.rules.mail import Contact, Fate, Trust
from bot.rules.probes import Verdict
from bot.rules.ticket import Origin
from bot.sandbox.faults import Fault
from bot.texts.render import render

SECRET_WORDS = "Buy cheap pills at http://evil.example"


def test_mail_opens_a_case_while_the_helpdesk_is_down(desk: Desk) -> None:
    """With the rules, the category and the priority that a ticket would have."""
    go_down(desk)
    case = case_of(desk, arrive(desk))

    assert (case.origin, case.number) == (Origin.MAILBOX, None)
    assert (case.category, case.priority) == ("incident", "urgent")
    assert case.reference is not None and case.reference.startswith("ACM-")


def test_clock_starts_when_the_mail_came(desk: Desk) -> None:
    """Not when it was read: an urgent one is due an hour after it came."""
    go_down(desk)
    case = case_of(desk, arrive(desk, ago=2 * MINUTE))

    with desk.store.read() as reader:
        clock = reader.tickets.clocks(case.ticket_id)["first_response"]
    assert clock["due_at"] == (case.created_at + timedelta(hours=1)).isoformat()
    assert case.created_at < desk.clock.now() - MINUTE


def test_warning_comes_without_the_helpdesk(desk: Desk) -> None:
    """A case that nobody answers warns at its minute like any ticket."""
    go_down(desk)
    arrive(desk)

    desk.run(35 * MINUTE)

    assert ("slack:support" in [where for where, _ in desk.told("sla_warning")]) is True


def test_one_acknowledgement_without_the_customers_words(desk: Desk) -> None:
    """The reference, once, and nothing that a stranger could send through us."""
    go_down(desk)
    case = case_of(desk, arrive(desk, Mail(text=SECRET_WORDS, subject=SECRET_WORDS)))
    desk.run(5 * MINUTE)

    [ack] = written_to(desk)
    assert case.reference in ack.subject and case.reference in ack.text
    assert "pills" not in ack.text + ack.subject and "evil" not in ack.text + ack.subject
    assert ack.is_automatic


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Bonjour, la connexion est impossible depuis ce matin, merci", "Votre message"),
        ("Hej, vi kan inte logga in sedan i morse, kan ni hjälpa oss?", "Vi tog emot"),
        ("Wir können uns seit heute nicht anmelden, bitte um Hilfe", "Ihre Nachricht"),
        ("Здравствуйте, у нас не работает портал с утра", "Ваше сообщение"),
    ],
)
def test_acknowledgement_is_in_the_customers_language(desk: Desk, text: str, begins: str) -> None:
    """As the mail itself is written, where nobody knows better."""
    go_down(desk)
    arrive(desk, Mail(text=text, subject=""))

    assert written_to(desk)[0].text.startswith(begins)


def test_reply_joins_its_case(desk: Desk) -> None:
    """By the reference, in order, without a second acknowledgement."""
    go_down(desk)
    key = arrive(desk)
    case = case_of(desk, key)
    reply = arrive(desk, Mail(text="It is worse now", subject=f"Re: [{case.reference}]"))

    with desk.store.read() as reader:
        bodies = [each.body for each in reader.tickets.history(case.ticket_id) if each.body]
    assert fate_of(desk, reply) is Fate.REPLY
    assert bodies.index("It is worse now") > bodies.index(case.description)
    assert len(written_to(desk)) == 1


def test_reply_to_the_customers_own_mail_joins(desk: Desk) -> None:
    """Somebody at the customer's answers their colleague's mail to us: no second case."""
    go_down(desk)
    key = arrive(desk, Mail(message_id="<first@northwind.example>"))
    reply = arrive(
        desk, Mail(text="Me too", sender="ola@northwind.example",
                   references=("<first@northwind.example>",)),
    )  # fmt: skip

    assert row_of(desk, reply).ticket_id == row_of(desk, key).ticket_id


def test_same_subject_alone_joins_nothing(desk: Desk) -> None:
    """Two mails that only look alike are two cases."""
    go_down(desk)
    first, second = arrive(desk), arrive(desk, Mail(text="Another thing"))

    assert row_of(desk, first).ticket_id != row_of(desk, second).ticket_id


def test_strangers_reference_opens_a_case_of_their_own(desk: Desk) -> None:
    """Who is no part of a case cannot write into it by knowing its name."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    stranger = Mail(subject=f"Re: [{case.reference}]", sender="eve@evil.example")
    other = case_of(desk, arrive(desk, stranger))

    with desk.store.read() as reader:
        notes = [each.body or "" for each in reader.tickets.history(other.ticket_id)]
    assert other.ticket_id != case.ticket_id
    assert any(case.reference in note for note in notes if case.reference)


def test_mail_while_suspect_is_decided_when_it_settles(desk: Desk) -> None:
    """Down: a case. Up: only noted, because the helpdesk's own intake may have it."""
    desk.world.faults.switch_on(Fault.UNAVAILABLE)
    desk.probe(Verdict.DOWN)
    key = arrive(desk)
    waiting = fate_of(desk, key)
    look(desk, 3 * MINUTE, Verdict.DOWN)

    assert (waiting, fate_of(desk, key)) == (Fate.WAITING, Fate.CASE)


def test_mail_of_the_first_part_is_read_in_the_second(desk: Desk) -> None:
    """The outage is open again when a mail of its first part is read: it was down then too."""
    declare_down(desk)
    desk.run(5 * MINUTE)
    written = desk.clock.now()
    desk.run(5 * MINUTE)
    all_clear(desk, 5 * MINUTE)
    declare_down(desk)

    key = arrive(desk, ago=desk.clock.now() - written)

    assert fate_of(desk, key) is Fate.CASE


def test_mail_in_a_blip_is_only_noted(desk: Desk) -> None:
    """The suspicion was wrong: nobody is answered by us."""
    desk.probe(Verdict.DOWN)
    key = arrive(desk)
    look(desk, 2 * MINUTE, Verdict.OK)

    assert fate_of(desk, key) is Fate.NOTED
    assert written_to(desk) == []


def test_mailbox_takes_over_while_our_credentials_are_refused(desk: Desk) -> None:
    """A case, acknowledged without a word of an outage, brought back when they hold again."""
    look(desk, 2 * MINUTE, Verdict.CREDENTIALS)
    key = arrive(desk)
    waiting = fate_of(desk, key)
    look(desk, 10 * MINUTE, Verdict.CREDENTIALS)
    case = case_of(desk, key)
    look(desk, 2 * MINUTE, Verdict.OK)
    desk.run(5 * MINUTE)

    [ack] = written_to(desk)
    assert (waiting, fate_of(desk, key)) == (Fate.WAITING, Fate.CASE)
    assert case.reference in ack.text and "unavailable" not in ack.text
    assert desk.world.portal.banner() is None and desk.told("helpdesk_down") == []
    assert [each.external_id for each in desk.world.tickets()].count(case.reference) == 1


def test_mail_of_an_outage_that_is_read_later_is_a_case(desk: Desk) -> None:
    """The mailbox was dead too: what came meanwhile is not taken for an everyday mail."""
    go_down(desk)
    came = desk.clock.now()
    come_back(desk, 14 * MINUTE)

    key = arrive(desk, ago=desk.clock.now() - came)

    assert fate_of(desk, key) is Fate.CASE


def test_old_mail_is_no_case_of_this_outage(desk: Desk) -> None:
    """A mailbox that is read for the first time holds years of mails."""
    go_down(desk)

    assert fate_of(desk, arrive(desk, ago=timedelta(days=200))) is Fate.NOTED


def test_same_mail_twice_is_one_case(desk: Desk) -> None:
    """To both addresses, or read again after the folder was renumbered."""
    go_down(desk)
    mail = Mail(message_id="<once@northwind.example>")
    first, second = arrive(desk, mail), arrive(desk, mail)

    with desk.store.read() as reader:
        cases = [each for each in reader.tickets.all() if each.origin is Origin.MAILBOX]
    assert first == second
    assert len(cases) == 1
    assert len(written_to(desk)) == 1


def test_reply_after_the_incident_joins_its_case(desk: Desk) -> None:
    """The helpdesk is back, and the customer still answers our mail: nothing is lost."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    come_back(desk, 14 * MINUTE)
    reply = arrive(desk, Mail(text="Solved, thanks", subject=f"Re: [{case.reference}]"))

    assert fate_of(desk, reply) is Fate.REPLY
    assert row_of(desk, reply).ticket_id == case.ticket_id


def test_reply_to_the_helpdesks_own_mail_waits_for_it_as_a_note(desk: Desk) -> None:
    """A customer answers about ticket #4 to us: it belongs there, and is noted there later."""
    number = desk.write("Portal is down")
    desk.run(2 * MINUTE)
    go_down(desk)
    sender = desk.ticket(number).requester.email or ""
    key = arrive(desk, Mail(text="Any news?", subject=f"Re: [Acme #{number}]", sender=sender))
    before = desk.notes(number)
    come_back(desk, 9 * MINUTE)

    assert (fate_of(desk, key), row_of(desk, key).ticket_id) == (
        Fate.REPLY, desk.ticket(number).ticket_id,
    )  # fmt: skip
    assert not any("Any news?" in note for note in before)
    assert [note for note in desk.notes(number) if "Any news?" in note] != []


def test_bounce_of_an_acknowledgement_is_tied_to_its_case(desk: Desk) -> None:
    """No case, no answer; a note in the case, and our people know the customer heard nothing."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    report = Mail(
        sender="mailer-daemon@mx.example", subject="Undeliverable", text="No such user",
        headers={"content-type": "multipart/report"},
        own_ids=(f"<{'0' * 32}.{case.reference}.case@acme.example>",),
    )  # fmt: skip
    key = arrive(desk, report)

    assert (fate_of(desk, key), row_of(desk, key).ticket_id) == (Fate.BOUNCE, case.ticket_id)
    assert written_to(desk, "mailer-daemon@mx.example") == []
    assert desk.told("admin") != []


def test_two_robots_do_not_talk_to_each_other(desk: Desk) -> None:
    """Another helpdesk acknowledges our acknowledgement, and there it ends."""
    go_down(desk)
    case = case_of(desk, arrive(desk))
    robot = Mail(
        subject=f"Re: [{case.reference}] We have your mail",
        headers={"auto-submitted": "auto-replied"},
    )
    keys = [arrive(desk, robot) for _ in range(5)]

    assert {fate_of(desk, key) for key in keys} == {Fate.AUTOMATIC}
    assert len(written_to(desk)) == 1


def test_forged_sender_hears_nothing(desk: Desk) -> None:
    """The case is opened as unverified; the person whose address was used is left alone."""
    go_down(desk)
    case = case_of(desk, arrive(desk, Mail(trust=Trust.FAILED)))

    assert "unverified_sender" in case.tags
    assert written_to(desk) == []


def test_known_contact_brings_organisation_and_plan(desk: Desk) -> None:
    """What was cached before the outage decides as it would have in the helpdesk."""
    nora = Contact(NORA, desk.clock.now(), "Nora", "9", "Northwind", "sv", {"plan": "gold"})
    desk.store.write(lambda tx: tx.contacts.save(nora))
    go_down(desk)
    case = case_of(desk, arrive(desk))

    assert (case.organisation, case.fields["plan"]) == ("Northwind", "gold")
    assert written_to(desk)[0].language == "sv"


def test_unread_mail_is_parked_and_told_once(desk: Desk) -> None:
    """A mail that nobody could read is kept, and a person knows."""
    go_down(desk)
    key = arrive(desk, Mail(trouble="it took more than 10 s to read"))
    desk.run(10 * MINUTE)

    assert fate_of(desk, key) is Fate.PARKED
    assert [where for where, _ in desk.told("admin")].count("slack:support") == 1


def test_storm_is_told_by_digests(desk: Desk) -> None:
    """Of the mails beyond twenty of one sender our people get one message a minute."""
    go_down(desk)
    for number in range(40):
        arrive(desk, Mail(text=f"Again {number}", subject=f"Mail {number}"))
    desk.run(3 * MINUTE)

    cases = [where for where, _ in desk.told("case") if where == "slack:support"]
    assert len(cases) <= 20
    assert 1 <= len([1 for where, _ in desk.told("digest") if where == "slack:support"]) <= 4
    assert len(written_to(desk)) == 3


@pytest.mark.parametrize("jump", [3 * MINUTE, -5 * MINUTE], ids=["late", "set back"])
def test_storm_tells_each_case_once_however_late(desk: Desk, jump: timedelta) -> None:
    """A restart holds timers up for minutes, and clocks are set: no case is left out for that."""
    go_down(desk, 10 * MINUTE)
    keys = [arrive(desk, Mail(text=f"Again {n}", subject=f"Mail {n}")) for n in range(30)]
    desk.clock.advance(jump)
    keys += [arrive(desk, Mail(text=f"Again {n}", subject=f"Mail {n}")) for n in range(30, 40)]
    desk.run(5 * MINUTE)

    assert _told_of(desk, "slack:support") == sorted(case_of(desk, key).reference for key in keys)


def test_great_storm_names_every_case_in_the_next_digests(desk: Desk) -> None:
    """One message holds two dozen cases; the others are named a minute later, and none twice."""
    go_down(desk)
    subject = "Проблема <&> с порталом: " + "очень длинная тема " * 9
    keys = [arrive(desk, Mail(text=f"Again {n}", subject=subject)) for n in range(70)]
    desk.run(5 * MINUTE)

    assert _told_of(desk, "slack:support") == sorted(case_of(desk, key).reference for key in keys)
    digests = [
        render(out.message, now=out.message.at).headline
        for _, out in desk.channel.delivered
        if isinstance(out.message, Notice) and out.message.kind is NoticeKind.DIGEST
        and out.destination == "slack:support"
    ]  # fmt: skip
    assert digests == ["NEW CASES: 24", "NEW CASES: 24", "NEW CASES: 2"]


def _told_of(desk: Desk, destination: str) -> list[str]:
    """The references of the cases that somebody read of, one by one or in a digest."""
    found: list[str] = []
    for _, outgoing in desk.channel.delivered:
        message = outgoing.message
        if outgoing.destination != destination or not isinstance(message, Notice):
            continue
        if message.kind is NoticeKind.CASE:
            found.append(message.reference or "")
        elif message.kind is NoticeKind.DIGEST:
            read = render(message, now=message.at)
            found += [
                line.partition(":")[0] for line in read.body.splitlines() if line.startswith("ACM-")
            ]
    return sorted(found)
