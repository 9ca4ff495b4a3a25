# SPDX-License-Identifier: GPL-3.0-or-later
"""Only what a sender has just written is read, measured on replies of real mail programs."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.rules.text import html_to_text, new_part

REPLIES = Path(__file__).parent.parent / "data" / "replies"
TRIMMER = REPLIES / "email_reply_trimmer"

EXACT_AT_LEAST = 25
"""Of 26; measured.  The other one loses a name below "Best regards", which is a signature to us."""


def _words(text: str) -> list[str]:
    return text.split()


def _unquoted(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))


def _trimmed() -> list[tuple[str, str]]:
    """What we leave of each mail, and what its makers leave, quoted lines aside."""
    pairs = []
    for mail in sorted(TRIMMER.glob("emails__*")):
        expected = TRIMMER / mail.name.replace("emails__", "trimmed__")
        pairs.append((new_part(mail.read_text()), _unquoted(expected.read_text())))
    return pairs


def test_most_replies_are_trimmed_exactly() -> None:
    """The share of replies left exactly as their makers expect never falls."""
    exact = sum(_words(ours) == _words(theirs) for ours, theirs in _trimmed())

    assert exact >= EXACT_AT_LEAST


def test_no_reply_leaks_history() -> None:
    """Nothing is left of a reply that its makers say is quotation or signature."""
    leaks = [ours for ours, theirs in _trimmed() if not set(_words(ours)) <= set(_words(theirs))]

    assert leaks == []


@pytest.mark.parametrize("mail", sorted((REPLIES / "talon").glob("*.eml")), ids=lambda p: p.stem)
def test_every_mail_programs_reply_is_found(mail: Path) -> None:
    """Plain or HTML, the answer in each of these mails is the one word Hello."""
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))

    assert plain is not None
    assert new_part(plain.get_content()) == "Hello"
    assert html is None or new_part(html_to_text(html.get_content())) == "Hello"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("email_1_4", "Awesome! I haven't had another problem with it."),
        ("email_1_6", "I get proper rendering as well."),
        ("email_1_7", ":+1:"),
        ("email_1_8", "I will reply under this one\n\n\nand under this."),
        ("email_2_1", "Outlook with a reply"),
        ("email_BlackBerry", "Here is another email"),
        ("email_iPhone", "Here is another email"),
        ("email_multi_word_sent_from_my_mobile_device", "Here is another email"),
        (
            "email_sent_from_my_not_signature",
            "Here is another email\n\nSent from my desk, is much easier then my mobile phone.",
        ),
    ],
)
def test_known_replies_are_trimmed(name: str, expected: str) -> None:
    """Answers between quoted lines stay, phones' signatures go, sentences that look so stay."""
    assert new_part((REPLIES / "email_reply_parser" / f"{name}.txt").read_text()) == expected


QUOTED = "\n\nTotal outage, error 503\nIt is down for everyone"


@pytest.mark.parametrize(
    "header",
    [
        "On Tue, 10 Mar 2026 at 09:12, Ann Lee <ann@example.com> wrote:",
        "On Mar 10, 2026, at 9:12 AM, Ann Lee\n<ann@example.com>\nwrote:",
        "-----Original Message-----",
        "________________________________\nFrom: Ann Lee\nSent: Tuesday\nTo: Support\nSubject: x",
        "From: Ann Lee <ann@example.com>\nDate: Tuesday, 10 March 2026\nTo: Support\nSubject: x",
        "Am Di., 10. März 2026 um 09:12 Uhr schrieb Ann Lee <ann@example.com>:",
        "Am 10.03.2026 um 09:12 schrieb Ann Lee:",
        "Von: Ann Lee\nGesendet: Dienstag, 10. März 2026 09:12\nAn: Support\nBetreff: x",
        "-----Ursprüngliche Nachricht-----",
        "Le mar. 10 mars 2026 à 09:12, Ann Lee <ann@example.com> a écrit :",
        "Le 10/03/2026 à 09:12, Ann Lee a écrit\u00a0:",
        "De : Ann Lee\nEnvoyé : mardi 10 mars 2026 09:12\nÀ : Support\nObjet : x",
        "-----Message d'origine-----",
        "Den tis 10 mars 2026 kl 09:12 skrev Ann Lee <ann@example.com>:",
        "tis 10 mars 2026 kl. 09:12 skrev Ann Lee <\nann@example.com>:",
        "Från: Ann Lee\nSkickat: den 10 mars 2026 09:12\nTill: Support\nÄmne: x",
        "-----Ursprungligt meddelande-----",
        "-----Исходное сообщение-----",
        "вт, 10 мар. 2026 г. в 09:12, Анна Ли <ann@example.com>:",
        "Ann Lee <ann@example.com> schrieb am Di., 10. März 2026 um 09:12:",
        "Ann Lee <ann@example.com> schrieb am Di., 10. März 2026\num 09:12:",
        "10.03.2026 09:12, Анна Ли пишет:",
        "вторник, 10 марта 2026 г. пользователь Анна <ann@example.com> написал:",
        '10.03.2026, 09:12, "Анна Ли" <ann@example.com> написал(а):',
        "От: Анна Ли\nОтправлено: 10 марта 2026 г. 9:12\nКому: Support\nТема: x",
        "*From:* Ann Lee\n*Sent:* Tuesday\n*To:* Support\n*Subject:* x",
    ],
)
def test_history_is_cut_below_its_header(header: str) -> None:
    """Each language's announcement of a quotation ends the new part, marked lines or not."""
    assert new_part("Thanks, that works.\n\n" + header + QUOTED) == "Thanks, that works."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAnn Lee\nOutage Desk",
        "--\nAnn Lee\nOutage Desk",
        "Sent from my iPhone",
        "Sent from Outlook for iOS<https://outage.example>",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone",
        "Skickat från min iPhone",
        "Skickat från Outlook för Android",
        "Отправлено с iPhone",
        "Отправлено из Почты Mail.ru",
    ],
)
def test_signatures_are_cut(signature: str) -> None:
    """What stands below a signature mark is no message, in any of the five languages."""
    assert new_part("The export is slow.\n\n" + signature) == "The export is slow."


