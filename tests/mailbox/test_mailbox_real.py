# SPDX-License-Identifier: GPL-3.0-or-later
"""The mailbox over a real Dovecot: nothing lost, nothing twice, nothing deleted."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dovecot import POOR, Dovecot, dovecot
from mail_samples import CORPUS, raw_mail
from reading_desk import ReadingDesk, reading_desk

from bot.clock import SystemClock
from bot.handlers.backfill_notices import sum_in
from bot.rules.mail import Fate
from bot.sources.mailbox_address import read_mailbox_address
from bot.sources.mailbox_check import examine

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("dovecot")]


def _mails(count: int, first: int = 1) -> list[bytes]:
    return [
        raw_mail(body=f"Mail {number}", message_id=f"<m{number}@northwind.example>")
        for number in range(first, first + count)
    ]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    """A Dovecot with an empty mailbox."""
    with dovecot() as running:
        yield running


@pytest.fixture
def desk(server: Dovecot, tmp_path: Path) -> Iterator[ReadingDesk]:
    """A desk that reads it; the helpdesk is there."""
    with reading_desk(server.url, tmp_path) as made:
        yield made


def test_mails_are_read_once_and_left_unmarked(server: Dovecot, desk: ReadingDesk) -> None:
    """While the helpdesk is there nothing is moved, and nobody's unread mails are read."""
    for raw in _mails(3):
        server.deliver(raw)

    desk.run(lambda: desk.mails() == 3)
    desk.restart()
    desk.mailbox.step()

    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        flags = client.get_flags(client.search())
    assert desk.fates() == {Fate.NOTED: 3}
    assert all(b"\\Seen" not in each for each in flags.values())


def test_new_mail_is_heard_at_once(server: Dovecot, desk: ReadingDesk) -> None:
    """By IDLE: no minute has to pass."""
    desk.mailbox.step()
    server.deliver(_mails(1)[0])

    desk.run(lambda: desk.mails() == 1, most=10)


def test_decided_mails_are_moved_and_none_is_lost(server: Dovecot, desk: ReadingDesk) -> None:
    """A case is moved to Outage/Processed, which is made; what others marked stays."""
    server.deliver(
        raw_mail(body="Old", message_id="<old@x.example>", sender="escalations@acme.example")
    )
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Deleted"])
    desk.helpdesk_is_down()
    server.deliver(_mails(1)[0])

    desk.run(lambda: server.count("Outage/Processed") == 1)

    assert server.count() == 1
    assert desk.fates() == {Fate.CASE: 1, Fate.OWN: 1}


def test_renumbered_folder_is_no_news(server: Dovecot, desk: ReadingDesk) -> None:
    """UIDVALIDITY changes, every number is another: each mail is still the one it was."""
    for raw in _mails(5):
        server.deliver(raw)
    desk.run(lambda: desk.mails() == 5)
    server.renumber()
    server.deliver(_mails(1, first=9)[0])
    desk.clock.ahead = timedelta(minutes=11)

    desk.run(lambda: desk.mails() == 6)

    with desk.store.read() as reader:
        assert reader.inbox.waiting() == 0
        assert sorted(row.copies for row in reader.mails.with_fate(Fate.NOTED)) == [
            1,
            2,
            2,
            2,
            2,
            2,
        ]


def test_same_mail_delivered_twice_is_one(server: Dovecot, desk: ReadingDesk) -> None:
    """Both copies are moved, one case is opened."""
    desk.helpdesk_is_down()
    for line in ("one", "two"):
        server.deliver(b"Delivered-To: " + line.encode() + b"@acme.example\r\n" + _mails(1)[0])

    desk.run(lambda: server.count("Outage/Processed") == 2)

    assert desk.fates() == {Fate.CASE: 1}


def test_mail_that_a_person_took_away_is_still_ours(server: Dovecot, desk: ReadingDesk) -> None:
    """Moved or deleted by somebody after we read it: the ledger and the raw mail remain."""
    server.deliver(_mails(1)[0])
    desk.run(lambda: desk.mails() == 1)
    with server.client() as client:
        client.select_folder("INBOX")
        client.delete_messages(client.search())
        client.expunge()
    desk.clock.ahead = timedelta(minutes=11)
    server.deliver(_mails(1, first=2)[0])

    desk.run(lambda: desk.mails() == 2)

    with desk.store.read() as reader:
        [first, _] = reader.mails.with_fate(Fate.NOTED)
    raw = desk.spool.load(first.raw)
    assert raw is not None and b"Mail 1" in raw


