# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read: the same facts in the same order, bounded, in five languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.actions import Notice, NoticeKind
from bot.texts.render import GREATEST_BODY, GREATEST_FACT, GREATEST_LINE, Rendered, render

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LANGUAGES = ("en", "fr", "de", "sv", "ru")
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
"""The alphabet of an SMS; any other letter halves its length."""
WARNING = Notice(
    kind=NoticeKind.SLA_WARNING, thread="ticket:T1", at=NOW, number=48213,
    title="Nobody can log in", customer="Anna Berg", organisation="Nordbo AB", priority="urgent",
    category="incident", clock="first_response", due_at=NOW + timedelta(minutes=30),
    quote="Nobody can log in since 4 pm", language="en", zone="Europe/Berlin",
    buttons=("acknowledge",),
)  # fmt: skip


def _every(kind: NoticeKind, language: str, **values: object) -> Rendered:
    notice = replace(WARNING, kind=kind, language=language, **values)  # type: ignore[arg-type]
    return render(notice, now=NOW)


def test_first_line_is_enough() -> None:
    """The headline says what is asked, by when, how long is left, which ticket and whose."""
    rendered = render(WARNING, now=NOW)

    assert rendered.headline == "FIRST REPLY DUE 10:30 (30 min left): #48213 Nordbo AB"


def test_facts_keep_their_order() -> None:
    """Ticket, customer, priority, time left, who has it: always in this order."""
    rendered = render(WARNING, now=NOW)

    assert rendered.facts == (
        ("Ticket", "#48213 Nobody can log in"),
        ("Customer", "Anna Berg, Nordbo AB"),
        ("Priority", "urgent, incident"),
        ("Due", "10:30 CET (30 min left)"),
        ("Who has it", "nobody yet"),
    )
    assert rendered.body == "“Nobody can log in since 4 pm”"
    assert rendered.buttons == (("acknowledge", "I have it"),)


@pytest.mark.parametrize("kind", NoticeKind)
def test_languages_tell_the_same(kind: NoticeKind) -> None:
    """Every language has each kind, with as many facts, the same figures and the same buttons."""
    english = _every(kind, "en")

    for language in LANGUAGES:
        other = _every(kind, language)
        assert other.language == language
        assert len(other.facts) == len(english.facts)
        assert [action for action, _ in other.buttons] == ["acknowledge"]
        for figure in ("10:30", "#48213", "Nordbo AB"):
            assert (figure in other.headline) == (figure in english.headline)
        assert bool(other.body) == bool(english.body)
        assert bool(other.next_step) == bool(english.next_step)


@pytest.mark.parametrize("language", LANGUAGES)
def test_storm_counts_customers_if_any(language: str) -> None:
    """A storm of alerts has no customers, and speaks of none."""
    of_alerts = _every(NoticeKind.STORM, language, soon=14)
    of_tickets = _every(NoticeKind.STORM, language, soon=14, customers=3)

    assert "14" in of_alerts.headline
    assert "," not in of_alerts.headline
    assert "3" in of_tickets.headline.partition(",")[2]


@pytest.mark.parametrize("kind", [NoticeKind.SILENCE, NoticeKind.MAINTENANCE])
def test_silence_says_when_it_is_over(kind: NoticeKind) -> None:
    """A silence is not due: it lasts until then, and afterwards its headline says that it ended."""
    begun = _every(kind, "en", title="", number=None)
    over = _every(kind, "en", title="", number=None, due_at=NOW)

    assert begun.headline == f"{kind.upper()} until 10:30"
    assert ("Until", "10:30 CET (30 min left)") in begun.facts
    assert over.headline == f"{kind.upper()} over since 10:00"


@pytest.mark.parametrize("language", ["fr", "de", "sv", "ru"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_languages_are_written_not_copied(kind: NoticeKind, language: str) -> None:
    """No sentence of another language is left in English."""
    said = _every(kind, language, owner=None)
    english = _every(kind, "en", owner=None)

    assert said.short != english.short
    assert not {label for label, _ in said.facts} & {"Customer", "Due", "Who has it", "Since"}


def test_unknown_language_is_english() -> None:
    """A language we do not have reads in English, a variant in its own language."""
    assert _every(NoticeKind.RULE, "tlh").language == "en"
    assert _every(NoticeKind.RULE, "de-AT").language == "de"
    assert _every(NoticeKind.RULE, "sv_SE").language == "sv"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("refused_elsewhere:slack, the token is revoked", "failed: Slack, the token is revoked."),
        ("slow_elsewhere:mail", "did not take it: mail."),
        ("undelivered:3, teams, slack, it says", "reached nobody: 3, Teams, slack, it says (see"),
    ],
)
def test_ways_are_called_as_people_call_them(reason: str, said: str) -> None:
    """Slack and Teams have their capitals where a message says which way failed."""
    shown = render(replace(WARNING, reason=reason), now=NOW)

    assert said in shown.body


def test_late_message_says_so() -> None:
    """More than five minutes late, a message names its true time; the time left is of now."""
    in_time = render(WARNING, now=NOW + timedelta(minutes=5))
    late = render(WARNING, now=NOW + timedelta(minutes=6))

    assert "late" not in in_time.body
    assert late.body.splitlines()[0] == "Delivered late: this is as of 10:00 CET."
    assert "24 min left" in late.headline


