# SPDX-License-Identifier: GPL-3.0-or-later
"""What one of our people answered: "I have it", whole words for the customer, or a doubt."""

from __future__ import annotations

import pytest

from bot.rules.staff_words import beside_taking, doubt_of
from bot.rules.text_newpart import answer_part

ADA = ("Ada Agent", "ada")
SHOWN = ("escalations@acme.example", "ACM-4F7KQ2XN-M", "Portal is down")
OUTLOOK = (
    "\n\n-----Original Message-----\nFrom: Deskmate\nSent: Monday\nTo: team\n"
    "Subject: NEW CASE, nobody has it: ACM-4F7KQ2XN-M\n\nCustomer: Nora (plan gold, churn risk)"
)
FORWARDED = OUTLOOK.replace("-----Original Message-----", "---------- Forwarded message ---------")
UNMARKED = "\n\nOn 2 March 2026, Desk <escalations@acme.example> wrote:\nPortal is down"


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("I have it", ""),
        ("I have it, thanks!", ""),
        ("I’ll take it - thanks", ""),
        ("Hi all,\n\nMine.\n\nBest regards,\nAda", ""),
        ("I have it, Ada", ""),
        ("Jag tar den\n/Ada", ""),
        ("Ich übernehme, danke\n\nViele Grüße", ""),
        ("Беру, спасибо", ""),
        ("Taken\n\nRestart it, please", "Restart it, please"),
        ("Ok, please restart your client", None),
        ("I have it on good authority", None),
        ("Hi Nora,\n\nWe are on it.", None),
        ("Thanks", None),
        ("", None),
    ],
)
def test_taking_is_told_from_an_answer(text: str, beside: str | None) -> None:
    """Courtesies, a closing and one's own name say nothing to a customer."""
    assert beside_taking(text, ADA) == beside


WROTE = "On 2 March 2026 Nora <n@b.example> wrote:\n"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("We are on it.", "We are on it."),
        ("We are on it." + OUTLOOK, "We are on it."),
        ("See below." + FORWARDED, "See below."),
        ("We are on it." + UNMARKED, "We are on it."),
        (WROTE + "> Is it down?\nYes.\n\n> When is it back?\nAt noon.", "Yes.\n\nAt noon."),
        ("> NEW CASE: ACM-4F7KQ2XN-M\n> Is it down?\n\nYes.", "Yes."),
        ("On 2 March 2026 Nora <n@b.example> wrote:\n> Help\n\nWe are on it.", "We are on it."),
        (UNMARKED + "\n\nWe are on it.", None),
        ("Hi Nora," + UNMARKED + "\n\nWe are on it.", None),
        ("Please check these:\nFrom: a@b.example\nTo: d@e.example\nSubject: x\n\nBye", None),
        ("Set this\nFrom: a@b.example\nTo: d@e.example\nSubject: x\n\nBye" + OUTLOOK, None),
        ("> Is it down?", None),
    ],
)
def test_answer_is_sent_whole_or_not_at_all(text: str, sent: str | None) -> None:
    """A quotation of ours may be left out, and is never sent; what may be an answer is not cut."""
    answer = answer_part(text)

    assert (None if doubt_of(answer, SHOWN) else answer.text) == sent


@pytest.mark.parametrize(
    "text",
    [
        "Please do these two things:\n\n--\n1. Stop the service.\n2. Do not delete the folder.",
        "Please do this:\n\n--\nRestart it.",
        "Run:\n> net stop spooler\nand tell me",
        "Run:\n> net stop spooler\nand tell me" + "\n\n" + WROTE + "> Help",
        WROTE + "> Help\n\nRun this:\n\n> net stop spooler",
        "Set these.\nThanks\nServer: mail.acme.example\nPort: 993",
        "Do these.\nThanks\n- Restart\n- Log in",
        "Attention: external users must restart their client.\n\nThen log in.",
        "Try again.\n\nWarning: external disks go first.\n\nThen log in.",
        "Write this:\n\nThis message is intended only for tests.\n\nThen send it.",
    ],
)
def test_lines_left_out_hold_the_answer(text: str) -> None:
    """A command, a list or a setting that looks like a quotation or a signature is not lost."""
    assert doubt_of(answer_part(text), SHOWN)


@pytest.mark.parametrize(
    "below",
    [
        "--\nAda Agent\nHead of Support, Acme Ltd.\nTel: +46 8 123 45 67 | www.acme.example",
        "Best regards,\nAda\n\nAcme GmbH\nHauptstr. 5, 80331 Berlin\nGeschäftsführer: Max Muster",
        "-- \nAda Agent\nWe make support simple.",
        "Sent from my iPhone",
        "Thanks\nada\n\nThis e-mail is confidential and may be privileged.\nDelete it.",
        "--\nAda\n\nThis e-mail is confidential and may be privileged.",
    ],
)
def test_signature_and_legal_note_hold_no_answer(below: str) -> None:
    """Names, titles, addresses, numbers and a note at the end are no part of what is said."""
    banner = "CAUTION: This email originated from outside of the organization.\n\n"

    answer = answer_part(f"{banner}We are on it.\n\n{below}\n\n{WROTE}> Help")

    assert doubt_of(answer, SHOWN) == ""
    assert answer.text.startswith("We are on it.")