def test_killed_server_is_noticed_and_found_again(server: Dovecot, desk: ReadingDesk) -> None:
    """A dead line is no quiet mailbox; what came meanwhile is read."""
    desk.mailbox.step()
    server.kill()
    desk.mailbox.step()
    is_quiet = desk.mailbox.step()
    server.start()
    server.deliver(_mails(1)[0])
    desk.clock.ahead = timedelta(minutes=2)

    desk.run(lambda: desk.mails() == 1)

    assert is_quiet is False


def test_frozen_server_is_given_up(server: Dovecot, tmp_path: Path) -> None:
    """A server that says nothing is left after the timeout, and tried again."""
    with reading_desk(server.url, tmp_path, read_timeout=1.0) as desk:
        desk.mailbox.step()
        server.freeze()
        desk.clock.ahead = timedelta(seconds=61)
        gave_up = desk.mailbox.step()
        server.thaw()
        server.deliver(_mails(1)[0])
        desk.clock.ahead = timedelta(minutes=5)

        desk.run(lambda: desk.mails() == 1)

    assert gave_up is False


def test_wrong_password_is_told_and_not_hammered(server: Dovecot, tmp_path: Path) -> None:
    """An administrator hears of it at once; the next try is half a minute later."""
    with reading_desk(server.url.replace("secret", "wrong"), tmp_path) as desk:
        for _ in range(5):
            desk.mailbox.step()
        while desk.inbox.handle():
            pass

        state = desk.state()

    assert state["is_read"] is False
    assert "AUTHENTICATIONFAILED" in str(state["detail"])
    assert "wrong" not in str(state["detail"])


def test_poor_server_is_polled(tmp_path: Path) -> None:
    """Without IDLE it is looked at once a minute; without MOVE mails stay where they are."""
    with dovecot(POOR) as server, reading_desk(server.url, tmp_path) as desk:
        desk.helpdesk_is_down()
        desk.mailbox.step()
        server.deliver(_mails(1)[0])
        desk.mailbox.step()
        early = desk.mails()
        desk.clock.ahead = timedelta(seconds=61)
        desk.run(lambda: desk.mails() == 1, most=3)

        assert (early, server.count()) == (0, 1)


def test_huge_mail_is_read_at_its_beginning(server: Dovecot, desk: ReadingDesk) -> None:
    """30 MB of attachment do not keep the words above it from being read."""
    raw = _mails(1)[0] + b"A" * 76 + b"\r\n"
    server.deliver(raw + (b"A" * 76 + b"\r\n") * 400_000)

    desk.run(lambda: desk.mails() == 1)

    with desk.store.read() as reader:
        [row] = reader.mails.with_fate(Fate.NOTED)
    kept = desk.spool.load(row.raw)
    assert row.size > 30_000_000
    assert kept is not None and len(kept) == 1024 * 1024


def test_every_odd_mail_of_an_outage_has_a_fate(server: Dovecot, desk: ReadingDesk) -> None:
    """543 real mails: each is a case, bounce, automatic or held; none is beyond our reader."""
    desk.helpdesk_is_down()
    with zipfile.ZipFile(CORPUS) as archive:
        names = archive.namelist()
        for name in names:
            server.deliver(archive.read(name))

    desk.run(lambda: _moved(server) == len(names), most=200)

    with desk.store.read() as reader:
        rows = [row for fate in Fate for row in reader.mails.with_fate(fate)]
        parked = reader.inbox.parked()
        summed = sum_in(reader, 1)
    assert set(desk.fates()) == {
        Fate.CASE, Fate.BOUNCE, Fate.AUTOMATIC, Fate.HELD,
    }  # fmt: skip
    assert summed.is_zero, summed.said
    assert [row.key for row in rows if row.acked_at and row.fate is not Fate.CASE] == []
    assert sum(row.copies for row in rows) == len(names) == 543
    assert [row for row in rows if not row.reason] == []
    assert parked == ()


