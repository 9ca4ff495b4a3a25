# SPDX-License-Identifier: GPL-3.0-or-later
"""A person is taken out of every table, and out of the database's files, on every database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import BigInteger, Integer, SmallInteger, Table, insert, select
from store_samples import NOON

from bot.clock import VirtualClock
from bot.commands.forgetter import Forgetter
from bot.rules.forgetting import KnownAs, Scrubber
from bot.rules.mail import Contact
from bot.sources.mail_spool import Spool
from bot.store.rewriting import rewrite
from bot.store.store import Store
from bot.store.tables import journal, lease, metadata
from bot.store.traces import personal_tables, text_columns

NORA = "nora@northwind.example"
WORD = f"about {NORA}, Nora Wind"
NUMBERS = (Integer, BigInteger, SmallInteger)


def naming_row(table: Table) -> dict[str, Any]:
    """A row that names her in every text that it has, and that nobody works on."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column in text_columns(table):
            row[column.name] = f'["{WORD}"]' if column.name in ("body", "reasons") else WORD
        elif column.name == "ticket_id":
            row[column.name] = "t1"
        elif isinstance(column.type, NUMBERS):
            row[column.name] = 0 if column.name.startswith("is_") else 1000
    return row


def fill(store: Store) -> None:
    """Her contact, and a row in every table that may speak of somebody."""
    rows = {table: naming_row(table) for table in personal_tables()}
    store.write(lambda tx: tx.contacts.save(Contact(NORA, NOON, "Nora Wind", "7")))
    store.write(
        lambda tx: [tx.contacts._connection.execute(insert(t).values(r)) for t, r in rows.items()]
    )


def still_there(store: Store) -> list[str]:
    """The tables that still name her."""
    with store.read() as reader:
        return [
            table.name
            for table in metadata.sorted_tables
            if table is not lease
            for row in reader.contacts._connection.execute(select(table))
            if NORA in str(tuple(row)).lower() or "nora wind" in str(tuple(row)).lower()
        ]


def files_of(url: str, request: pytest.FixtureRequest) -> bytes:
    """Every byte of the database's files in small letters; PostgreSQL's log of changes apart."""
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite:///"))
        return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*")).lower()
    folder = request.getfixturevalue("server")
    with psycopg.connect(f"host={folder} user=postgres", autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    found = [each for each in Path(folder, "data", "base").rglob("*") if each.is_file()]
    return b"".join(each.read_bytes() for each in found).lower()


def test_no_table_and_no_file_names_the_person(
    lasting_url: str, clock: VirtualClock, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Whatever table a later program adds: it is looked through as soon as it is there."""
    with Store.open(lasting_url, clock=clock) as store:
        fill(store)
        assert set(still_there(store)) == {table.name for table in personal_tables()}
        assert NORA.encode() in files_of(lasting_url, request)
        forgetter = Forgetter(NORA, "gone-1", store, Spool(tmp_path / "mails"), clock)

        found = forgetter.look()
        forgetter.forget(even_open=False)
        again = forgetter.look()
        rewrite(lasting_url)

        assert (found.counts.contacts, bool(found.under_way), bool(again)) == (1, False, False)
        assert found.counts.named_elsewhere == len(personal_tables())
        assert still_there(store) == []
    left = files_of(lasting_url, request)
    assert NORA.encode() not in left
    assert b"nora wind" not in left


def test_name_is_found_in_every_alphabet(store: Store, clock: VirtualClock, tmp_path: Path) -> None:
    """SQLite knows no small letter of Å or И, and a line may break within a name."""
    told = ("Re: Åsa Öst", "ÅSA ÖST called", "for åsa\nöst", "Иван Петров", "ИВАН ПЕТРОВ, 1")
    for address, name in ((NORA, "Åsa Öst"), ("ivan@northwind.example", "Иван Петров")):
        known = Contact(address, NOON, name, address)
        store.write(lambda tx, who=known: tx.contacts.save(who))
    store.write(lambda tx: [tx.journal.add(NOON, "day", "e", "p", (), each) for each in told])
    store.write(lambda tx: [tx.states.save(each, {"said": each}) for each in told])

    for number, address in enumerate((NORA, "ivan@northwind.example")):
        spool = Spool(tmp_path / "mails")
        Forgetter(address, f"gone-{number}", store, spool, clock).forget(even_open=False)

    with store.read() as reader:
        left = [each.summary for each in reader.journal.everything()][: len(told)]
        states = {name: body["said"] for name, body in reader.states.starting_with("").items()}
    gone = {"Re: gone-0", "gone-0 called", "for gone-0", "gone-1", "gone-1, 1"}
    assert (set(left), states) == (gone, {each: each for each in gone})


def test_shared_address_may_have_been_many_peoples(store: Store) -> None:
    """A hundred names are looked for a few at a time: a statement holds so many and no more."""
    names = frozenset(f"Nora Wind{number}" for number in range(100))
    store.write(lambda tx: tx.journal.add(NOON, "day", "e", "p", (), "Nora Wind99 called"))

    with store.read() as reader:
        found = reader.traces.naming(journal, Scrubber(KnownAs(frozenset({NORA}), names), "x"))

    assert found == ((1,),)
