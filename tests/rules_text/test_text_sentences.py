# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists meet in one sentence: all of some, one of others, and none of a third sort."""

from __future__ import annotations

import pytest

from bot.rules.text import ListSpec, compile_lists, find, prepare
from bot.rules.truth import Truth

LISTS = {
    "service": ListSpec({"en": ("portal", "api")}),
    "down": ListSpec({"en": ("down", "unavailable")}),
    "slow": ListSpec({"en": ("slow", "late")}),
    "planned": ListSpec({"en": ("planned", "will be")}),
}


def _says(body: str, *, one_of: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Truth:
    findings = find(compile_lists(LISTS), prepare("", body, is_reply=False))
    return findings.says("service", one_of=one_of, without=without).truth


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The portal is down", Truth.TRUE),
        ("The portal is slow", Truth.TRUE),
        ("The portal is nice. My dog is slow", Truth.FALSE),
        ("The portal is nice", Truth.FALSE),
    ],
)
def test_one_of_several_lists_is_enough(body: str, expected: Truth) -> None:
    """Beside the named list a word of any of the others must stand in the same sentence."""
    assert _says(body, one_of=("down", "slow")) is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The portal will be down", Truth.FALSE),
        ("The portal is down. Works are planned", Truth.TRUE),
        ("The portal will be down. And the API is down now", Truth.TRUE),
        ("The portal is down, it was not planned", Truth.TRUE),
    ],
)
def test_list_that_spoils_a_sentence_spoils_that_one_only(body: str, expected: Truth) -> None:
    """A word of `without` takes back its own sentence, unless the word itself is denied."""
    assert _says(body, one_of=("down",), without=("planned",)) is expected


def test_one_list_can_be_spoilt_too() -> None:
    """`without` needs no second list beside the first."""
    assert _says("A planned portal", without=("planned",)) is Truth.FALSE
    assert _says("A planned portal. Our portal", without=("planned",)) is Truth.TRUE