def _moved(server: Dovecot) -> int:
    folders = ("Processed", "Automatic", "Parked")
    return sum(server.count(f"Outage/{name}") for name in folders)


def test_customer_and_desk_write_to_each_other(server: Dovecot, desk: ReadingDesk) -> None:
    """A mail in, an acknowledgement out, our answer by mail, the customer's reply: one case."""
    desk.helpdesk_is_down()
    with desk.post_office() as office:
        server.deliver(raw_mail(message_id="<first@northwind.example>"))
        desk.run(lambda: len(office.mails()) == 2)
        ack = office.to("nora@northwind.example")[0]
        notice = office.to("ada@acme.example")[0]
        ours = raw_mail(f"In-Reply-To: {notice['Message-ID']}", body="We are on it.",
                        sender="ada@acme.example", message_id="<ours@acme.example>")  # fmt: skip
        server.deliver(ours)
        desk.run(lambda: len(office.to("nora@northwind.example")) == 2)
        answer = office.to("nora@northwind.example")[1]
        server.deliver(raw_mail(f"In-Reply-To: {answer['Message-ID']}", body="Thank you",
                                subject="Re: else", message_id="<r@n.example>"))  # fmt: skip
        desk.run(lambda: server.count("Outage/Processed") == 3)

    assert desk.fates() == {Fate.CASE: 1, Fate.STAFF: 1, Fate.REPLY: 1}
    assert ack["Auto-Submitted"] == "auto-replied" and answer["Auto-Submitted"] is None
    assert answer["In-Reply-To"] == "<first@northwind.example>"
    assert answer.get_content().startswith("We are on it.")
    assert notice["Reply-To"] == ack["From"] == "escalations@acme.example"


def test_full_disk_loses_nothing(server: Dovecot, desk: ReadingDesk, tmp_path: Path) -> None:
    """A mail that cannot be kept is neither written down nor moved, and is read later."""
    (tmp_path / "mails").write_bytes(b"where the spool should be")
    server.deliver(_mails(1)[0])
    desk.mailbox.step()
    before = desk.mails()
    (tmp_path / "mails").unlink()

    desk.run(lambda: desk.mails() == 1)

    assert before == 0


def test_decided_mail_is_moved_by_the_next_daemon(server: Dovecot, desk: ReadingDesk) -> None:
    """Killed between the ledger's commit and the move: moved later, decided once."""
    desk.helpdesk_is_down()
    server.deliver(_mails(1)[0])
    desk.mailbox.step()
    while desk.inbox.handle():
        pass
    desk.restart()

    desk.run(lambda: server.count("Outage/Processed") == 1)

    assert desk.fates() == {Fate.CASE: 1}


def test_who_only_watches_moves_nothing(server: Dovecot, tmp_path: Path) -> None:
    """With `run --watch-only` the mailbox stays as people know it."""
    server.deliver(_mails(1)[0])
    with reading_desk(server.url, tmp_path, is_watch_only=True) as desk:
        desk.helpdesk_is_down()
        desk.run(lambda: desk.fates() == {Fate.CASE: 1})
        for _ in range(3):
            desk.mailbox.step()

    assert server.count() == 1


def test_history_of_a_mailbox_is_left_alone(server: Dovecot, desk: ReadingDesk) -> None:
    """What lay there for days when Deskmate first looked is nobody's news; what comes later is."""
    server.deliver(_mails(1)[0], days_ago=3)
    server.deliver(_mails(1, first=2)[0])

    desk.run(lambda: desk.mails() == 1)
    desk.clock.ahead = timedelta(days=40)
    server.deliver(_mails(1, first=3)[0])
    desk.run(lambda: desk.mails() == 2)


def test_mailbox_is_looked_at_before_it_is_needed(server: Dovecot) -> None:
    """`check --online` logs in, opens the folder, and says what the server cannot do."""
    good = examine(read_mailbox_address(server.url), SystemClock())
    bad = examine(read_mailbox_address(server.url.replace("secret", "x")), SystemClock())

    assert [each.is_ok for each in good] == [True, True]
    assert [each.is_ok for each in bad] == [False]
