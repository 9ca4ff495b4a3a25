# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups come back whole, and a store of another program is handled with care."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from store_samples import NOON, event, later, ticket

from bot.clock import VirtualClock
from bot.store.backup import backup, restore
from bot.store.migrate import FOLDER, migrate
from bot.store.problems import ProblemKind, StoreProblem
from bot.store.restored import restored_at
from bot.store.store import Store
from bot.store.tables import SCHEMA, metadata


def run_sql(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_backup_taken_while_running_comes_back(
    lasting_url: str, tmp_path: Path, clock: VirtualClock
) -> None:
    """A copy brings back its moment and nothing after it, and knows that it was put back."""
    with Store.open(lasting_url, clock=clock) as store:
        store.write(lambda tx: tx.tickets.save(ticket("t1", number=42)))
        copy = backup(lasting_url, tmp_path / "copies" / "monday")
        store.write(lambda tx: tx.tickets.save(ticket("t2", number=43)))

    restore(copy, lasting_url, later(60))

    with Store.open(lasting_url, clock=clock) as store, store.read() as reader:
        assert [each.number for each in reader.tickets.all()] == [42]
        assert restored_at(reader) == later(60)


def test_store_and_its_backup_are_for_their_owner_alone(
    tmp_path: Path, clock: VirtualClock
) -> None:
    """Customers' words stand in them: no other user of the machine may read them."""
    file, copy = tmp_path / "store.sqlite", tmp_path / "copy"

    with Store.open(f"sqlite:///{file}", clock=clock):
        backup(f"sqlite:///{file}", copy)
        made = [path for path in tmp_path.iterdir() if path.is_file()]
        rights = {path.name: path.stat().st_mode & 0o077 for path in made}

    assert set(rights.values()) == {0}, rights
    assert {"store.sqlite", "copy"} <= set(rights)


def test_backup_never_overwrites(tmp_path: Path, clock: VirtualClock) -> None:
    """An older copy is not lost to a newer one of the same name."""
    url, copy = f"sqlite:///{tmp_path / 'store.sqlite'}", tmp_path / "copy"
    Store.open(url, clock=clock).close()
    backup(url, copy)

    with pytest.raises(StoreProblem, match="exists already"):
        backup(url, copy)


def test_backup_where_no_folder_can_be_is_told(tmp_path: Path, clock: VirtualClock) -> None:
    """A place that cannot be written is a sentence that names it."""
    url, file = f"sqlite:///{tmp_path / 'store.sqlite'}", tmp_path / "a file"
    Store.open(url, clock=clock).close()
    file.touch()

    with pytest.raises(StoreProblem, match="name another file"):
        backup(url, file / "monday")


def test_restore_under_a_running_daemon_is_refused(tmp_path: Path, clock: VirtualClock) -> None:
    """Nobody's store is replaced under their feet."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with Store.open(url, clock=clock) as store:
        store.acquire_lease("desk-1", 15)
        copy = backup(url, tmp_path / "copy")

        with pytest.raises(StoreProblem) as caught:
            restore(copy, url, NOON)
    assert caught.value.kind is ProblemKind.LOCKED


@pytest.mark.parametrize("content", [b"not a database at all" * 50, b""])
def test_restore_of_something_else_is_refused(
    tmp_path: Path, clock: VirtualClock, content: bytes
) -> None:
    """A file that is no backup of ours leaves the store as it was."""
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with Store.open(url, clock=clock) as store:
        store.receive([event("a")]).result()
    other = tmp_path / "holiday.jpg"
    other.write_bytes(content)

    with pytest.raises(StoreProblem) as caught:
        restore(other, url, NOON)

    assert caught.value.kind is ProblemKind.NOT_A_DATABASE
    with Store.open(url, clock=clock) as store, store.read() as reader:
        assert reader.inbox.waiting() == 1


def test_missing_backup_is_named(tmp_path: Path) -> None:
    """A backup that is not there is said to be missing."""
    with pytest.raises(StoreProblem, match="gone"):
        restore(tmp_path / "gone", f"sqlite:///{tmp_path / 'store.sqlite'}", NOON)


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_lead_to_the_tables(lasting_url: str, clock: VirtualClock) -> None:
    """A migrated database has exactly the tables that the program expects."""
    Store.open(lasting_url, clock=clock).close()
    engine = create_engine(lasting_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_named_shape_is_the_last_migration() -> None:
    """The shape that the program asks for is the newest there is, and shapes sort as text."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    scripts = ScriptDirectory.from_config(config)

    assert scripts.get_heads() == [SCHEMA]
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_new_store_is_made_without_a_backup(
    lasting_url: str, tmp_path: Path, clock: VirtualClock
) -> None:
    """An empty database is brought to the present shape; the second time nothing happens."""
    first = migrate(lasting_url, backup_dir=tmp_path / "b", now=NOON)
    second = migrate(lasting_url, backup_dir=tmp_path / "b", now=NOON)

    assert (first.before, first.after, first.backup) == (None, SCHEMA, None)
    assert (second.before, second.backup) == (SCHEMA, None)
    Store.open(lasting_url, clock=clock).close()


def test_newer_store_is_refused_untouched(
    lasting_url: str, tmp_path: Path, clock: VirtualClock
) -> None:
    """A store that a later program wrote is neither opened nor migrated."""
    Store.open(lasting_url, clock=clock).close()
    run_sql(lasting_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreProblem, match="newer program") as opened:
        Store.open(lasting_url, clock=clock)
    with pytest.raises(StoreProblem) as migrated:
        migrate(lasting_url, backup_dir=tmp_path / "b", now=NOON)
    assert opened.value.kind is migrated.value.kind is ProblemKind.NEWER


def test_older_store_wants_a_migration(lasting_url: str, clock: VirtualClock) -> None:
    """A store of an earlier shape is not opened before it was migrated."""
    Store.open(lasting_url, clock=clock).close()
    run_sql(lasting_url, "UPDATE alembic_version SET version_num = '0000'")

    with pytest.raises(StoreProblem, match="deskmate run") as caught:
        Store.open(lasting_url, clock=clock)
    assert caught.value.kind is ProblemKind.OLDER
