# SPDX-License-Identifier: GPL-3.0-or-later
"""Articles are found by other forms of their words, in five languages, or nothing is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.knowledge import Article, Library

DATA = json.loads((Path(__file__).parents[1] / "data" / "knowledge.json").read_text("utf-8"))
ARTICLES = tuple(
    Article(each["id"], each["title"], each["body"], each["language"]) for each in DATA["articles"]
)
LIBRARY = Library(ARTICLES)


def answers(rows: Iterable[dict[str, str | None]]) -> dict[str, int]:
    """How often the first suggestion is the right one, another, or missing."""
    counts = {"right": 0, "other": 0, "missing": 0, "unwanted": 0}
    for row in rows:
        found = LIBRARY.suggest(str(row["text"]), most=1)
        first = found[0].article.article_id if found else None
        match row["answer"], first:
            case None, None:
                pass
            case None, _:
                counts["unwanted"] += 1
            case wanted, None:
                counts["missing"] += 1
            case wanted, _:
                counts["right" if wanted == first else "other"] += 1
    return counts


@pytest.mark.parametrize(
    ("text", "article_id"),
    [
        ("exporting reports", "en-export"),
        ("les expéditeurs personnalisés", "fr-expediteur"),
        ("l'expediteur", "fr-expediteur"),
        ("Excel-Export der Berichte", "de-export"),
        ("Etikettendrucker", "de-drucken"),
        ("rapporternas export till Excel", "sv-rapport"),
        ("выгружаю отчётами", "ru-vygruzka"),
        ("восстановлению паролей", "ru-parol"),
    ],
)
def test_other_forms_of_a_word_find_the_article(text: str, article_id: str) -> None:
    """Endings, missing accents and compounds do not hide an article."""
    found = LIBRARY.suggest(text)

    assert [each.article.article_id for each in found][:1] == [article_id]


@pytest.mark.parametrize(("part", "least"), [("questions", 0.95), ("blind", 0.75), ("later", 0.9)])
def test_right_article_or_none(part: str, least: float) -> None:
    """Most questions find their article; no other one is put first, and no idle talk finds any."""
    rows = DATA[part]
    wanted = sum(row["answer"] is not None for row in rows)

    counts = answers(rows)

    assert counts["right"] >= least * wanted, counts
    assert counts["other"] == counts["unwanted"] == 0, counts


def test_long_mail_with_greetings_finds_its_article() -> None:
    """Politeness around the matter does not hide it."""
    body = (
        "Hi team, hope you had a nice weekend. Since the move to the new office two of our "
        "colleagues from accounting have been trying to export the monthly sales report to Excel "
        "but nothing happens after they click. Kind regards, Bob Miller, Acme Ltd"
    )

    [first, *_] = LIBRARY.suggest("Question", body)

    assert first.article.article_id == "en-export"


def test_score_lies_between_floor_and_one() -> None:
    """A score is a share, and the surest comes first."""
    found = LIBRARY.suggest("password export report users invoices", floor=0.05, most=10)

    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0.05 <= score <= 1.0 for score in scores)


def test_reader_gets_own_language_first() -> None:
    """Of two articles on one matter the one that the reader understands comes first."""
    german = LIBRARY.suggest("Excel Export", language="de", floor=0.2)
    swedish = LIBRARY.suggest("Excel export", language="sv", floor=0.2)

    assert german[0].article.article_id == "de-export"
    assert swedish[0].article.article_id == "sv-rapport"


def test_internal_articles_stay_inside() -> None:
    """What customers may ask never shows an article that is not for them."""
    secret = Article("secret", "Reset the root password", "Ask operations.", is_public=False)
    library = Library((secret,))

    assert library.suggest("reset the root password", is_public_only=True) == ()
    assert library.suggest("reset the root password") != ()


def test_empty_library_and_empty_question_suggest_nothing() -> None:
    """Nothing in, nothing out."""
    assert Library(()).suggest("password") == ()
    assert LIBRARY.suggest("") == LIBRARY.suggest("   ", "\n") == ()


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_makes_it_stumble(subject: str, body: str) -> None:
    """Whatever people type, the answer is a list."""
    assert isinstance(LIBRARY.suggest(subject, body), tuple)
