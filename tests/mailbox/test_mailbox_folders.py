# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails that were filed before we read them, over a real Dovecot: found, once, and left there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dovecot import USER, Dovecot, dovecot
from mail_samples import raw_mail
from reading_desk import ReadingDesk, reading_desk
from scripted_imap import BREAK, scripted_imap

from bot.clock import SystemClock
from bot.rules.mail import Fate
from bot.sources.mailbox_address import read_mailbox_address
from bot.sources.mailbox_check import examine

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("dovecot")]

MARKED = """
namespace inbox {
  mailbox Rubbish {
    special_use = \\Junk
    auto = create
  }
  mailbox Gone {
    special_use = \\Trash
    auto = create
  }
}
"""


def _mail(number: int, body: str = "") -> bytes:
    named = f"<m{number}@northwind.example>"
    return raw_mail(body=body or f"Mail {number}", message_id=named)


@pytest.fixture
def server() -> Iterator[Dovecot]:
    """A Dovecot that marks two of its folders."""
    with dovecot(MARKED) as running:
        yield running


@pytest.fixture
def desk(server: Dovecot, tmp_path: Path) -> Iterator[ReadingDesk]:
    """A desk that reads it."""
    with reading_desk(server.url, tmp_path) as made:
        yield made


def test_filed_mail_is_a_case_and_stays_where_it_lies(server: Dovecot, desk: ReadingDesk) -> None:
    """What was thrown away, sent, or is ours opens nothing; nothing is marked or moved."""
    others = ("Gone", "Gone/Old", "Sent", "Entwürfe", "Outage/Parked")
    for number, folder in enumerate(("Kunden/Åkesson", *others)):
        server.lay(folder, _mail(number))
    desk.helpdesk_is_down()

    desk.look_around()
    desk.look_around()

    with server.client() as client:
        client.select_folder("Kunden/Åkesson", readonly=True)
        flags = [each for found in client.get_flags(client.search()).values() for each in found]
    assert desk.fates() == {Fate.CASE: 1}
    assert b"\\Seen" not in flags
    assert server.count("Kunden/Åkesson") == 1


def test_mail_among_the_spam_is_held_and_not_acknowledged(
    server: Dovecot, desk: ReadingDesk
) -> None:
    """The filter had a reason, so a person looks; that person is told where it lay."""
    server.lay("Rubbish", _mail(1))
    desk.helpdesk_is_down()
    with desk.post_office() as office:
        desk.run(lambda: len(office.mails()) == 1)

        assert [mail["To"] for mail in office.mails()] == ["ada@acme.example"]
    with desk.store.read() as reader:
        [row] = reader.mails.with_fate(Fate.HELD)
    assert row.reason == "a spam filter put it into Rubbish"


def test_mail_moved_out_of_the_spam_becomes_a_case(server: Dovecot, desk: ReadingDesk) -> None:
    """A colleague said that it is none: the customer is answered, and it is filed as a case's."""
    server.lay("Rubbish", _mail(1))
    desk.helpdesk_is_down()
    desk.look_around()
    with server.client() as client:
        client.select_folder("Rubbish")
        client.move(client.search(), "INBOX")

    with desk.post_office() as office:
        desk.run(lambda: bool(office.to("nora@northwind.example")))
        desk.run(lambda: server.count("Outage/Processed") == 1)

    assert desk.fates() == {Fate.CASE: 1}
    assert server.count("INBOX") == 0


def test_mail_that_was_read_before_it_was_filed_is_no_news(
    server: Dovecot, desk: ReadingDesk
) -> None:
    """By Message-ID and size; another mail under the same Message-ID is another mail."""
    server.deliver(_mail(1))
    desk.run(lambda: desk.mails() == 1)
    with server.client() as client:
        client.create_folder("Done")
        client.select_folder("INBOX")
        client.move(client.search(), "Done")
    server.lay("Done", _mail(1, "Something else altogether"))
    desk.helpdesk_is_down()

    desk.look_around()
    desk.look_around()
    desk.restart()
    desk.look_around()

    with desk.store.read() as reader:
        rows = reader.mails.by_message_id("<m1@northwind.example>")
    assert sorted((row.fate, row.copies) for row in rows) == [(Fate.CASE, 1), (Fate.NOTED, 1)]


def test_renumbered_folder_brings_nothing_twice(server: Dovecot, desk: ReadingDesk) -> None:
    """The numbers begin anew, in another order: each mail is still the one it was."""
    nameless = raw_mail(body="No name", message_id=None)
    server.lay("Done", nameless)
    desk.helpdesk_is_down()
    desk.look_around()
    with server.client() as client:
        client.delete_folder("Done")
    server.lay("Done", _mail(2))
    server.lay("Done", nameless)
    server.doveadm("mailbox", "update", "-u", USER, "--uid-validity", "1900000000", "Done")

    desk.look_around()

    assert desk.fates() == {Fate.CASE: 2}


def test_folder_that_cannot_be_read_stops_no_other(server: Dovecot, desk: ReadingDesk) -> None:
    """The rights of one folder are wrong; those before and behind it are looked through."""
    for number, folder in enumerate(("A", "B", "C")):
        server.lay(folder, _mail(number))
    server.lock("B")
    desk.helpdesk_is_down()

    desk.look_around()

    assert desk.fates() == {Fate.CASE: 2}
    assert desk.state().get("is_read", True) is True


def test_mail_from_before_the_outage_is_not_ours(server: Dovecot, desk: ReadingDesk) -> None:
    """The helpdesk's own intake had it; a minute before the first failing round counts as in it."""
    now = desk.clock.now()
    for number, minutes in enumerate((300, 62, 59, 1)):
        server.lay("Done", _mail(number), came=now - timedelta(minutes=minutes))
    desk.helpdesk_is_down(now - timedelta(hours=1))

    desk.look_around()

    assert desk.mails() == 2


