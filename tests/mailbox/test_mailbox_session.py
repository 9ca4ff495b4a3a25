# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mail server says is understood, also when it says it badly or stops in the middle."""

from __future__ import annotations

import pytest
from scripted_imap import BREAK, scripted_imap

from bot.clock import SystemClock
from bot.sources.mailbox_address import MailboxFault, MailboxTrouble, read_mailbox_address
from bot.sources.mailbox_check import examine
from bot.sources.mailbox_session import MailboxSession

DATE = 'INTERNALDATE "02-Mar-2026 12:00:00 +0100"'


def _session(url: str) -> MailboxSession:
    return MailboxSession(read_mailbox_address(url), SystemClock(), read_timeout=2.0)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", MailboxFault.CREDENTIALS),
        ("NO Invalid credentials (Failure)", MailboxFault.CREDENTIALS),
        ("NO [UNAVAILABLE] Temporary authentication failure.", MailboxFault.LINE),
        ("NO [LIMIT] Maximum number of connections exceeded", MailboxFault.LINE),
    ],
)
def test_only_a_refused_password_is_a_refused_password(answer: str, fault: MailboxFault) -> None:
    """A broken login service is the server's trouble, and is tried again like a dead line."""
    with (
        scripted_imap({"LOGIN": f"{{tag}} {answer}\r\n"}) as url,
        pytest.raises(MailboxTrouble) as caught,
    ):
        _session(url)

    assert caught.value.fault is fault
    assert "secret" not in caught.value.detail


@pytest.mark.parametrize("greeting", ["* BYE too busy\r\n", "SSH-2.0-x\r\n", BREAK, "* OK" + BREAK])
def test_odd_greeting_is_a_line_that_fails(greeting: str) -> None:
    """Whoever answers at that port, it is not our mailbox now."""
    with scripted_imap({}, greeting) as url, pytest.raises(MailboxTrouble) as caught:
        _session(url)

    assert caught.value.fault is MailboxFault.LINE


def test_line_that_breaks_in_a_mail_gives_no_half_mail() -> None:
    """The server is killed in the middle of a mail: it is read again, whole, or not at all."""
    half = "* 1 FETCH (UID 1 BODY[] {500}\r\nFrom: a@b.example\r\n" + BREAK
    with scripted_imap({"UID FETCH": half}) as url:
        session = _session(url)
        session.open()

        with pytest.raises(MailboxTrouble) as caught:
            session.whole(1)
    assert caught.value.fault is MailboxFault.LINE


def test_mail_that_vanished_is_none() -> None:
    """Somebody removed it between the list and the reading."""
    gone = "* 1 FETCH (UID 1 BODY[] NIL)\r\n{tag} OK done\r\n"
    with scripted_imap({"UID FETCH": gone}) as url:
        session = _session(url)
        session.open()

        assert session.whole(1) is None


def test_number_beyond_the_last_is_no_new_mail() -> None:
    """Servers answer `2:*` with the last mail, however small its number."""
    with scripted_imap({}) as url:
        session = _session(url)
        session.open()

        assert (session.uids(), session.uids(above=1)) == ((1,), ())


def test_instant_of_a_mail_is_the_servers_in_utc() -> None:
    """With its offset, not in this machine's zone."""
    row = f"* 1 FETCH (UID 1 RFC822.SIZE 42 {DATE})\r\n{{tag}} OK done\r\n"
    with scripted_imap({"UID FETCH": row}) as url:
        session = _session(url)
        session.open()
        [listed] = session.listed([1])

    assert f"{listed.internal_at:%H:%M %Z}" == "11:00 UTC"
    assert listed.size == 42


def test_folder_that_is_not_there_is_said() -> None:
    """A wrong folder in the setting is no dead line."""
    with scripted_imap({"EXAMINE": "{tag} NO [NONEXISTENT] no such folder\r\n"}) as url:
        session = _session(url)

        with pytest.raises(MailboxTrouble) as caught:
            session.open()
    assert caught.value.fault is MailboxFault.FOLDER


ODD_NAMES = """* LIST () "/" R&D\r
* LIST () "/" "A&3AA-"\r
* LIST () "/" "R&-D"\r
* LIST () "/" "Entw&APw-rfe"\r
* LIST () "/" 2026\r
* LIST () NIL Done\r
{tag} OK done\r
"""
"""Two that are no modified UTF-7: a bare `&`, and half a character."""


def test_name_that_cannot_be_read_hides_no_other_folder() -> None:
    """It is shown as the server writes it; the others in their own letters."""
    with scripted_imap({"LIST": ODD_NAMES}) as url:
        named = [each.name for each in _session(url).folders()]

    assert named == ["R&D", "A&3AA-", "R&D", "Entwürfe", "2026", "Done"]


def test_foreign_folders_with_an_odd_name_are_left_out() -> None:
    """A shared place whose name cannot be read is still a shared place."""
    said = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 NAMESPACE\r\n{tag} OK done\r\n",
        "NAMESPACE": '* NAMESPACE (("" "/")) NIL (("R&D/" "/"))\r\n{tag} OK done\r\n',
        "LIST": '* LIST () "/" R&D/Old\r\n* LIST () "/" Done\r\n{tag} OK done\r\n',
    }
    with scripted_imap(said) as url:
        assert [each.name for each in _session(url).folders()] == ["Done"]


def test_check_names_the_folder_whose_name_cannot_be_read() -> None:
    """Somebody is told before an outage, and everything else is still looked at."""
    said = {
        "LIST": '* LIST () "/" R&D\r\n* LIST () "/" Done\r\n{tag} OK done\r\n',
        'EXAMINE "R&-D"': "{tag} NO [NONEXISTENT] no such folder\r\n",
    }
    with scripted_imap(said) as url:
        found = examine(read_mailbox_address(url), SystemClock())

    [refused] = [each for each in found if not each.is_ok and not each.what.endswith("MOVE")]
    assert refused.what.endswith(": R&D")
    assert "the folder R&D cannot be opened" in refused.detail


@pytest.mark.parametrize("url", ["https://x.example", "imaps://", "mail.example"])
def test_what_is_no_mailbox_is_refused(url: str) -> None:
    """With what to write instead."""
    with pytest.raises(ValueError, match="imaps://"):
        read_mailbox_address(url)


def test_address_never_shows_its_password() -> None:
    """Neither in a log nor in a traceback."""
    address = read_mailbox_address("imaps://esc%40acme.example:top%2Fsecret@mail.example/Outage")

    assert (address.user, address.port, address.folder) == ("esc@acme.example", 993, "Outage")
    assert "secret" not in repr(address)
    assert address.reveal_password() == "top/secret"
