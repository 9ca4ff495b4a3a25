# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps what suggestions are made of fresh: the help centre, the folder, the solved tickets.

Once an hour what changed in the help centre is read and written down, once a day all of it, since
nothing tells what was archived. Then the index is made anew and handed over whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.ports import ArticlePage, Helpdesk, Trouble
from bot.rules.knowledge import Article, Knowledge, Library
from bot.rules.pauses import OVER, pause_of
from bot.rules.policy import KnowledgeSpec, Policy
from bot.rules.text import prepare
from bot.rules.ticket import Origin, Ticket
from bot.sources.articles import read_folder
from bot.store.store import Store
from bot.store.transaction import Reader, Transaction
from bot.telemetry import logger

EVERY = timedelta(hours=1)
WHOLE_PASS_EVERY = timedelta(days=1)
PAGES_PER_STEP = 10
MOST_SOLVED = 2_000
LONGEST_SOLVED = 2_000
"""Characters of a solved ticket's opening words that count."""
CURSOR = "help_centre"
BEGAN = "help_centre/pass"

log = logger("librarian")


class Librarian:
    """Reads articles and makes the index; one `step` is one look."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        store: Store,
        policy: Callable[[], Policy],
        use: Callable[[Knowledge], None],
    ) -> None:
        """Due at once; `use` takes each new index."""
        self._helpdesk = helpdesk
        self._store = store
        self._policy = policy
        self._use = use
        self._pause = OVER
        self._in_use: _Sources | None = None

    def hurry(self) -> None:
        """Look at once, as after the policy was read anew."""
        self._pause = OVER

    def step(self, now: datetime) -> bool:
        """Look if it is time; True when there is more to read at once."""
        if self._pause.holds(now):
            return False
        policy = self._policy()
        spec = policy.knowledge
        self._pause = pause_of(EVERY, now)
        if spec is None:
            return False
        if spec.uses_help_centre and not self._read_up(now):
            self._pause = OVER
            return True
        self._make(policy, spec, now)
        return False

    def _read_up(self, now: datetime) -> bool:
        """Read the help centre on; True at its end, or when it cannot be read now."""
        for _ in range(PAGES_PER_STEP):
            page = self._helpdesk.articles(self._cursor(now))
            if isinstance(page, Trouble):
                log.warning("articles_not_read", kind=str(page.kind), reason=page.reason)
                return True
            self._write_down(page, now)
            if page.is_last:
                return True
        return False

    def _cursor(self, now: datetime) -> str | None:
        """Where to read on; None begins a pass over everything."""
        with self._store.read() as reader:
            cursor, began = reader.cursors.get(CURSOR), _began(reader)
        if cursor is not None and began is not None and now - began < WHOLE_PASS_EVERY:
            return cursor
        self._store.write(lambda tx: tx.cursors.set(BEGAN, now.isoformat()))
        return None

    def _write_down(self, page: ArticlePage, now: datetime) -> None:
        def write(tx: Transaction) -> None:
            tx.articles.withdraw(page.withdrawn)
            tx.articles.save(page.articles, now)
            began = _began(tx)
            if page.ends_pass and began is not None:
                tx.articles.forget_unseen(began)
            tx.cursors.set(CURSOR, page.cursor)

        self._store.write(write)
        log.info("articles_read", read=len(page.articles), withdrawn=len(page.withdrawn))

    def _make(self, policy: Policy, spec: KnowledgeSpec, now: datetime) -> None:
        """Hand over a new index, unless it would be the one that is in use."""
        articles, solved = self._articles(spec), self._solved(spec, now)
        wanted = _Sources(policy.language, articles, solved)
        if wanted == self._in_use:
            return
        self._in_use = wanted
        index = Library(articles, language=policy.language)
        self._use(Knowledge(index, Library(solved, language=policy.language)))
        log.info("knowledge_ready", articles=len(articles), solved=len(solved))

    def _articles(self, spec: KnowledgeSpec) -> tuple[Article, ...]:
        articles: list[Article] = []
        if spec.folder is not None:
            shelved = read_folder(Path(spec.folder))
            articles += shelved.articles
            for problem in shelved.problems:
                log.warning("article_left_out", reason=problem)
        if spec.uses_help_centre:
            with self._store.read() as reader:
                articles += reader.articles.all()
        return tuple(articles)

    def _solved(self, spec: KnowledgeSpec, now: datetime) -> tuple[Article, ...]:
        if spec.solved is None:
            return ()
        with self._store.read() as reader:
            tickets = reader.tickets.solved_since(now - spec.solved, MOST_SOLVED)
        return tuple(_as_article(each) for each in tickets if each.origin is not Origin.ALERT)


@dataclass(frozen=True, slots=True)
class _Sources:
    """What an index is made of."""

    language: str
    articles: tuple[Article, ...]
    solved: tuple[Article, ...]


def _began(reader: Reader) -> datetime | None:
    text = reader.cursors.get(BEGAN)
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _as_article(ticket: Ticket) -> Article:
    """A solved ticket as something that may answer; for staff alone."""
    return Article(
        article_id=ticket.ticket_id,
        title=ticket.subject,
        body=prepare(ticket.subject, ticket.description).new_part[:LONGEST_SOLVED],
        language=ticket.language,
        url=f"#{ticket.number}" if ticket.number is not None else ticket.reference,
        is_public=False,
    )
