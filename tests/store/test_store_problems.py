# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person is told when a database cannot be used."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from conftest import MakeDatabase
from sqlalchemy import create_engine, text
from store_samples import event

from bot.clock import VirtualClock
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.store import Store

WRITE_AS_NOBODY = """
import os, sys
from bot.clock import SystemClock
from bot.store.problems import StoreProblem
from bot.store.store import Store
write = lambda tx: tx.cursors.set("a", "1")
with Store.open("sqlite://", clock=SystemClock()) as everything_is_imported:
    everything_is_imported.write(write)
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with Store.open(sys.argv[1], clock=SystemClock()) as store:
        store.write(write)
except StoreProblem as problem:
    print(problem.kind, problem)
"""


def problem(url: str, clock: VirtualClock) -> StoreProblem:
    with pytest.raises(StoreProblem) as caught, Store.open(url, clock=clock) as store:
        store.write(lambda tx: tx.cursors.set("a", "1"))
    return caught.value


def test_text_file_is_no_database(tmp_path: Path, clock: VirtualClock) -> None:
    """A file that is something else is named, not overwritten."""
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 100)

    found = problem(f"sqlite:///{path}", clock)

    assert found.kind is ProblemKind.NOT_A_DATABASE
    assert "notes.txt" in str(found)
    assert path.read_text().startswith("Dear diary")


def test_somebody_elses_database_is_refused(tmp_path: Path, clock: VirtualClock) -> None:
    """A database with other tables in it is not made ours."""
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER)")

    assert problem(f"sqlite:///{path}", clock).kind is ProblemKind.NOT_A_DATABASE


def test_missing_folder_is_named(tmp_path: Path, clock: VirtualClock) -> None:
    """A path that does not exist is said to be missing."""
    found = problem(f"sqlite:///{tmp_path / 'nowhere' / 'store.sqlite'}", clock)

    assert found.kind is ProblemKind.CANNOT_OPEN
    assert "nowhere" in str(found)


@pytest.mark.parametrize("address", ["deskmate.sqlite", "oracle://x/y", "sqlite3:///x"])
def test_unknown_address_is_explained(address: str, clock: VirtualClock) -> None:
    """An address of another kind is answered with the two that work."""
    found = problem(address, clock)

    assert found.kind is ProblemKind.CANNOT_OPEN
    assert "sqlite:///FILE" in str(found)


@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_read_only_database_is_said_to_be(clock: VirtualClock, folder_mode: int) -> None:
    """A database that our user may read but not write is told apart from a broken one."""
    folder = Path(tempfile.mkdtemp(prefix="deskmate-"))
    path = folder / "store.sqlite"
    Store.open(f"sqlite:///{path}", clock=clock).close()
    path.chmod(0o444)
    folder.chmod(folder_mode)

    said = subprocess.run(
        [sys.executable, "-c", WRITE_AS_NOBODY, f"sqlite:///{path}"],
        capture_output=True,
        text=True,
        check=False,
    )
    folder.chmod(0o755)
    shutil.rmtree(folder)

    assert said.stdout.startswith(ProblemKind.READ_ONLY), said.stdout + said.stderr


def test_full_disk_is_said_and_survived(tmp_path: Path, clock: VirtualClock) -> None:
    """When no page can be added every waiting caller hears why; with room it goes on."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with Store.open(url, clock=clock) as store:
        pages = _limit(store, 1)
        with pytest.raises(StoreProblem) as caught:
            store.write(lambda tx: tx.cursors.set("a", "x" * 5_000_000))
        assert caught.value.kind is ProblemKind.FULL
        assert "free some space" in str(caught.value)

        _limit(store, pages + 10_000)
        store.receive([event("a")]).result()
        with store.read() as reader:
            assert reader.cursors.get("a") is None


def _limit(store: Store, pages: int) -> int:
    """Let the writer's database have so many pages and no more; its present size in answer."""

    def run(tx: object) -> int:
        connection = tx.cursors._connection  # type: ignore[attr-defined]
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        return int(connection.scalar(text("PRAGMA page_count")))

    return store.write(run)


def test_database_in_other_hands_is_busy(tmp_path: Path, clock: VirtualClock) -> None:
    """A program that keeps the database locked is blamed, not the database."""
    path = tmp_path / "store.sqlite"
    with Store.open(f"sqlite:///{path}", clock=clock) as store:
        store.write(
            lambda tx: tx.cursors._connection.execute(text("PRAGMA busy_timeout = 1"))  # type: ignore[attr-defined]
        )
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreProblem) as caught:
                store.write(lambda tx: tx.cursors.set("a", "1"))
        assert caught.value.kind is ProblemKind.BUSY
        store.write(lambda tx: tx.cursors.set("a", "2"))


@pytest.mark.real
def test_server_that_is_away_is_named_without_its_password(
    postgresql: MakeDatabase, clock: VirtualClock
) -> None:
    """An unreachable server is said to be, and the password stays out of the message."""
    folder = postgresql().rpartition("host=")[2]

    found = problem(f"postgresql+psycopg://ann:geheim@/desk?host={folder}/nothing", clock)

    assert found.kind is ProblemKind.UNREACHABLE
    assert "geheim" not in str(found)


@pytest.mark.real
def test_lost_connection_is_made_again(postgresql: MakeDatabase, clock: VirtualClock) -> None:
    """When the server ends our sessions the write in hand fails clearly and the next one works."""
    url = postgresql()
    engine = create_engine(url)
    with Store.open(url, clock=clock) as store:
        store.write(lambda tx: tx.cursors.set("a", "1"))
        with engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        with pytest.raises(StoreProblem) as caught:
            store.write(lambda tx: tx.cursors.set("a", "2"))
        assert caught.value.kind is ProblemKind.UNREACHABLE

        store.write(lambda tx: tx.cursors.set("a", "3"))
        with store.read() as reader:
            assert reader.cursors.get("a") == "3"
    engine.dispose()
