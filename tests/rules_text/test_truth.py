# SPDX-License-Identifier: GPL-3.0-or-later
"""Three-valued logic never turns a failed look-up into an action."""

from __future__ import annotations

from itertools import product

import pytest

from bot.rules.truth import Truth, all_of, any_of, not_, truth_of

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(("answer", "expected"), [(T, F), (F, T), (U, U)])
def test_the_opposite_of_unknown_is_unknown(answer: Truth, expected: Truth) -> None:
    """`unless` on a fact that nobody could read does not hold."""
    assert expected is not_(answer)


@pytest.mark.parametrize(
    ("answers", "expected_all", "expected_any"),
    [
        ([], T, F),
        ([T, T], T, T),
        ([T, F], F, T),
        ([F, F], F, F),
        ([U, F], F, U),
        ([U, T], U, T),
        ([U, U], U, U),
        ([T, U, F], F, T),
    ],
)
def test_false_decides_all_and_true_decides_any(
    answers: list[Truth], expected_all: Truth, expected_any: Truth
) -> None:
    """An unknown line matters only where the known ones do not decide."""
    assert (expected_all, expected_any) == (all_of(answers), any_of(answers))


def test_all_and_any_are_each_other_turned_round() -> None:
    """De Morgan's laws hold for every triple, so `unless` may be moved inwards."""
    for triple in product((T, F, U), repeat=3):
        turned = [not_(answer) for answer in triple]

        assert not_(all_of(triple)) is any_of(turned)
        assert not_(any_of(triple)) is all_of(turned)


def test_reading_stops_when_the_answer_is_clear() -> None:
    """A costly condition after a false one is never evaluated."""
    answers = iter([T, F, U])

    assert all_of(answers) is F
    assert list(answers) == [U]


def test_a_truth_is_not_taken_for_a_bool() -> None:
    """`if answer:` is a bug, and says so."""
    with pytest.raises(TypeError, match="not a bool"):
        bool(U)


def test_plain_answers_become_truths() -> None:
    """None is what a look-up returns that could not be made."""
    assert [truth_of(True), truth_of(False), truth_of(None)] == [T, F, U]
