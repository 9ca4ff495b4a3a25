# SPDX-License-Identifier: GPL-3.0-or-later
"""A new ticket gets an internal note with what may answer it, or no note at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk, compiled_policy

from bot.rules.knowledge import Article, Knowledge, Library

POLICY = """
desk: knowing
knowledge: {help_centre: true}
categories: [question, other]
rules:
  articles:
    event: created
    then: {suggest: 3}
  receipt:
    event: created
    then: {reply: receipt}
templates:
  receipt: {en: "We have it, number {number}.\\n\\nRead on:\\n{articles}\\n\\nYour team"}
"""
ARTICLES = (
    Article("1", "Export a report to Excel", "Choose Export.", "en", "https://help.example/1"),
)
SOLVED = (Article("t1", "Report export to Excel hangs", "", "en", "#12", is_public=False),)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    compiled = compiled_policy(tmp_path, POLICY)
    made = Desk(replace(compiled, knowledge=Knowledge(Library(ARTICLES), Library(SOLVED))))
    yield made
    made.close()


def test_note_names_articles_and_solved_tickets(desk: Desk) -> None:
    """Whoever takes the ticket finds the address and the number; customers see nothing of it."""
    number = desk.write("Report export to Excel", "It hangs.")
    desk.run(timedelta(minutes=1))

    note = next(each for each in desk.notes(number) if each.startswith("Articles"))
    assert "Export a report to Excel: https://help.example/1" in note
    assert "Report export to Excel hangs (ticket #12)" in note
    notes = [each for each in desk.world.comments(number) if each.body == note]
    assert [each.is_public for each in notes] == [False]


def test_nothing_sure_is_no_note(desk: Desk) -> None:
    """An empty note helps nobody."""
    number = desk.write("Lunch on Friday?", "Shall we?")
    desk.run(timedelta(minutes=1))

    assert not any(each.startswith("Articles") for each in desk.notes(number))


def test_receipt_offers_public_articles(desk: Desk) -> None:
    """The customer may solve it alone; a solved ticket of somebody else is never shown."""
    number = desk.write("Report export to Excel", "It hangs.")
    desk.run(timedelta(minutes=1))

    [receipt] = [each for each in desk.notes(number) if each.startswith("We have it")]
    assert "- Export a report to Excel: https://help.example/1" in receipt
    assert "hangs" not in receipt


def test_receipt_without_articles_says_nothing_of_them(desk: Desk) -> None:
    """The paragraph goes with them."""
    number = desk.write("Lunch on Friday?", "Shall we?")
    desk.run(timedelta(minutes=1))

    [receipt] = [each for each in desk.notes(number) if each.startswith("We have it")]
    assert receipt == f"We have it, number {number}.\n\nYour team"
