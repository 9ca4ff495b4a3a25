# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the help centre: all of it in one pass, then what changed since.

The export of changes does not say what was archived, so a whole pass is repeated now and then.
Only articles that everybody may read are public; drafts are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.clock import Clock
from bot.helpdesks.zendesk_failures import Cause, Failure
from bot.helpdesks.zendesk_session import ZendeskLine
from bot.ports import ArticlePage
from bot.rules.knowledge import Article
from bot.rules.text import html_to_text

Json = Mapping[str, Any]
PAGE = 100
LONGEST_BODY = 100_000
SLACK = 120
"""Seconds by which the export of changes overlaps, for clocks that differ."""


class HelpCentre:
    """Reads page by page; a cursor is `all/PAGE/SINCE` within a pass, then `since/UNIX`."""

    def __init__(self, line: ZendeskLine, clock: Clock) -> None:
        """Read over `line`."""
        self._line = line
        self._clock = clock

    def page(self, cursor: str | None) -> ArticlePage:
        """The page after a cursor; raises `Failure`."""
        now = int(self._clock.now().timestamp())
        kind, _, rest = (cursor or f"all/1/{now}").partition("/")
        if kind == "since" and rest.isdecimal():
            return self._changed(int(rest))
        number, _, since = rest.partition("/")
        return self._whole(int(number or 1), int(since or now))

    def _whole(self, number: int, since: int) -> ArticlePage:
        asked = {"per_page": PAGE, "page": number, "sort_by": "created_at", "sort_order": "asc"}
        shown = self._read("help_center/articles.json", **asked, include="translations")
        is_last = not shown.get("next_page")
        cursor = f"since/{since - SLACK}" if is_last else f"all/{number + 1}/{since}"
        return _page(shown, cursor, is_last=is_last, ends_pass=is_last)

    def _changed(self, since: int) -> ArticlePage:
        asked = {"start_time": since, "include": "translations"}
        shown = self._read("help_center/incremental/articles.json", **asked)
        end = int(shown.get("end_time") or since)
        is_last = not shown.get("next_page") or end <= since
        # Where everything of one second came, the same second again would never end.
        cursor = f"since/{max(end - (SLACK if is_last else 0), since)}"
        return _page(shown, cursor, is_last=is_last)

    def _read(self, path: str, **asked: object) -> Json:
        shown = self._line.get(path, **asked)
        if not isinstance(shown.get("articles"), list):
            raise Failure(Cause.WRONG_CONTENT, "wrong content: no articles")
        return shown


def _page(shown: Json, cursor: str, *, is_last: bool, ends_pass: bool = False) -> ArticlePage:
    articles: list[Article] = []
    withdrawn: list[str] = []
    for row in shown["articles"]:
        if row.get("draft"):
            withdrawn.append(str(row["id"]))
        else:
            articles += _articles(row)
    return ArticlePage(
        tuple(articles), tuple(withdrawn), cursor, is_last=is_last, ends_pass=ends_pass
    )


def _articles(row: Json) -> Iterator[Article]:
    """An article in its own language, and each of its translations as one of its own."""
    is_public = row.get("user_segment_id") is None and not row.get("user_segment_ids")
    number, source = str(row["id"]), row.get("source_locale") or row.get("locale")
    yield _article(number, row, row.get("locale"), is_public=is_public)
    for each in row.get("translations") or ():
        locale = each.get("locale")
        if locale not in (source, row.get("locale")) and not each.get("draft"):
            yield _article(f"{number}/{locale}", each, locale, is_public=is_public)


def _article(article_id: str, row: Json, locale: object, *, is_public: bool) -> Article:
    return Article(
        article_id=article_id,
        title=" ".join(str(row.get("title") or "").split()),
        body=html_to_text(str(row.get("body") or ""))[:LONGEST_BODY],
        language=str(locale)[:2].lower() if locale else None,
        url=str(row["html_url"]) if row.get("html_url") else None,
        is_public=is_public,
    )
