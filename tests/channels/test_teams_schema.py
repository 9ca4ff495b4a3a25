# SPDX-License-Identifier: GPL-3.0-or-later
"""Every card is one by the schema that Microsoft publishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hostile_texts import HOSTILE, LANGUAGES, NOW, hostile_row
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.teams_card import payload
from bot.rules.actions import NoticeKind, Outgoing
from bot.texts.samples import samples

SCHEMA = Path(__file__).resolve().parents[1] / "data" / "adaptive_cards" / "schema-1.2.json"
VALIDATOR = jsonschema.Draft6Validator(json.loads(SCHEMA.read_text("utf-8")))


def _card(row: Outgoing) -> dict[str, Any]:
    """The card alone, without the key that only Teams knows."""
    card = json.loads(json.dumps(payload(row, now=NOW, names={})))["attachments"][0]["content"]
    card.pop("msteams")
    return card  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_card_of_every_kind_is_valid(kind: NoticeKind) -> None:
    """Early and late, taken and not, in every language."""
    for language in LANGUAGES:
        for notice in samples(kind, language):
            VALIDATOR.validate(_card(Outgoing("k", "teams:support", "o", notice)))


@settings(max_examples=100, deadline=None)
@given(text=HOSTILE, kind=st.sampled_from(NoticeKind), language=st.sampled_from(LANGUAGES))
def test_card_with_hostile_text_is_valid(text: str, kind: NoticeKind, language: str) -> None:
    """What a customer wrote makes no other card of it."""
    VALIDATOR.validate(_card(hostile_row(text, kind, language, "teams:support")))


@pytest.mark.parametrize(
    "broken",
    [{"colour": "red"}, {"body": [{"type": "TextBlock"}]}, {"body": [{"type": "Table"}]}],
)
def test_schema_notices_what_is_wrong(broken: dict[str, Any]) -> None:
    """An unknown key, a block without its text, an element of a later version."""
    card = _card(hostile_row("x", NoticeKind.RULE, "en", "teams:support"))

    assert not VALIDATOR.is_valid({**card, **broken})
