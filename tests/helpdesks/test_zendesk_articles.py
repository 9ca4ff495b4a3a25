# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading Zendesk's help centre: once whole, then what changed."""

from __future__ import annotations

from datetime import timedelta

from bot.clock import VirtualClock
from bot.helpdesks.zendesk import Zendesk
from bot.ports import ArticlePage, Trouble, TroubleKind
from bot.sandbox.faults import Fault
from bot.sandbox.world import World
from bot.sandbox.zendesk import ZendeskDoor


def read(zendesk: Zendesk, cursor: str | None) -> tuple[list[ArticlePage], str]:
    """Every page from a cursor on, and where to go on later."""
    pages = []
    while True:
        page = zendesk.articles(cursor)
        assert isinstance(page, ArticlePage), page
        pages.append(page)
        cursor = page.cursor
        if page.is_last:
            return pages, cursor


def test_whole_help_centre_comes_in_pages(zendesk: Zendesk, world: World) -> None:
    """A pass shows every article once, and only its last page ends it."""
    for each in range(205):
        world.shelf.add_article(f"Article {each}", "Text")

    pages, _ = read(zendesk, None)

    titles = [article.title for page in pages for article in page.articles]
    assert len([each for each in titles if each.startswith("Article")]) == 205
    assert [page.ends_pass for page in pages] == [False, False, True]


def test_only_changes_are_read_later(zendesk: Zendesk, world: World, clock: VirtualClock) -> None:
    """An hour later one call brings what moved, a new draft as withdrawn."""
    old = world.shelf.add_article("Old", "Text")
    clock.advance(timedelta(minutes=10))
    _, cursor = read(zendesk, None)
    clock.advance(timedelta(hours=1))
    world.shelf.change_article(old, title="Old, taken back", is_draft=True)
    world.shelf.add_article("New", "Text")

    pages, after = read(zendesk, cursor)
    clock.advance(timedelta(hours=1))
    later, _ = read(zendesk, after)

    assert [article.title for page in pages for article in page.articles] == ["New"]
    assert [each for page in pages for each in page.withdrawn] == [str(old.article_id)]
    assert len(later) == 1


def test_help_centre_that_is_down_says_so(zendesk: Zendesk, door: ZendeskDoor) -> None:
    """A maintenance page is trouble, not an empty help centre."""
    door.faults.switch_on(Fault.UNAVAILABLE_PAGE)

    found = zendesk.articles(None)

    assert isinstance(found, Trouble) and found.kind is TroubleKind.DOWN
