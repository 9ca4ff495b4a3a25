# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores that the contract is kept on: SQLite of a moment, SQLite in a file, PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from store_samples import NOON
from throwaway_postgresql import running

from bot.clock import VirtualClock
from bot.store.store import Store

_names = itertools.count(1)
MakeDatabase = Callable[[], str]


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands at noon."""
    return VirtualClock(NOON)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server for the whole run; a failure, not a skip, where there is none."""
    with running() as folder:
        yield folder


@pytest.fixture
def postgresql(request: pytest.FixtureRequest) -> MakeDatabase:
    """Makes an empty database and answers its address."""
    host = request.getfixturevalue("server")

    def make() -> str:
        name = f"desk{next(_names)}"
        with psycopg.connect(f"host={host} user=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return f"postgresql+psycopg://postgres@/{name}?host={host}"

    return make


@pytest.fixture(params=["moment", "file", pytest.param("postgresql", marks=pytest.mark.real)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql")())
    return "sqlite://" if request.param == "moment" else f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture(params=["file", pytest.param("postgresql", marks=pytest.mark.real)])
def lasting_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database that outlives its store."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql")())
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def store(
    url: str, clock: VirtualClock, tmp_path: Path, place_store: Callable[[Path], str]
) -> Iterator[Store]:
    """An open, empty store of each kind in turn."""
    if url.startswith("sqlite:///"):
        place_store(tmp_path / "store.sqlite")
    with Store.open(url, clock=clock) as opened:
        yield opened
