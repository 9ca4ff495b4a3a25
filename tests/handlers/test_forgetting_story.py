# SPDX-License-Identifier: GPL-3.0-or-later
"""A person is forgotten beside a running desk: no byte of theirs is left, all else goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from case_mails import MINUTE, NORA, Mail, all_clear, arrive, case_of, declare_down, notice_id
from desk import Desk, compiled_policy
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.rules.mail import Contact, MailReceived
from bot.rules.ticket import Person, Status
from bot.settings import NAMES
from bot.sources.mail_spool import Spool
from bot.store.transaction import Reader

OLA = "ola@contoso.example"
WORDS = "The Zanzibar portal is down, please help us."
THEIRS = (NORA, "Nora Wind", "Zanzibar")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk that runs on a store in a file, and a command line that finds it."""
    made = Desk(compiled_policy(tmp_path), url=f"sqlite:///{tmp_path / 'store.sqlite'}")
    made.store.acquire_lease("the daemon", 10**9)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DESKMATE_STORE", made.url)
    monkeypatch.setenv("DESKMATE_MAIL_SPOOL", str(tmp_path / "mails"))
    monkeypatch.setenv("DESKMATE_CASE_SECRET", "the secret of the stories")
    yield made
    made.close()


def forget(*options: str) -> Result:
    """The command, for Nora."""
    return CliRunner().invoke(app, ["forget", NORA.upper(), *options])


def keep_file(desk: Desk, folder: Path, key: str, raw: bytes) -> str:
    """Lay a mail's file into the spool, as its source would have."""
    name = Spool(folder / "mails").keep(raw)
    assert name == hashlib.sha256(raw).hexdigest()
    with desk.store.read() as reader:
        row = reader.mails.by_key(key)
    assert row is not None
    desk.store.write(lambda tx: _with_raw(tx.mails, key, name))
    return name


def _with_raw(mails: object, key: str, name: str) -> None:
    connection = mails._connection  # type: ignore[attr-defined]
    connection.exec_driver_sql("UPDATE mail SET raw = ? WHERE key = ?", (name, key))


def an_outage(desk: Desk, folder: Path) -> None:
    """Nora and Ola write to the mailbox, Ola names her; both are answered, imported, solved."""
    contact = Contact(NORA, desk.clock.now(), "Nora Wind", "77", "Northwind")
    desk.store.write(lambda tx: tx.contacts.save(contact))
    declare_down(desk)
    nora = arrive(desk, Mail(text=WORDS))
    ola = arrive(desk, Mail(f"As {NORA} says, it is down", "Down", OLA, message_id="<ola@x>"))
    answer = Mail("We are on it, Nora Wind", sender="ada@acme.example",
                  references=(notice_id(case_of(desk, nora)),))  # fmt: skip
    arrive(desk, answer)
    keep_file(desk, folder, nora, f"From: {NORA}\n\n{WORDS}".encode())
    keep_file(desk, folder, ola, f"From: {OLA}\n\nAs {NORA} says".encode())
    all_clear(desk)
    with desk.store.read() as reader:
        tickets = [each for each in reader.tickets.all() if not each.status.is_done]
    done = [replace(each, status=Status.SOLVED) for each in tickets]
    desk.store.write(lambda tx: [tx.tickets.save(each) for each in done])


def bytes_of(folder: Path) -> bytes:
    """Every byte of the store's files and of the spool, in small letters."""
    files = [*folder.glob("store.sqlite*"), *folder.glob("mails/**/*")]
    return b"".join(each.read_bytes() for each in files if each.is_file()).lower()


def left_of(folder: Path) -> list[str]:
    """What of Nora stands anywhere."""
    found = bytes_of(folder)
    return [each for each in THEIRS if each.lower().encode() in found]


def figures(reader: Reader) -> object:
    """What reports and exactly-once rest on."""
    tickets = reader.tickets.all()
    return (
        [(t.ticket_id, t.number, t.reference, t.status, t.priority, t.created_at) for t in tickets],
        [reader.tickets.clocks(t.ticket_id) for t in tickets],
        [(row.row_id, row.state, row.settled_at) for row in reader.outbox.all()],
        reader.inbox.counts(),
        reader.mails.counts(),
    )


def test_no_byte_of_the_person_is_left(desk: Desk, tmp_path: Path) -> None:
    """Not in the store, its log or the spool; figures, keys and everybody else stay as they were,
    so that her mail is no new case. What the helpdesk shows of her in Ola's ticket comes again."""
    an_outage(desk, tmp_path)
    assert left_of(tmp_path) == list(THEIRS)
    with desk.store.read() as reader:
        before = figures(reader)
        [row] = [each for each in reader.mails.of_incident(1) if each.sender == NORA]
    again = MailReceived(row.key, row.raw, 9, row.received_at, sender=Person(email=NORA))

    looked = json.loads(forget("--dry-run", "--json").output)
    done = forget("--yes")

    assert looked["counts"]["tickets"] == 1 and looked["counts"]["files"] == 2
    assert (looked["is_done"], looked["waits_for"]) == (False, [])
    assert done.exit_code == 0, done.output
    assert "forgotten; gone-" in done.output and "the helpdesk: delete them there" in done.output
    assert left_of(tmp_path) == []
    with desk.store.read() as reader:
        assert figures(reader) == before
        [entry] = [each for each in reader.journal.everything() if each.reasons[:1] and
                   each.reasons[0].source == "forget"]  # fmt: skip
        hers = [t for t in reader.tickets.all() if t.requester.person_id == entry.subject[10:]]
        others = [t.description for t in reader.tickets.all() if t.requester.email == OLA]
    assert [(t.subject, t.description) for t in hers] == [("", "")]
    assert desk.store.write(lambda tx: tx.mails.add(again, None, desk.clock.now())) is False
    assert others[0].endswith("says, it is down") and "gone-" in others[0]
    assert json.loads(forget("--dry-run", "--json").output)["is_known"] is False
    desk.run(60 * MINUTE, look_every=10 * MINUTE)
    later = json.loads(forget("--dry-run", "--json").output)["counts"]
    assert {name for name, count in later.items() if count} <= {"named_elsewhere"}


def test_person_with_an_open_case_is_not_forgotten(desk: Desk, tmp_path: Path) -> None:
    """What is under way is named; given up, it is not sent nor brought to the helpdesk."""
    declare_down(desk)
    key = arrive(desk, Mail(text=WORDS))
    case = case_of(desk, key)

    refused = forget("--yes")
    with desk.store.read() as reader:
        untouched = reader.tickets.load(case.ticket_id)
    given_up = forget("--yes", "--even-open")
    all_clear(desk)

    assert refused.exit_code == 1 and "1 cases that the helpdesk does not have" in refused.output
    assert untouched == case
    assert given_up.exit_code == 0, given_up.output
    assert not [each for each in desk.world.tickets() if each.external_id == case.reference]
    assert left_of(tmp_path) == []


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["forget", "nora"], "is no mail address"),
        (["forget", NORA, "--json"], "add --dry-run or --yes"),
    ],
)
def test_call_that_cannot_be_meant_is_told(desk: Desk, call: list[str], said: str) -> None:
    """One sentence and status 2."""
    result = CliRunner().invoke(app, call)

    assert (result.exit_code, said in result.output) == (2, True)
