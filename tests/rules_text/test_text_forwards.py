# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail that only passes another one on is read as if that one had been written to us."""

from __future__ import annotations

import pytest

from bot.rules.text import prepare

OUTAGE = "The portal is down\nfor everyone"
OLDER = "\n\nOn Mon, 9 Mar 2026 at 08:00 Bo <bo@example.com> wrote:\n> error 503 last week"


def _header(*names: str, between: str = "\n") -> str:
    words = ("Ann <ann@example.com>", "10 March 2026 09:12", "Support <s@example.com>", "Portal")
    return between.join(f"{name}: {word}" for name, word in zip(names, words, strict=True))


ENGLISH = _header("From", "Date", "To", "Subject")
OUTLOOK = {
    "FW": _header("From", "Sent", "To", "Subject"),
    "WG": _header("Von", "Gesendet", "An", "Betreff"),
    "TR": _header("De ", "Envoyé ", "À ", "Objet "),
    "VB": _header("Från", "Skickat", "Till", "Ämne"),
    "ПЕР": _header("От", "Отправлено", "Кому", "Тема"),
}
MARKS = (
    "---------- Forwarded message ---------",
    "-------- Weitergeleitete Nachricht --------",
    "-------- Message transféré --------",
    "-------- Vidarebefordrat meddelande --------",
    "-------- Пересылаемое сообщение --------",
    "-------- Перенаправленное сообщение --------",
)
APPLE = (
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message réexpédié :",
    "Vidarebefordrat brev:",
    "Начало переадресованного сообщения:",
)


def _read(subject: str, body: str, *, is_reply: bool = False, is_html: bool = False) -> str:
    return prepare(subject, body, is_reply=is_reply, is_html=is_html).new_part


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


@pytest.mark.parametrize("mark", MARKS)
def test_marked_forward_is_read(mark: str) -> None:
    """Gmail's and Thunderbird's line announces it, whatever became of the subject."""
    body = f"Please have a look.\n\n{mark}\n{ENGLISH}\n\n\n{OUTAGE}{OLDER}"

    assert _read("Portal", body) == f"Please have a look.\n\n{OUTAGE}"


@pytest.mark.parametrize("mark", APPLE)
@pytest.mark.parametrize("is_mark_quoted", [False, True])
def test_apples_quoted_forward_is_read(mark: str, is_mark_quoted: bool) -> None:
    """Apple marks each line of it as quoted, an iPhone the announcement too."""
    mail = _quoted(f"{ENGLISH}\n\n{OUTAGE}{OLDER}")
    announced = f"{'> ' * is_mark_quoted}{mark}\n{'>' * is_mark_quoted}\n{mail}"

    assert _read("Fwd: Portal", f"{announced}\n\nSent from my iPhone") == OUTAGE


@pytest.mark.parametrize("prefix", OUTLOOK)
def test_outlooks_forward_is_known_by_its_subject(prefix: str) -> None:
    """The same header below an answer is history: only the subject tells the two apart."""
    older = OUTLOOK[prefix] + "\n\nerror 503 last week"
    body = f"Hej!\n\nMvh\nBo\n\n{'_' * 32}\n{OUTLOOK[prefix]}\n\n{OUTAGE}\n\n{older}"

    assert _read(f"{prefix}: Portal", body) == f"Hej!\n\nMvh\n\n{OUTAGE}"
    assert _read(f"RE: {prefix}: Portal", body) == "Hej!\n\nMvh"
    assert _read(f"{prefix}: Portal", body, is_reply=True) == "Hej!\n\nMvh"


@pytest.mark.parametrize(
    "html",
    [
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Ann<br>'
        "<b>Sent:</b> Tuesday<br><b>To:</b> S<br><b>Subject:</b> Portal<div>&nbsp;</div></div>"
        '<div>The portal is down</div><div id="divRplyFwdMsg"><b>From:</b> Bo<br><b>Sent:</b>'
        " Monday<br><b>To:</b> Ann<br><b>Subject:</b> Portal</div><p>error 503</p>",
        '<div class="gmail_quote gmail_quote_container"><div class="gmail_attr">--------- Forwarded'
        " message ---------<br>From: <b>Ann</b><br>Date: Tuesday<br>Subject: Portal<br>To: S<br>"
        '</div><br><div>The portal is down</div><div class="gmail_quote"><div class="gmail_attr">'
        "On 9 Mar 2026 Bo &lt;bo@example.com&gt; wrote:</div><blockquote>error 503</blockquote>"
        "</div></div>",
        "<div>Begin forwarded message:</div><br><blockquote><div><b>From: </b>Ann</div><div><b>Date"
        ": </b>Tuesday</div><div><b>To: </b>S</div><div><b>Subject: </b>Portal</div><br><div>The"
        " portal is down</div><blockquote>On 9 Mar 2026 Bo &lt;bo@example.com&gt; wrote:<br>error"
        " 503</blockquote></blockquote>",
    ],
    ids=["outlook", "gmail", "apple"],
)
def test_forwards_in_html_are_read(html: str) -> None:
    """What the three mail programs write in mark-up comes to the same."""
    mail = f"<div>See below</div>{html}"

    assert _read("FW: Portal", mail, is_html=True) == "See below\n\nThe portal is down"


def test_forward_of_a_forward_is_read() -> None:
    """A mail that went from hand to hand says what its first writer said."""
    inner = OUTLOOK["FW"].replace("Portal", "FW: Portal")
    body = f"\n{inner}\n\nFor you\n\n{OUTLOOK['FW']}\n\n{OUTAGE}"

    assert _read("FW: FW: Portal", body) == f"For you\n\n{OUTAGE}"


def test_who_says_more_himself_is_read_alone() -> None:
    """Many words above a forwarded mail say what matters of it; what follows is history."""
    own = (
        "What you see below was solved last week and is for your records. " * 2 + "Please file it."
    )

    assert _read("Fwd: Portal", f"{own}\n\n{MARKS[0]}\n{ENGLISH}\n\n{OUTAGE}") == own


def test_forward_within_a_quotation_is_history() -> None:
    """Somebody who answers to a forward has not passed it on."""
    quoted = _quoted(f"see below\n{MARKS[0]}\n{ENGLISH}\n\n{OUTAGE}")
    body = f"Thanks!\nOn 10 March 2026 Ann <ann@example.com> wrote:\n{quoted}"

    assert _read("Portal", body) == "Thanks!"


def test_signature_and_notes_of_a_forwarded_mail_are_not_read() -> None:
    """The forwarded writer's title is no more his message than the sender's."""
    mail = f"{OUTAGE}\n\nBest regards,\nAnn\nError 503 Manager\n\nDISCLAIMER: error 503"

    read = _read("Fwd: Portal", f"{MARKS[0]}\n{ENGLISH}\n\n{mail}")

    assert read == f"{OUTAGE}\n\nBest regards,"
