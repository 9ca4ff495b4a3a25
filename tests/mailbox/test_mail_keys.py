# SPDX-License-Identifier: GPL-3.0-or-later
"""The same mail has the same key and the same reference, for ever and everywhere."""

from __future__ import annotations

from mail_samples import OWN, raw_mail, received

from bot.rules.mail_keys import (
    OwnNames,
    customer_mail_id,
    is_token,
    reference_of,
    references_in,
    staff_token,
)
from bot.rules.mail_threads import answers_a_notice, references_of, staff_token_of


def test_second_delivery_is_the_same_mail() -> None:
    """Received, Delivered-To and line ends differ between deliveries; the mail does not."""
    first = received(raw_mail("Received: by mx1.acme.example; Mon, 2 Mar 2026 12:00:00 +0000"))
    second = received(
        raw_mail("Delivered-To: b@acme.example", "Received: by mx2.acme.example; later").replace(
            b"\r\n", b"\n"
        )
    )

    assert first.key == second.key


def test_reused_message_id_with_another_body_is_another_mail() -> None:
    """Programs that give every mail one Message-ID lose nothing."""
    assert received(raw_mail(body="One")).key != received(raw_mail(body="Two")).key


def test_mails_without_a_message_id_are_told_apart() -> None:
    """By From, Date, Subject, our own Received line and the body."""
    mails = [
        raw_mail("Date: Mon, 2 Mar 2026 12:00:00 +0000", message_id=None),
        raw_mail("Date: Mon, 2 Mar 2026 12:00:01 +0000", message_id=None),
        raw_mail("Date: Mon, 2 Mar 2026 12:00:00 +0000", message_id=None, subject="Other"),
    ]

    assert len({received(raw).key for raw in mails}) == 3


def test_reference_is_derived() -> None:
    """After the loss of the ledger the same mail gives the same reference."""
    assert reference_of(OWN, "key") == reference_of(OWN, "key")
    assert reference_of(OWN, "key") != reference_of(OWN, "key", turn=1)
    assert reference_of(OWN, "key") != reference_of(OwnNames("other", "ACM"), "key")


def test_reference_is_found_as_people_write_it() -> None:
    """In lower case, and with the letters that digits are mistaken for."""
    reference = reference_of(OWN, "key")
    mistaken = reference.replace("0", "O").replace("1", "l").lower()

    assert references_in(f"about {mistaken}, please", OWN) == (reference,)


def test_mistyped_reference_is_none() -> None:
    """One wrong character is noticed by the last one."""
    prefix, letters, check = reference_of(OWN, "key").split("-")
    wrong = [
        f"{prefix}-{letters[:place]}{other}{letters[place + 1 :]}-{check}"
        for place in range(8)
        for other in "23456789ABCDEFGH"
        if other != letters[place]
    ]

    assert [text for text in wrong if references_in(text, OWN)] == []


def test_reply_names_its_case_by_what_it_answers() -> None:
    """Even with the subject changed, our Message-ID says which case it was."""
    reference = reference_of(OWN, "key")
    answered = customer_mail_id(OWN, reference, "ack")
    mail = received(raw_mail(f"In-Reply-To: {answered}", subject="Something else"))

    assert references_of(mail, OWN) == (reference,)


def test_plus_address_names_the_case() -> None:
    """A mail to escalations+REFERENCE@ belongs to the case."""
    reference = reference_of(OWN, "key")
    mail = received(raw_mail(f"Delivered-To: escalations+{reference}@acme.example"))

    assert references_of(mail, OWN) == (reference,)


def test_staff_token_belongs_to_one_ticket_and_one_company() -> None:
    """Whoever reads the list it went to may answer; nobody answers another ticket with it."""
    token = staff_token(OWN, "00000001", "lead@acme.example")

    assert is_token(OWN, token, "00000001", "Lead@acme.example")
    assert not is_token(OWN, token, "00000002", "lead@acme.example")
    assert is_token(OWN, token, "00000001", "colleague@acme.example")
    assert not is_token(OWN, token, "00000001", "nora@northwind.example")


def test_stolen_token_does_not_speak_for_the_desk() -> None:
    """A customer to whom a notice was forwarded answers it: that is no answer of ours."""
    token = staff_token(OWN, "00000001", "lead@acme.example")
    answered = f"<{'0' * 32}.00000001.{token}.staff@acme.example>"
    mail = received(raw_mail(f"In-Reply-To: {answered}"))
    shown = staff_token_of(mail)

    assert shown is not None
    assert not answers_a_notice(mail, shown, OWN)
