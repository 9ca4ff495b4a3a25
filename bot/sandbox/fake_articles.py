# SPDX-License-Identifier: GPL-3.0-or-later
"""The world's help centre as the fake helpdesk tells it."""

from __future__ import annotations

from bot.ports import ArticlePage
from bot.rules.knowledge import Article
from bot.sandbox.world import World


def shown_articles(world: World) -> ArticlePage:
    """All articles at once; drafts are withdrawn."""
    rows = world.shelf.articles()
    articles = tuple(
        Article(
            str(each.article_id), each.title, each.body, each.locale[:2],
            f"https://acme.example/hc/{each.locale}/articles/{each.article_id}",
            not each.is_restricted,
        )
        for each in rows
        if not each.is_draft
    )  # fmt: skip
    drafts = tuple(str(each.article_id) for each in rows if each.is_draft)
    return ArticlePage(articles, drafts, "all", is_last=True, ends_pass=True)
