# SPDX-License-Identifier: GPL-3.0-or-later
"""The help centre's articles as they were last read, so that an outage takes no suggestion away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.engine import Connection

from bot.rules.knowledge import Article
from bot.store.codec import micros
from bot.store.rows import body_of, column, value_of
from bot.store.tables import article
from bot.store.upserts import put


class ArticlesView:
    """What may be asked of the articles."""

    def __init__(self, connection: Connection) -> None:
        """Read over `connection`, within its transaction."""
        self._connection = connection

    def all(self) -> tuple[Article, ...]:
        """Every article, by its id."""
        found = self._connection.execute(select(article.c.body).order_by(article.c.article_id))
        return tuple(value_of(Article, body) for body in found.scalars())

    def count(self) -> int:
        """How many there are."""
        return self._connection.scalar(select(func.count()).select_from(article)) or 0


class Articles(ArticlesView):
    """The articles within a write transaction."""

    def save(self, found: Iterable[Article], now: datetime) -> None:
        """Write articles down as they were seen just now."""
        for each in found:
            row = {
                "article_id": column(each.article_id),
                "seen_at": micros(now),
                "body": body_of(each),
            }
            put(self._connection, article, row)

    def withdraw(self, article_ids: Iterable[str]) -> int:
        """Forget articles with all their translations; how many rows that were."""
        gone = 0
        for each in article_ids:
            named = or_(
                article.c.article_id == column(each),
                article.c.article_id.startswith(f"{each}/", autoescape=True),
            )
            gone += self._connection.execute(delete(article).where(named)).rowcount
        return gone

    def forget_unseen(self, since: datetime) -> int:
        """Forget what a whole pass that began at `since` did not show."""
        unseen = article.c.seen_at < micros(since)
        return self._connection.execute(delete(article).where(unseen)).rowcount