def test_folders_are_left_alone_while_all_is_well(server: Dovecot, desk: ReadingDesk) -> None:
    """They are looked through until the last case is in the helpdesk, once more, and no more."""
    known = []

    def looked(number: int) -> None:
        server.lay("Done", _mail(number))
        desk.look_around()
        known.append(desk.mails())

    looked(1)
    desk.helpdesk_is_down()
    looked(2)
    desk.helpdesk_is_back()
    desk.restart()
    looked(3)
    looked(4)
    desk.cases_are_imported()
    looked(5)
    looked(6)

    assert known == [0, 2, 3, 4, 5, 5]


def test_many_folders_that_cannot_be_read_do_not_keep_it_going(
    server: Dovecot, desk: ReadingDesk
) -> None:
    """Their rights are wrong, the line is fine: the others are read at once, and it ends."""
    for number, folder in enumerate("ABCDEF"):
        server.lay(folder, _mail(number))
    for folder in "ABCD":
        server.lock(folder)
    desk.helpdesk_is_down()
    desk.look_around()
    first = desk.mails()
    desk.cases_are_imported()
    desk.helpdesk_is_back()
    desk.look_around()
    server.lay("F", _mail(9))

    desk.look_around()

    assert (first, desk.mails()) == (2, 2)


def test_folders_of_many_rounds_are_each_seen_once_more(server: Dovecot, desk: ReadingDesk) -> None:
    """Four fit into a round: the last lap goes through all six, and no more begins after it."""
    for number, folder in enumerate("ABCDEF"):
        server.lay(folder, _mail(number))
    desk.helpdesk_is_down()
    desk.look_around()
    desk.cases_are_imported()
    desk.helpdesk_is_back()
    server.lay("F", _mail(8))
    desk.clock.pace = 2.4
    known = []
    for _ in range(2):
        desk.look_around()
        known.append(desk.mails())
    for number, folder in enumerate("ABCDEF", start=10):
        server.lay(folder, _mail(number))
    for _ in range(4):
        desk.look_around()

    assert (known, desk.mails()) == ([6, 7], 7)


def test_folder_with_an_odd_name_stops_no_other(tmp_path: Path) -> None:
    """The others are looked through; the inbox is read as ever."""
    said = {
        "LIST": '* LIST () "/" R&D\r\n* LIST () "/" Done\r\n{tag} OK done\r\n',
        'EXAMINE "R&-D"': "{tag} NO [NONEXISTENT] no such folder\r\n",
        "UID SEARCH": "* SEARCH\r\n{tag} OK done\r\n",
    }
    with scripted_imap(said) as url, reading_desk(url, tmp_path) as desk:
        desk.helpdesk_is_down()
        desk.look_around()
        desk.helpdesk_is_back()
        desk.look_around()

        assert not desk.swept_from()


@pytest.mark.parametrize("breaks", ["always", "never"])
def test_folder_that_breaks_the_line_is_tried_twice_at_the_end(tmp_path: Path, breaks: str) -> None:
    """One cut may be chance; a server that ends there again is not asked for ever."""
    said = {
        "LIST": '* LIST () "/" Bad\r\n* LIST () "/" Good\r\n{tag} OK done\r\n',
        "UID SEARCH": "* SEARCH\r\n{tag} OK done\r\n",
    }
    if breaks == "always":
        said['EXAMINE "BAD"'] = BREAK
    with scripted_imap(said) as url, reading_desk(url, tmp_path) as desk:
        desk.helpdesk_is_down()
        desk.look_around()
        desk.helpdesk_is_back()
        is_over = []
        for _ in range(2):
            desk.look_around()
            is_over.append(not desk.swept_from())

    assert is_over == [breaks == "never", True]


def test_one_round_reads_no_more_than_fifty(server: Dovecot, desk: ReadingDesk) -> None:
    """A folder of a thousand mails keeps nobody from the inbox; the next round goes on."""
    with server.client() as client:
        client.create_folder("Done")
        for number in range(70):
            client.append("Done", _mail(number))
    desk.helpdesk_is_down()
    desk.look_around()
    first = desk.mails()

    desk.look_around()

    assert (first, desk.mails()) == (50, 70)


def test_new_mail_is_heard_at_once_beside_it(server: Dovecot, desk: ReadingDesk) -> None:
    """The inbox stays open on its own line: IDLE tells of a mail just after a round."""
    server.lay("Done", _mail(1))
    desk.helpdesk_is_down()
    desk.look_around()
    server.deliver(_mail(2))

    desk.run(lambda: desk.mails() == 2, most=8)


def test_another_folder_than_the_inbox_is_all_we_read(server: Dovecot, tmp_path: Path) -> None:
    """Who named a folder for us keeps the rest of the account."""
    server.lay("Support", _mail(1))
    server.lay("Private", _mail(2))
    with reading_desk(server.url.replace("/INBOX", "/Support"), tmp_path) as desk:
        desk.helpdesk_is_down()
        desk.look_around()
        desk.look_around()

        assert desk.mails() == 1


def test_check_names_the_folders_and_what_cannot_be_read(server: Dovecot) -> None:
    """Before an outage somebody sees what will be looked through, and what a filter would hide."""
    server.lay("Done", _mail(1))
    server.lay("Locked", _mail(2))
    server.lock("Locked")

    found = examine(read_mailbox_address(server.url), SystemClock())

    said = next(each.detail for each in found if each.what.endswith("other folders"))
    assert said == "read in an outage: Done, Locked, Rubbish (spam: held for a person)"
    assert [each.what.rpartition(" ")[2] for each in found if not each.is_ok] == ["Locked"]
