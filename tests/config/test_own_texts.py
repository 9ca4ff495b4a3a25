# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk words its messages anew, and hears at load what no channel could show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config.load import Loaded, load_policy
from bot.rules.actions import NoticeKind
from bot.texts.render import render
from bot.texts.samples import NOW, samples


def _told(folder: Path, part: str, text: str, kind: str = "sla_warning") -> list[str]:
    policy = f"desk: a\ntexts:\n  {kind}:\n    en:\n      {part}: |-\n        {text}\n"
    (folder / "rules.yaml").write_text(policy, encoding="utf-8")
    loaded = load_policy(folder, this_year=2026)
    return [] if isinstance(loaded, Loaded) else [str(each) for each in loaded]


@pytest.mark.parametrize(
    ("part", "text", "told"),
    [
        ("headline", "{{ ticket }" + "}" + "x" * 150, "158 characters with ordinary facts"),
        ("headline", "{% if is_overdue %}late{% endif %}", "says nothing"),
        ("headline", "{{ tikcet }}", "'tikcet' is no fact"),
        ("headline", "{{ ticket", "unexpected end of template"),
        ("headline", "{% for x in ticket %}a{% endfor %}", "for is not allowed here"),
        ("headline", "{{ ticket.__class__ }}", "getattr is not allowed here"),
        ("headline", "{{ 'x' * 999999999 }}", "mul is not allowed here"),
        ("headline", "{{ ticket | center(99999999) }}", "no filter 'center'"),
        ("headline", "{% include 'en/rule.j2' %}", "include is not allowed here"),
        ("short", "{{ title }}", "'title' is a customer's word"),
        ("short", "{{ clock }}" + "x" * 150, "characters with ordinary facts; keep it within 150"),
        ("subject", "x", "unknown key 'subject'"),
    ],
)
def test_text_that_cannot_be_shown_is_refused(
    tmp_path: Path, part: str, text: str, told: str
) -> None:
    """Too long, empty, misspelt or able to do more than say something: a mistake with its place."""
    [found] = _told(tmp_path, part, text)

    assert told in found
    assert ":5:" in found


def test_kind_that_nobody_sends_is_refused(tmp_path: Path) -> None:
    """A misspelt kind of message is named with the nearest one."""
    [found] = _told(tmp_path, "headline", "x", kind="sla_warnign")

    assert "no message is called 'sla_warnign'; did you mean 'sla_warning'?" in found


def test_own_words_are_read_and_the_rest_stays() -> None:
    """The desk's headline stands in the place of ours; facts, body and buttons are as they were."""
    notice = next(samples(NoticeKind.SLA_WARNING, "en"))
    own = {"sla_warning": {"en": {"headline": "Hurry: {{ subject | upper }}"}}}

    ours, theirs = render(notice, now=NOW), render(notice, now=NOW, texts=own)

    assert theirs.headline == "Hurry: #1234567 NORDIC FREIGHT AB"
    assert (theirs.facts, theirs.body, theirs.short) == (ours.facts, ours.body, ours.short)


def test_words_of_a_customer_are_never_a_template() -> None:
    """What a customer wrote into braces is shown as it was written."""
    [*_, notice] = samples(NoticeKind.RULE, "en")
    own = {"rule": {"en": {"headline": "{{ owner }}: {{ title }}"}}}

    said = render(replace(notice, title="{{ 7 * 7 }} {% if %}"), now=NOW, texts=own)

    assert said.headline == "Maximiliane Wolff: {{ 7 * 7 }} {% if %}"


def test_text_that_fails_gives_way_to_ours() -> None:
    """A part that cannot be filled in costs its words, never the message."""
    notice = next(samples(NoticeKind.RULE, "en"))
    own = {"rule": {"en": {"headline": "{{ nobody_knows }}"}}}

    assert render(notice, now=NOW, texts=own) == render(notice, now=NOW)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_our_own_texts_fit_every_channel(kind: NoticeKind) -> None:
    """With ordinary facts no shipped headline or SMS is cut, in any language."""
    for language in ("en", "fr", "de", "sv", "ru"):
        for notice in samples(kind, language):
            said = render(notice, now=NOW)

            assert said.headline and not said.headline.endswith("…")
            assert said.short and not said.short.endswith("…")
