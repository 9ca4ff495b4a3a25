# SPDX-License-Identifier: GPL-3.0-or-later
"""Articles are kept as they were read, and forgotten when they are gone."""

from __future__ import annotations

from store_samples import NOON, later

from bot.rules.knowledge import Article
from bot.store.store import Store

SWEDISH = Article("7/sv", "Lösenord", "Välj.", "sv", "https://help.example/7", False)


def test_articles_come_back_as_they_were(store: Store) -> None:
    """The latest reading of an article counts, and nothing of it is lost."""
    store.write(lambda tx: tx.articles.save([SWEDISH, Article("7", "Old", "")], NOON))
    store.write(lambda tx: tx.articles.save([Article("7", "New", "")], later(60)))

    with store.read() as reader:
        assert reader.articles.all() == (Article("7", "New", ""), SWEDISH)


def test_withdrawn_article_takes_its_translations_along(store: Store) -> None:
    """A draft is a draft in every language; its neighbour with a longer number stays."""
    rows = [SWEDISH, Article("7", "Password", ""), Article("71", "Other", "")]
    store.write(lambda tx: tx.articles.save(rows, NOON))

    gone = store.write(lambda tx: tx.articles.withdraw(["7"]))

    with store.read() as reader:
        assert (gone, [each.article_id for each in reader.articles.all()]) == (2, ["71"])


def test_what_a_whole_pass_did_not_show_is_forgotten(store: Store) -> None:
    """Archived articles leave with the next pass."""
    store.write(lambda tx: tx.articles.save([SWEDISH], NOON))
    store.write(lambda tx: tx.articles.save([Article("8", "Seen", "")], later(60)))

    gone = store.write(lambda tx: tx.articles.forget_unseen(later(30)))

    with store.read() as reader:
        assert (gone, reader.articles.count()) == (1, 1)