@pytest.mark.parametrize(
    "closing",
    [
        "Best regards,",
        "Mit freundlichen Grüßen",
        "Cordialement,",
        "Med vänlig hälsning",
        "Mvh",
        "С уважением,",
        "Viele Grüße",
        "Kind regards",
    ],
)
def test_names_and_titles_below_a_closing_are_cut(closing: str) -> None:
    """A title like "Outage Manager" wakes nobody."""
    mail = f"The export is slow.\n\n{closing}\nAnn Lee\nOutage Manager, Error 503 GmbH\n+46 40 12"

    assert new_part(mail) == f"The export is slow.\n\n{closing}"


@pytest.mark.parametrize(
    "mail",
    [
        "Thanks!\nNow the portal is down for everyone.",
        "Danke\n\nDas Portal ist wieder nicht erreichbar.",
        "Best regards,\nAnn\n\nP.S. since this morning the portal is down",
    ],
)
def test_sentences_below_a_closing_stay(mail: str) -> None:
    """A postscript and a polite beginning are part of the message."""
    assert new_part(mail).endswith(mail.splitlines()[-1])


@pytest.mark.parametrize(
    "mail",
    [
        "On Monday our admin wrote:\nthe portal is down",
        "On 10 March 2026 we updated.\nSince then it fails.\nThe log wrote:\nerror 503",
        "From: the start page I get an error",
        "To: all, please note the portal is down",
        "Our alarm said: error 503",
        "| Service | State |\n| portal | down |",
        "ATTENTION: all our outgoing emails are down",
    ],
)
def test_sentences_that_look_like_headers_stay(mail: str) -> None:
    """A sentence that begins or ends like a header is not taken for one."""
    assert new_part(mail) == mail


def test_answers_between_quoted_lines_stay() -> None:
    """Somebody who answers below each question is read in full."""
    mail = (
        "On 10 March 2026 Ann <a@b.example> wrote:\n> Is it down?\nYes, since nine.\n> All?\nAll."
    )

    assert new_part(mail) == "Yes, since nine.\nAll."


@pytest.mark.parametrize(
    "note",
    [
        "CONFIDENTIALITY NOTICE: this outage is secret.",
        "This e-mail and any attachments may be confidential; report any outage.",
        "Diese E-Mail enthält vertrauliche Informationen über einen Ausfall.",
        "Ce message est confidentiel, signalez toute panne.",
        "Detta meddelande kan innehålla konfidentiell information om driftstopp.",
        "Это сообщение содержит конфиденциальную информацию о сбое.",
    ],
)
def test_legal_notes_are_dropped(note: str) -> None:
    """The lawyer's paragraph is not the customer's words."""
    assert new_part(f"The export is slow.\n\n{note}\nand more of it") == "The export is slow."


def test_a_gateways_warning_is_dropped_and_the_mail_kept() -> None:
    """The yellow banner above an outside mail is not the message, what follows is."""
    mail = "CAUTION: This email originated from outside.\nDo not click.\n\nThe portal is down."

    assert new_part(mail) == "The portal is down."