def test_warning_that_comes_too_late_does_not_say_left() -> None:
    """A warning delivered after the time it warns of says that it has passed."""
    late = render(WARNING, now=NOW + timedelta(minutes=40))

    assert late.headline == "FIRST REPLY WAS DUE 10:30 (10 min ago): #48213 Nordbo AB"


def test_owner_is_named() -> None:
    """With an owner, the message says who and asks nobody else."""
    owned = render(replace(WARNING, owner="mara"), now=NOW, names={"mara": "Mara Voss"})

    assert ("Who has it", "Mara Voss") in owned.facts
    assert owned.next_step == "" and owned.short.endswith("Mara Voss has it.")


def test_own_codes_get_their_names() -> None:
    """Codes are shown by their display names, else with spaces for underscores."""
    notice = replace(WARNING, priority="level_1", category="bug", clock="engineer_call")
    rendered = render(notice, now=NOW, names={"bug": "Fault"})

    assert ("Priority", "level 1, Fault") in rendered.facts
    assert rendered.headline.startswith("ENGINEER CALL DUE 10:30")


def test_codes_of_reasons_are_sentences() -> None:
    """Reasons and next steps that have a code are said in the reader's language."""
    down = replace(
        WARNING, kind=NoticeKind.HELPDESK_DOWN, thread="outage:1", reason="relapsed",
        next_step="mailbox:help@acme.example", language="sv",
    )  # fmt: skip
    rendered = render(down, now=NOW)

    assert "Det var uppe en stund och gick ner igen." in rendered.body
    assert rendered.next_step == "Arbeta från help@acme.example så länge."


@pytest.mark.parametrize("language", LANGUAGES)
def test_good_news_calls_for_nobody(language: str) -> None:
    """Only what wants an administrator says so, first thing in the subject and in the SMS."""
    fails, works = (
        _every(NoticeKind.ADMIN, language, reason=reason)
        for reason in ("writes_fail", "writes_work")
    )

    first = [each.headline.partition(fails.colon.strip())[0] for each in (fails, works)]
    assert "ADMINISTRAT" in first[0] or "АДМИНИСТРАТОР" in first[0]
    assert first[1].isupper() and "ADMINISTRAT" not in first[1] and "АДМИН" not in first[1]
    assert works.short.startswith("Deskmate")


def test_sentences_without_a_code_stay() -> None:
    """A reason that somebody wrote in the policy is shown as it is."""
    rendered = render(replace(WARNING, reason="Urgent: call the stand-by."), now=NOW)

    assert "Urgent: call the stand-by." in rendered.body.splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_sms_holds_no_customers_words(kind: NoticeKind, language: str) -> None:
    """What goes out by SMS has no quote, no name of a customer and fits with its link."""
    said = _every(kind, language, title="Zzz secret", organisation="Zzz AB", customer="Zzz")

    if kind is not NoticeKind.ALERT and kind is not NoticeKind.ADMIN:
        assert "Zzz" not in said.short
    assert "log in" not in said.short
    assert len(said.short) <= 150 and "\n" not in said.short


@pytest.mark.parametrize("language", ["en", "fr", "de", "sv"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_sms_keeps_to_its_alphabet(kind: NoticeKind, language: str) -> None:
    """Languages whose letters an SMS knows use no letter that would halve it."""
    foreign = set(_every(kind, language, owner="Mara").short) - GSM

    assert foreign <= set("ÀÈÊÔ")


def test_french_sms_keeps_the_space_before_a_colon() -> None:
    """A plain one: the alphabet of an SMS has no other."""
    said = render(replace(WARNING, kind=NoticeKind.ALERT, title="Disk", language="fr"), now=NOW)

    assert said.short.startswith("ALERTE : Disk")


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=3_000),
    kind=st.sampled_from(NoticeKind),
    language=st.sampled_from(LANGUAGES),
    minutes=st.integers(-100_000, 100_000),
)
def test_any_text_stays_bounded(text: str, kind: NoticeKind, language: str, minutes: int) -> None:
    """Whatever the fields hold, lengths are bounded and headline and short are one line."""
    said = _every(
        kind, language, title=text, customer=text, organisation=text, quote=text, owner=text,
        reason=text, next_step=text, priority=text, clock=text, zone=text[:20],
        due_at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip

    assert 0 < len(said.headline) <= 150 and 0 < len(said.short) <= 150
    assert len(said.body) <= GREATEST_BODY and len(said.next_step) <= GREATEST_LINE
    assert all(label and value and len(value) <= GREATEST_FACT for label, value in said.facts)
    for line in (said.headline, said.short, said.next_step, *said.body.split("\n")):
        assert len(line.splitlines()) <= 1


def test_customers_braces_are_no_template() -> None:
    """Template marks that a customer wrote are shown, not carried out."""
    said = render(replace(WARNING, title="{{ 7 * 7 }} {% raw %}", quote="{{ colon }}"), now=NOW)

    assert ("Ticket", "#48213 {{ 7 * 7 }} {% raw %}") in said.facts
    assert "{{ colon }}" in said.body
