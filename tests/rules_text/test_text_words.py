# SPDX-License-Identifier: GPL-3.0-or-later
"""Word lists find whole words, phrases and open words, in five languages, with evidence."""

from __future__ import annotations

import pytest

from bot.rules.text import Findings, ListSpec, Scope, compile_lists, find, prepare
from bot.rules.truth import Truth

LISTS = {
    "service": ListSpec({"en": ("portal", "system"), "fr": ("api",), "ru": ("портал",)}),
    "down": ListSpec(
        {"en": ("down", "unavailable"), "de": ("nicht erreichbar",), "sv": ("ligger nere",)},
        excepted=("drop-down", "down payment"),
    ),
    "outage": ListSpec(
        {
            "en": ("outage", "error 503", "down for everyone"),
            "de": ("*ausfall", "störung*"),
            "fr": ("panne générale", "plus aucun sms"),
            "sv": ("*driftstopp", "fel*"),
            "ru": ("сбой", "не работает", "ещё лежит"),
        }
    ),
    "accents": ListSpec({"fr": ("panne générale", "dérangé*"), "sv": ("nåbar",)}, fold=True),
    "holds": ListSpec({"de": ("*störung*", "*kann* sich anmelden")}),
}


def _find(body: str, subject: str | None = "", *, is_reply: bool = False) -> Findings:
    message = prepare(subject, body, is_reply=is_reply)
    return find(compile_lists(LISTS), message)


def _found(name: str, body: str) -> list[str]:
    return [hit.found for hit in _find(body).hits(name) if hit.counts]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("We have an outage.", ["outage"]),
        ("OUTAGE!!!", ["OUTAGE"]),
        ("outages happen, outaged too", []),
        ("no-outage-zone is a word, outage-like too", ["outage"]),
        ("API-fel sedan i morse", ["fel"]),
        ("felet och Felkod", ["felet", "Felkod"]),
        ("profel", []),
        ("Totalausfall und Stromausfall", ["Totalausfall", "Stromausfall"]),
        ("Ausfallsicherheit", []),
        ("STÖRUNGEN im Netz", ["STÖRUNGEN"]),
        ("sto\u0308rung", ["sto\u0308rung"]),
        ("Error\n503", ["Error 503"]),
        ("error: 503", ["error: 503"]),
        ("an error. 503 people", []),
        ("down, for everyone it is", []),
        ("ЕЩЕ ЛЕЖИТ", ["ЕЩЕ ЛЕЖИТ"]),
        ("ещё лежит", ["ещё лежит"]),
        ("out\u00adage and out\u200bage", ["out\u00adage", "out\u200bage"]),
        ("ｏｕｔａｇｅ", ["ｏｕｔａｇｅ"]),
        ("_outage_ and *outage*", ["outage", "outage"]),
        ("Plus aucun SMS ne part", ["Plus aucun SMS"]),
        ("panne generale", []),
    ],
)
def test_whole_words_are_found(body: str, expected: list[str]) -> None:
    """Words count whole, in any case and spelling, by parts only where a hyphen divides them."""
    assert _found("outage", body) == expected


def test_accents_may_be_forgotten_where_a_list_says_so() -> None:
    """A list that folds finds "panne generale" and "derange" as well as the right spelling."""
    assert _found("accents", "PANNE GENERALE, derangement, Panne Générale") == [
        "PANNE GENERALE",
        "derangement",
        "Panne Générale",
    ]
    assert _found("accents", "ej nabar") == []


def test_words_open_at_both_ends_are_found_inside() -> None:
    """An entry may be open on both sides, alone and within a phrase."""
    assert _found("holds", "Entstörungsdienst") == ["Entstörungsdienst"]
    assert _found("holds", "er kannte sich anmelden") == ["kannte sich anmelden"]


def test_the_evidence_says_list_words_and_place() -> None:
    """`explain` prints which list, which words and where they stand."""
    hit = _find("Hello,\nthe portal shows Error 503 again").hits("outage")[0]

    assert hit.evidence() == 'list "outage": "Error 503" in the body, word 5'
    assert (hit.entry, hit.language, hit.length) == ("error 503", "en", 2)
    assert "Hello,\nthe portal shows Error 503 again"[slice(*hit.span)] == "Error 503"


def test_offsets_hold_where_spelling_changes_lengths() -> None:
    """Ligatures, soft hyphens and decomposed letters before a hit do not move it."""
    body = "ﬁle ½ cafe\u0301 … stö\u00adrt — Outage"
    hit = _find(body).hits("outage")[0]

    assert body[slice(*hit.span)] == "Outage"


