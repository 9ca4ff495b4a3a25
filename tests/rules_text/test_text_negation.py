# SPDX-License-Identifier: GPL-3.0-or-later
"""Denied faults wake nobody, and faults told with a "not" still do, in five languages."""

from __future__ import annotations

import pytest

from bot.rules.text import Hit, ListSpec, Negation, compile_lists, find, prepare

WORDS = {
    "en": ("outage", "down", "error 503", "no one can log in"),
    "de": ("*ausfall", "störung", "nicht erreichbar"),
    "fr": ("panne", "en panne", "plus aucun sms"),
    "sv": ("driftstopp", "nere", "fel"),
    "ru": ("сбой", "сбоя", "сбоев", "не работает"),
}


def _hits(body: str, negation: Negation = Negation.NEAR) -> list[Hit]:
    vocabulary = compile_lists({"fault": ListSpec(WORDS, negation=negation)})
    return list(find(vocabulary, prepare("", body)).hits("fault"))


def _counts(body: str, negation: Negation = Negation.NEAR) -> bool:
    return any(hit.counts for hit in _hits(body, negation))


@pytest.mark.parametrize(
    "body",
    [
        "There is no outage.",
        "NO OUTAGE",
        "We don't have an outage",
        "We don’t have any outage",
        "it isn't down",
        "it isnt down",
        "The portal is not down",
        "No errors or outage here",
        "neither slow nor down",
        "running without an outage",
        "I can't see any outage",
        "it was never down",
        "Es gibt keinen Ausfall.",
        "kein Stromausfall",
        "Das System ist nicht down",
        "ohne Ausfall",
        "Störung nicht vorhanden",
        "Aucune panne à signaler",
        "Pas de panne chez nous",
        "L'API n'est plus en panne",
        "Il n’y a pas de panne",
        "sans panne",
        "Det är inget driftstopp",
        "Portalen är inte nere",
        "utan fel",
        "Vi har aldrig haft driftstopp",
        "Нет сбоя",
        "Сбоя нет",
        "Сбоя нет у наших клиентов",
        "Сбоев не наблюдается",
        "без сбоев",
        "это не сбой",
    ],
)
def test_denied_faults_do_not_count(body: str) -> None:
    """A cue near the word takes it back, in any of the five languages."""
    assert _hits(body) != []
    assert not _counts(body)


@pytest.mark.parametrize(
    "body",
    [
        "No, there is an outage",
        "I do not know why, but it is down",
        "This is not a drill. Outage!",
        "No one can log in",
        "no one can log in",
        "We cannot log in since the outage",
        "It is not working since the outage",
        "API does not respond, outage",
        "not only slow but down",
        "not resolved, still down",
        "outage not resolved yet",
        "Order no 4711 shows error 503",
        "Portal geht nicht seit dem Ausfall",
        "funktioniert nicht Totalausfall",
        "Ausfall nicht behoben",
        "nicht langsam sondern down",
        "nicht erreichbar",
        "nicht nur langsam Totalausfall",
        "Plus aucun SMS ne part",
        "Ne fonctionne pas panne totale",
        "pas lent mais en panne",
        "ça ne marche plus, panne",
        "Har ni driftstopp",
        "fungerar inte driftstopp",
        "inte långsam utan nere",
        "inte bara långsam driftstopp",
        "не работает",
        "не работает сбой",
        "не медленно но сбой",
        "почему не отвечает сбой",
        "non-production outage",
        "the no-code editor is down",
        "no reports from us for many weeks now outage",
    ],
)
def test_real_faults_told_with_a_negation_count(body: str) -> None:
    """ "Not working", "no one can", "not only" and far or ended cues deny no fault."""
    assert _counts(body)


def test_adjacent_reaches_one_word_only() -> None:
    """A list may ask that only the word right before counts as a cue."""
    assert not _counts("no outage", Negation.ADJACENT)
    assert not _counts("it isn't down", Negation.ADJACENT)
    assert _counts("no big outage", Negation.ADJACENT)


def test_negation_can_be_switched_off() -> None:
    """With `off` every hit counts."""
    assert _counts("there is no outage", Negation.OFF)


def test_a_denied_hit_names_its_cue() -> None:
    """`explain` shows the words that took a hit back."""
    assert [hit.negated_by for hit in _hits("we don't have an outage")] == ["don't"]
    assert _hits("Сбоя нет")[0].evidence().endswith('word 1, denied by "нет"')


@pytest.mark.parametrize("end", [". ", ", ", "; ", ": ", "! ", "? ", " - ", " (", "\n\n", "\n- "])
def test_punctuation_ends_a_cues_reach(end: str) -> None:
    """What stands behind punctuation is not denied by what stands before."""
    assert _counts(f"We did not{end}outage")


@pytest.mark.parametrize("joint", [" ", "  ", "\n", '"', " **", "/"])
def test_blanks_and_quotes_do_not_end_a_cues_reach(joint: str) -> None:
    """A wrapped line, quotation marks and emphasis leave a denial whole."""
    assert not _counts(f"there is no{joint}outage")
