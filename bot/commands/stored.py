# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens the store and a policy for commands that only look, and says what is unusable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.commands.unusable import Unusable, policy_of
from bot.config.reader import Reader
from bot.config.yaml_nodes import Node
from bot.rules.engine import CompiledPolicy, compile_policy
from bot.rules.policy import Place
from bot.settings import read_settings
from bot.sources.articles import with_folder
from bot.store import transaction
from bot.store.engines import file_of, is_sqlite, parse
from bot.store.problems import StoreProblem
from bot.store.store import Store


def load_compiled(folder: Path, clock: Clock) -> CompiledPolicy:
    """The policy of a folder, ready to decide by; raises `Unusable` with all its mistakes."""
    return with_folder(compile_policy(policy_of(folder, clock)))


def since_of(span: str, now: datetime) -> datetime:
    """The instant so long before now, `90d`; raises `Unusable` for what is no duration."""
    reader = Reader()
    found = reader.duration(Node(Place("--since", 1, 1), span), "--since")
    if reader.problems:
        raise Unusable(*(f"deskmate: {each.what}; {each.advice}" for each in reader.problems))
    return now - found


@contextmanager
def stored(clock: Clock, *, is_made: bool = True) -> Iterator[transaction.Reader]:
    """The store of the settings as it is now; raises `Unusable` where it cannot be read.

    With `is_made` False a store that is not there is not made either.
    """
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        raise Unusable(*(str(problem) for problem in settings))
    if not is_made:
        look_for(settings.store)
    try:
        with Store.open(settings.store, clock=clock) as store, store.read() as reader:
            yield reader
    except StoreProblem as problem:
        raise Unusable(f"deskmate: {problem}") from None


@contextmanager
def writable(clock: Clock) -> Iterator[Store]:
    """The store, to write an event into the inbox; raises `Unusable` where it cannot be used."""
    settings = read_settings(os.environ)
    if isinstance(settings, list):
        raise Unusable(*(str(problem) for problem in settings))
    try:
        with Store.open(settings.store, clock=clock) as store:
            yield store
    except StoreProblem as problem:
        raise Unusable(f"deskmate: {problem}") from None


def look_for(url: str) -> None:
    """Raises `Unusable` where there is no store yet."""
    try:
        parsed = parse(url)
    except StoreProblem as problem:
        raise Unusable(f"deskmate: {problem}") from None
    if is_sqlite(parsed) and parsed.database and not file_of(parsed).exists():
        advice = "start `deskmate run` first, or set DESKMATE_STORE to its store"
        raise Unusable(f"deskmate: there is no store at {file_of(parsed)}; {advice}")