def test_exceptions_mask_their_words() -> None:
    """The "down" of a drop-down is no hit, the one beside it is."""
    hits = _find("The drop-down is down").hits("down")

    assert [(hit.word, hit.excepted_by) for hit in hits] == [(3, "drop-down"), (5, None)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The portal is down.", Truth.TRUE),
        ("The portal works. My chair is down.", Truth.FALSE),
        ("Portal: unavailable since 9.30 today", Truth.TRUE),
        ("The system, e.g. the portal, has been\ndown since nine.", Truth.TRUE),
        ("Hello portal team\nPrices go down", Truth.FALSE),
        ("- portal\n- down payment due", Truth.FALSE),
        ("Das System ist\nnicht erreichbar", Truth.TRUE),
        ("Das System ist nicht erreichbar seit v1.2", Truth.TRUE),
        ("The portal has a drop-down", Truth.FALSE),
        ("The portal is not down", Truth.FALSE),
        ("The portal?! Down it is", Truth.FALSE),
    ],
)
def test_two_lists_must_stand_in_one_sentence(body: str, expected: Truth) -> None:
    """`says: [service, down]` wants both in the same sentence, and neither denied."""
    assert _find(body).says(["service", "down"]).truth is expected


def test_one_word_does_not_serve_two_lists() -> None:
    """A word in both lists is not a sentence that says both."""
    both = {"a": ListSpec({"en": ("down",)}), "b": ListSpec({"en": ("down", "is down")})}
    findings = find(compile_lists(both), prepare("", "it is down"))

    assert findings.says(["a", "b"]).truth is Truth.FALSE
    twice = find(compile_lists(both), prepare("", "down, really down"))
    assert twice.says(["a", "b"]).truth is Truth.TRUE


def test_the_subject_counts_on_new_messages_only() -> None:
    """A reply carries the first mail's subject, which is history."""
    assert _find("see above", "Outage").says("outage").hits[0].where == "subject"
    assert _find("see above", "Re: Outage", is_reply=True).says("outage").truth is Truth.FALSE


def test_subject_and_body_are_never_one_sentence() -> None:
    """A list in the subject and one in the body are not said together."""
    assert _find("down it went", "Portal").says(["service", "down"]).truth is Truth.FALSE


def test_a_part_that_could_not_be_read_makes_absence_unknown() -> None:
    """Without the body nobody knows that a word is not in it; in the subject it counts."""
    vocabulary = compile_lists(LISTS)

    assert find(vocabulary, prepare("Hello", None)).says("outage").truth is Truth.UNKNOWN
    assert find(vocabulary, prepare("Outage", None)).says("outage").truth is Truth.TRUE
    assert find(vocabulary, prepare(None, "hi", is_reply=True)).says("outage").truth is Truth.FALSE


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [(Truth.TRUE, Truth.FALSE), (Truth.FALSE, Truth.TRUE), (Truth.UNKNOWN, Truth.TRUE)],
)
def test_machine_mail_says_nothing(verdict: Truth, expected: Truth) -> None:
    """An out-of-office note about an outage is no outage; where nobody knows, it is read."""
    message = prepare("Outage", "total outage", is_machine=verdict)

    assert find(compile_lists(LISTS), message).says("outage").truth is expected


def test_quoted_history_is_searched_only_when_asked() -> None:
    """The new part is searched unless a rule asks for the whole text."""
    message = prepare("x", "Thanks!\n\n> total outage")
    vocabulary = compile_lists(LISTS)

    assert find(vocabulary, message).says("outage").truth is Truth.FALSE
    assert find(vocabulary, message, Scope.WHOLE).says("outage").truth is Truth.TRUE


def test_two_languages_in_one_mail_are_both_read() -> None:
    """All languages' lists are searched, whatever language a mail begins in."""
    body = "Hej, portalen är seg.\n\nHello, Stromausfall bei uns, plus aucun SMS, сбой."

    assert _found("outage", body) == ["Stromausfall", "plus aucun SMS", "сбой"]


def test_html_is_read_as_shown() -> None:
    """Mark-up inside a word does not hide it, script and style do not count."""
    html = "<style>outage</style><p>Total out<b>age</b> at <i>9</i></p>"
    findings = find(compile_lists(LISTS), prepare("x", html, is_html=True))

    assert [hit.found for hit in findings.hits("outage")] == ["outage"]


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        ("f*l", "beginning or the end"),
        ("*", "no word"),
        ("...", "no word"),
        ("", "no word"),
        ("fel *", "must touch"),
        ("a" * 201, "longer than"),
    ],
)
def test_a_bad_entry_is_a_problem_not_an_error(entry: str, part: str) -> None:
    """A mistake in a list is named, and the other entries still work."""
    vocabulary = compile_lists({"x": ListSpec({"en": (entry, "outage")})})

    assert [part in problem.text for problem in vocabulary.problems] == [True]
    assert find(vocabulary, prepare("", "outage")).says("x").truth is Truth.TRUE


def test_the_index_sees_which_lists_occur() -> None:
    """`seen` names the lists with any word in the text, so that other rules need no look."""
    assert _find("portal drop-down").seen == {"service", "down"}
