# SPDX-License-Identifier: GPL-3.0-or-later
"""The Zendesk door's help centre: articles listed, exported since an instant, and found by word."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from bot.sandbox.http import Reply, json_reply
from bot.sandbox.world import World
from bot.sandbox.world_shelf import Article
from bot.sandbox.zendesk_answers import Ask, Route, error, link, listing
from bot.sandbox.zendesk_render import Json, instant

MOST_EXPORTED = 1000


class HelpCentrePages:
    """Shows the shelf's articles; drafts and restricted ones only to those who log in."""

    def __init__(self, world: World) -> None:
        """Show the articles of `world`."""
        self._world = world

    def routes(self) -> list[Route]:
        """Every page of this part."""
        return [
            Route("GET", "help_center/articles", self.articles),
            Route("GET", "help_center/incremental/articles", self.since),
            Route("GET", "help_center/articles/search", self.search, is_anonymous=True),
        ]

    def articles(self, ask: Ask) -> Reply:
        """Every article, the oldest first."""
        rows = self._world.shelf.articles()
        return listing(ask, "articles", rows, lambda each: _article_json(each, ask))

    def since(self, ask: Ask) -> Reply:
        """Those that changed at `start_time` or later; `end_time` leads on."""
        if "start_time" not in ask.call.query:
            return error(400, "BadRequest", "start_time is required")
        start = datetime.fromtimestamp(ask.wanted("start_time"), UTC)
        moved = sorted(
            (each for each in self._world.shelf.articles() if each.updated_at >= start),
            key=lambda each: (each.updated_at, each.article_id),
        )
        shown = moved[:MOST_EXPORTED]
        end = int(shown[-1].updated_at.timestamp()) if shown else int(start.timestamp())
        has_more = len(moved) > len(shown)
        page: Json = {
            "articles": [_article_json(each, ask) for each in shown],
            "count": len(moved),
            "next_page": link(ask, start_time=str(end)) if has_more else None,
            "end_time": end,
        }
        return json_reply(200, page)

    def search(self, ask: Ask) -> Reply:
        """Articles whose title, body or labels hold every word; hits are marked in the snippet."""
        words = ask.call.query.get("query", "").casefold().split()
        labels = ask.listed("label_names")
        if not words and not labels:
            return error(400, "BadRequest", "one of query and label_names is required")
        rows = [
            each
            for each in self._world.shelf.articles()
            if all(word in _haystack(each) for word in words)
            and all(label in each.labels for label in labels)
            and not each.is_draft
            and (not each.is_restricted or ask.user is not None)
        ]
        return listing(
            ask, "results", rows, lambda each: _found_json(each, ask, words), page=1,
            per_page=25, page_count=1,
        )  # fmt: skip


def _haystack(article: Article) -> str:
    return f"{article.title} {article.body} {' '.join(article.labels)}".casefold()


def _article_json(article: Article, ask: Ask) -> Json:
    number = article.article_id
    at, changed = instant(article.created_at), instant(article.updated_at)
    return {
        "id": number, "url": f"{ask.base}/help_center/articles/{number}.json",
        "html_url": f"{ask.call.base}/hc/{article.locale}/articles/{number}",
        "title": article.title, "name": article.title,
        "body": f"<p>{html.escape(article.body)}</p>",
        "locale": article.locale, "source_locale": article.locale, "draft": article.is_draft,
        "promoted": False, "outdated": False, "label_names": list(article.labels),
        "user_segment_id": 7 if article.is_restricted else None,
        "section_id": 1, "author_id": 1, "vote_sum": 0, "vote_count": 0, "position": 0,
        "created_at": at, "updated_at": changed, "edited_at": changed,
    }  # fmt: skip


def _found_json(article: Article, ask: Ask, words: list[str]) -> Json:
    snippet = html.escape(article.body)
    for word in words:
        snippet = re.sub(f"(?i)({re.escape(html.escape(word))})", r"<em>\1</em>", snippet)
    return {**_article_json(article, ask), "result_type": "article", "snippet": snippet}
