# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in a person's place, and whose name is left alone."""

from __future__ import annotations

import json

import pytest

from bot.rules.forgetting import KnownAs, Scrubber, full_name, pseudonym_of

NORA = KnownAs(
    frozenset({"nora@x.io", "n.wind+1@x.io"}), frozenset({"Nora Wind", "Åsa Öst"}), frozenset({"7"})
)
SCRUBBER = Scrubber(NORA, "gone-1")
WHO = "gone-1@forgotten.invalid"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to NORA@x.io.", f"Write to {WHO}."),
        ("mail:nora@x.io", f"mail:{WHO}"),
        ("<nora@x.io>,n.wind+1@x.io", f"<{WHO}>,{WHO}"),
        ("elenora@x.io, nora@x.io.au, a+nora@x.io", "elenora@x.io, nora@x.io.au, a+nora@x.io"),
        ("nora\nWind and NORA  wind", "gone-1 and gone-1"),
        ("Nora Windsor, Eleonora Wind", "Nora Windsor, Eleonora Wind"),
        ("ÅSA ÖST", "gone-1"),
        ("", ""),
    ],
)
def test_only_the_person_is_replaced(text: str, expected: str) -> None:
    """Whoever is called almost the same keeps their name."""
    assert SCRUBBER.text(text) == expected


def test_json_stays_json() -> None:
    """Line breaks before a name, JSON within JSON, keys and ids: it is read, not searched."""
    inner = json.dumps({"quote": "so\nNora Wind", "person_id": "7"})
    row = {"to nora@x.io": [inner, "Åsa Öst", 7, None], "person_id": "7", "other_id": "7"}

    left = json.loads(SCRUBBER.column(json.dumps(row)))

    assert left == {
        f"to {WHO}": [left[f"to {WHO}"][0], "gone-1", 7, None],
        "person_id": "gone-1",
        "other_id": "7",
    }
    assert json.loads(left[f"to {WHO}"][0]) == {"quote": "so\ngone-1", "person_id": "gone-1"}


def test_what_names_nobody_is_not_touched() -> None:
    """A row of somebody else keeps its very bytes, even where it is no JSON after all."""
    for text in ('{"a": 1,  "b": "x"}', "[not json", '"nobody"'):
        assert SCRUBBER.column(text) == text


def test_a_name_of_one_word_is_a_word() -> None:
    """Nobody called May empties the month."""
    assert (full_name("May"), full_name(None)) == (frozenset(), frozenset())
    assert full_name(" May  Berg ") == {"May Berg"}


def test_pseudonym_needs_the_key() -> None:
    """The same person is the same one again; without the secret nobody can try addresses out."""
    first = pseudonym_of("Nora@x.io", "a secret")

    assert first == pseudonym_of("nora@x.io", "a secret")
    assert (
        len({first, pseudonym_of("nora@x.io", "another"), pseudonym_of("b@x.io", "a secret")}) == 3
    )
    assert "nora" not in first
